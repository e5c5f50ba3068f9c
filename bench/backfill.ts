import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'

import type pg from 'pg'

import { createClient } from '../client/index.ts'
import { loadCatalog } from '../src/core/apps/catalog.ts'
import { newDataFolder, ownMemoryOf, startDeskProcess } from './desk.ts'
import type { Figures } from './figures.ts'
import { connectOwner } from './target.ts'
import type { Target } from './target.ts'

const reviews = 100_000
/** Without a bound the heap grows with garbage that nobody needs yet; within one it shows whether anything is kept. */
const heapMegabytes = 200
const perTransaction = 100 // as many as a page of the provider has

/**
 * A provider's whole history, fetched from its simulator, against plain inserts of the same rows. The simulator is another process on the same
 * processors, so its share of the work counts against the desk.
 */
export async function measureBackfill(target: Target, figures: Figures): Promise<void> {
  const catalog = await loadCatalog(fileURLToPath(new URL('../integrations', import.meta.url)))
  const app = catalog.list().find(({ integration }) => integration.connection !== undefined)?.integration
  if (app === undefined) {
    throw new Error('no integration that can be connected to')
  }
  await using folder = await newDataFolder()
  await using provider = await startDeskProcess(folder.path, target.port + 1, 'web', ['--simulators'])
  const more = ['--simulators', provider.address]
  const bounded = { NODE_OPTIONS: `--max-old-space-size=${heapMegabytes}` }
  await using desk = await startDeskProcess(target.dataFolder, target.port, 'both', more, bounded)
  await using owner = await connectOwner(target)
  const api = createClient({ baseUrl: desk.address, token: target.adminToken })
  const simulated = `${provider.address}/simulators/${app.id}`
  const control = (action: string, body: object) =>
    fetch(`${simulated}/shop/control/${action}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    })
  await control('fill', { count: reviews })
  await control('limits', { perFiveMinutes: reviews, perHour: reviews }) // what is measured is the desk
  const { data: installation } = await api.call('POST /v1/apps/install', {
    body: { app: app.id, settings: { ...app.simulator.settings } },
  })
  const params = { id: installation.id }
  await connect(api, target.adminToken, installation.id)
  const [setting = ''] = Object.keys(app.choices ?? {})
  const choices = await api.call('GET /v1/apps/installations/{id}/choices/{setting}', {
    params: { ...params, setting },
    query: { q: 'outdoor' },
  })
  const latest = async () => (await api.call('GET /v1/apps/installations/{id}/imports', { params })).data[0]?.attributes
  const begin = performance.now()
  // Complete now, it begins by itself.
  await api.call('PUT /v1/apps/installations/{id}', {
    params,
    body: { settings: { [setting]: choices.data[0]?.value } },
  })
  let early: number | undefined
  let state = await latest()
  while (state?.state === 'running') {
    await sleep(500)
    state = await latest()
    if (early === undefined && (state?.seen ?? 0) > reviews / 10) {
      early = await ownMemoryOf(desk.pid)
    }
  }
  const seconds = (performance.now() - begin) / 1000
  const late = await ownMemoryOf(desk.pid)
  if (state?.state !== 'done' || state.added !== reviews) {
    throw new Error(`the backfill ended as ${JSON.stringify(state)}`)
  }
  const perSecond = reviews / seconds
  const plain = await plainInserts(owner.client, installation.id)
  figures.note('backfill, reviews a second', perSecond)
  figures.note('plain inserts of the same rows, reviews a second', plain)
  figures.note('memory of the desk after a tenth of them in MB', early ?? Number.NaN)
  figures.note('memory of the desk after all of them in MB', late)
  const ratio = perSecond / plain
  figures.report('backfill against plain inserts of the same rows', ratio, '×', 'at least 0.25', ratio >= 0.25)
  const growth = late / (early ?? late)
  figures.report(
    `memory after all against a tenth, within a heap of ${heapMegabytes} MB`,
    growth,
    '×',
    'at most 1.25',
    growth <= 1.25,
  )
}

/** Signs in at the simulated provider by its consent page, as an admin's browser does. */
async function connect(api: ReturnType<typeof createClient>, token: string, id: string): Promise<void> {
  const { data } = await api.call('POST /v1/apps/installations/{id}/connection', { params: { id } })
  const consent = new URL(data.url)
  consent.pathname = `${consent.pathname.replace(/\/$/, '')}/allow`
  const back = (await fetch(consent, { redirect: 'manual' })).headers.get('location') ?? ''
  await fetch(back, { redirect: 'manual', headers: { authorization: `Bearer ${token}` } })
}

/** Each row by a statement of its own, into tables of the same columns, keys and indexes; reviews a second. */
async function plainInserts(client: pg.Client, installationId: string): Promise<number> {
  const tables = ['kobjects', 'feedback'] as const
  const rows: Record<string, Record<string, unknown>[]> = {}
  for (const table of tables) {
    const column = table === 'kobjects' ? 'source' : 'installation_id'
    rows[table] = (await client.query(`select * from ${table} where ${column} = $1`, [installationId])).rows
    await client.query(`create table plain_${table} (like ${table} including all)`)
  }
  await client.query('checkpoint')
  const begin = performance.now()
  const count = rows['feedback']?.length ?? 0
  for (let from = 0; from < count; from += perTransaction) {
    await client.query('begin')
    for (const table of tables) {
      for (const row of (rows[table] ?? []).slice(from, from + perTransaction)) {
        const names = Object.keys(row)
        const values = Object.values(row).map((it) => (isJson(it) ? JSON.stringify(it) : it))
        const places = names.map((_, index) => `$${index + 1}`)
        const text = `insert into plain_${table} (${names.join(', ')}) values (${places.join(', ')})`
        await client.query({ name: `plain-${table}`, text, values })
      }
    }
    await client.query('commit')
  }
  const seconds = (performance.now() - begin) / 1000
  for (const table of tables) {
    await client.query(`drop table plain_${table}`)
  }
  return count / seconds
}

/** Arrays of text are arrays to the driver; anything else that is an object is a document. */
function isJson(value: unknown): boolean {
  const isTexts = Array.isArray(value) && value.every((it) => typeof it === 'string')
  return typeof value === 'object' && value !== null && !(value instanceof Date) && !Buffer.isBuffer(value) && !isTexts
}
