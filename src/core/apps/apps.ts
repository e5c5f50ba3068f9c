import type { Vault } from '../../platform/crypto.ts'
import type { Reader, Tx } from '../../platform/db/database.ts'
import type { Actor, Authorized } from '../../platform/http/access.ts'
import { ApiError, notFound } from '../../platform/http/errors.ts'
import { newId } from '../../platform/ids.ts'
import type { Id } from '../../platform/ids.ts'
import type { Integration } from '../../sdk/index.ts'
import { recordEvents } from '../events/events.ts'
import { declareAttributes } from '../metadata/metadata.ts'
import { ensureKlass } from '../objects/objects.ts'
import { addMachine } from '../orgs/orgs.ts'
import type { App, Catalog, PublishedApps } from './catalog.ts'
import { newHookHash } from './hooks.ts'
import type { InstallationUpdate, InstallInput } from './schema.ts'
import { checkSettings, mergeSettings, openSettings, sealSettings } from './settings.ts'
import {
  deleteInstallationRow,
  findInstallation,
  findInstallationsOf,
  insertHooks,
  insertInstallation,
  installationNames,
  isInUse,
  lockInstallation,
  saveInstallation,
  saveUser,
} from './store.ts'
import type { InstallationRow } from './store.ts'

export type { InstallationRow } from './store.ts'
export { countInstallations, findInstallations, findInstallationsOf, hooksOf, listInstallations } from './store.ts'

/** What follows an installation, so that its workflows arrive, stop and leave with it. */
export interface BroughtWorkflows {
  /** It was installed, or is of a newer version now. */
  installed: (tx: Tx, row: InstallationRow, app: App, by: Actor) => Promise<void>
  switched: (tx: Tx, installationId: Id, on: boolean, by: Actor) => Promise<void>
  removed: (tx: Tx, installationId: Id, by: Actor) => Promise<void>
}

export interface AppServices {
  catalog: Catalog
  /** Undefined in commands, which install nothing. */
  workflows?: BroughtWorkflows
  /** Undefined in commands, which know the desk's own integrations only. */
  published?: PublishedApps
  vault: Vault
}

/** An app of the directory, the desk's own or a published one. */
export async function findApp(reader: Reader, services: AppServices, id: string): Promise<App | undefined> {
  return services.catalog.find(id) ?? services.published?.find(reader, id)
}

export async function listApps(reader: Reader, services: AppServices): Promise<App[]> {
  return [...services.catalog.list(), ...((await services.published?.list(reader)) ?? [])]
}

/** The app of that id; throws 404. A version behind the id, as the platform writes it, means the newest one here too. */
export async function getApp(reader: Reader, services: AppServices, appVersion: string): Promise<App> {
  const id = appVersion.replace(/-[\^~]?\d+\.\d+\.\d+$/, '')
  const app = (await findApp(reader, services, appVersion)) ?? (await findApp(reader, services, id))
  if (app === undefined) {
    throw new ApiError('notfound', `There is no app "${id}". GET /v1/apps/available lists what there is.`, {
      pointer: '/app',
    })
  }
  return app
}

/** The integration that handles what comes in for an installation; throws 404 for one that this desk no longer has. */
export function integrationOf(catalog: Catalog, app: string): Integration<unknown> {
  const found = catalog.find(app)
  if (found === undefined) {
    throw new ApiError('notfound', `This desk has no integration "${app}".`)
  }
  return found.integration
}

/**
 * Installs an app: its klasses with attributes, what it adds to customers, and one address per webhook. An integration that is
 * installed already gets a second, independent installation; a published app is brought to its newest version.
 */
