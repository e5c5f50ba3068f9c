import { sql } from 'kysely'
import type { Selectable } from 'kysely'

import { batchStatement, qb, statement } from '../../platform/db/database.ts'
import type { OrgDb, Reader, Tx } from '../../platform/db/database.ts'
import type { Deliveries } from '../../platform/db/types.generated.ts'
import type { Id } from '../../platform/ids.ts'
import type { MailVerdict } from '../../platform/mail/authenticate-mail.ts'
import type { Attempt, EffectRecord } from './schema.ts'
import type { DeliveryStatus } from './states.ts'

export type DeliveryRow = Omit<
  Selectable<Deliveries>,
  'headers' | 'effects' | 'attempts' | 'status' | 'mail_verdict'
> & {
  mail_verdict: MailVerdict | null
  /** Which of the app's webhooks the hook belongs to. */
  webhook: string | null
  event_name: string
  hook_type: string
  headers: Record<string, string>
  effects: EffectRecord[] | null
  attempts: Attempt[]
  status: DeliveryStatus
}

export interface NewDelivery {
  id: Id
  hookId: Id
  installationId: Id | undefined
  dedupeKey: string
  status: DeliveryStatus
  trust: string
  contentType: string | undefined
  /** JSON text. */
  headers: string
  sealedHeaders: Buffer | undefined
  body: Buffer
  error: string | undefined
  receivedAt: Date
  /** How many more equal ones came in the same moment. */
  repeats: number
}

export interface AcceptedDelivery {
  id: Id
  hookId: Id
  dedupeKey: string
  fresh: boolean
}

const acceptStatement = statement<{ accepted: AcceptedDelivery[] }>(
  'deliveries-accept',
  'select accept_deliveries($1, $2, $3) as accepted',
)

/** Makes deliveries durable. Two entries of one call must not share hook and dedupe key. */
export async function acceptDeliveries(db: OrgDb, rows: NewDelivery[]): Promise<AcceptedDelivery[]> {
  let end = 0
  const received = rows.map(({ body, sealedHeaders, ...row }) => {
    const first = end + 1 // SQL counts from 1
    end += body.length
    return {
      id: row.id,
      hook_id: row.hookId,
      installation_id: row.installationId,
      dedupe_key: row.dedupeKey,
      status: row.status,
      trust: row.trust,
      content_type: row.contentType,
      headers: row.headers,
      sealed_headers: sealedHeaders?.toString('base64'),
      error: row.error,
      received_at: row.receivedAt,
      repeats: row.repeats,
      first,
      length: body.length,
    }
  })
  const [result] = await db.call(acceptStatement, [
    db.orgId,
    JSON.stringify(received),
    Buffer.concat(
      rows.map((row) => row.body),
      end,
    ),
  ])
  return result?.accepted ?? []
}

const pendingStatement = batchStatement<DeliveryRow>(
  `select d.*, h.webhook, h.event_name, h.type as hook_type from unnest($2::text[]) as wanted (id),
   lateral (select * from deliveries where org_id = $1 and id = wanted.id offset 0) d
   join hooks h on h.org_id = d.org_id and h.id = d.hook_id
   where d.status = any($3::text[]) order by d.id`,
)

/** Deliveries a job may still work on. */
export async function findPending(reader: Reader, ids: Id[], states: DeliveryStatus[]): Promise<DeliveryRow[]> {
  return reader.rows(pendingStatement, [reader.orgId, ids, states])
}

const receivedStatement = statement<{ id: Id }>(
  'deliveries-received',
  `select id from deliveries where org_id = $1 and status = 'received' order by id limit $2`,
)

/** Deliveries on their way, oldest first. */
export async function findReceived(reader: Reader, limit: number): Promise<Id[]> {
  const rows = await reader.rows(receivedStatement, [reader.orgId, limit])
  return rows.map((row) => row.id)
}

// The appended nothing keeps the planner from walking the index of all open deliveries instead of looking these up.
const holdStatement = batchStatement<{ id: Id }>(
  `select id from deliveries where org_id = $1 and id = any($2::text[]) and status || '' = any($3::text[])
   order by id for no key update`,
)

/** Holds deliveries and tells which of them are still in one of `states`: what another run finished meanwhile drops out. */
export async function holdDeliveries(tx: Tx, ids: Id[], states: DeliveryStatus[]): Promise<Set<Id>> {
  const rows = await tx.rows(holdStatement, [tx.orgId, ids, states])
  return new Set(rows.map((row) => row.id))
}

export interface DeliveryResult {
  id: Id
  status: DeliveryStatus
  trust: string | undefined
  error: string | undefined
  effects: EffectRecord[] | undefined
  verdict: MailVerdict | undefined
  attempt: Attempt
  nextAttemptAt: Date | undefined
}

// Each row picks its result by its id: a join of two lists without statistics would compare every pair.
const finishStatement = batchStatement<never>(
  `update deliveries d set (status, trust, error, effects, mail_verdict, attempts, next_attempt_at, sealed_headers, finished_at) = (
     select r.status, coalesce(r.trust, d.trust), r.error, coalesce(r.effects, d.effects), coalesce(r.verdict, d.mail_verdict), d.attempts || r.attempt, r.next_attempt_at,
       case when r.status = 'refused' then d.sealed_headers end, case when r.status = 'retrying' then null else now() end
     from jsonb_to_record($2::jsonb -> d.id) as r (status text, trust text, error text, effects jsonb, verdict jsonb, attempt jsonb, next_attempt_at timestamptz))
   where d.org_id = $1 and d.id = any($3::text[])`,
)

