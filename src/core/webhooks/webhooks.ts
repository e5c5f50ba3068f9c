import { randomBytes } from 'node:crypto'

import type { Vault } from '../../platform/crypto.ts'
import type { Reader, Tx } from '../../platform/db/database.ts'
import type { Authorized } from '../../platform/http/access.ts'
import { ApiError, notFound } from '../../platform/http/errors.ts'
import type { Outbound } from '../../platform/http/outbound.ts'
import { newId } from '../../platform/ids.ts'
import type { Id } from '../../platform/ids.ts'
import type { Backlog } from '../../platform/jobs/dispatcher.ts'
import { wakeOnCommit } from '../../platform/jobs/dispatcher.ts'
import { recordEvents } from '../events/events.ts'
import type { WebhookInput, WebhookUpdate } from './schema.ts'
import {
  countWebhooks,
  findWebhook,
  findWebhooksOf,
  insertWebhook,
  lockWebhook,
  removeWebhook,
  reopenTransactions,
  saveWebhook,
} from './store.ts'
import type { WebhookRow } from './store.ts'

export type { TransactionRow, WebhookRow } from './store.ts'
export { listTransactions, listWebhooks } from './store.ts'

/** Webhook transactions that are due. */
export const dueWebhooks: Backlog = {
  channel: 'tellback_webhooks',
  findOrgs: 'orgs_with_due_webhooks',
  lockKind: 3,
}

export interface WebhookServices {
  vault: Vault
  outbound: Outbound
}

/** What is sealed: both open somebody else's door. */
export interface WebhookSecrets {
  token: string
  headers: { name: string; value: string }[]
}

const tokenBytes = 32
const mostWebhooks = 50

export async function getWebhook(reader: Reader, id: Id): Promise<WebhookRow> {
  const row = await findWebhook(reader, id)
  if (row === undefined) {
    throw notFound('Webhook')
  }
  return row
}

export async function createWebhook(
  tx: Tx,
  services: WebhookServices,
  by: Authorized<'outbound_webhook'>,
  input: WebhookInput,
): Promise<WebhookRow> {
  checkUrl(services, input.url)
  if ((await countWebhooks(tx)) >= mostWebhooks) {
    throw new ApiError('unprocessable', `There are ${mostWebhooks} webhooks already; remove one first.`)
  }
  const id = newId()
  const secrets = { token: randomBytes(tokenBytes).toString('hex'), headers: input.headers }
  await insertWebhook(tx, {
    id,
    name: input.name,
    url: input.url,
    events: unique(input.events),
    sealed: sealSecrets(services.vault, id, secrets),
    created_by: by.userId,
  })
  await webhookEvent(tx, 'create', id)
  return getWebhook(tx, id)
}

/** Changes a webhook: what is left out stays. Switching it on again forgets how long it has failed. */
export async function updateWebhook(
  tx: Tx,
  services: WebhookServices,
  by: Authorized<'outbound_webhook'>,
  id: Id,
  change: WebhookUpdate,
): Promise<WebhookRow> {
  const row = await lockWebhook(tx, id)
  if (row === undefined) {
    throw notFound('Webhook')
  }
  if (change.url !== undefined) {
    checkUrl(services, change.url)
  }
  const secrets = openSecrets(services.vault, row)
  const status = change.status ?? row.status
  await saveWebhook(tx, {
    ...row,
    name: change.name ?? row.name,
    url: change.url ?? row.url,
    events: change.events === undefined ? row.events : unique(change.events),
    sealed:
      change.headers === undefined
        ? row.sealed
        : sealSecrets(services.vault, id, { ...secrets, headers: change.headers }),
    modified_by: by.userId,
    ...(status === row.status
      ? {}
      : { status, failing_since: null, status_reason: status === 'disabled' ? 'Switched off by hand.' : null }),
  })
  await webhookEvent(tx, 'update', id)
  return getWebhook(tx, id)
}

export async function deleteWebhook(tx: Tx, _by: Authorized<'outbound_webhook'>, id: Id): Promise<void> {
  await getWebhook(tx, id)
  await removeWebhook(tx, id)
  await webhookEvent(tx, 'delete', id)
}

async function webhookEvent(tx: Tx, verb: 'create' | 'update' | 'delete', id: Id): Promise<void> {
  await recordEvents(tx, [{ name: `tellback.webhook.${verb}`, objectType: 'webhook', objectId: id }])
}

/** Sends one transaction again, or all that were given up. Returns how many are on their way. */
export async function replay(
  tx: Tx,
  _by: Authorized<'outbound_webhook'>,
  webhookId: Id,
  transactionId: Id | undefined,
): Promise<number> {
  await getWebhook(tx, webhookId)
  const reopened = await reopenTransactions(tx, webhookId, transactionId === undefined ? undefined : [transactionId])
  if (transactionId !== undefined && reopened === 0) {
    throw notFound('Transaction', 'transaction')
  }
  await wakeOnCommit(tx, dueWebhooks)
  return reopened
}

/** What an app tells of itself: where it wants to hear of which events. */
export interface AppWebhook {
  name: string
  url: string
  events: string[]
  headers: { name: string; value: string }[]
}

/** Puts an installed app's webhooks in the place of those it has; none takes them away. */
export async function replaceAppWebhooks(
  tx: Tx,
  vault: Vault,
  installationId: Id,
  wanted: AppWebhook[],
  createdBy: Id,
): Promise<void> {
  for (const row of await findWebhooksOf(tx, installationId)) {
    await removeWebhook(tx, row.id)
  }
  for (const { name, url, events, headers } of wanted) {
    const id = newId()
    const secrets = { token: randomBytes(tokenBytes).toString('hex'), headers }
    const sealed = sealSecrets(vault, id, secrets)
    await insertWebhook(tx, {
      id,
      name,
      url,
      events: unique(events),
      sealed,
      created_by: createdBy,
      installation_id: installationId,
    })
  }
}

/** Switches an app's webhooks with the app. */
export async function switchAppWebhooks(tx: Tx, installationId: Id, on: boolean): Promise<void> {
  for (const row of await findWebhooksOf(tx, installationId)) {
    const status = on ? 'enabled' : 'disabled'
    await saveWebhook(tx, {
      ...row,
      status,
      failing_since: null,
      status_reason: on ? null : 'The app is switched off.',
    })
  }
}

export function openSecrets(vault: Vault, row: WebhookRow): WebhookSecrets {
  return JSON.parse(vault.open(row.sealed, `webhook/${row.id}`)) as WebhookSecrets
}

function sealSecrets(vault: Vault, id: Id, secrets: WebhookSecrets): Buffer {
  return vault.seal(JSON.stringify(secrets), `webhook/${id}`)
}

function checkUrl({ outbound }: WebhookServices, url: string): void {
  const problem = outbound.problemWith(url)
  if (problem !== undefined) {
    throw new ApiError('badparam', `url ${problem}`, { pointer: '/url' })
  }
}

function unique(names: string[]): string[] {
  return [...new Set(names)]
}
