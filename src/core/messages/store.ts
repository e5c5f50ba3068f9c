import { sql } from 'kysely'
import type { Selectable } from 'kysely'

import { qb } from '../../platform/db/database.ts'
import type { Reader, Tx } from '../../platform/db/database.ts'
import { jsonb } from '../../platform/db/json.ts'
import type { Messages } from '../../platform/db/types.generated.ts'
import type { Id } from '../../platform/ids.ts'
import type { AttachmentRef } from '../attachments/schema.ts'
import type { Custom } from '../metadata/schema.ts'
import type { Extra } from './schema.ts'

export type MessageRow = Omit<
  Selectable<Messages>,
  'custom' | 'extra' | 'meta' | 'error' | 'response_ms' | 'attachments'
> & {
  attachments: AttachmentRef[]
  custom: Custom
  extra: Extra
  meta: Record<string, unknown>
  error: Record<string, unknown> | null
  response_ms: number | null
}

const messages = (reader: Reader) => qb.selectFrom('messages').selectAll().where('org_id', '=', reader.orgId)

export async function findMessage(reader: Reader, id: Id): Promise<MessageRow | undefined> {
  return (await reader.first(messages(reader).where('id', '=', id))) as unknown as MessageRow | undefined
}

export async function findMessageByExternalId(reader: Reader, externalId: string): Promise<MessageRow | undefined> {
  return (await reader.first(messages(reader).where('external_id', '=', externalId))) as unknown as
    | MessageRow
    | undefined
}

export async function findMessagesByIds(reader: Reader, ids: Id[]): Promise<MessageRow[]> {
  return ids.length === 0
    ? []
    : ((await reader.all(messages(reader).where('id', 'in', ids))) as unknown as MessageRow[])
}

export async function lockMessage(tx: Tx, id: Id): Promise<MessageRow | undefined> {
  return (await tx.first(messages(tx).where('id', '=', id).forNoKeyUpdate())) as unknown as MessageRow | undefined
}

export interface MessageFilter {
  conversationId?: Id | undefined
  customerId?: Id | undefined
  sort: 'asc' | 'desc'
}

/** A conversation's or a customer's by when they were sent, otherwise all by their last change. */
export async function listMessages(
  reader: Reader,
  filter: MessageFilter,
  limit: number,
  offset: number,
): Promise<MessageRow[]> {
  let query = messages(reader)
  if (filter.conversationId !== undefined) {
    query = query.where('conversation_id', '=', filter.conversationId)
  }
  if (filter.customerId !== undefined) {
    query = query.where('customer_id', '=', filter.customerId)
  }
  const column = filter.conversationId === undefined && filter.customerId === undefined ? 'updated_at' : 'sent_at'
  query = query.orderBy(column, filter.sort).orderBy('id', filter.sort)
  return (await reader.all(query.limit(limit).offset(offset))) as unknown as MessageRow[]
}

/** Throws the database's uniqueness error when the external id is taken. */
export async function insertMessage(tx: Tx, row: MessageRow): Promise<void> {
  await tx.all(qb.insertInto('messages').values(valuesOf(row)))
}

/** Writes all of a row; throws the database's uniqueness error when the external id is taken. */
export async function saveMessage(tx: Tx, row: MessageRow): Promise<void> {
  const { org_id: _org, id: _id, created_at: _at, created_by: _by, ...values } = valuesOf(row)
  await tx.all(qb.updateTable('messages').set(values).where('org_id', '=', tx.orgId).where('id', '=', row.id))
}

function valuesOf(row: MessageRow) {
  return {
    ...row,
    custom: jsonb(row.custom),
    extra: jsonb(row.extra),
    attachments: jsonb(row.attachments),
    meta: jsonb(row.meta),
    error: row.error === null ? null : jsonb(row.error),
  }
}

/** The files of a conversation: those of its messages and of its notes, the newest first. */
export async function listAttachmentIds(
  reader: Reader,
  conversationId: Id,
  limit: number,
  offset: number,
): Promise<Id[]> {
  const held = (table: 'messages' | 'notes') => sql`
    select item ->> '_id' as id from ${sql.table(table)} t, jsonb_array_elements(t.attachments) item
    where t.org_id = ${reader.orgId} and t.conversation_id = ${conversationId}`
  const query = sql<{
    id: Id
  }>`select distinct id from (${held('messages')} union all ${held('notes')}) held order by id desc limit ${limit} offset ${offset}`
  return (await reader.all({ compile: () => query.compile(qb) })).map((row) => row.id)
}
