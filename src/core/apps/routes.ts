import { z } from 'zod'

import type { OrgDb, Tx } from '../../platform/db/database.ts'
import { only } from '../../platform/http/access.ts'
import type { Actor } from '../../platform/http/access.ts'
import { endpoint } from '../../platform/http/endpoint.ts'
import type { Endpoint } from '../../platform/http/endpoint.ts'
import { document, page, pageOf, PageQuery } from '../../platform/http/envelope.ts'
import { ApiError } from '../../platform/http/errors.ts'
import type { Id } from '../../platform/ids.ts'
import {
  countInstallations,
  findApp,
  getApp,
  getInstallation,
  hooksOf,
  install,
  listApps,
  listInstallations,
  uninstall,
  updateInstallation,
  wouldBe,
  wouldBecome,
} from './apps.ts'
import type { AppServices, InstallationRow } from './apps.ts'
import { createHook, deleteHook, getHook, listHooks, rotateHook, updateHook } from './hooks.ts'
import type { HookAddresses, HookType } from './hooks.ts'
import {
  AppAttributes,
  HookAttributes,
  HookInput,
  HookRotation,
  HookUpdate,
  InstallationAttributes,
  InstallationUpdate,
  InstallInput,
} from './schema.ts'
import { maskSettings, openSettings } from './settings.ts'
import { showApp, showHook, showInstallation } from './show.ts'
import type { ReadHealth } from './show.ts'

export interface AppsRoutesServices extends AppServices, HookAddresses {
  readHealth: ReadHealth
  /** Sends what waited for an installation on its way. */
  resume: (tx: Tx, installationId: Id) => Promise<unknown>
  /** What was given of an app’s settings, and of the rest what the desk itself can know. */
  fillIn: (tx: Tx, app: string, given: Record<string, unknown>) => Promise<Record<string, unknown>>
  /** Asks the provider whether it takes an installation's settings; throws what it says against them. */
  check: (db: OrgDb, installation: InstallationRow) => Promise<void>
  /** An installation may have all it needs by now to fetch its provider's history, and to ask customers by other settings. */
  ready: (tx: Tx, installationId: Id) => Promise<unknown>
  /** Posts the provider's own test request to the installation's address, over the network. */
  sendTest: (db: OrgDb, installationId: Id) => Promise<{ status: number; deliveryId: string | null }>
}

const tag = 'Apps'
const read = only('apps', 'org.permission.apps.read', 'org.user.apps.read', 'org.admin.apps.read')
const write = only('apps', 'org.admin.apps.write', 'org.permission.apps.update')
const byId = z.object({ id: z.string().max(24) })

