import type { Reader } from '../../platform/db/database.ts'
import type { Id } from '../../platform/ids.ts'
import { resourcesOf } from '../webhooks/resources.ts'
import { flatten } from './flatten.ts'

/** An event as the engine reads it. */
export interface HeardEvent {
  event_name: string
  object_type: string
  object_id: Id
  customer_id: Id | null
  data: Record<string, unknown>
}

/**
 * What each event gives its workflows as `steps.1`: the object as it is now, with what the event changed (facts 4.1); of
 * a hook, what was posted at `attributes.data` (facts 3.3).
 */
export async function triggerDataOf(reader: Reader, events: readonly HeardEvent[]): Promise<Record<string, unknown>[]> {
  const resources = await resourcesOf(reader, events)
  return events.map((event) => {
    const { object_type: type, object_id: id, customer_id: customer, data } = event
    if (type === 'hook_transaction') {
      return { id, type, attributes: { data: data['data'] ?? null } }
    }
    const { by, changes, feedback: _feedback, ...rest } = data
    const resource = resources.get(`${type.split('.')[0] ?? ''}/${id}`)
    const about =
      resource === undefined ? { id, type, ...(customer === null ? {} : { customer }), ...rest } : flatten(resource)
    return { ...about, changes: changes ?? null, ...(by === undefined ? {} : { by }) }
  })
}
