import { sql } from 'kysely'
import type { Selectable } from 'kysely'

import { qb } from '../../platform/db/database.ts'
import type { Reader, Tx } from '../../platform/db/database.ts'
import { jsonb } from '../../platform/db/json.ts'
import type { Enquiries } from '../../platform/db/types.generated.ts'
import type { Id } from '../../platform/ids.ts'
import type { EnquiryAnswer } from '../../sdk/index.ts'

export type EnquiryRow = Omit<Selectable<Enquiries>, 'state' | 'answer'> & {
  state: 'asking' | 'waiting' | 'answered' | 'lapsed' | 'failed'
  answer: EnquiryAnswer | null
}

const enquiries = (reader: Reader) => qb.selectFrom('enquiries').selectAll().where('org_id', '=', reader.orgId)

/** The last one about a review. */
export async function findEnquiry(reader: Reader, feedbackId: Id): Promise<EnquiryRow | undefined> {
  return (await reader.first(
    enquiries(reader).where('feedback_id', '=', feedbackId).orderBy('id', 'desc').limit(1),
  )) as EnquiryRow | undefined
}

export async function lockEnquiry(tx: Tx, id: Id): Promise<EnquiryRow | undefined> {
  return (await tx.first(enquiries(tx).where('id', '=', id).forUpdate())) as EnquiryRow | undefined
}

/** Adds one; false while another about the same review is open. */
export async function insertEnquiry(
  tx: Tx,
  row: Pick<EnquiryRow, 'id' | 'feedback_id' | 'installation_id' | 'asked_by'>,
): Promise<boolean> {
  const rows = await tx.all(
    qb
      .insertInto('enquiries')
      .values({ org_id: tx.orgId, ...row, state: 'asking' })
      .onConflict((conflict) => conflict.doNothing())
      .returning('id'),
  )
  return rows.length > 0
}

export async function saveEnquiry(tx: Tx, row: EnquiryRow): Promise<void> {
  const { org_id: _org, id: _id, created_at: _created, updated_at: _updated, ...values } = row
  await tx.all(
    qb
      .updateTable('enquiries')
      .set({ ...values, answer: values.answer === null ? null : jsonb(values.answer), updated_at: sql`now()` })
      .where('org_id', '=', tx.orgId)
      .where('id', '=', row.id),
  )
}
