import { sql } from 'kysely'
import type { Selectable } from 'kysely'

import { qb } from '../../platform/db/database.ts'
import type { Reader, Tx } from '../../platform/db/database.ts'
import type { Attachments } from '../../platform/db/types.generated.ts'
import type { Id } from '../../platform/ids.ts'

export type AttachmentRow = Selectable<Attachments>

export async function findAttachments(reader: Reader, ids: readonly Id[]): Promise<AttachmentRow[]> {
  if (ids.length === 0) {
    return []
  }
  return reader.all(
    qb
      .selectFrom('attachments')
      .selectAll()
      .where('org_id', '=', reader.orgId)
      .where('id', 'in', [...ids]),
  )
}

export async function insertAttachment(
  tx: Tx,
  row: { id: Id; name: string; content_type: string; content_length: number; created_by: Id },
): Promise<void> {
  await tx.all(qb.insertInto('attachments').values({ ...row, org_id: tx.orgId }))
}

/** Writes files whose bytes are kept already; those that are there stay. */
export async function insertKept(
  tx: Tx,
  rows: Pick<
    AttachmentRow,
    'id' | 'name' | 'content_type' | 'content_length' | 'detected_type' | 'sha256' | 'created_by'
  >[],
): Promise<void> {
  if (rows.length > 0) {
    await tx.all(
      qb
        .insertInto('attachments')
        .values(rows.map((row) => ({ ...row, org_id: tx.orgId, uploaded_at: sql<Date>`now()` })))
        .onConflict((conflict) => conflict.columns(['org_id', 'id']).doNothing()),
    )
  }
}

export async function saveAttachment(
  tx: Tx,
  id: Id,
  change: Partial<
    Pick<AttachmentRow, 'name' | 'content_length' | 'detected_type' | 'sha256' | 'uploaded_at' | 'redacted_at'>
  >,
): Promise<void> {
  await tx.all(
    qb
      .updateTable('attachments')
      .set({ ...change, updated_at: sql`now()` })
      .where('org_id', '=', tx.orgId)
      .where('id', '=', id),
  )
}
