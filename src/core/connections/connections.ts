import { randomBytes } from 'node:crypto'

import { z } from 'zod'

import { sha256 } from '../../platform/crypto.ts'
import type { OrgDb, Tx } from '../../platform/db/database.ts'
import type { Actor, Authorized } from '../../platform/http/access.ts'
import { ApiError } from '../../platform/http/errors.ts'
import type { Id } from '../../platform/ids.ts'
import { ProviderError } from '../../sdk/index.ts'
import type { Integration, OAuth } from '../../sdk/index.ts'
import { getInstallation, integrationOf, markActive } from '../apps/apps.ts'
import type { AppServices, InstallationRow } from '../apps/apps.ts'
import type { HookAddresses } from '../apps/hooks.ts'
import { openSettings } from '../apps/settings.ts'
import { recordEvents } from '../events/events.ts'
import { postForm } from './provider-call.ts'
import type { CallServices } from './provider-call.ts'
import {
  deleteConnection,
  findConnection,
  insertAttempt,
  lockConnection,
  saveTokens,
  takeAttempt,
  upsertConnection,
} from './store.ts'
import type { SealedTokens } from './store.ts'

export { findConnection } from './store.ts'

export interface ConnectionServices extends AppServices, CallServices, HookAddresses {
  /** Sends what waited for an installation on its way. */
  resume: (tx: Tx, installationId: Id) => Promise<unknown>
  /** An installation may have all it needs by now to fetch its provider's history. */
  ready: (tx: Tx, installationId: Id) => Promise<unknown>
}

/** Where every provider sends the admin back to; registered there exactly so. */
export const callbackPath = '/connect/callback'
const attemptMinutes = 30
/** A token that ends this soon is renewed before it is used. */
const renewBeforeMs = 60_000

/** Numbers may come as text. */
const Seconds = z.union([z.number(), z.string().regex(/^\d+$/).transform(Number)])
const TokenAnswer = z.object({
  access_token: z.string().min(1),
  refresh_token: z.string().min(1).optional(),
  expires_in: Seconds.optional(),
  refresh_token_expires_in: Seconds.optional(),
})

interface Tokens {
  access: string
  refresh: string | null
}

export function redirectUri(services: Pick<ConnectionServices, 'publicUrl'>): string {
  return services.publicUrl() + callbackPath
}

/** What an installation needs to be connected; throws 422 for an app that has nothing to connect to, or settings without it. */
function oauthOf(services: ConnectionServices, row: InstallationRow) {
  const integration = integrationOf(services.catalog, row.app)
  const oauth = integration.connection
  if (oauth === undefined) {
    throw new ApiError('unprocessable', `${integration.name} needs no connecting.`)
  }
  const client = oauth.client(integration.settings.parse(openSettings(services.vault, row)))
  return { integration, oauth, client }
}

/** The address at which an admin gives the access, in their own browser. */
export async function beginConnecting(
  tx: Tx,
  services: ConnectionServices,
  by: Authorized<'apps'>,
  installationId: Id,
): Promise<string> {
  const row = await getInstallation(tx, installationId)
  const { integration, oauth, client } = oauthOf(services, row)
  if (client === undefined) {
    throw new ApiError('unprocessable', `Save the key and the secret of ${integration.name} first.`)
  }
  // The organisation goes with it: whoever comes back is looked for there alone.
  const state = `${tx.orgId}.${randomBytes(24).toString('base64url')}`
  await insertAttempt(tx, {
    state_hash: sha256(state),
    installation_id: row.id,
    user_id: by.userId,
    expires_at: new Date(Date.now() + attemptMinutes * 60_000),
  })
  const url = new URL(services.addressOf(integration, oauth.authorize.host) + oauth.authorize.path)
  for (const [name, value] of Object.entries({
    client_id: client.id,
    redirect_uri: redirectUri(services),
    response_type: 'code',
    state,
  })) {
    url.searchParams.set(name, value)
  }
  return url.href
}

/**
 * Ends what `beginConnecting` began: the code becomes tokens. The same person must come back, with what they were sent away with. Returns the
 * installation; throws 422 with what to do.
 */
export async function finishConnecting(
  db: OrgDb,
  services: ConnectionServices,
  by: Actor,
  { code, state }: { code: string; state: string },
): Promise<Id> {
  const attempt = await db.write((tx) => takeAttempt(tx, sha256(state), by.userId))
  if (attempt === undefined) {
    throw new ApiError(
      'unprocessable',
      'This connection was not begun here, or it was longer than half an hour ago. Connect again.',
    )
  }
  const row = await db.read((reader) => getInstallation(reader, attempt.installation_id))
  const { integration, oauth, client } = oauthOf(services, row)
  if (client === undefined) {
    throw new ApiError(
      'unprocessable',
      'The key and the secret are not in the settings any more. Save them and connect again.',
    )
  }
  const form = { grant_type: 'authorization_code', code, redirect_uri: redirectUri(services) }
  const { body } = await postForm(services, integration, oauth.token, form, client)
  await db.write(async (tx) => {
    await upsertConnection(tx, row.id, seal(services, row.id, oauth, body), by.userId)
    await markActive(tx, row.id)
    await services.resume(tx, row.id)
    await services.ready(tx, row.id)
    await connectionEvent(tx, 'create', row.id)
  })
  return row.id
}

