import { sql } from 'kysely'
import type { Selectable } from 'kysely'

import { batchStatement, qb } from '../../platform/db/database.ts'
import type { Reader, Tx } from '../../platform/db/database.ts'
import type { OutboundWebhooks, WebhookTransactions } from '../../platform/db/types.generated.ts'
import type { Id } from '../../platform/ids.ts'

export type WebhookRow = Omit<Selectable<OutboundWebhooks>, 'status'> & { status: 'enabled' | 'disabled' }
export type TransactionRow = Omit<Selectable<WebhookTransactions>, 'status'> & { status: 'waiting' | 'sent' | 'failed' }

const webhooks = (reader: Reader) => qb.selectFrom('outbound_webhooks').selectAll().where('org_id', '=', reader.orgId)

export async function findWebhook(reader: Reader, id: Id): Promise<WebhookRow | undefined> {
  return (await reader.first(webhooks(reader).where('id', '=', id))) as WebhookRow | undefined
}

export async function findWebhooks(reader: Reader, ids: Id[]): Promise<WebhookRow[]> {
  return (ids.length === 0 ? [] : await reader.all(webhooks(reader).where('id', 'in', ids))) as WebhookRow[]
}

export async function lockWebhook(tx: Tx, id: Id): Promise<WebhookRow | undefined> {
  return (await tx.first(webhooks(tx).where('id', '=', id).forUpdate())) as WebhookRow | undefined
}

export async function listWebhooks(reader: Reader, limit: number, offset: number): Promise<WebhookRow[]> {
  return (await reader.all(webhooks(reader).orderBy('id').limit(limit).offset(offset))) as WebhookRow[]
}

export async function countWebhooks(reader: Reader): Promise<number> {
  const row = await reader.first(
    qb
      .selectFrom('outbound_webhooks')
      .select(sql<number>`count(*)`.as('n'))
      .where('org_id', '=', reader.orgId),
  )
  return row?.n ?? 0
}

export async function insertWebhook(
  tx: Tx,
  row: Pick<WebhookRow, 'id' | 'name' | 'url' | 'events' | 'sealed' | 'created_by'> & { installation_id?: Id },
): Promise<void> {
  await tx.all(qb.insertInto('outbound_webhooks').values({ ...row, org_id: tx.orgId, modified_by: row.created_by }))
}

export async function saveWebhook(tx: Tx, row: WebhookRow): Promise<void> {
  const { org_id: _org, id: _id, created_at: _at, created_by: _by, ...values } = row
  await tx.all(
    qb
      .updateTable('outbound_webhooks')
      .set({ ...values, updated_at: sql`now()` })
      .where('org_id', '=', tx.orgId)
      .where('id', '=', row.id),
  )
}

/** Removes an address and its log. */
export async function removeWebhook(tx: Tx, id: Id): Promise<void> {
  await tx.all(qb.deleteFrom('outbound_webhooks').where('org_id', '=', tx.orgId).where('id', '=', id))
}

export async function listTransactions(
  reader: Reader,
  webhookId: Id,
  status: string | undefined,
  limit: number,
  after: Id | undefined,
): Promise<TransactionRow[]> {
  let query = qb
    .selectFrom('webhook_transactions')
    .selectAll()
    .where('org_id', '=', reader.orgId)
    .where('webhook_id', '=', webhookId)
  if (status !== undefined) {
    query = query.where('status', '=', status)
  }
  if (after !== undefined) {
    query = query.where('id', '<', after)
  }
  return (await reader.all(query.orderBy('id', 'desc').limit(limit))) as TransactionRow[]
}

export interface DueTransaction {
  id: Id
  webhook_id: Id
  event_id: Id
  event_name: string
  object_type: string
  object_id: Id
  attempts: number
  created_at: Date
  data: Record<string, unknown>
}

// A claim is a promise to try within its time; it lapses by itself when the process dies.
const claimStatement = batchStatement<DueTransaction>(
  `with due as (
     select id from webhook_transactions where org_id = $1 and status = 'waiting' and next_attempt_at <= now()
     order by next_attempt_at, id limit $2 for update skip locked
   ), claimed as (
     update webhook_transactions t set next_attempt_at = now() + $3::interval, attempts = t.attempts + 1
     where t.org_id = $1 and t.id in (select id from due) returning t.*
   )
   select c.id, c.webhook_id, c.event_id, c.event_name, c.object_type, c.object_id, c.attempts, e.created_at, e.data
   from claimed c, lateral (select created_at, data from events where org_id = $1 and id = c.event_id offset 0) e`,
)

/** Takes the oldest due transactions for `seconds`, during which nobody else sees them due. */
export async function claimDue(tx: Tx, limit: number, seconds: number): Promise<DueTransaction[]> {
  return tx.rows(claimStatement, [tx.orgId, limit, `${seconds} seconds`])
}

export interface TransactionOutcome {
  id: Id
  status: 'waiting' | 'sent' | 'failed'
  nextAttemptAt: Date | undefined
  lastStatus: number | undefined
  lastError: string | undefined
  lastResponse: string | undefined
}

const finishStatement = batchStatement<never>(
  `update webhook_transactions t set (status, next_attempt_at, last_status, last_error, last_response, sent_at) = (
     select r.status, r.next_attempt_at, r.last_status, r.last_error, r.last_response, case when r.status = 'sent' then now() end
     from jsonb_to_record($2::jsonb -> t.id) as r (status text, next_attempt_at timestamptz, last_status int, last_error text, last_response text))
   where t.org_id = $1 and t.id = any($3::text[])`,
)

export async function finishTransactions(tx: Tx, outcomes: TransactionOutcome[]): Promise<void> {
  const byId = Object.fromEntries(
    outcomes.map((it) => [
      it.id,
      {
        status: it.status,
        next_attempt_at: it.nextAttemptAt,
        last_status: it.lastStatus,
        last_error: it.lastError,
        last_response: it.lastResponse,
      },
    ]),
  )
  await tx.rows(finishStatement, [tx.orgId, JSON.stringify(byId), outcomes.map((it) => it.id)])
}

/** Sends transactions again, from their first attempt on; without ids, all that were given up. Returns how many. */
export async function reopenTransactions(tx: Tx, webhookId: Id, ids: Id[] | undefined): Promise<number> {
  let query = qb
    .updateTable('webhook_transactions')
    .set({ status: 'waiting', attempts: 0, next_attempt_at: sql`now()` })
    .where('org_id', '=', tx.orgId)
    .where('webhook_id', '=', webhookId)
  query = ids === undefined ? query.where('status', '=', 'failed') : query.where('id', 'in', ids)
  return (await tx.all(query.returning('id'))).length
}

/** The webhooks that an installed app brought. */
export async function findWebhooksOf(reader: Reader, installationId: Id): Promise<WebhookRow[]> {
  return (await reader.all(webhooks(reader).where('installation_id', '=', installationId))) as WebhookRow[]
}
