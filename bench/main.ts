/** Prints how fast the desk is, as ratios measured in one run against a reference of the same run, and writes them as JSON. */
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'
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
import { memoryOf, newDataFolder, postgresPid, startDeskProcess } from './desk.ts'
import { load } from './load.ts'
import type { LoadResult } from './load.ts'
import { insertsPerSecond } from './pgbench.ts'
import { fillTimelines } from './timelines.ts'

const connections = 32
const seconds = Number(process.env['BENCH_SECONDS'] ?? 10)
const port = 18_080
const bodyBytes = 2048
const readers = 2

interface Figure {
  name: string
  value: number
  unit: string
  goal: string
  met: boolean
}

const figures: Figure[] = []
const note: Record<string, number> = {}

function report(name: string, value: number, unit: string, goal: string, met: boolean): void {
  figures.push({ name, value, unit, goal, met })
  process.stdout.write(`${met ? 'met   ' : 'MISSED'} ${name}: ${value.toFixed(2)} ${unit} (goal: ${goal})\n`)
}

await using folder = await newDataFolder()
const target = await prepare(folder.path)
await measureIntake()
await measureTimeline()
await measureStart()
await write()

async function prepare(dataFolder: string) {
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
    const { token } = await createApiKey(
      tx,
      { name: 'bench', roles: ['org.user'], cidrs: [] },
      deriveKey(desk.secretKey, 'api-keys'),
      new Date(),
    )
    return { orgId, hookId: hook.id, path: hookUrl('', hook), token, installationId: row.id }
  })
}

/** The documented sample, padded to 2 kB by its comment; each with its own ids, as real ones have. */
function sample(sequence: number, person: number): string {
  const id = `${process.pid}${sequence}`
  const who = { id: `${person}`, email: `person${person}@example.com`, name: 'Charlie Gravis', created_at: 1732186784 }
  const data = {
    id,
    person: who,
    survey_type: 'nps',
    score: sequence % 11,
    comment: '',
    permalink: `https://app.delighted.com/r/${id}`,
    created_at: 1732186844,
    updated_at: 1732187444,
    person_properties: null,
    notes: [],
    tags: [],
    additional_answers: [],
  }
  const body = { event_type: 'survey_response.updated', event_id: id.padStart(64, '0'), event_data: data }
  const missing = bodyBytes - JSON.stringify(body).length
  data.comment = 'It was great. '.repeat(Math.ceil(missing / 14)).slice(0, missing)
  return JSON.stringify(body)
}

async function measureIntake(): Promise<void> {
  const headers = { 'content-type': 'application/json' }
  let offset = 0
  const from = (person: (sequence: number) => number) => {
    const first = offset
    offset += 1_000_000
    return (n: number) => ({
      path: target.path,
      method: 'POST' as const,
      headers,
      body: sample(first + n, person(first + n)),
    })
  }
  const everybodyNew = (sequence: number) => sequence
  const knownPeople = (sequence: number) => sequence % 2_000

  // Statistics as an hour of use leaves them; a database without any plans as if its tables were empty.
  {
    await using desk = await startDeskProcess(folder.path, port, 'both')
    await load(desk.address, connections, 3, from(knownPeople))
    await drained()
  }
  await tidy()
  {
    await using desk = await startDeskProcess(folder.path, port, 'web')
    await using direct = await openForCommand(readConfig({ TELLBACK_DATA: folder.path }))
    const row = { ...target, body: sample(1, 1) }
    const client = new pg.Client({ connectionString: direct.connectionString })
    await client.connect()
    await load(desk.address, connections, 2, from(everybodyNew)) // warm
    const rounds: { pgbench: number; intake: LoadResult }[] = []
    for (let round = 0; round < 2; round++) {
      await client.query('checkpoint') // each measurement begins with nothing left to write
      const pgbench = await insertsPerSecond(direct.connectionString, folder.path, row, connections, seconds)
      await client.query('checkpoint')
      rounds.push({ pgbench, intake: await load(desk.address, connections, seconds, from(everybodyNew)) })
    }
    await client.end()
    const mean = (values: number[]) => values.reduce((sum, value) => sum + value, 0) / values.length
    const pgbench = mean(rounds.map((round) => round.pgbench))
    const intake = {
      perSecond: mean(rounds.map((round) => round.intake.perSecond)),
      p99: Math.max(...rounds.map((round) => round.intake.p99)),
      failures: rounds.reduce((sum, round) => sum + round.intake.failures, 0),
    }
    note['pgbenchPerSecond'] = pgbench
    note['intakePerSecond'] = intake.perSecond
    note['intakeP99Ms'] = intake.p99
    note['intakeFailures'] = intake.failures
    const good = intake.perSecond >= pgbench && intake.failures === 0
    report('durable intake over HTTP against pgbench row by row', intake.perSecond / pgbench, '×', 'at least 1', good)
  }
  for (const [name, people] of [
    ['every delivery a new person', everybodyNew],
    ['people who answered before', knownPeople],
  ] as const) {
    await tidy()
    await using desk = await startDeskProcess(folder.path, port, 'both')
    const begin = performance.now()
    const taken = await load(desk.address, connections, seconds, from(people))
    await drained()
    const perSecond = taken.requests / ((performance.now() - begin) / 1000)
    note[`appliedPerSecond, ${name}`] = perSecond
    const pgbench = note['pgbenchPerSecond'] ?? Number.NaN
    const title = `deliveries taken in and applied against pgbench, ${name}`
    report(title, perSecond / pgbench, '×', 'at least 0.25', perSecond >= pgbench / 4)
  }
}

