import { sql } from 'kysely'
import type { Insertable, Selectable } from 'kysely'

import { qb } from '../../platform/db/database.ts'
import type { Reader, Tx } from '../../platform/db/database.ts'
import { jsonb } from '../../platform/db/json.ts'
import type { CloseEvents, Conversations } from '../../platform/db/types.generated.ts'
import { newId } from '../../platform/ids.ts'
import type { Id } from '../../platform/ids.ts'
import type { Custom } from '../metadata/schema.ts'
import type { Extra, Milestones } from './schema.ts'
import type { ConversationStatus } from './states.ts'

export type ConversationRow = Omit<
  Selectable<Conversations>,
  'custom' | 'extra' | 'milestones' | 'status' | 'direction' | 'last_message_direction'
> & {
  status: ConversationStatus
  direction: 'in' | 'out' | null
  last_message_direction: 'in' | 'out' | null
  custom: Custom
  extra: Extra
  milestones: Milestones
}

const conversations = (reader: Reader) =>
  qb.selectFrom('conversations').selectAll().where('org_id', '=', reader.orgId).where('deleted_at', 'is', null)

export async function findConversation(reader: Reader, id: Id): Promise<ConversationRow | undefined> {
  return (await reader.first(conversations(reader).where('id', '=', id))) as ConversationRow | undefined
}

export async function findConversationByExternalId(
  reader: Reader,
  externalId: string,
): Promise<ConversationRow | undefined> {
  return (await reader.first(conversations(reader).where('external_id', '=', externalId))) as
    | ConversationRow
    | undefined
}

export async function findConversationsByIds(reader: Reader, ids: Id[]): Promise<ConversationRow[]> {
  return ids.length === 0 ? [] : ((await reader.all(conversations(reader).where('id', 'in', ids))) as ConversationRow[])
}

/** Holds a conversation against other writers until the transaction ends. */
export async function lockConversation(tx: Tx, id: Id): Promise<ConversationRow | undefined> {
  return (await tx.first(conversations(tx).where('id', '=', id).forNoKeyUpdate())) as ConversationRow | undefined
}

/** All of an organisation by their last change, or one customer's by their beginning. */
export async function listConversations(
  reader: Reader,
  filter: { customerId?: Id | undefined; fromDate?: string | undefined; sort: 'asc' | 'desc' },
  limit: number,
  offset: number,
): Promise<ConversationRow[]> {
  const column = filter.customerId === undefined ? 'updated_at' : 'created_at'
  let query = conversations(reader)
  if (filter.customerId !== undefined) {
    query = query.where('customer_id', '=', filter.customerId)
  }
  if (filter.fromDate !== undefined) {
    query = query.where(column, '>=', new Date(filter.fromDate))
  }
  query = query.orderBy(column, filter.sort).orderBy('id', filter.sort)
  return (await reader.all(query.limit(limit).offset(offset))) as ConversationRow[]
}

/** Throws the database's uniqueness error when the external id is taken. */
export async function insertConversation(tx: Tx, row: ConversationRow): Promise<void> {
  await tx.all(qb.insertInto('conversations').values(valuesOf(row)))
}

/** Writes all of a row; throws the database's uniqueness error when the external id is taken. */
export async function saveConversation(tx: Tx, row: ConversationRow): Promise<void> {
  const { org_id: _org, id: _id, created_at: _at, created_by: _by, ...values } = valuesOf(row)
  await tx.all(qb.updateTable('conversations').set(values).where('org_id', '=', tx.orgId).where('id', '=', row.id))
}

function valuesOf(row: ConversationRow) {
  return { ...row, custom: jsonb(row.custom), extra: jsonb(row.extra), milestones: jsonb(row.milestones) }
}

export async function insertCloseEvent(tx: Tx, event: Omit<Insertable<CloseEvents>, 'org_id' | 'id'>): Promise<void> {
  await tx.all(qb.insertInto('close_events').values({ ...event, org_id: tx.orgId, id: newId() }))
}

/** Takes messages and notes to the conversation's new customer. */
export async function moveContents(tx: Tx, conversationId: Id, customerId: Id): Promise<void> {
  for (const table of ['messages', 'notes'] as const) {
    await tx.all(
      qb
        .updateTable(table)
        .set({ customer_id: customerId, updated_at: sql`now()` })
        .where('org_id', '=', tx.orgId)
        .where('conversation_id', '=', conversationId),
    )
  }
}
