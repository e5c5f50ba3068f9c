import type { Reader, Tx } from '../../platform/db/database.ts'
import type { Authorized } from '../../platform/http/access.ts'
import { ApiError, notFound } from '../../platform/http/errors.ts'
import { isId, newId } from '../../platform/ids.ts'
import type { Id } from '../../platform/ids.ts'
import { customerEvent, getCustomer, holdCustomers, rewriteCustomer } from '../customers/customers.ts'
import type { CustomerRow } from '../customers/customers.ts'
import { recordEvents } from '../events/events.ts'
import { refreshScores } from '../feedback/feedback.ts'
import { combined, separated } from './combine.ts'
import type { MergeInput } from './schema.ts'
import { findMerge, insertMerge, lockAnyCustomer, lockMerge, moveBelongings, recount, saveUndone } from './store.ts'
import type { MergeRow } from './store.ts'

export type { MergeRow } from './store.ts'
export { listMerges } from './store.ts'

export async function getMerge(reader: Reader, id: Id): Promise<MergeRow> {
  const row = await findMerge(reader, id)
  if (row === undefined) {
    throw notFound('Merge')
  }
  return row
}

/** What a merge would make of the target, without doing it. */
export async function previewMerge(reader: Reader, input: MergeInput): Promise<CustomerRow> {
  const { source, target } = await both(reader, input)
  const counts = ['open_conversations', 'snoozed_conversations', 'done_conversations'] as const
  const summed = Object.fromEntries(counts.map((name) => [name, source[name] + target[name]]))
  return { ...combined(source, target), ...summed, klasses: [...new Set([...target.klasses, ...source.klasses])] }
}

/** Makes two customers one. All that belonged to the source is the target's; the source is gone until the merge is undone. */
export async function mergeCustomers(tx: Tx, by: Authorized<'customer'>, input: MergeInput): Promise<MergeRow> {
  await holdCustomers(tx, [input.source, input.target])
  const { source, target } = await both(tx, input)
  const merged = combined(source, target)
  await rewriteCustomer(tx, by, { ...source, deleted_at: new Date(), merged_into: target.id })
  await rewriteCustomer(tx, by, merged)
  const moved = await moveBelongings(tx, source.id, target.id, undefined)
  await settle(tx, source, { ...target, created_at: earlier(source, target), last_activity_at: later(source, target) })
  const id = newId()
  const [sourceId, targetId] = [source.id, target.id]
  await insertMerge(tx, {
    id,
    source_id: sourceId,
    target_id: targetId,
    before: { source, target, merged },
    moved,
    created_by: by.userId,
  })
  await recordEvents(tx, [
    customerEvent('update', targetId),
    customerEvent('delete', sourceId),
    {
      name: 'kustomer.customer.merge',
      objectType: 'customer',
      objectId: targetId,
      customerId: targetId,
      data: { merge: id },
    },
  ])
  return getMerge(tx, id)
}

/** Makes two customers of one again. What has come since the merge stays with the target, and so does what was changed there. */
export async function undoMerge(tx: Tx, by: Authorized<'customer'>, id: Id): Promise<MergeRow> {
  const merge = await lockMerge(tx, id)
  if (merge === undefined) {
    throw notFound('Merge')
  }
  if (merge.status === 'undone') {
    throw new ApiError('unprocessable', 'This merge was undone already.')
  }
  await holdCustomers(tx, [merge.source_id, merge.target_id])
  const source = await lockAnyCustomer(tx, merge.source_id)
  const target = await lockAnyCustomer(tx, merge.target_id)
  if (source?.merged_into !== merge.target_id || target === undefined || target.deleted_at !== null) {
    throw new ApiError(
      'unprocessable',
      'The customer that stayed is not there any more. Undo what happened to it first.',
    )
  }
  const before = merge.before as unknown as Record<'source' | 'target' | 'merged', CustomerRow>
  await rewriteCustomer(tx, by, separated(target, before.target, before.merged, before.source))
  await rewriteCustomer(tx, by, {
    ...source,
    emails: before.source.emails,
    phones: before.source.phones,
    external_id: before.source.external_id,
    deleted_at: null,
    merged_into: null,
  })
  await moveBelongings(tx, target.id, source.id, merge.moved)
  await settle(tx, source, { ...target, created_at: new Date(before.target.created_at) })
  await saveUndone(tx, id, by.userId)
  await recordEvents(tx, [customerEvent('update', target.id), customerEvent('create', source.id)])
  return getMerge(tx, id)
}

async function both(reader: Reader, input: MergeInput): Promise<{ source: CustomerRow; target: CustomerRow }> {
  const find = async (name: 'source' | 'target') => {
    const row = isId(input[name]) ? await getCustomer(reader, input[name]).catch(() => undefined) : undefined
    if (row === undefined) {
      throw new ApiError('badparam', `${name} must be the id of a customer`, { pointer: `/${name}` })
    }
    return row
  }
  const [source, target] = [await find('source'), await find('target')]
  if (source.id === target.id) {
    throw new ApiError('badparam', 'source and target must be two customers', { pointer: '/source' })
  }
  return { source, target }
}

/** Counts, kinds of objects and newest scores follow from what each has now. */
async function settle(tx: Tx, source: CustomerRow, target: CustomerRow): Promise<void> {
  for (const row of [source, target]) {
    await recount(tx, row.id, row.created_at, row.last_activity_at)
  }
  await refreshScores(tx, [source.id, target.id])
}

function earlier(a: CustomerRow, b: CustomerRow): Date {
  return a.created_at < b.created_at ? a.created_at : b.created_at
}

function later(a: CustomerRow, b: CustomerRow): Date | null {
  const times = [a.last_activity_at, b.last_activity_at].filter((it) => it !== null)
  return times.toSorted((x, y) => y.getTime() - x.getTime())[0] ?? null
}