/** Waits until everything that was taken in is applied. */
async function drained(): Promise<void> {
  await using direct = await openForCommand(readConfig({ TELLBACK_DATA: folder.path }))
  const client = new pg.Client({ connectionString: direct.connectionString })
  await client.connect()
  for (;;) {
    const { rows } = await client.query<{ open: number }>(
      "select count(*)::int as open from deliveries where status = 'received'",
    )
    if (rows[0]?.open === 0) {
      break
    }
    await sleep(20)
  }
  const failed = await client.query("select from deliveries where status not in ('applied', 'received')")
  await client.end()
  if (failed.rowCount !== 0) {
    throw new Error(`${failed.rowCount} deliveries were not applied`)
  }
}

/** Empties what one measurement must not leave to the next, and refreshes statistics. */
async function tidy(): Promise<void> {
  await using direct = await openForCommand(readConfig({ TELLBACK_DATA: folder.path }))
  const client = new pg.Client({ connectionString: direct.connectionString })
  await client.connect()
  await client.query('analyze')
  await client.query('truncate deliveries')
  await client.query('delete from graphile_worker._private_jobs')
  await client.end()
}

async function measureTimeline(): Promise<void> {
  const headers = { authorization: `Bearer ${target.token}` }
  const p99: number[] = []
  for (const rows of [1_000, 1_000_000]) {
    const customers = await fillTimelines(folder.path, target, rows)
    await using desk = await startDeskProcess(folder.path, port, 'web')
    const pagesOf = (ids: string[]) => (n: number) => ({
      path: `/v1/customers/${ids[n % ids.length] ?? ''}/timeline?pageSize=50`,
      method: 'GET' as const,
      headers,
    })
    // The same work at both sizes: ten customers' pages. All the others are what must not matter.
    const few = pagesOf(customers.slice(0, 10))
    await load(desk.address, readers, 3, few) // warm
    const result = await load(desk.address, readers, seconds, few)
    note[`timelineP50MsAt${rows}`] = result.p50
    note[`timelineP99MsAt${rows}`] = result.p99
    note[`timelinePerSecondAt${rows}`] = result.perSecond
    p99.push(result.p99)
    if (customers.length > 10) {
      const scattered = await load(desk.address, readers, seconds, pagesOf(customers))
      note[`timelineP99MsAt${rows}, a thousand customers, mostly not in memory`] = scattered.p99
    }
  }
  const ratio = (p99[1] ?? Number.NaN) / (p99[0] ?? Number.NaN)
  report('p99 of a 50-item timeline page at 1,000,000 rows against 1,000', ratio, '×', 'at most 1.3', ratio <= 1.3)
}

async function measureStart(): Promise<void> {
  await using desk = await startDeskProcess(folder.path, port, 'both')
  report('start to serving', desk.startedInMs / 1000, 's', 'at most 5', desk.startedInMs <= 5_000)
  await sleep(15_000)
  const memory = await memoryOf([desk.pid, await postgresPid(folder.path)])
  report('idle memory of server and database together', memory, 'MB', 'under 256', memory < 256)
}

async function write(): Promise<void> {
  const path = new URL('results/', import.meta.url)
  await mkdir(path, { recursive: true })
  const { version } = JSON.parse(await readFile(new URL('../package.json', import.meta.url), 'utf8')) as {
    version: string
  }
  await writeFile(
    new URL('latest.json', path),
    `${JSON.stringify({ version, node: process.version, connections, seconds, figures, note }, null, 2)}\n`,
  )
  process.stdout.write(`${JSON.stringify(note, null, 2)}\n`)
}