export function appsRoutes(services: AppsRoutesServices): Endpoint[] {
  async function show(db: OrgDb, row: InstallationRow) {
    const { hooks, app } = await db.read(async (reader) => ({
      hooks: await hooksOf(reader, [row.id]),
      app: await findApp(reader, services, row.app),
    }))
    return showInstallation(services, app, row, hooks, await services.readHealth(db.orgId, row.id))
  }

  return [
    endpoint({
      method: 'GET',
      path: '/v1/apps/available',
      tag,
      summary: 'List the directory of apps',
      access: read,
      status: 200,
      reply: page(AppAttributes),
      query: PageQuery,
      handle: ({ db, query }) =>
        db.read(async (reader) => {
          const counts = await countInstallations(reader)
          const apps = (await listApps(reader, services)).slice((query.page - 1) * query.pageSize)
          return pageOf(
            '/v1/apps/available',
            query,
            apps.map((app) => showApp(app, counts.get(app.integration.id) ?? 0)),
          )
        }),
    }),
    endpoint({
      method: 'GET',
      path: '/v1/apps/available/:app',
      tag,
      summary: 'Read an app of the directory',
      access: read,
      params: z.object({ app: z.string().max(100) }),
      status: 200,
      reply: document(AppAttributes),
      handle: ({ db, params }) =>
        db.read(async (reader) => {
          const app = await getApp(reader, services, params.app)
          return { data: showApp(app, (await countInstallations(reader)).get(app.integration.id) ?? 0) }
        }),
    }),
    endpoint({
      method: 'POST',
      path: '/v1/apps/install',
      tag,
      summary: 'Install an app; again makes a second, independent installation',
      access: write,
      body: InstallInput,
      status: 201,
      reply: document(InstallationAttributes),
      handle: async ({ db, by, body }) => {
        if (services.catalog.find(body.app) !== undefined) {
          await services.check(db, await db.read((reader) => wouldBe(reader, services, body)))
        }
        const row = await db.write(async (tx) => {
          const settings = await services.fillIn(tx, body.app, body.settings ?? {})
          const installed = await install(tx, services, by, { ...body, settings })
          await services.ready(tx, installed.id)
          return installed
        })
        return { data: await show(db, row) }
      },
    }),
    endpoint({
      method: 'GET',
      path: '/v1/apps',
      tag,
      summary: 'List what is installed',
      access: read,
      query: PageQuery,
      status: 200,
      reply: page(InstallationAttributes),
      handle: async ({ db, query }) => {
        const rows = await db.read((reader) =>
          listInstallations(reader, query.pageSize + 1, (query.page - 1) * query.pageSize),
        )
        return pageOf('/v1/apps', query, await Promise.all(rows.map((row) => show(db, row))))
      },
    }),
    endpoint({
      method: 'GET',
      path: '/v1/apps/installations/:id',
      tag,
      summary: 'Read an installation',
      access: read,
      params: byId,
      status: 200,
      reply: document(InstallationAttributes),
      handle: async ({ db, params }) => ({
        data: await show(db, await db.read((reader) => getInstallation(reader, params.id))),
      }),
    }),
    endpoint({
      method: 'PUT',
      path: '/v1/apps/installations/:id',
      tag,
      summary: 'Change an installation: name, settings, on or off',
      access: write,
      params: byId,
      body: InstallationUpdate,
      status: 200,
      reply: document(InstallationAttributes),
      handle: async ({ db, by, params, body }) => {
        if (body.settings !== undefined) {
          const { settings } = body
          await services.check(db, await db.read((reader) => wouldBecome(reader, services, params.id, settings)))
        }
        const row = await db.write(async (tx) => {
          const { before, after } = await updateInstallation(tx, services, by, params.id, body)
          if (before.status !== 'active' && after.status === 'active') {
            await services.resume(tx, after.id)
          }
          await services.ready(tx, after.id)
          return after
        })
        return { data: await show(db, row) }
      },
    }),
    endpoint({
      method: 'DELETE',
      path: '/v1/apps/installations/:id',
      tag,
      summary: 'Remove an installation',
      access: write,
      params: byId,
      status: 204,
      reply: z.void(),
      handle: ({ db, by, params }) => db.write((tx) => uninstall(tx, services, by, params.id)),
    }),
    endpoint({
      method: 'POST',
      path: '/v1/apps/installations/:id/test',
      tag,
      summary: "Send the provider's test request through the whole path",
      access: write,
      params: byId,
      status: 200,
      reply: z.object({
        data: z.object({
          status: z.number().describe('What the address answered.'),
          deliveryId: z.string().nullable(),
        }),
      }),
      handle: async ({ db, params }) => ({ data: await services.sendTest(db, params.id) }),
    }),
    ...settingsRoutes(services),
    ...hookRoutesOf('form', services),
    ...hookRoutesOf('web', services),
    ...hookRoutesOf('email', services),
    rotationRoute(services),
  ]
}

const Categories = z.object({
  data: z.record(z.string(), z.array(z.object({ attributes: z.object({ name: z.string(), value: z.unknown() }) }))),
})
const settingRead = only('apps', 'org.user.setting.read', 'org.permission.setting.read', 'org.admin.setting.read')
const settingWrite = only('apps', 'org.admin.setting.write', 'org.permission.setting.update')

/** The platform's settings by category (facts 5.2): an app's id means its oldest installation, an installation's id itself. */
function settingsRoutes(services: AppsRoutesServices): Endpoint[] {
  async function readAll(db: OrgDb, by: Actor) {
    return db.read(async (reader) => {
      const rows = await listInstallations(reader, 100, 0)
      const own = rows.find((row) => row.id === by.installationId)
      if (own !== undefined) {
        return { data: categoriesOf(openSettings(services.vault, own)) } // an app reads what it was given, secrets too
      }
      const data: Record<string, Setting[]> = {}
      for (const row of rows) {
        const app = await findApp(reader, services, row.app)
        const values = app === undefined ? [] : settingsOf(maskSettings(app, services.vault, row))
        data[row.app] ??= values
        data[row.id] = values
      }
      return { data }
    })
  }
  return [
    endpoint({
      method: 'GET',
      path: '/v1/apps/settings',
      tag,
      summary: 'Read the settings of all apps',
      access: settingRead,
      status: 200,
      reply: Categories,
      handle: ({ db, by }) => readAll(db, by),
    }),
    endpoint({
      method: 'PUT',
      path: '/v1/apps/settings',
      tag,
      summary: 'Change settings of apps',
      access: settingWrite,
      status: 200,
      reply: Categories,
      body: z.record(z.string().max(64), z.record(z.string(), z.unknown())),
      handle: async ({ db, by, body }) => {
        await db.write(async (tx) => {
          const rows = await listInstallations(tx, 100, 0)
          if (by.installationId !== undefined) {
            await updateInstallation(tx, services, by, by.installationId, { settings: flatten(body) })
            return
          }
          for (const [category, settings] of Object.entries(body)) {
            const row = rows.find((it) => it.id === category || it.app === category)
            const id = row?.id ?? getInstalled(category)
            await updateInstallation(tx, services, by, id, { settings })
          }
        })
        return readAll(db, by)
      },
    }),
  ]
}

