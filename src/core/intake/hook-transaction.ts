import type { Tx } from '../../platform/db/database.ts'
import { ApiError } from '../../platform/http/errors.ts'
import { parseJson, storable } from '../../platform/json.ts'
import type { JsonValue } from '../../platform/json.ts'
import { recordEvents } from '../events/events.ts'
import type { EffectRecord } from './schema.ts'
import type { DeliveryRow } from './store.ts'

/** What was posted to an admin's own hook becomes the event that workflows listen to (facts 3.3). */
export async function recordHookTransaction(tx: Tx, delivery: DeliveryRow): Promise<EffectRecord[]> {
  const data = readBody(delivery)
  await recordEvents(tx, [
    { name: delivery.event_name, objectType: 'hook_transaction', objectId: delivery.id, data: { data } },
  ])
  return [{ kind: 'event', result: 'recorded', id: delivery.id }]
}

function readBody(delivery: DeliveryRow): JsonValue {
  const type = delivery.content_type?.split(';')[0]?.trim().toLowerCase() ?? 'application/json'
  if (type === 'application/x-www-form-urlencoded') {
    return storable(Object.fromEntries(new URLSearchParams(delivery.body.toString('utf8'))))
  }
  if (type === 'application/json' || type.endsWith('+json')) {
    return storable(parseJson(delivery.body))
  }
  throw new ApiError('unsupported_media_type', `A body of type ${type} cannot be read here; send JSON or a form.`)
}
