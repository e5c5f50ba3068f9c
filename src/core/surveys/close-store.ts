import type { Selectable } from 'kysely'

import { batchStatement, qb } from '../../platform/db/database.ts'
import type { Reader, Tx } from '../../platform/db/database.ts'
import type { CloseEvents } from '../../platform/db/types.generated.ts'
import type { Id } from '../../platform/ids.ts'

export type CloseEventRow = Omit<Selectable<CloseEvents>, 'closed_how'> & {
  closed_how: 'agent' | 'automatic' | 'spam' | 'merged'
}

const undecidedStatement = batchStatement<CloseEventRow>(
  `select * from close_events where org_id = $1 and decided_at is null order by id limit $2 for update skip locked`,
)

/** The oldest closes that nobody has decided about, held against others. */
export async function holdUndecided(tx: Tx, limit: number): Promise<CloseEventRow[]> {
  return tx.rows(undecidedStatement, [tx.orgId, limit])
}

const decidedStatement = batchStatement<never>(
  'update close_events set decided_at = $3 where org_id = $1 and id = any($2::text[])',
)

export async function markDecided(tx: Tx, ids: Id[], at: Date): Promise<void> {
  await tx.rows(decidedStatement, [tx.orgId, ids, at])
}

const closesStatement = batchStatement<CloseEventRow>(
  `select * from close_events where org_id = $1 and closed_at >= $2 and closed_at < $3
     and ($4::timestamptz is null or (closed_at, id) < ($4, $5)) order by closed_at desc, id desc limit $6`,
)

/** Closes between two times, the newest first, from `after` on. */
export async function listCloses(
  reader: Reader,
  range: { from: Date; to: Date },
  after: { at: Date; id: Id } | undefined,
  limit: number,
): Promise<CloseEventRow[]> {
  return reader.rows(closesStatement, [reader.orgId, range.from, range.to, after?.at ?? null, after?.id ?? null, limit])
}

export async function findClose(reader: Reader, id: Id): Promise<CloseEventRow | undefined> {
  return (await reader.first(
    qb.selectFrom('close_events').selectAll().where('org_id', '=', reader.orgId).where('id', '=', id),
  )) as CloseEventRow | undefined
}

/** How a conversation was closed last; undefined when it never was. */
export async function findLastClose(reader: Reader, conversationId: Id): Promise<CloseEventRow | undefined> {
  return (await reader.first(
    qb
      .selectFrom('close_events')
      .selectAll()
      .where('org_id', '=', reader.orgId)
      .where('conversation_id', '=', conversationId)
      .orderBy('closed_at', 'desc')
      .limit(1),
  )) as CloseEventRow | undefined
}
