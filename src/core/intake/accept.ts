import { sha256 } from '../../platform/crypto.ts'
import type { Vault } from '../../platform/crypto.ts'
import type { Database } from '../../platform/db/database.ts'
import { ApiError, notFound } from '../../platform/http/errors.ts'
import { newId } from '../../platform/ids.ts'
import type { Id } from '../../platform/ids.ts'
import { parseJson, UnreadableJson } from '../../platform/json.ts'
import type { RawRequest, Webhook } from '../../sdk/index.ts'
import { getInstallation, integrationOf } from '../apps/apps.ts'
import type { AppServices } from '../apps/apps.ts'
import { findHookByHash, orgOfHookHash } from '../apps/hooks.ts'
import type { HookRow, HookType } from '../apps/hooks.ts'
import { openSettings } from '../apps/settings.ts'
import type { Acceptor } from './acceptor.ts'
import { mailKey } from './mail-delivery.ts'
import type { NewDelivery } from './store.ts'
import { verdictOn } from './verify.ts'

/** A hook with all that its deliveries need. */
interface Target {
  hook: HookRow
  webhook: Webhook<unknown, unknown> | undefined
  settings: unknown
}

export interface Intake {
  /**
   * Takes one request at a hook's address. Resolves once it is durable. Throws 404 for an unknown address, 401 for a
   * wrong signature or secret and 400 for a body that is no JSON where the app needs it; both of these are recorded.
   */
  receive: (type: HookType, hash: string, request: RawRequest) => Promise<{ id: Id; duplicate: boolean }>
}

// A changed setting counts for new deliveries after this long at the latest; every request would cost two queries otherwise.
const targetLifetimeMs = 1_000

export function createIntake(deps: { database: Database; acceptor: Acceptor; apps: AppServices }): Intake {
  const targets = new Map<string, { until: number; target: Promise<Target | undefined> }>()

  function targetOf(hash: string): Promise<Target | undefined> {
    const now = performance.now()
    const cached = targets.get(hash)
    if (cached !== undefined && cached.until > now) {
      return cached.target
    }
    const orgId = orgOfHookHash(hash)
    if (orgId === undefined) {
      return Promise.resolve(undefined)
    }
    const target = findTarget(deps.database, deps.apps, orgId, hash)
    targets.set(hash, { until: now + targetLifetimeMs, target })
    target.then(
      (found) => found ?? targets.delete(hash),
      () => targets.delete(hash),
    ) // strangers' guesses are not kept
    return target
  }

  return {
    receive: async (type, hash, request) => {
      const target = await targetOf(hash)
      if (target === undefined || target.hook.type !== type) {
        throw notFound('Hook', 'hash')
      }
      const { hook, webhook } = target
      const delivery = await examine(deps.database, deps.apps.vault, target, request)
      const accepted = await deps.acceptor.accept(hook.org_id, delivery)
      if (delivery.status === 'refused') {
        throw new ApiError('unauthorized', delivery.error ?? 'refused')
      }
      if (delivery.status === 'rejected' && webhook !== undefined) {
        throw new ApiError('bad_request', delivery.error ?? 'rejected')
      }
      return accepted
    },
  }
}

async function findTarget(database: Database, apps: AppServices, orgId: Id, hash: string): Promise<Target | undefined> {
  return database.forOrg(orgId).read(async (reader) => {
    const hook = await findHookByHash(reader, hash)
    if (hook === undefined) {
      return undefined
    }
    if (hook.installation_id === null || hook.webhook === null) {
      return { hook, webhook: undefined, settings: undefined }
    }
    const installation = await getInstallation(reader, hook.installation_id)
    const integration = integrationOf(apps.catalog, installation.app)
    return {
      hook,
      webhook: integration.webhooks[hook.webhook],
      settings: integration.settings.parse(openSettings(apps.vault, installation)),
    }
  })
}

async function examine(
  database: Database,
  vault: Vault,
  { hook, webhook, settings }: Target,
  request: RawRequest,
): Promise<Omit<NewDelivery, 'repeats'>> {
  const id = newId()
  const secretHeaders = new Set(['authorization', 'cookie', ...(webhook?.secretHeaders ?? [])])
  const delivery = {
    id,
    hookId: hook.id,
    installationId: hook.installation_id ?? undefined,
    contentType: request.headers['content-type'],
    headers: JSON.stringify(hideSecrets(request.headers, secretHeaders)),
    sealedHeaders: undefined,
    body: request.body,
    error: undefined,
    receivedAt: new Date(),
  }
  const bodyHash = () => sha256(request.body).toString('base64url')
  if (hook.type === 'email') {
    return { ...delivery, status: 'received', trust: 'secret', dedupeKey: mailKey(request.body) } // what its sender's domain says is asked later
  }
  if (webhook === undefined) {
    return { ...delivery, status: 'received', trust: 'secret', dedupeKey: id } // an admin's hook takes every request as one of its own
  }
  const verdict = await verdictOn(database, hook.org_id, webhook, request, settings)
  if (verdict === 'refused') {
    // Kept under another key: the same body, rightly signed, is no duplicate of this one.
    const sealedHeaders = vault.seal(JSON.stringify(onlySecrets(request.headers, secretHeaders)), `delivery/${id}`)
    return {
      ...delivery,
      status: 'refused',
      trust: 'none',
      dedupeKey: `refused:${bodyHash()}`,
      sealedHeaders,
      error: 'The signature or secret is not the one in the settings.',
    }
  }
  try {
    const eventId = webhook.eventId?.(parseJson(request.body))
    return {
      ...delivery,
      status: 'received',
      trust: verdict,
      dedupeKey: eventId === undefined ? `body:${bodyHash()}` : `event:${eventId.slice(0, 500)}`,
    }
  } catch (error) {
    if (error instanceof UnreadableJson) {
      return { ...delivery, status: 'rejected', trust: verdict, dedupeKey: `body:${bodyHash()}`, error: error.message }
    }
    throw error
  }
}

function hideSecrets(headers: Readonly<Record<string, string>>, secret: Set<string>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name, secret.has(name) ? '(secret)' : value]),
  )
}

function onlySecrets(headers: Readonly<Record<string, string>>, secret: Set<string>): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => secret.has(name)))
}
