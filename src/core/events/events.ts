import { sql } from 'kysely'
import type { Selectable } from 'kysely'

import { batchStatement, qb } from '../../platform/db/database.ts'
import type { Reader, Tx } from '../../platform/db/database.ts'
import type { Events } from '../../platform/db/types.generated.ts'
import { notFound } from '../../platform/http/errors.ts'
import { newId } from '../../platform/ids.ts'
import type { Id } from '../../platform/ids.ts'
import { announce } from '../../platform/live.ts'

/** Something that happened here, in the words of the wire: `kustomer.customer.update`. */
export interface DomainEvent {
  name: string
  objectType: string
  objectId: Id
  customerId?: Id | undefined
  data?: object
}

/** What changed, in the words of the wire: null for what was not there or is not any more. */
export interface Changes {
  attributes: Record<string, { op: 'add' | 'replace' | 'remove'; before: unknown; after: unknown }>
  relationships: Record<string, { op: 'add' | 'replace' | 'remove'; before: unknown; after: unknown }>
}

/** Compares two states name by name. */
export function changesBetween(before: Record<string, unknown>, after: Record<string, unknown>): Changes['attributes'] {
  const names = Object.keys({ ...before, ...after })
  const different = names.filter((name) => JSON.stringify(before[name] ?? null) !== JSON.stringify(after[name] ?? null))
  return Object.fromEntries(
    different.map((name) => {
      const [from, to] = [before[name] ?? null, after[name] ?? null]
      return [name, { op: from === null ? 'add' : to === null ? 'remove' : 'replace', before: from, after: to }]
    }),
  )
}

const insertStatement = batchStatement<never>(
  `insert into events (org_id, id, name, object_type, object_id, customer_id, data)
   select $1, i.id, i.name, i.object_type, i.object_id, i.customer_id, i.data
   from jsonb_to_recordset($2::jsonb) as i (id text, name text, object_type text, object_id text, customer_id text, data jsonb)`,
)

export type EventRow = Omit<Selectable<Events>, 'data'> & {
  data: { changes?: Changes; by?: Id } & Record<string, unknown>
}

/** The history of one conversation. */
export async function listConversationEvents(
  reader: Reader,
  conversationId: Id,
  sort: 'asc' | 'desc',
  limit: number,
  offset: number,
): Promise<EventRow[]> {
  const query = qb
    .selectFrom('events')
    .selectAll()
    .where('org_id', '=', reader.orgId)
    .where('object_type', '=', sql.lit('conversation')) // a literal: the index holds these alone
    .where('object_id', '=', conversationId)
  return (await reader.all(query.orderBy('id', sort).limit(limit).offset(offset))) as EventRow[]
}

/** One event by its id, of the customer that it is about; throws 404. */
export async function getCustomerEvent(reader: Reader, customerId: Id, id: Id): Promise<EventRow> {
  const query = qb.selectFrom('events').selectAll().where('org_id', '=', reader.orgId).where('id', '=', id)
  const row = (await reader.first(query)) as EventRow | undefined
  if (row === undefined || row.customer_id !== customerId) {
    throw notFound('Event')
  }
  return row
}

const quietStatement = batchStatement<never>(`select set_config('tellback.quiet', 'on', true)`)

/** What this transaction records is of the past: it is told, and starts no workflow (invariant 9). */
export async function startNothing(tx: Tx): Promise<void> {
  await tx.rows(quietStatement, [])
}

/** Records events with the change that they tell of, and tells open browsers when it commits. */
export async function recordEvents(tx: Tx, events: DomainEvent[]): Promise<void> {
  if (events.length === 0) {
    return
  }
  const rows = events.map((event) => ({
    id: newId(),
    name: event.name,
    object_type: event.objectType,
    object_id: event.objectId,
    customer_id: event.customerId,
    data: event.data ?? {},
  }))
  await tx.rows(insertStatement, [tx.orgId, JSON.stringify(rows)])
  const customers = events.map((event) => event.customerId).filter((id) => id !== undefined)
  await announce(tx, { names: [...new Set(events.map((event) => event.name))], customers: [...new Set(customers)] })
}
