import type { Database, OrgDb, Reader, Tx } from '../../platform/db/database.ts'
import type { Actor } from '../../platform/http/access.ts'
import { ApiError, notFound, toErrorDocument } from '../../platform/http/errors.ts'
import { newId } from '../../platform/ids.ts'
import type { Id } from '../../platform/ids.ts'
import { enqueue } from '../../platform/jobs/task.ts'
import type { Log } from '../../platform/log.ts'
import { recordEvents } from '../events/events.ts'
import { kindOfPath } from './kinds.ts'
import type { BulkVerb } from './kinds.ts'
import type { ItemResult } from './schema.ts'
import { addResult, findBulk, insertBulk, lockBulk, setStatus } from './store.ts'
import type { BulkItem, BulkRow } from './store.ts'

export type { BulkItem, BulkRow } from './store.ts'
export { listBulks } from './store.ts'

/** The job that works through a bulk. */
export const bulkTaskName = 'bulk.run'

const verbs: Record<BulkRow['method'], BulkVerb> = { POST: 'create', PUT: 'update', DELETE: 'delete' }
const statuses: Record<BulkVerb, number> = { create: 201, update: 200, delete: 204 }

export async function getBulk(reader: Reader, id: Id): Promise<BulkRow> {
  const row = await findBulk(reader, id)
  if (row === undefined) {
    throw notFound('Bulk')
  }
  return row
}

/** Takes many items on; a job works through them, whatever happens to this process. */
export async function startBulk(
  tx: Tx,
  actor: Actor,
  request: { context: string; method: BulkRow['method']; path: string; items: BulkItem[] },
): Promise<BulkRow> {
  const id = newId()
  const { orgId, userId, userType, roles } = actor
  await insertBulk(tx, { id, ...request, actor: { orgId, userId, userType, roles } })
  await enqueue(tx, { name: bulkTaskName }, { orgId: tx.orgId, id })
  await bulkEvent(tx, 'create', id)
  return getBulk(tx, id)
}

/** Stops a bulk after the item that is being worked on; what is done stays done. */
export async function cancelBulk(tx: Tx, id: Id): Promise<BulkRow> {
  const row = await lockBulk(tx, id)
  if (row === undefined) {
    throw notFound('Bulk')
  }
  if (row.status === 'complete') {
    throw new ApiError('unprocessable', 'This bulk is complete already.')
  }
  await setStatus(tx, id, 'canceled')
  await bulkEvent(tx, 'update', id)
  return getBulk(tx, id)
}

/**
 * Works through what is left of a bulk. Each item and its result are one transaction, so that an item takes effect once
 * however often the process ends. A failed item does not stop the others.
 */
export async function runBulk(database: Database, log: Log, orgId: Id, id: Id): Promise<void> {
  const row = await database.forOrg(orgId).read((reader) => getBulk(reader, id))
  const { userId, userType } = row.actor
  const db = database.forOrg(orgId, { userId, userType, client: 'bulk', ip: '' })
  for (let index = row.results.length; index < row.items.length; index++) {
    const goesOn = await runNext(db, log, id, index)
    if (!goesOn) {
      return
    }
  }
  await db.write(async (tx) => {
    await setStatus(tx, id, 'complete')
    await bulkEvent(tx, 'update', id)
  })
}

async function runNext(db: OrgDb, log: Log, id: Id, index: number): Promise<boolean> {
  try {
    return await db.write(async (tx) => {
      const row = await lockBulk(tx, id)
      if (row === undefined || row.status === 'canceled' || row.status === 'complete' || row.results.length !== index) {
        return row !== undefined && row.results.length > index
      }
      if (row.status === 'queued') {
        await setStatus(tx, id, 'running')
      }
      const item = row.items[index] ?? {}
      const verb = verbs[row.method]
      const run = kindOfPath(row.path)?.run[verb]
      if (run === undefined) {
        throw new ApiError('unprocessable', `${row.method} ${row.path} cannot be run.`)
      }
      const objectId = await run(tx, row.actor, item.id, item.body)
      await addResult(tx, id, { index, id: objectId, status: statuses[verb], ...refOf(item) })
      return true
    })
  } catch (error) {
    const { status, body, unexpected } = toErrorDocument(error)
    if (unexpected) {
      log.error({ err: error, bulk: id, index }, 'an item of a bulk failed')
    }
    await db.write(async (tx) => {
      const row = await lockBulk(tx, id)
      if (row?.results.length === index) {
        const item = row.items[index] ?? {}
        const result: ItemResult = { index, id: item.id ?? null, status, errors: body.errors, ...refOf(item) }
        await addResult(tx, id, result)
      }
    })
    return true
  }
}

function refOf(item: BulkItem): { _clientRef?: unknown } {
  return item.clientRef === undefined ? {} : { _clientRef: item.clientRef }
}

async function bulkEvent(tx: Tx, verb: 'create' | 'update', id: Id): Promise<void> {
  await recordEvents(tx, [{ name: `tellback.bulk.${verb}`, objectType: 'bulk', objectId: id }])
}
