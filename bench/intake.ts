import { setTimeout as sleep } from 'node:timers/promises'

import type pg from 'pg'

import { startDeskProcess } from './desk.ts'
import { median } from './figures.ts'
import type { Figures } from './figures.ts'
import { load } from './load.ts'
import type { LoadResult } from './load.ts'
import { insertsPerSecond } from './pgbench.ts'
import { connectOwner } from './target.ts'
import type { Owner, Target } from './target.ts'

const connections = 32
const bodyBytes = 2048
const rounds = 7
const roundSeconds = 4
const warmUpSeconds = 12 // the server's code is compiled and its plans are made by then
const appliedRounds = 3
const appliedSeconds = 6

const everybodyNew = '{n}'
const peopleWhoAnsweredBefore = '{n%2000}'

/** The documented sample, padded to 2 kB by its comment; each with its own ids, as real ones have. */
export function sampleOf(person: string): string {
  const who = { id: person, email: `person${person}@example.com`, name: 'Charlie Gravis', created_at: 1732186784 }
  const data = {
    id: '{n:12}',
    person: who,
    survey_type: 'nps',
    score: 'SCORE',
    comment: '',
    permalink: 'https://app.delighted.com/r/{n:12}',
    created_at: 1732186844,
    updated_at: 1732187444,
    person_properties: null,
    notes: [],
    tags: [],
    additional_answers: [],
  }
  const body = { event_type: 'survey_response.updated', event_id: '{n:64}', event_data: data }
  const text = () => JSON.stringify(body).replace('"SCORE"', '{n%11}')
  const missing = bodyBytes - text().replaceAll('{n:64}', '0'.repeat(64)).replaceAll('{n:12}', '0'.repeat(12)).length
  data.comment = 'It was great. '.repeat(Math.ceil(missing / 14)).slice(0, missing)
  return text()
}

/** Durable intake over HTTP against pgbench's row-by-row inserts, and the whole pipe against the same. */
export async function measureIntake(target: Target, figures: Figures): Promise<void> {
  let next = 1
  async function post(address: string, seconds: number, person: string): Promise<LoadResult> {
    const template = { method: 'POST' as const, headers: { 'content-type': 'application/json' }, paths: [target.path] }
    const body = sampleOf(person)
    const result = await load(address, target.dataFolder, connections, seconds, { ...template, body, first: next })
    next += result.requests + 10 * connections // wrk makes a few that it never sends
    return result
  }
  const pgbenchRow = {
    ...target,
    headers: JSON.stringify({
      host: `127.0.0.1:${target.port}`,
      'content-length': '2048',
      'content-type': 'application/json',
    }),
    body: sampleOf('1')
      .replaceAll(/\{n[^}]*\}/g, '1')
      .padEnd(bodyBytes),
  }
  const pgbenchRound = async (owner: Owner) => {
    await owner.client.query('checkpoint') // each measurement begins with nothing left to write
    return insertsPerSecond(owner.connectionString, target.dataFolder, pgbenchRow, connections, roundSeconds)
  }

  // Statistics as an hour of use leaves them; a database without any plans as if its tables were empty.
  {
    await using desk = await startDeskProcess(target.dataFolder, target.port, 'both')
    await using owner = await connectOwner(target)
    await post(desk.address, 3, peopleWhoAnsweredBefore)
    await drained(owner.client)
  }
  await tidy(target)
  {
    await using desk = await startDeskProcess(target.dataFolder, target.port, 'web')
    await using owner = await connectOwner(target)
    await post(desk.address, warmUpSeconds, everybodyNew)
    const pgbenchRates: number[] = []
    const intake: LoadResult[] = []
    for (let round = 0; round < rounds; round++) {
      pgbenchRates.push(await pgbenchRound(owner))
      await owner.client.query('checkpoint')
      intake.push(await post(desk.address, roundSeconds, everybodyNew))
    }
    const ratios = intake.map((it, round) => it.perSecond / (pgbenchRates[round] ?? Number.NaN))
    const failures = intake.reduce((sum, it) => sum + it.failures, 0)
    figures.note('pgbench row by row, inserts a second', median(pgbenchRates))
    figures.note('intake, deliveries a second', median(intake.map((it) => it.perSecond)))
    figures.note('intake, p99 in ms', median(intake.map((it) => it.p99)))
    figures.note('intake, failed requests', failures)
    ratios.forEach((ratio, round) => figures.note(`intake against pgbench, round ${round + 1}`, ratio))
    const ratio = median(ratios)
    figures.report('durable intake over HTTP against pgbench', ratio, '×', 'at least 1', ratio >= 1 && failures === 0)
  }
  for (const [name, person] of [
    ['every delivery a new person', everybodyNew],
    ['people who answered before', peopleWhoAnsweredBefore],
  ] as const) {
    await tidy(target)
    await using desk = await startDeskProcess(target.dataFolder, target.port, 'both')
    await using owner = await connectOwner(target)
    await post(desk.address, warmUpSeconds, person)
    await drained(owner.client)
    const applied: number[] = []
    const ratios: number[] = []
    for (let round = 0; round < appliedRounds; round++) {
      const pgbench = await pgbenchRound(owner)
      // What pgbench wrote are deliveries like all others: they are not to be applied.
      await owner.client.query('truncate deliveries')
      await owner.client.query('checkpoint')
      const begin = performance.now()
      const taken = await post(desk.address, appliedSeconds, person)
      await drained(owner.client)
      const perSecond = taken.requests / ((performance.now() - begin) / 1000)
      applied.push(perSecond)
      ratios.push(perSecond / pgbench)
      figures.note(`taken in and applied, ${name}, against pgbench, round ${round + 1}`, perSecond / pgbench)
    }
    figures.note(`taken in and applied, ${name}, a second`, median(applied))
    const ratio = median(ratios)
    figures.report(`taken in and applied against pgbench, ${name}`, ratio, '×', 'at least 0.25', ratio >= 0.25)
  }
}

/** Waits until everything that was taken in is applied. */
async function drained(client: pg.Client): Promise<void> {
  for (;;) {
    const { rowCount } = await client.query("select from deliveries where status = 'received' limit 1")
    if (rowCount === 0) {
      break
    }
    await sleep(20)
  }
  const failed = await client.query("select from deliveries where status not in ('applied', 'received')")
  if (failed.rowCount !== 0) {
    throw new Error(`${failed.rowCount} deliveries were not applied`)
  }
}

/** Empties what one measurement must not leave to the next, and refreshes statistics. */
async function tidy(target: Target): Promise<void> {
  await using owner = await connectOwner(target)
  await owner.client.query('analyze')
  await owner.client.query('truncate deliveries')
}
