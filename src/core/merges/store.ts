import { sql } from 'kysely'
import type { Selectable } from 'kysely'

import { batchStatement, qb } from '../../platform/db/database.ts'
import type { Reader, Tx } from '../../platform/db/database.ts'
import { jsonb } from '../../platform/db/json.ts'
import type { CustomerMerges } from '../../platform/db/types.generated.ts'
import { newId } from '../../platform/ids.ts'
import type { Id } from '../../platform/ids.ts'
import type { CustomerRow } from '../customers/customers.ts'

/** A customer as JSON keeps one: times are texts. */
type Kept = Record<keyof CustomerRow, unknown>

export interface Moved {
  conversations: Id[]
  kobjects: Id[]
  drafts: Id[]
  /** Survey requests. */
  surveys?: Id[]
  /** Providers' ids of the person. */
  profiles?: string[]
}

export type MergeRow = Omit<Selectable<CustomerMerges>, 'before' | 'moved' | 'status'> & {
  status: 'complete' | 'undone'
  before: { source: Kept; target: Kept; merged: Kept }
  moved: Moved
}

const merges = (reader: Reader) => qb.selectFrom('customer_merges').selectAll().where('org_id', '=', reader.orgId)

export async function findMerge(reader: Reader, id: Id): Promise<MergeRow | undefined> {
  return (await reader.first(merges(reader).where('id', '=', id))) as unknown as MergeRow | undefined
}

export async function lockMerge(tx: Tx, id: Id): Promise<MergeRow | undefined> {
  return (await tx.first(merges(tx).where('id', '=', id).forNoKeyUpdate())) as unknown as MergeRow | undefined
}

/** The merges that a customer came into or went into, the newest first. */
export async function listMerges(reader: Reader, customerId: Id, limit: number, offset: number): Promise<MergeRow[]> {
  const query = merges(reader).where(sql<boolean>`(source_id = ${customerId} or target_id = ${customerId})`)
  return (await reader.all(query.orderBy('id', 'desc').limit(limit).offset(offset))) as unknown as MergeRow[]
}

export async function insertMerge(
  tx: Tx,
  row: Pick<MergeRow, 'id' | 'source_id' | 'target_id' | 'moved' | 'created_by'> & { before: object },
): Promise<void> {
  await tx.all(
    qb.insertInto('customer_merges').values({
      ...row,
      org_id: tx.orgId,
      status: 'complete',
      before: jsonb(row.before),
      moved: jsonb(row.moved),
    }),
  )
}

export async function saveUndone(tx: Tx, id: Id, by: Id): Promise<void> {
  await tx.all(
    qb
      .updateTable('customer_merges')
      .set({ status: 'undone', undone_by: by, undone_at: sql`now()`, updated_at: sql`now()` })
      .where('org_id', '=', tx.orgId)
      .where('id', '=', id),
  )
}

/** Takes what belongs to one customer to another, all of it or only what `only` names; returns the ids of what went. */
export async function moveBelongings(tx: Tx, from: Id, to: Id, only: Moved | undefined): Promise<Moved> {
  const conversations = await move(tx, 'conversations', from, to, only?.conversations)
  for (const table of ['messages', 'notes'] as const) {
    await tx.rows(ofConversations(table), [tx.orgId, to, conversations])
  }
  const kobjects = await move(tx, 'kobjects', from, to, only?.kobjects)
  await tx.rows(moveFeedbackStatement, [tx.orgId, to, kobjects])
  await tx.rows(moveTimelineStatement, [tx.orgId, from, to, kobjects])
  if (only === undefined) {
    await tx.rows(copyObjectionStatement, [tx.orgId, from, to, newId()])
  }
  const profiles = only === undefined ? null : (only.profiles ?? [])
  const moved = await tx.rows(moveProfilesStatement, [tx.orgId, from, to, profiles])
  return {
    conversations,
    kobjects,
    drafts: await move(tx, 'drafts', from, to, only?.drafts),
    surveys: await move(tx, 'survey_requests', from, to, only === undefined ? undefined : (only.surveys ?? [])),
    profiles: moved.map((row) => row.value),
  }
}

async function move(
  tx: Tx,
  table: 'conversations' | 'kobjects' | 'drafts' | 'survey_requests',
  from: Id,
  to: Id,
  only: Id[] | undefined,
): Promise<Id[]> {
  const wanted = only === undefined ? sql`true` : sql`id = any(${only}::text[])`
  const query = sql<{ id: Id }>`update ${sql.table(table)} set customer_id = ${to}, updated_at = now()
    where org_id = ${tx.orgId} and customer_id = ${from} and ${wanted} returning id`
  return (await tx.all({ compile: () => query.compile(qb) })).map((row) => row.id)
}

const ofConversations = (table: 'messages' | 'notes') =>
  batchStatement<never>(
    `update ${table} set customer_id = $2, updated_at = now() where org_id = $1 and conversation_id = any($3::text[])`,
  )
const moveFeedbackStatement = batchStatement<never>(
  'update feedback set customer_id = $2, updated_at = now() where org_id = $1 and id = any($3::text[])',
)
/** Whoever objected to surveys under either name is left alone. */
const copyObjectionStatement = batchStatement<never>(
  `insert into survey_opt_outs (org_id, id, customer_id, reason, created_by)
   select org_id, $4, $3, reason, created_by from survey_opt_outs where org_id = $1 and customer_id = $2 on conflict do nothing`,
)
const moveProfilesStatement = batchStatement<{ value: string }>(
  `update customer_identities set customer_id = $3
   where org_id = $1 and customer_id = $2 and kind = 'profile' and ($4::text[] is null or value = any($4::text[])) returning value`,
)
const moveTimelineStatement = batchStatement<never>(
  'update timeline set customer_id = $3 where org_id = $1 and customer_id = $2 and item_id = any($4::text[])',
)

// What a customer's row says of the things that belong to it, read back from these things.
const recountStatement = batchStatement<never>(
  `update customers c set
     klasses = coalesce((select array_agg(distinct o.klass) from kobjects o where o.org_id = c.org_id and o.customer_id = c.id and o.deleted_at is null), '{}'),
     (open_conversations, snoozed_conversations, done_conversations) = (
       select count(*) filter (where v.status = 'open'), count(*) filter (where v.status = 'snoozed'), count(*) filter (where v.status = 'done')
       from conversations v where v.org_id = c.org_id and v.customer_id = c.id and v.deleted_at is null),
     created_at = $3::timestamptz, last_activity_at = greatest(c.last_activity_at, $4::timestamptz)
   where c.org_id = $1 and c.id = $2`,
)

export async function recount(tx: Tx, id: Id, createdAt: Date, lastActivityAt: Date | null): Promise<void> {
  await tx.rows(recountStatement, [tx.orgId, id, createdAt, lastActivityAt])
}

/** A customer whether deleted or not, held against other writers. */
export async function lockAnyCustomer(tx: Tx, id: Id): Promise<CustomerRow | undefined> {
  const query = qb.selectFrom('customers').selectAll().where('org_id', '=', tx.orgId).where('id', '=', id).forUpdate()
  return (await tx.first(query)) as CustomerRow | undefined
}
