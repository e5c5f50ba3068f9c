import type { Tx } from '../../platform/db/database.ts'
import type { JsonValue } from '../../platform/json.ts'
import { recordEvents } from '../events/events.ts'
import type { EffectRecord } from './schema.ts'
import type { DeliveryRow } from './store.ts'

/** What was posted to an admin's own hook becomes the event that workflows listen to (facts 3.3). */
export async function recordHookTransaction(tx: Tx, delivery: DeliveryRow, data: JsonValue): Promise<EffectRecord[]> {
  await recordEvents(tx, [
    { name: delivery.event_name, objectType: 'hook_transaction', objectId: delivery.id, data: { data } },
  ])
  return [{ kind: 'event', result: 'recorded', id: delivery.id }]
}