export async function finishDeliveries(tx: Tx, results: DeliveryResult[]): Promise<void> {
  if (results.length > 0) {
    const byId = Object.fromEntries(results.map((it) => [it.id, { ...it, next_attempt_at: it.nextAttemptAt }]))
    await tx.rows(finishStatement, [tx.orgId, JSON.stringify(byId), results.map((it) => it.id)])
  }
}

/** Puts deliveries back to the start; returns the ids of those that may go there. */
export async function reopenDeliveries(tx: Tx, ids: Id[], from: DeliveryStatus[]): Promise<Id[]> {
  const rows = await tx.all(
    qb
      .updateTable('deliveries')
      .set({ status: 'received', error: null, next_attempt_at: null, finished_at: null })
      .where('org_id', '=', tx.orgId)
      .where('id', 'in', ids)
      .where('status', 'in', from)
      .returning('id'),
  )
  return rows.map((row) => row.id)
}

export interface DeliveryFilter {
  statuses?: DeliveryStatus[] | undefined
  installationId?: Id | undefined
  hookId?: Id | undefined
}

export async function findDeliveryIds(reader: Reader, filter: DeliveryFilter, limit: number): Promise<Id[]> {
  let query = qb.selectFrom('deliveries').select('id').where('org_id', '=', reader.orgId)
  if (filter.statuses !== undefined) {
    query = query.where('status', 'in', filter.statuses)
  }
  if (filter.installationId !== undefined) {
    query = query.where('installation_id', '=', filter.installationId)
  }
  const rows = await reader.all(query.orderBy('id').limit(limit))
  return rows.map((row) => row.id)
}

export type ShownDelivery = Omit<DeliveryRow, 'body' | 'sealed_headers' | 'webhook' | 'event_name' | 'hook_type'> & {
  app: string | null
  store: string | null
  hook_title: string
  bytes: number
}

const shown = (reader: Reader) =>
  qb
    .selectFrom('deliveries as d')
    .innerJoin('hooks as h', (join) => join.onRef('h.org_id', '=', 'd.org_id').onRef('h.id', '=', 'd.hook_id'))
    .leftJoin('installations as i', (join) =>
      join.onRef('i.org_id', '=', 'd.org_id').onRef('i.id', '=', 'd.installation_id'),
    )
    .select([
      'd.org_id',
      'd.id',
      'd.hook_id',
      'd.installation_id',
      'd.dedupe_key',
      'd.status',
      'd.trust',
      'd.content_type',
      'd.headers',
      'd.error',
      'd.effects',
      'd.mail_verdict',
      'd.attempts',
      'd.next_attempt_at',
      'd.duplicates',
      'd.last_duplicate_at',
      'd.received_at',
      'd.finished_at',
      'i.app',
      'i.name as store',
      'h.title as hook_title',
    ])
    .select(sql<number>`octet_length(d.body)`.as('bytes'))
    .where('d.org_id', '=', reader.orgId)

/** Newest first, from `after` on. */
export async function listDeliveries(
  reader: Reader,
  filter: DeliveryFilter,
  limit: number,
  after: Id | undefined,
): Promise<ShownDelivery[]> {
  let query = shown(reader)
  if (filter.statuses !== undefined) {
    query = query.where('d.status', 'in', filter.statuses)
  }
  if (filter.installationId !== undefined) {
    query = query.where('d.installation_id', '=', filter.installationId)
  }
  if (filter.hookId !== undefined) {
    query = query.where('d.hook_id', '=', filter.hookId)
  }
  if (after !== undefined) {
    query = query.where('d.id', '<', after)
  }
  return (await reader.all(query.orderBy('d.id', 'desc').limit(limit))) as ShownDelivery[]
}

export async function findDelivery(reader: Reader, id: Id): Promise<(ShownDelivery & { body: Buffer }) | undefined> {
  return (await reader.first(shown(reader).select('d.body').where('d.id', '=', id))) as
    | (ShownDelivery & { body: Buffer })
    | undefined
}

export interface InstallationHealth {
  lastDeliveryAt: Date | null
  received: number
  failed: number
  duplicates: number
}

/** How an installation has fared since `sinceId`. */
export async function readHealth(reader: Reader, installationId: Id, sinceId: Id): Promise<InstallationHealth> {
  const last = await reader.first(
    qb
      .selectFrom('deliveries')
      .select('received_at')
      .where('org_id', '=', reader.orgId)
      .where('installation_id', '=', installationId)
      .orderBy('id', 'desc')
      .limit(1),
  )
  const counts = await reader.first(
    qb
      .selectFrom('deliveries')
      .select([
        sql<number>`count(*)`.as('received'),
        sql<number>`count(*) filter (where status not in ('applied', 'received'))`.as('failed'),
        sql<number>`coalesce(sum(duplicates), 0)`.as('duplicates'),
      ])
      .where('org_id', '=', reader.orgId)
      .where('installation_id', '=', installationId)
      .where('id', '>=', sinceId),
  )
  return {
    lastDeliveryAt: last?.received_at ?? null,
    received: counts?.received ?? 0,
    failed: counts?.failed ?? 0,
    duplicates: counts?.duplicates ?? 0,
  }
}
