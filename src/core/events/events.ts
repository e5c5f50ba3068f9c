import { qb } from '../../platform/db/database.ts'
import type { Tx } from '../../platform/db/database.ts'
import { jsonb } from '../../platform/db/json.ts'
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

/** Records events with the change that they tell of, and tells open browsers when it commits. */
export async function recordEvents(tx: Tx, events: DomainEvent[]): Promise<void> {
  if (events.length === 0) {
    return
  }
  await tx.all(
    qb.insertInto('events').values(
      events.map((event) => ({
        org_id: tx.orgId,
        id: newId(),
        name: event.name,
        object_type: event.objectType,
        object_id: event.objectId,
        customer_id: event.customerId ?? null,
        data: jsonb(event.data ?? {}),
      })),
    ),
  )
  const customers = events.map((event) => event.customerId).filter((id) => id !== undefined)
  await announce(tx, { names: [...new Set(events.map((event) => event.name))], customers: [...new Set(customers)] })
}
