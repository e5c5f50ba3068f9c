import { batchStatement } from '../../platform/db/database.ts'
import type { Tx } from '../../platform/db/database.ts'
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

const insertStatement = batchStatement<never>(
  `insert into events (org_id, id, name, object_type, object_id, customer_id, data)
   select $1, i.id, i.name, i.object_type, i.object_id, i.customer_id, i.data
   from jsonb_to_recordset($2::jsonb) as i (id text, name text, object_type text, object_id text, customer_id text, data jsonb)`,
)

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
