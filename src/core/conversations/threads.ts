import { batchStatement } from '../../platform/db/database.ts'
import type { Reader, Tx } from '../../platform/db/database.ts'
import type { Id } from '../../platform/ids.ts'

const findStatement = batchStatement<{ conversation_id: Id }>(
  `select t.conversation_id from conversation_threads t
   join conversations c on c.org_id = t.org_id and c.id = t.conversation_id and c.deleted_at is null
   where t.org_id = $1 and t.source = $2 and t.thread = any($3::text[])
   order by array_position($3::text[], t.thread) limit 1`,
)

/** The conversation that a source knows by one of these names; the first name that is known decides. */
export async function findThread(reader: Reader, source: Id, threads: string[]): Promise<Id | undefined> {
  const [found] = await reader.rows(findStatement, [reader.orgId, source, threads])
  return found?.conversation_id
}

const recentStatement = batchStatement<{ conversation_id: Id }>(
  `select t.conversation_id from conversation_threads t
   join conversations c on c.org_id = t.org_id and c.id = t.conversation_id and c.deleted_at is null
   where t.org_id = $1 and t.source = $2 and t.thread = any($3::text[]) and t.created_at > now() - interval '30 days'
   order by array_position($3::text[], t.thread) limit 1`,
)

/** The same for names that are good for 30 days. */
export async function findRecentThread(reader: Reader, source: Id, threads: string[]): Promise<Id | undefined> {
  const [found] = await reader.rows(recentStatement, [reader.orgId, source, threads])
  return found?.conversation_id
}

const rememberStatement = batchStatement<never>(
  `insert into conversation_threads (org_id, source, thread, conversation_id) select $1, $2, thread, $4 from unnest($3::text[]) thread
   on conflict (org_id, source, thread) do update set conversation_id = excluded.conversation_id, created_at = now()`,
)

/** From now on these names lead to the conversation. */
export async function rememberThreads(tx: Tx, source: Id, threads: string[], conversationId: Id): Promise<void> {
  await tx.rows(rememberStatement, [tx.orgId, source, [...new Set(threads)], conversationId])
}

const lockStatement = batchStatement<never>('select pg_advisory_xact_lock(hashtextextended($1, 9))')

/** Until the transaction ends, nobody else opens a conversation for one of these names. */
export async function lockThreads(tx: Tx, source: Id, threads: string[]): Promise<void> {
  for (const thread of [...new Set(threads)].toSorted()) {
    await tx.rows(lockStatement, [`${tx.orgId}/${source}/${thread}`])
  }
}

const namesStatement = batchStatement<{ thread: string }>(
  'select thread from conversation_threads where org_id = $1 and conversation_id = $2 and source = $3 order by created_at, thread limit 100',
)

/** The names that a source knows a conversation by. */
export async function namesOfThread(reader: Reader, source: Id, conversationId: Id): Promise<string[]> {
  const rows = await reader.rows(namesStatement, [reader.orgId, conversationId, source])
  return rows.map((row) => row.thread)
}