export async function install(
  tx: Tx,
  services: AppServices,
  by: Authorized<'apps'>,
  input: InstallInput,
): Promise<InstallationRow> {
  const app = await getApp(tx, services, input.app)
  const isOwn = services.catalog.find(app.integration.id) !== undefined
  const [installed] = isOwn ? [] : await findInstallationsOf(tx, app.integration.id)
  if (installed !== undefined) {
    return upgrade(tx, services, by, app, installed, input.settings)
  }
  const settings = checkSettings(app, mergeSettings(app, {}, input.settings))
  const id = newId()
  const { integration } = app
  const sealed = sealSettings(app, services.vault, id, settings)
  const name = input.name ?? freeName(integration.name, await installationNames(tx, integration.id))
  const added = await insertInstallation(tx, {
    id,
    app: integration.id,
    name,
    version: integration.version,
    ...sealed,
    createdBy: by.userId,
  })
  if (!added) {
    throw new ApiError(
      'conflict',
      `${integration.name} has an installation named "${name}" already; give this one another name.`,
      { pointer: '/name' },
    )
  }
  await writeDefinitions(tx, app)
  const addresses = [
    ...Object.entries(integration.webhooks).map(([name, hook]) => ({ type: 'form' as const, name, hook })),
    ...Object.entries(integration.mails ?? {}).map(([name, hook]) => ({ type: 'email' as const, name, hook })),
  ]
  await insertHooks(
    tx,
    addresses.map(({ type, name: webhook, hook: { title, description } }) => ({
      id: newId(),
      type,
      hash: newHookHash(tx.orgId),
      title,
      description,
      eventName: `kustomer.app.${integration.id}.${webhook}`,
      installationId: id,
      webhook,
      createdBy: by.userId,
    })),
  )
  if (!isOwn) {
    await services.published?.installed(tx, { id, app: integration.id }, by)
  }
  await services.workflows?.installed(tx, await getInstallation(tx, id), app, by)
  await recordEvents(tx, [{ name: 'tellback.installation.create', objectType: 'installation', objectId: id }])
  return getInstallation(tx, id)
}

/** An installation as it would be, for asking its provider before it is kept. */
export async function wouldBe(reader: Reader, services: AppServices, input: InstallInput): Promise<InstallationRow> {
  const app = await getApp(reader, services, input.app)
  const id = newId()
  const settings = checkSettings(app, mergeSettings(app, {}, input.settings))
  const now = new Date()
  return {
    org_id: reader.orgId,
    id,
    app: app.integration.id,
    name: app.integration.name,
    version: app.integration.version,
    status: 'active',
    status_reason: null,
    rev: 1,
    created_by: null,
    created_at: now,
    updated_at: now,
    user_id: null,
    ...sealSettings(app, services.vault, id, settings),
  }
}

/** An installation as it would be with other settings. */
export async function wouldBecome(
  reader: Reader,
  services: AppServices,
  id: Id,
  change: Record<string, unknown>,
): Promise<InstallationRow> {
  const row = await getInstallation(reader, id)
  const app = await getApp(reader, services, row.app)
  const settings = checkSettings(app, mergeSettings(app, openSettings(services.vault, row), change))
  return { ...row, ...sealSettings(app, services.vault, id, settings) }
}

/** Brings the installation of a published app to the newest version; there is one of each, for the app has one key in an organisation. */
async function upgrade(
  tx: Tx,
  services: AppServices,
  by: Authorized<'apps'>,
  app: App,
  { id }: InstallationRow,
  change: Record<string, unknown>,
): Promise<InstallationRow> {
  const row = await lockInstallation(tx, id)
  const { integration } = app
  if (row === undefined || row.version === integration.version) {
    throw new ApiError('conflict', `${integration.name} ${integration.version} is installed already.`, {
      pointer: '/app',
    })
  }
  const settings = checkSettings(app, mergeSettings(app, openSettings(services.vault, row), change))
  await saveInstallation(tx, {
    ...row,
    ...sealSettings(app, services.vault, id, settings),
    version: integration.version,
  })
  await writeDefinitions(tx, app)
  await services.published?.installed(tx, { id, app: integration.id }, by)
  await services.workflows?.installed(tx, await getInstallation(tx, id), app, by)
  await recordEvents(tx, [{ name: 'tellback.installation.update', objectType: 'installation', objectId: id }])
  return getInstallation(tx, id)
}

/** Brings an installation of the desk's own to the version that this desk has, after the desk was renewed. */
export async function renewInstallation(tx: Tx, services: AppServices, id: Id, by: Actor): Promise<void> {
  const row = await lockInstallation(tx, id)
  const app = row === undefined ? undefined : services.catalog.find(row.app)
  if (row === undefined || app === undefined || app.integration.version === row.version) {
    return
  }
  await saveInstallation(tx, { ...row, version: app.integration.version })
  await writeDefinitions(tx, app)
  await services.workflows?.installed(tx, await getInstallation(tx, id), app, by)
  await recordEvents(tx, [{ name: 'tellback.installation.update', objectType: 'installation', objectId: id }])
}

