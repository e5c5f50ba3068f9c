import type { Reader, Tx } from '../../platform/db/database.ts'
import { ApiError, notFound } from '../../platform/http/errors.ts'
import { newId } from '../../platform/ids.ts'
import type { Id } from '../../platform/ids.ts'
import { enqueue } from '../../platform/jobs/task.ts'
import type { History } from '../../sdk/index.ts'
import { getInstallation, integrationOf } from '../apps/apps.ts'
import type { AppServices } from '../apps/apps.ts'
import { openSettings } from '../apps/settings.ts'
import { findConnection } from '../connections/connections.ts'
import { recordEvents } from '../events/events.ts'
import { findImport, insertImport, listImports, lockImport, saveImport } from './store.ts'
import type { ImportRow } from './store.ts'

export type { ImportRow } from './store.ts'
export { listImports } from './store.ts'

/** The job that fetches the next pages. */
export const importTaskName = 'imports.run'
/** The job that begins a reconciliation when it is time. */
export const nightlyTaskName = 'imports.nightly'

/** When a reconciliation is begun by itself: at night, by the clock of the server (UTC). */
const nightHour = 2

export async function getImport(reader: Reader, id: Id): Promise<ImportRow> {
  const row = await findImport(reader, id)
  if (row === undefined) {
    throw notFound('Import')
  }
  return row
}

/** Begins fetching what the provider has; throws 422 where that cannot be, 409 while one runs. `by` undefined: by itself. */
export async function startImport(
  tx: Tx,
  services: AppServices,
  by: { userId: Id } | undefined,
  installationId: Id,
  kind: ImportRow['kind'],
): Promise<ImportRow> {
  const problem = await problemWith(tx, services, installationId)
  if (problem !== undefined) {
    throw new ApiError('unprocessable', problem)
  }
  const id = newId()
  if (!(await insertImport(tx, { id, installation_id: installationId, kind, started_by: by?.userId ?? null }))) {
    throw new ApiError('conflict', 'It is being fetched already.')
  }
  await enqueueImport(tx, id, undefined)
  await importEvent(tx, installationId)
  return getImport(tx, id)
}

/** Fetches the past by itself, once: as soon as an installation is connected and its settings are complete. */
export async function startFirst(tx: Tx, services: AppServices, installationId: Id): Promise<void> {
  const row = await getInstallation(tx, installationId)
  const integration = services.catalog.find(row.app)?.integration
  const isConnected = integration?.connection === undefined || (await findConnection(tx, row.id)) !== undefined
  if (integration?.history === undefined || !isConnected || row.status !== 'active') {
    return
  }
  const [known] = await listImports(tx, row.id, 1)
  if (known === undefined && (await problemWith(tx, services, row.id)) === undefined) {
    await startImport(tx, services, undefined, row.id, 'backfill')
  }
}

/** Why the past cannot be fetched; undefined when it can. */
export async function problemWith(
  reader: Reader,
  services: AppServices,
  installationId: Id,
): Promise<string | undefined> {
  const row = await getInstallation(reader, installationId)
  const integration = integrationOf(services.catalog, row.app)
  if (integration.history === undefined) {
    return `${integration.name} gives no history.`
  }
  if (row.status === 'disabled') {
    return `${row.name} is switched off.`
  }
  return problemOf(integration.history, integration.settings.parse(openSettings(services.vault, row)))
}

function problemOf(history: History<unknown>, settings: unknown): string | undefined {
  return history.problemOf?.(settings)
}

/** Stops after the page that is being fetched; what is fetched stays. */
export async function cancelImport(tx: Tx, id: Id): Promise<ImportRow> {
  const row = await lockImport(tx, id)
  if (row === undefined) {
    throw notFound('Import')
  }
  if (row.state !== 'running') {
    throw new ApiError('unprocessable', 'It is not running any more.')
  }
  await saveImport(tx, { ...row, state: 'canceled', finished_at: new Date(), next_attempt_at: null })
  await importEvent(tx, row.installation_id)
  return getImport(tx, id)
}

export async function enqueueImport(tx: Tx, id: Id, runAt: Date | undefined): Promise<void> {
  const options = { key: `import/${id}`, ...(runAt === undefined ? {} : { runAt }) }
  await enqueue(tx, { name: importTaskName }, { orgId: tx.orgId, id }, options)
}

/** Has a reconciliation begin the next night, and every night after. */
export async function enqueueNightly(tx: Tx, installationId: Id, now: Date): Promise<void> {
  const night = new Date(now)
  night.setUTCHours(nightHour, Math.floor(Math.random() * 60), 0, 0) // not everybody's at the same minute
  const runAt = night > now ? night : new Date(night.getTime() + 24 * 60 * 60_000)
  const key = `reconcile/${installationId}`
  await enqueue(tx, { name: nightlyTaskName }, { orgId: tx.orgId, installationId }, { runAt, key })
}

export async function importEvent(tx: Tx, installationId: Id): Promise<void> {
  await recordEvents(tx, [{ name: 'tellback.import.update', objectType: 'installation', objectId: installationId }])
}
