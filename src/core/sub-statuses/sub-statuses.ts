import type { Reader, Tx } from '../../platform/db/database.ts'
import type { Authorized } from '../../platform/http/access.ts'
import { nameConflict } from '../../platform/http/conflict.ts'
import { ApiError, notFound } from '../../platform/http/errors.ts'
import { isId, newId } from '../../platform/ids.ts'
import type { Id } from '../../platform/ids.ts'
import { recordEvents } from '../events/events.ts'
import type { SubStatusInput, SubStatusUpdate } from './schema.ts'
import { findSubStatus, insertSubStatus, saveSubStatus } from './store.ts'
import type { SubStatusRow } from './store.ts'

export type { SubStatusRow } from './store.ts'
export { listSubStatuses } from './store.ts'

export async function getSubStatus(reader: Reader, id: Id): Promise<SubStatusRow> {
  const row = await findSubStatus(reader, id)
  if (row === undefined) {
    throw notFound('Sub-status')
  }
  return row
}

/** Throws 400 unless `id` is a part of `status`. */
export async function checkSubStatus(reader: Reader, id: string, status: SubStatusRow['status']): Promise<void> {
  const row = isId(id) ? await findSubStatus(reader, id) : undefined
  if (row === undefined) {
    throw new ApiError('badparam', `There is no sub-status ${id}.`, { pointer: '/subStatus' })
  }
  if (row.status !== status) {
    throw new ApiError('badparam', `"${row.name}" is a part of ${row.status}, but the conversation is ${status}.`, {
      pointer: '/subStatus',
    })
  }
}

export async function createSubStatus(
  tx: Tx,
  _by: Authorized<'sub_status'>,
  input: SubStatusInput,
): Promise<SubStatusRow> {
  const now = new Date()
  const row = { ...input, org_id: tx.orgId, id: newId(), created_at: now, updated_at: now, deleted_at: null }
  await nameConflict('sub-status', row.name, insertSubStatus(tx, row))
  await subStatusEvent(tx, 'create', row.id)
  return row
}

export async function updateSubStatus(
  tx: Tx,
  _by: Authorized<'sub_status'>,
  id: Id,
  change: SubStatusUpdate,
): Promise<SubStatusRow> {
  const before = await getSubStatus(tx, id)
  const { name, position } = { name: change.name ?? before.name, position: change.position ?? before.position }
  const row = { ...before, name, position, updated_at: new Date() }
  await nameConflict('sub-status', row.name, saveSubStatus(tx, row))
  await subStatusEvent(tx, 'update', id)
  return row
}

/** Takes a sub-status out of use; conversations that have it keep it until they move. */
export async function deleteSubStatus(tx: Tx, _by: Authorized<'sub_status'>, id: Id): Promise<void> {
  await saveSubStatus(tx, { ...(await getSubStatus(tx, id)), deleted_at: new Date() })
  await subStatusEvent(tx, 'delete', id)
}

async function subStatusEvent(tx: Tx, verb: 'create' | 'update' | 'delete', id: Id): Promise<void> {
  await recordEvents(tx, [{ name: `kustomer.sub_status.${verb}`, objectType: 'sub_status', objectId: id }])
}
