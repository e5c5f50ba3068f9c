import { batchStatement, qb, statement } from '../../platform/db/database.ts'
import type { Reader, Tx } from '../../platform/db/database.ts'
import type { Id } from '../../platform/ids.ts'
import type { KObjectRow } from '../objects/objects.ts'

export interface TimelineEntry {
  customerId: Id
  at: Date
  itemId: Id
}

const addStatement = batchStatement<never>(
  `insert into timeline (org_id, customer_id, at, item_id, kind)
   select $1, i.customer_id, i.at, i.item_id, 'kobject' from unnest($2::text[], $3::timestamptz[], $4::text[]) as i (customer_id, at, item_id)
   on conflict do nothing`,
)

/** Puts objects on their customers' timelines; those that are there stay. */
export async function addToTimeline(tx: Tx, entries: TimelineEntry[]): Promise<void> {
  if (entries.length > 0) {
    await tx.rows(addStatement, [
      tx.orgId,
      entries.map((it) => it.customerId),
      entries.map((it) => it.at),
      entries.map((it) => it.itemId),
    ])
  }
}

export async function removeFromTimeline(tx: Tx, entry: TimelineEntry): Promise<void> {
  await tx.all(
    qb
      .deleteFrom('timeline')
      .where('org_id', '=', tx.orgId)
      .where('customer_id', '=', entry.customerId)
      .where('at', '=', entry.at)
      .where('item_id', '=', entry.itemId),
  )
}

export type TimelineRow = KObjectRow & { at: Date }

const columns = `o.*, t.at from timeline t join kobjects o on o.org_id = t.org_id and o.id = t.item_id`

const firstPage = statement<TimelineRow>(
  'timeline-first-page',
  `select ${columns} where t.org_id = $1 and t.customer_id = $2 order by t.at desc, t.item_id desc limit $3`,
)

const nextPage = statement<TimelineRow>(
  'timeline-next-page',
  `select ${columns} where t.org_id = $1 and t.customer_id = $2 and (t.at, t.item_id) < ($4, $5) order by t.at desc, t.item_id desc limit $3`,
)

/** One page, newest first: one range scan of the timeline and one look-up per card, whatever the depth. */
export async function readPage(
  reader: Reader,
  customerId: Id,
  limit: number,
  after: { at: Date; id: Id } | undefined,
): Promise<TimelineRow[]> {
  return after === undefined
    ? reader.rows(firstPage, [reader.orgId, customerId, limit])
    : reader.rows(nextPage, [reader.orgId, customerId, limit, after.at, after.id])
}
