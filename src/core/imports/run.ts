import type { Database, OrgDb } from '../../platform/db/database.ts'
import type { Id } from '../../platform/ids.ts'
import type { Log } from '../../platform/log.ts'
import { ProviderError } from '../../sdk/index.ts'
import type { Context, Effect, History, HistoryPage } from '../../sdk/index.ts'
import { getInstallation, integrationOf, markNeedsReconnect } from '../apps/apps.ts'
import type { InstallationRow } from '../apps/apps.ts'
import type { ConnectionServices } from '../connections/connections.ts'
import { contextOf } from '../connections/context.ts'
import { findUnseen, markPresent, markSeen } from '../feedback/feedback.ts'
import { applyPlans } from '../intake/apply.ts'
import type { EffectRecord } from '../intake/schema.ts'
import { withKnownNames } from '../objects/aliases.ts'
import { findVersions } from '../objects/objects.ts'
import { eraseDeleted } from './erase.ts'
import { enqueueImport, enqueueNightly, getImport, importEvent } from './imports.ts'
import type { ImportRow } from './imports.ts'
import { lockImport, saveImport } from './store.ts'

export interface ImportServices {
  database: Database
  providers: ConnectionServices
  log: Log
}

const pagesPerJob = 10 // then others have their turn
const mostFailures = 10
const firstDelayMs = 10_000
const longestDelayMs = 30 * 60_000
const checkedAtOnce = 20

/**
 * Fetches the next pages of an import. What a page brought and where the next one is are written together, so that it goes on there,
 * however often the process ends, and takes nothing twice.
 */
export async function runImport(services: ImportServices, orgId: Id, id: Id): Promise<void> {
  const db = services.database.forOrg(orgId)
  for (let count = 0; count < pagesPerJob; count++) {
    const goesOn = await runPage(services, db, id)
    if (!goesOn) {
      return
    }
  }
  await db.write((tx) => enqueueImport(tx, id, undefined))
}

async function runPage(services: ImportServices, db: OrgDb, id: Id): Promise<boolean> {
  const { row, installation } = await db.read(async (reader) => {
    const found = await getImport(reader, id)
    return { row: found, installation: await getInstallation(reader, found.installation_id) }
  })
  const integration = integrationOf(services.providers.catalog, installation.app)
  const { history } = integration
  if (row.state !== 'running' || history === undefined) {
    return false
  }
  try {
    const context = contextOf(services.providers, db, integration, installation)
    if (row.cursor === checking) {
      const goesOn = await checkUnseen(db, row, installation, history, context)
      if (!goesOn) {
        await eraseDeleted(db, integration, installation, context)
      }
      return goesOn
    }
    return await takePage(db, row, installation, await history.page(row.cursor ?? undefined, context))
  } catch (error) {
    if (!(error instanceof ProviderError)) {
      services.log.error({ err: error, import: id }, 'a page of an import failed')
    }
    await fail(db, row, error)
    return false
  }
}

/** Of a reconciliation whose pages are all read: what none of them showed is asked for one by one. */
const checking = 'checking'

async function takePage(
  db: OrgDb,
  row: ImportRow,
  installation: InstallationRow,
  page: HistoryPage<Effect>,
): Promise<boolean> {
  const isLast = page.next === undefined
  return db.write(async (tx) => {
    const held = await lockImport(tx, row.id)
    if (held?.state !== 'running' || held.cursor !== row.cursor) {
      return false
    }
    const effects = await withKnownNames(tx, installation.id, page.effects)
    const objects = effects.filter((effect) => effect.kind === 'object')
    const known = await findVersions(tx, installation.id, objects)
    const isKnown = (effect: Effect) => {
      const here = effect.kind === 'object' ? known.get(`${effect.klass}/${effect.externalId}`) : undefined
      return here !== undefined && effect.kind === 'object' && here.versionAt >= effect.version
    }
    // What says nothing new is not written anew: nobody is to hear of it.
    const fresh = effects.filter((effect) => !isKnown(effect))
    const records = await applyPlans(tx, [planOf(row, installation, fresh)])
    const here = [...known.values()].map((it) => it.id)
    await markPresent(tx, here)
    await markSeen(tx, here)
    const counted = counts(held, records.get(row.id) ?? [], objects.length)
    const goesOn = !isLast || row.kind === 'reconciliation'
    await saveImport(tx, {
      ...counted,
      cursor: page.next ?? checking,
      total: page.total ?? held.total,
      ...(goesOn ? {} : { state: 'done' as const, finished_at: new Date() }),
    })
    if (!goesOn) {
      await enqueueNightly(tx, installation.id, new Date())
    }
    await importEvent(tx, installation.id)
    return goesOn
  })
}