type Setting = z.infer<typeof Categories>['data'][string][number]

function settingsOf(settings: Record<string, unknown>): Setting[] {
  return Object.entries(settings).map(([name, value]) => ({ attributes: { name, value } }))
}

/** A published app's settings have their category before their name: `default.apiKey`. */
function categoriesOf(settings: Record<string, unknown>): Record<string, Setting[]> {
  const data: Record<string, Setting[]> = {}
  for (const [name, value] of Object.entries(settings)) {
    const [category = '', ...rest] = name.split('.')
    data[category] = [...(data[category] ?? []), { attributes: { name: rest.join('.'), value } }]
  }
  return data
}

function flatten(categories: Record<string, Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(categories).flatMap(([category, settings]) =>
      Object.entries(settings).map(([name, value]) => [`${category}.${name}`, value]),
    ),
  )
}

function getInstalled(category: string): never {
  throw new ApiError('badparam', `No installed app or installation is called "${category}"`, {
    pointer: `/${category}`,
  })
}

/** In one place for all kinds: below a form hook's own address everything is taken as a form. */
function rotationRoute(services: AppsRoutesServices): Endpoint {
  return endpoint({
    method: 'POST',
    path: '/v1/hooks/rotations',
    tag: 'Hooks',
    summary: 'Give a hook a new address; the old one goes on for a while',
    access: only('hook', 'org.permission.hook.update', 'org.admin.hook.write'),
    body: HookRotation,
    status: 201,
    reply: document(HookAttributes),
    handle: ({ db, by, body }) =>
      db.write(async (tx) => ({ data: showHook(services, await rotateHook(tx, by, body)) })),
  })
}

function hookRoutesOf(type: HookType, services: AppsRoutesServices): Endpoint[] {
  const path = `/v1/hooks/${type}`
  const hookRead = only('hook', 'org.permission.hook.read', 'org.admin.hook.read')
  const access = (verb: 'create' | 'update' | 'delete') =>
    only('hook', `org.permission.hook.${verb}`, 'org.admin.hook.write')
  const kind = { form: 'form hook', web: 'web hook', email: 'e-mail hook' }[type]
  const reply = document(HookAttributes)
  return [
    endpoint({
      method: 'GET',
      path,
      tag: 'Hooks',
      summary: `List ${kind}s`,
      access: hookRead,
      query: PageQuery,
      status: 200,
      reply: page(HookAttributes),
      handle: ({ db, query }) =>
        db.read(async (reader) => {
          const rows = await listHooks(reader, type, query.pageSize + 1, (query.page - 1) * query.pageSize)
          return pageOf(
            path,
            query,
            rows.map((row) => showHook(services, row)),
          )
        }),
    }),
    endpoint({
      method: 'POST',
      path,
      tag: 'Hooks',
      summary: `Create a ${kind}`,
      access: access('create'),
      body: HookInput,
      status: 201,
      reply,
      handle: ({ db, by, body }) =>
        db.write(async (tx) => ({ data: showHook(services, await createHook(tx, by, type, body)) })),
    }),
    endpoint({
      method: 'GET',
      path: `${path}/:id`,
      tag: 'Hooks',
      summary: `Read a ${kind}`,
      access: hookRead,
      params: byId,
      status: 200,
      reply,
      handle: ({ db, params }) =>
        db.read(async (reader) => ({ data: showHook(services, await getHook(reader, type, params.id)) })),
    }),
    ...(['PUT', 'PATCH'] as const).map((method) =>
      endpoint({
        method,
        path: `${path}/:id`,
        tag: 'Hooks',
        summary: `Change a ${kind}`,
        access: access('update'),
        params: byId,
        body: HookUpdate,
        status: 200,
        reply,
        handle: ({ db, by, params, body }) =>
          db.write(async (tx) => ({
            data: showHook(services, await updateHook(tx, by, type, params.id, body)),
          })),
      }),
    ),
    endpoint({
      method: 'DELETE',
      path: `${path}/:id`,
      tag: 'Hooks',
      summary: `Delete a ${kind}`,
      access: access('delete'),
      params: byId,
      status: 204,
      reply: z.void(),
      handle: ({ db, by, params }) => db.write((tx) => deleteHook(tx, by, type, params.id)),
    }),
  ]
}
