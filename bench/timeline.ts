import { newDataFolder, startDeskProcess } from './desk.ts'
import { median } from './figures.ts'
import type { Figures } from './figures.ts'
import { load } from './load.ts'
import type { LoadResult } from './load.ts'
import { prepareTarget } from './target.ts'
import type { Target } from './target.ts'
import { fillTimelines } from './timelines.ts'

const readers = 2
const warmUpSeconds = 8
const rounds = 15
const roundSeconds = 4

/** A 50-item timeline page with few and with many rows in the database: two desks side by side, measured in turn. */
export async function measureTimeline(target: Target, figures: Figures): Promise<void> {
  await using folder = await newDataFolder()
  await using small = await startReadable(await prepareTarget(folder.path, target.port + 1), 1_000)
  await using large = await startReadable(target, 1_000_000)
  await small.read(small.few, warmUpSeconds)
  await large.read(large.few, warmUpSeconds)
  const results: { small: LoadResult; large: LoadResult }[] = []
  for (let round = 0; round < rounds; round++) {
    results.push({ small: await small.read(small.few, roundSeconds), large: await large.read(large.few, roundSeconds) })
  }
  for (const { small: few, large: many } of results) {
    process.stdout.write(`       p99 in ms at 1,000 and 1,000,000 rows: ${few.p99.toFixed(1)} ${many.p99.toFixed(1)}\n`)
  }
  for (const [name, size] of [
    ['1,000', 'small'],
    ['1,000,000', 'large'],
  ] as const) {
    figures.note(`timeline page at ${name} rows, p50 in ms`, median(results.map((it) => it[size].p50)))
    figures.note(`timeline page at ${name} rows, p99 in ms`, median(results.map((it) => it[size].p99)))
  }
  const failures = results.reduce((sum, it) => sum + it.small.failures + it.large.failures, 0)
  figures.note('timeline page, failed requests', failures)
  const ratio = median(results.map((it) => it.large.p99 / it.small.p99))
  const good = ratio <= 1.3 && failures === 0
  figures.report('p99 of a timeline page at 1,000,000 rows against 1,000', ratio, '×', 'at most 1.3', good)
  const scattered = await large.read(large.all, roundSeconds)
  figures.note('timeline page at 1,000,000 rows, a thousand customers, p99 in ms', scattered.p99)
}

interface Readable extends AsyncDisposable {
  /** Ten customers: the same work at both sizes. All the others are what must not matter. */
  few: string[]
  /** Up to a thousand, whose pages are mostly not in memory. */
  all: string[]
  read: (customers: string[], seconds: number) => Promise<LoadResult>
}

async function startReadable(target: Target, rows: number): Promise<Readable> {
  const all = await fillTimelines(target.dataFolder, target, rows)
  const desk = await startDeskProcess(target.dataFolder, target.port, 'web')
  return {
    few: all.slice(0, 10),
    all,
    read: (customers, seconds) =>
      load(desk.address, target.dataFolder, readers, seconds, {
        method: 'GET',
        headers: { authorization: `Bearer ${target.token}` },
        paths: customers.map((id) => `/v1/customers/${id}/timeline?pageSize=50`),
        body: '',
        first: 1,
      }),
    [Symbol.asyncDispose]: () => desk[Symbol.asyncDispose](),
  }
}
