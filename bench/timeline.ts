import { startDeskProcess } from './desk.ts'
import type { Figures } from './figures.ts'
import { load } from './load.ts'
import type { Target } from './target.ts'
import { fillTimelines } from './timelines.ts'

const readers = 2
const seconds = 8

/** A 50-item timeline page with few and with many rows in the database. */
export async function measureTimeline(target: Target, figures: Figures): Promise<void> {
  const p99: number[] = []
  for (const rows of [1_000, 1_000_000]) {
    const customers = await fillTimelines(target.dataFolder, target, rows)
    await using desk = await startDeskProcess(target.dataFolder, target.port, 'web')
    const pagesOf = (ids: string[]) => ({
      method: 'GET' as const,
      headers: { authorization: `Bearer ${target.token}` },
      paths: ids.map((id) => `/v1/customers/${id}/timeline?pageSize=50`),
      body: '',
      first: 1,
    })
    // The same work at both sizes: ten customers' pages. All the others are what must not matter.
    const few = pagesOf(customers.slice(0, 10))
    await load(desk.address, target.dataFolder, readers, 3, few) // warm
    const result = await load(desk.address, target.dataFolder, readers, seconds, few)
    figures.note(`timeline page at ${rows} rows, p50 in ms`, result.p50)
    figures.note(`timeline page at ${rows} rows, p99 in ms`, result.p99)
    figures.note(`timeline page at ${rows} rows, failed requests`, result.failures)
    p99.push(result.p99)
    if (customers.length > 10) {
      const scattered = await load(desk.address, target.dataFolder, readers, seconds, pagesOf(customers))
      figures.note(
        `timeline page at ${rows} rows, a thousand customers, mostly not in memory, p99 in ms`,
        scattered.p99,
      )
    }
  }
  const ratio = (p99[1] ?? Number.NaN) / (p99[0] ?? Number.NaN)
  figures.report('p99 of a timeline page at 1,000,000 rows against 1,000', ratio, '×', 'at most 1.3', ratio <= 1.3)
}