/** Gives the access back: at the provider, which may not be reached, and here. */
export async function disconnect(
  db: OrgDb,
  services: ConnectionServices,
  _by: Authorized<'apps'>,
  installationId: Id,
): Promise<void> {
  const { row, connection } = await db.read(async (reader) => ({
    row: await getInstallation(reader, installationId),
    connection: await findConnection(reader, installationId),
  }))
  if (connection === undefined) {
    return
  }
  const { integration, oauth, client } = oauthOf(services, row)
  if (oauth.revoke !== undefined && client !== undefined) {
    const { access, refresh } = open(services, row.id, connection.tokens)
    const form = { token: refresh ?? access }
    await postForm(services, integration, oauth.revoke, form, client).catch(() => undefined)
  }
  await db.write(async (tx) => {
    await deleteConnection(tx, row.id)
    await connectionEvent(tx, 'delete', row.id)
  })
}

/**
 * The access token of an installation, renewed when it is about to end or when `refused` is the one that the provider no longer takes. One
 * renewal at a time: a refresh token is good once. Throws `ProviderError('needs-reconnect')`.
 */
export async function accessToken(
  db: OrgDb,
  services: ConnectionServices,
  row: InstallationRow,
  refused: string | undefined,
): Promise<string> {
  const { integration, oauth, client } = oauthOf(services, row)
  const connection = await db.read((reader) => findConnection(reader, row.id))
  if (connection === undefined || client === undefined) {
    throw new ProviderError('needs-reconnect', `Connect to ${integration.name} first.`)
  }
  const current = open(services, row.id, connection.tokens)
  if (isGood(current, connection.expires_at, refused)) {
    return current.access
  }
  return db.write(async (tx) => {
    const held = await lockConnection(tx, row.id)
    const tokens = held === undefined ? undefined : open(services, row.id, held.tokens)
    if (held !== undefined && tokens !== undefined && isGood(tokens, held.expires_at, refused)) {
      return tokens.access // somebody else has renewed it meanwhile
    }
    if (tokens?.refresh === undefined || tokens.refresh === null) {
      throw new ProviderError('needs-reconnect', `The connection to ${integration.name} has ended.`)
    }
    const renewed = await renew(services, integration, oauth, tokens.refresh, client)
    await saveTokens(tx, row.id, seal(services, row.id, oauth, renewed, tokens.refresh))
    return TokenAnswer.parse(renewed).access_token
  })
}

function isGood({ access }: Tokens, expiresAt: Date | null, refused: string | undefined): boolean {
  const lasts = expiresAt === null || expiresAt.getTime() - Date.now() > renewBeforeMs
  return access !== refused && lasts
}

async function renew(
  services: ConnectionServices,
  integration: Integration<unknown>,
  oauth: OAuth<unknown>,
  refreshToken: string,
  client: { id: string; secret: string },
): Promise<unknown> {
  try {
    const form = { grant_type: 'refresh_token', refresh_token: refreshToken }
    return (await postForm(services, integration, oauth.refresh, form, client)).body
  } catch (error) {
    if (error instanceof ProviderError && error.outcome !== 'retry-later') {
      throw new ProviderError('needs-reconnect', `The connection to ${integration.name} has ended: ${error.message}`)
    }
    throw error
  }
}

function seal(
  { vault }: ConnectionServices,
  installationId: Id,
  oauth: OAuth<unknown>,
  answer: unknown,
  previous: string | null = null,
): SealedTokens {
  const parsed = TokenAnswer.safeParse(answer)
  if (!parsed.success) {
    throw new ProviderError('retry-later', 'The provider gave an answer without a token.')
  }
  const {
    access_token: access,
    refresh_token: refresh,
    expires_in: lives,
    refresh_token_expires_in: renewable,
  } = parsed.data
  const tokens: Tokens = { access, refresh: refresh ?? previous }
  const now = Date.now()
  return {
    tokens: vault.seal(JSON.stringify(tokens), context(installationId)),
    expires_at: lives === undefined ? null : new Date(now + lives * 1000),
    refresh_expires_at: new Date(now + (renewable ?? oauth.refreshLifetime) * 1000),
  }
}

function open({ vault }: ConnectionServices, installationId: Id, sealed: Buffer): Tokens {
  return JSON.parse(vault.open(sealed, context(installationId))) as Tokens
}

function context(installationId: Id): string {
  return `connection/${installationId}`
}

async function connectionEvent(tx: Tx, verb: 'create' | 'delete', installationId: Id): Promise<void> {
  await recordEvents(tx, [
    { name: `tellback.connection.${verb}`, objectType: 'installation', objectId: installationId },
    { name: 'tellback.installation.update', objectType: 'installation', objectId: installationId },
  ])
}
