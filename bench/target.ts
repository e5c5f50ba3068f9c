import { fileURLToPath } from 'node:url'

import pg from 'pg'

import { readConfig } from '../src/config.ts'
import { install } from '../src/core/apps/apps.ts'
import { loadCatalog } from '../src/core/apps/catalog.ts'
import { hookUrl } from '../src/core/apps/hooks.ts'
import { hooksOf } from '../src/core/apps/store.ts'
import { createApiKey } from '../src/core/orgs/api-keys.ts'
import { chooseOrg } from '../src/core/orgs/orgs.ts'
import { openForCommand } from '../src/main.ts'
import { createVault, deriveKey } from '../src/platform/crypto.ts'
import { authorize, only } from '../src/platform/http/access.ts'
import { startDeskProcess } from './desk.ts'

/** An organisation with one app for surveys installed, and a key to its API. */
export interface Target {
  dataFolder: string
  port: number
  orgId: string
  hookId: string
  installationId: string
  /** Where the app's deliveries are posted to. */
  path: string
  token: string
  /** The same for what admins alone may do. */
  adminToken: string
}

export async function prepareTarget(dataFolder: string, port: number): Promise<Target> {
  await (await startDeskProcess(dataFolder, port, 'web'))[Symbol.asyncDispose]()
  await using desk = await openForCommand(readConfig({ TELLBACK_DATA: dataFolder }))
  const orgId = await chooseOrg(desk.database, undefined)
  const catalog = await loadCatalog(fileURLToPath(new URL('../integrations', import.meta.url)))
  const survey = catalog.list().find((app) => app.integration.category === 'surveys')
  if (survey === undefined) {
    throw new Error('no integration for surveys')
  }
  const by = authorize({ orgId, userId: orgId, userType: 'machine', roles: ['org.admin'] }, only('apps', 'org.admin'))
  return await desk.database.forOrg(orgId).write(async (tx) => {
    const row = await install(tx, { catalog, vault: createVault(desk.secretKey) }, by, {
      app: survey.integration.id,
      settings: {},
    })
    const [hook] = await hooksOf(tx, [row.id])
    if (hook === undefined) {
      throw new Error('the app has no hook')
    }
    const key = async (roles: string[]) =>
      (await createApiKey(tx, { name: 'bench', roles, cidrs: [] }, deriveKey(desk.secretKey, 'api-keys'), new Date()))
        .token
    const [token, adminToken] = [await key(['org.user']), await key(['org.user', 'org.admin'])]
    const ids = { orgId, hookId: hook.id, installationId: row.id }
    return {
      dataFolder,
      port,
      ...ids,
      path: hookUrl({ publicUrl: () => '', mailDomain: () => '' }, hook),
      token,
      adminToken,
    }
  })
}

/** A connection as the owner of the desk's database. */
export interface Owner extends AsyncDisposable {
  client: pg.Client
  connectionString: string
}

/** Connects beside a running desk, or without one. */
export async function connectOwner(target: Target): Promise<Owner> {
  await using started = new AsyncDisposableStack()
  const { connectionString } = started.use(await openForCommand(readConfig({ TELLBACK_DATA: target.dataFolder })))
  const client = new pg.Client({ connectionString })
  await client.connect()
  started.defer(() => client.end())
  const open = started.move()
  return { client, connectionString, [Symbol.asyncDispose]: () => open.disposeAsync() }
}
