import type { Selectable } from 'kysely'

import { qb } from '../../platform/db/database.ts'
import type { Reader, Tx } from '../../platform/db/database.ts'
import { jsonb } from '../../platform/db/json.ts'
import type { Notes } from '../../platform/db/types.generated.ts'
import type { Id } from '../../platform/ids.ts'
import type { AttachmentRef } from '../attachments/schema.ts'
import type { Mention } from './schema.ts'

export type NoteRow = Omit<Selectable<Notes>, 'user_mentions' | 'attachments'> & {
  user_mentions: Mention[]
  attachments: AttachmentRef[]
}

const notes = (reader: Reader) =>
  qb.selectFrom('notes').selectAll().where('org_id', '=', reader.orgId).where('deleted_at', 'is', null)

export async function findNote(reader: Reader, id: Id): Promise<NoteRow | undefined> {
  return (await reader.first(notes(reader).where('id', '=', id))) as NoteRow | undefined
}

export async function findNotesByIds(reader: Reader, ids: Id[]): Promise<NoteRow[]> {
  return ids.length === 0 ? [] : ((await reader.all(notes(reader).where('id', 'in', ids))) as NoteRow[])
}

export async function lockNote(tx: Tx, id: Id): Promise<NoteRow | undefined> {
  return (await tx.first(notes(tx).where('id', '=', id).forNoKeyUpdate())) as NoteRow | undefined
}

export interface NoteFilter {
  conversationId?: Id | undefined
  customerId?: Id | undefined
}

/** A conversation's or a customer's by when they were made, otherwise all by their last change; newest first. */
export async function listNotes(reader: Reader, filter: NoteFilter, limit: number, offset: number): Promise<NoteRow[]> {
  let query = notes(reader)
  if (filter.conversationId !== undefined) {
    query = query.where('conversation_id', '=', filter.conversationId)
  }
  if (filter.customerId !== undefined) {
    query = query.where('customer_id', '=', filter.customerId)
  }
  const column = filter.conversationId === undefined && filter.customerId === undefined ? 'updated_at' : 'created_at'
  query = query.orderBy(column, 'desc').orderBy('id', 'desc')
  return (await reader.all(query.limit(limit).offset(offset))) as NoteRow[]
}

/** Throws the database's uniqueness error when the external id is taken. */
export async function insertNote(tx: Tx, row: NoteRow): Promise<void> {
  await tx.all(
    qb
      .insertInto('notes')
      .values({ ...row, user_mentions: jsonb(row.user_mentions), attachments: jsonb(row.attachments) }),
  )
}

/** Writes all of a row; throws the database's uniqueness error when the external id is taken. */
export async function saveNote(tx: Tx, row: NoteRow): Promise<void> {
  const { org_id: _org, id: _id, created_at: _at, created_by: _by, ...values } = row
  await tx.all(
    qb
      .updateTable('notes')
      .set({ ...values, user_mentions: jsonb(row.user_mentions), attachments: jsonb(row.attachments) })
      .where('org_id', '=', tx.orgId)
      .where('id', '=', row.id),
  )
}
