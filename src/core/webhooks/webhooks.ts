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
import type { WebhookInput, WebhookUpdate } from './schema.ts'
import {
  countWebhooks,
  findWebhook,
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
  return getWebhook(tx, id)
}

export async function deleteWebhook(tx: Tx, _by: Authorized<'outbound_webhook'>, id: Id): Promise<void> {
  await getWebhook(tx, id)
  await removeWebhook(tx, id)
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
