import { sql } from 'kysely'
import type { Selectable } from 'kysely'

import { batchStatement, qb } from '../../platform/db/database.ts'
import type { Reader, Tx } from '../../platform/db/database.ts'
import type { Replies, ReplyMoves } from '../../platform/db/types.generated.ts'
import { newId } from '../../platform/ids.ts'
import type { Id } from '../../platform/ids.ts'
import type { ReplyState } from '../../sdk/domain.ts'

export type ReplyRow = Omit<Selectable<Replies>, 'state'> & { state: ReplyState }
export type ReplyMove = Omit<Selectable<ReplyMoves>, 'state'> & { state: ReplyState }

const replies = (reader: Reader) => qb.selectFrom('replies').selectAll().where('org_id', '=', reader.orgId)

export async function findReply(reader: Reader, feedbackId: Id): Promise<ReplyRow | undefined> {
  return (await reader.first(replies(reader).where('feedback_id', '=', feedbackId))) as ReplyRow | undefined
}

/** Holds the feedback, so that there is one first reply, and the reply if there is one. */
export async function lockReply(tx: Tx, feedbackId: Id): Promise<ReplyRow | undefined> {
  await tx.all(
    qb.selectFrom('feedback').select('id').where('org_id', '=', tx.orgId).where('id', '=', feedbackId).forNoKeyUpdate(),
  )
  return (await tx.first(replies(tx).where('feedback_id', '=', feedbackId).forUpdate())) as ReplyRow | undefined
}

const repliesStatement = batchStatement<ReplyRow>(
  'select * from replies where org_id = $1 and feedback_id = any($2::text[]) for update',
)

/** The replies to several pieces of feedback, held. */
export async function lockReplies(tx: Tx, feedbackIds: Id[]): Promise<ReplyRow[]> {
  return feedbackIds.length === 0 ? [] : tx.rows(repliesStatement, [tx.orgId, feedbackIds])
}

/** Writes all of a reply, new or not, and its state where feedback is listed. */
export async function saveReply(tx: Tx, row: ReplyRow): Promise<void> {
  const { created_at: _created, updated_at: _updated, ...values } = row
  const { org_id: _org, id: _id, ...changes } = values
  await tx.all(
    qb
      .insertInto('replies')
      .values(values)
      .onConflict((conflict) => conflict.columns(['org_id', 'id']).doUpdateSet({ ...changes, updated_at: sql`now()` })),
  )
  await tx.all(
    qb
      .updateTable('feedback')
      .set({
        reply_state: row.state,
        reply_text: row.published_body,
        replied_at: row.published_at,
        updated_at: sql`now()`,
      })
      .where('org_id', '=', tx.orgId)
      .where('id', '=', row.feedback_id),
  )
}

export async function removeReply(tx: Tx, row: ReplyRow): Promise<void> {
  await tx.all(qb.deleteFrom('replies').where('org_id', '=', tx.orgId).where('id', '=', row.id))
  await tx.all(
    qb
      .updateTable('feedback')
      .set({ reply_state: 'none', updated_at: sql`now()` })
      .where('org_id', '=', tx.orgId)
      .where('id', '=', row.feedback_id),
  )
}

/** Notes a state that a reply came into; `by` is null for the desk itself and for the provider. */
export async function insertMove(tx: Tx, row: ReplyRow, by: Id | null): Promise<void> {
  await tx.all(
    qb.insertInto('reply_moves').values({
      org_id: tx.orgId,
      id: newId(),
      reply_id: row.id,
      state: row.state,
      body: row.state === 'published' || row.state === 'outdated' ? (row.published_body ?? row.body) : row.body,
      reason: row.reason,
      created_by: by,
    }),
  )
}

export async function listMoves(reader: Reader, replyId: Id): Promise<ReplyMove[]> {
  return (await reader.all(
    qb
      .selectFrom('reply_moves')
      .selectAll()
      .where('org_id', '=', reader.orgId)
      .where('reply_id', '=', replyId)
      .orderBy('id', 'desc'),
  )) as ReplyMove[]
}
