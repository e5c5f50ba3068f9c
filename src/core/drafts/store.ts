import type { Selectable } from 'kysely'

import { qb } from '../../platform/db/database.ts'
import type { Reader, Tx } from '../../platform/db/database.ts'
import { jsonb } from '../../platform/db/json.ts'
import type { Drafts } from '../../platform/db/types.generated.ts'
import type { Id } from '../../platform/ids.ts'
import type { AttachmentRef } from '../attachments/schema.ts'

export type DraftRow = Omit<Selectable<Drafts>, 'content' | 'attachments' | 'status'> & {
  content: Record<string, unknown>
  attachments: AttachmentRef[]
  status: 'draft' | 'scheduled' | 'sent' | 'error' | 'deleted'
}

const drafts = (reader: Reader) =>
  qb.selectFrom('drafts').selectAll().where('org_id', '=', reader.orgId).where('status', '<>', 'deleted')

export async function findDraft(reader: Reader, id: Id): Promise<DraftRow | undefined> {
  return (await reader.first(drafts(reader).where('id', '=', id))) as DraftRow | undefined
}

export async function lockDraft(tx: Tx, id: Id): Promise<DraftRow | undefined> {
  return (await tx.first(drafts(tx).where('id', '=', id).forNoKeyUpdate())) as DraftRow | undefined
}

/** A customer's drafts that are not sent yet, those changed last first. */
export async function listDrafts(
  reader: Reader,
  filter: { customerId: Id; conversationId?: Id | undefined },
  limit: number,
  offset: number,
): Promise<DraftRow[]> {
  let query = drafts(reader)
    .where('customer_id', '=', filter.customerId)
    .where('status', 'in', ['draft', 'scheduled', 'error'])
  if (filter.conversationId !== undefined) {
    query = query.where('conversation_id', '=', filter.conversationId)
  }
  query = query.orderBy('updated_at', 'desc').orderBy('id', 'desc')
  return (await reader.all(query.limit(limit).offset(offset))) as DraftRow[]
}

/** Throws the database's uniqueness error for a second draft of a note in one conversation. */
export async function insertDraft(tx: Tx, row: DraftRow): Promise<void> {
  await tx.all(qb.insertInto('drafts').values(valuesOf(row)))
}

export async function saveDraft(tx: Tx, row: DraftRow): Promise<void> {
  const { org_id: _org, id: _id, created_at: _at, created_by: _by, ...values } = valuesOf(row)
  await tx.all(qb.updateTable('drafts').set(values).where('org_id', '=', tx.orgId).where('id', '=', row.id))
}

function valuesOf(row: DraftRow) {
  return { ...row, content: jsonb(row.content), attachments: jsonb(row.attachments) }
}
