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

/** Puts objects on their customers' timelines; those that are there stay. Conversations and notes are put there by the database. */
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

/** A place on a timeline, with the object that stands there when it is one. */
export interface TimelineRow {
  itemId: Id
  at: Date
  kind: 'kobject' | 'conversation' | 'note' | 'survey'
  pinnedAt: Date | null
  object: KObjectRow | undefined
}

type Joined = KObjectRow & { item_id: Id; at: Date; item_kind: TimelineRow['kind']; pinned_at: Date | null }

const page = `select o.*, t.item_id, t.at, t.kind as item_kind, t.pinned_at
  from timeline t left join kobjects o on t.kind = 'kobject' and o.org_id = t.org_id and o.id = t.item_id
  where t.org_id = $1 and t.customer_id = $2`
const newestFirst = 'order by t.at desc, t.item_id desc limit $3'
const wanted = (parameter: string) => `coalesce(o.klass, t.kind) = any(${parameter}::text[])`

const firstPage = statement<Joined>('timeline-first-page', `${page} ${newestFirst}`)
const nextPage = statement<Joined>('timeline-next-page', `${page} and (t.at, t.item_id) < ($4, $5) ${newestFirst}`)
const firstPageOfKinds = statement<Joined>('timeline-first-page-of-kinds', `${page} and ${wanted('$4')} ${newestFirst}`)
const nextPageOfKinds = statement<Joined>(
  'timeline-next-page-of-kinds',
  `${page} and (t.at, t.item_id) < ($4, $5) and ${wanted('$6')} ${newestFirst}`,
)
const pinnedItems = statement<Joined>(
  'timeline-pinned',
  `${page} and t.pinned_at is not null order by t.pinned_at desc limit $3`,
)

/** One page, newest first: one range scan of the timeline and one look-up per card, whatever the depth. */
export async function readPage(
  reader: Reader,
  customerId: Id,
  limit: number,
  after: { at: Date; id: Id } | undefined,
  kinds: readonly string[] | undefined,
): Promise<TimelineRow[]> {
  const from = [reader.orgId, customerId, limit]
  const rows =
    after === undefined
      ? kinds === undefined
        ? await reader.rows(firstPage, from)
        : await reader.rows(firstPageOfKinds, [...from, kinds])
      : kinds === undefined
        ? await reader.rows(nextPage, [...from, after.at, after.id])
        : await reader.rows(nextPageOfKinds, [...from, after.at, after.id, kinds])
  return rows.map(placed)
}

const mostPinned = 20

export async function readPinned(reader: Reader, customerId: Id): Promise<TimelineRow[]> {
  return (await reader.rows(pinnedItems, [reader.orgId, customerId, mostPinned])).map(placed)
}

function placed({ item_id: itemId, at, item_kind: kind, pinned_at: pinnedAt, ...object }: Joined): TimelineRow {
  return { itemId, at, kind, pinnedAt, object: kind === 'kobject' ? object : undefined }
}

const countStatement = statement<{ kind: string; count: number }>(
  'timeline-counts',
  `select coalesce(o.klass, t.kind) as kind, count(*)::int as count
   from timeline t left join kobjects o on t.kind = 'kobject' and o.org_id = t.org_id and o.id = t.item_id
   where t.org_id = $1 and t.customer_id = $2 group by 1 order by 2 desc, 1`,
)

/** How many cards of each kind a timeline has; reads all of it, which is one person's. */
export async function countKinds(reader: Reader, customerId: Id): Promise<{ kind: string; count: number }[]> {
  return reader.rows(countStatement, [reader.orgId, customerId])
}

const pinStatement = statement<{ item_id: Id }>(
  'timeline-pin',
  `update timeline set pinned_at = case when $4 then coalesce(pinned_at, now()) end
   where org_id = $1 and customer_id = $2 and item_id = $3 returning item_id`,
)

/** Pins a card, or takes the pin off; false when it is not on this timeline. */
export async function pinItem(tx: Tx, customerId: Id, itemId: Id, pinned: boolean): Promise<boolean> {
  return (await tx.rows(pinStatement, [tx.orgId, customerId, itemId, pinned])).length > 0
}

const lastBeforeStatement = batchStatement<{ customer_id: Id; at: Date }>(
  `select c.id as customer_id, t.at from unnest($2::text[]) as c (id),
   lateral (select at from timeline where org_id = $1 and customer_id = c.id and at < $4 and at >= $3 and item_id <> $5
            order by at desc limit 1) t`,
)

/** The last thing on each of these timelines from `from` up to `before`, but for one item, by customer. */
export async function readLastBefore(
  reader: Reader,
  customerIds: Id[],
  { from, before, but }: { from: Date; before: Date; but: Id },
): Promise<Map<Id, Date>> {
  const rows = await reader.rows(lastBeforeStatement, [reader.orgId, customerIds, from, before, but])
  return new Map(rows.map((row) => [row.customer_id, row.at]))
}
