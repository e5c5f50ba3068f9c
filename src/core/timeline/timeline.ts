import type { Reader, Tx } from '../../platform/db/database.ts'
import type { Id } from '../../platform/ids.ts'
import { findFeedbackOf, moveFeedback } from '../feedback/feedback.ts'
import type { StoredFeedback } from '../feedback/feedback.ts'
import type { KObjectRow } from '../objects/objects.ts'
import { addToTimeline, readPage, removeFromTimeline } from './store.ts'
import type { TimelineRow } from './store.ts'

export type { TimelineRow } from './store.ts'
export { addToTimeline } from './store.ts'

export interface TimelineItem {
  object: TimelineRow
  feedback: StoredFeedback | undefined
}

/** One page of a customer's timeline with what its cards show. */
export async function timelinePage(
  reader: Reader,
  customerId: Id,
  limit: number,
  after: { at: Date; id: Id } | undefined,
): Promise<TimelineItem[]> {
  const rows = await readPage(reader, customerId, limit, after)
  const feedback = await findFeedbackOf(
    reader,
    rows.map((row) => row.id),
  )
  return rows.map((row) => ({ object: row, feedback: feedback.get(row.id) }))
}

/** Follows an object whose customer changed: off one timeline, onto the other, feedback and newest scores with it. */
export async function followObject(
  tx: Tx,
  before: KObjectRow | undefined,
  after: KObjectRow | undefined,
): Promise<void> {
  if (before !== undefined && before.customer_id !== null && before.customer_id !== after?.customer_id) {
    await removeFromTimeline(tx, { customerId: before.customer_id, at: before.created_at, itemId: before.id })
  }
  if (after !== undefined && after.customer_id !== null && after.customer_id !== before?.customer_id) {
    await addToTimeline(tx, [{ customerId: after.customer_id, at: after.created_at, itemId: after.id }])
  }
  if (before !== undefined) {
    await moveFeedback(tx, before.id, after?.customer_id ?? null)
  }
}