async function checkUnseen(
  db: OrgDb,
  row: ImportRow,
  installation: InstallationRow,
  history: History<unknown>,
  context: Context<unknown>,
): Promise<boolean> {
  const unseen = await db.read((reader) => findUnseen(reader, installation.id, row.started_at, checkedAtOnce))
  const effects: Effect[] = []
  for (const { external_id: externalId, custom } of unseen) {
    effects.push(await history.one(externalId, custom, context))
  }
  return db.write(async (tx) => {
    const held = await lockImport(tx, row.id)
    if (held?.state !== 'running') {
      return false
    }
    const records = await applyPlans(tx, [planOf(row, installation, effects)])
    await markSeen(
      tx,
      unseen.map((it) => it.id),
    )
    const isDone = unseen.length < checkedAtOnce
    const counted = counts(held, records.get(row.id) ?? [], 0)
    await saveImport(tx, { ...counted, ...(isDone ? { state: 'done' as const, finished_at: new Date() } : {}) })
    if (isDone) {
      await enqueueNightly(tx, installation.id, new Date())
    }
    await importEvent(tx, installation.id)
    return !isDone
  })
}

function planOf(row: ImportRow, installation: InstallationRow, effects: Effect[]) {
  return {
    deliveryId: row.id,
    app: installation.app,
    installationId: installation.id,
    trust: 'imported' as const,
    effects,
    isHistory: true,
  }
}

function counts(row: ImportRow, records: EffectRecord[], seen: number): ImportRow {
  const count = (kind: EffectRecord['kind'], result: EffectRecord['result']) =>
    records.filter((it) => it.kind === kind && it.result === result).length
  return {
    ...row,
    seen: row.seen + seen,
    added: row.added + count('object', 'created'),
    changed: row.changed + count('object', 'updated'),
    removed: row.removed + count('removal', 'updated'),
    failures: 0,
    reason: null,
    next_attempt_at: null,
  }
}

async function fail(db: OrgDb, row: ImportRow, error: unknown): Promise<void> {
  const known = error instanceof ProviderError ? error : undefined
  const reason = known?.message ?? 'Something went wrong here; the server log has the reason.'
  await db.write(async (tx) => {
    const held = await lockImport(tx, row.id)
    if (held?.state !== 'running') {
      return
    }
    const failures = held.failures + 1
    const mayPass = known === undefined || known.outcome === 'retry-later'
    if (mayPass && failures < mostFailures) {
      const usual = new Date(Date.now() + Math.min(longestDelayMs, firstDelayMs * 2 ** (failures - 1)))
      const wanted = known?.details.retryAt
      const at = wanted !== undefined && wanted > usual ? wanted : usual
      await saveImport(tx, { ...held, failures, reason, next_attempt_at: at })
      await enqueueImport(tx, row.id, at)
    } else {
      await saveImport(tx, {
        ...held,
        failures,
        reason,
        state: 'failed',
        finished_at: new Date(),
        next_attempt_at: null,
      })
      if (known?.outcome === 'needs-reconnect') {
        await markNeedsReconnect(tx, row.installation_id, reason)
      }
      await enqueueNightly(tx, row.installation_id, new Date())
    }
    await importEvent(tx, row.installation_id)
  })
}