async function writeDefinitions(tx: Tx, { integration }: App): Promise<void> {
  for (const [name, klass] of Object.entries(integration.klasses)) {
    await ensureKlass(tx, integration.id, name, klass)
  }
  await declareAttributes(tx, 'customer', integration.customerAttributes ?? {})
}

function freeName(name: string, taken: string[]): string {
  const used = new Set(taken.map((it) => it.toLowerCase()))
  let candidate = name
  for (let count = 2; used.has(candidate.toLowerCase()); count++) {
    candidate = `${name} ${count}`
  }
  return candidate
}

export async function getInstallation(reader: Reader, id: Id): Promise<InstallationRow> {
  const row = await findInstallation(reader, id)
  if (row === undefined) {
    throw notFound('Installation')
  }
  return row
}

/** Changes name, settings or whether it works. New settings also end a state of needing attention. */
export async function updateInstallation(
  tx: Tx,
  services: AppServices,
  by: Authorized<'apps'>,
  id: Id,
  change: InstallationUpdate,
): Promise<{ before: InstallationRow; after: InstallationRow }> {
  const before = await lockInstallation(tx, id)
  if (before === undefined) {
    throw notFound('Installation')
  }
  const app = await getApp(tx, services, before.app)
  const current = openSettings(services.vault, before)
  const settings =
    change.settings === undefined ? current : checkSettings(app, mergeSettings(app, current, change.settings))
  const name = change.name ?? before.name
  const others = (await installationNames(tx, before.app)).filter((other) => other !== before.name)
  if (others.some((other) => other.toLowerCase() === name.toLowerCase())) {
    throw new ApiError('conflict', `${app.integration.name} has an installation named "${name}" already.`, {
      pointer: '/name',
    })
  }
  const repaired = change.settings !== undefined && before.status === 'needs_reconnect'
  await saveInstallation(tx, {
    ...before,
    ...sealSettings(app, services.vault, id, settings),
    name,
    status: change.status ?? (repaired ? 'active' : before.status),
    status_reason: repaired || change.status !== undefined ? null : before.status_reason,
  })
  if (change.status !== undefined && change.status !== before.status) {
    await services.published?.switched(tx, { id, app: before.app }, change.status === 'active', by)
    await services.workflows?.switched(tx, id, change.status === 'active', by)
  }
  await recordEvents(tx, [{ name: 'tellback.installation.update', objectType: 'installation', objectId: id }])
  return { before, after: await getInstallation(tx, id) }
}

/** The machine user that what an installation does by itself is credited to; made when it first does something. */
export async function appUser(tx: Tx, installationId: Id): Promise<Id> {
  const row = await lockInstallation(tx, installationId)
  if (row === undefined) {
    throw notFound('Installation')
  }
  if (row.user_id !== null) {
    return row.user_id
  }
  const id = await addMachine(tx, row.name)
  await saveUser(tx, row.id, id)
  return id
}

/** Lets an installation work again after an admin mended its access. */
export async function markActive(tx: Tx, id: Id): Promise<void> {
  const row = await lockInstallation(tx, id)
  if (row !== undefined && row.status === 'needs_reconnect') {
    await saveInstallation(tx, { ...row, status: 'active', status_reason: null })
  }
}

/** Stops an installation until an admin mends its credentials. */
export async function markNeedsReconnect(tx: Tx, id: Id, reason: string): Promise<void> {
  const row = await lockInstallation(tx, id)
  if (row !== undefined && row.status === 'active') {
    await saveInstallation(tx, { ...row, status: 'needs_reconnect', status_reason: reason })
    await recordEvents(tx, [{ name: 'tellback.installation.update', objectType: 'installation', objectId: id }])
  }
}

/** Removes an installation and its addresses. One that brought feedback stays, switched off, as its records name it. */
export async function uninstall(tx: Tx, services: AppServices, by: Authorized<'apps'>, id: Id): Promise<void> {
  const row = await lockInstallation(tx, id)
  if (row === undefined) {
    throw notFound('Installation')
  }
  if (await isInUse(tx, id)) {
    throw new ApiError(
      'unprocessable',
      `Feedback on timelines came from "${row.name}". Switch it off instead: its address then stops being processed.`,
    )
  }
  await services.published?.removed(tx, { id, app: row.app })
  await services.workflows?.removed(tx, id, by)
  await deleteInstallationRow(tx, id)
  await recordEvents(tx, [{ name: 'tellback.installation.delete', objectType: 'installation', objectId: id }])
}
