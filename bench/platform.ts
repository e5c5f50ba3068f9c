import { newDataFolder, startDeskProcess } from './desk.ts'
import { median } from './figures.ts'
import type { Figures } from './figures.ts'
import { load } from './load.ts'
import type { LoadResult } from './load.ts'
import { fillRecords, vocabulary } from './records.ts'
import type { Records } from './records.ts'
import { prepareTarget } from './target.ts'
import type { Target } from './target.ts'

const few = 10_000
const many = 1_000_000
const clients = 2
const warmUpSeconds = 4
const rounds = 5
const roundSeconds = 4

interface Reading {
  method: 'GET' | 'POST'
  paths: (records: Records) => string[]
  body?: (records: Records) => object
}

const search = (body: (records: Records) => object): Reading => ({
  method: 'POST',
  paths: () => ['/v1/customers/search?page=1&pageSize=50'],
  body,
})
const common = `k{n%${vocabulary / 100}}ish`
const seldom = `k{n%${vocabulary}}ish`

/** Reads by a key: they must not cost more however much there is. */
const keyed: Record<string, Reading> = {
  'a conversation with 50 messages': {
    method: 'GET',
    paths: ({ conversations }) => conversations.map((id) => `/v1/conversations/${id}/messages?pageSize=50`),
  },
  'a page of 100 customers': { method: 'GET', paths: () => ['/v1/customers?page=1&pageSize=100'] },
}

/** The five that the page uses most: two of an inbox, one for a customer as one types, and two for what was said. */
const searches: Record<string, Reading> = {
  'search 1, open conversations': search(() => ({
    queryContext: 'conversation',
    and: [{ conversation_status: { equals: 'open' } }],
    sort: { conversation_updated_at: 'desc' },
  })),
  'search 2, my open conversations': search(({ userId }) => ({
    queryContext: 'conversation',
    and: [{ conversation_status: { equals: 'open' } }, { conversation_assigned_users: { contains: userId } }],
  })),
  'search 3, customers by a part of a name': search(() => ({
    queryContext: 'customer',
    and: [{ customer_any_text: { contains: 'ame{n%90000}' } }],
  })),
  'search 4, messages by a seldom word': search(() => ({
    queryContext: 'message',
    and: [{ message_any_text: { contains: seldom } }],
  })),
  'search 4, messages by two frequent words': search(() => ({
    queryContext: 'message',
    and: [{ message_any_text: { contains: `${common} k{n%20}ish` } }],
  })),
  'search 5, negative feedback with a frequent word': search(() => ({
    queryContext: 'kobject',
    and: [{ kobject_any_text: { contains: common } }, { feedback_sentiment: { equals: 'negative' } }],
  })),
}

/** Reads and searches with few and with many records, two desks side by side, measured in turn. */
export async function measurePlatform(target: Target, figures: Figures): Promise<void> {
  await using folder = await newDataFolder()
  const smallTarget = await prepareTarget(folder.path, target.port + 1)
  const smallRecords = await fillRecords(smallTarget, few)
  const largeRecords = await fillRecords(target, many)
  await using small = await startDeskProcess(smallTarget.dataFolder, smallTarget.port, 'web')
  await using large = await startDeskProcess(target.dataFolder, target.port, 'web')
  let first = 1
  const read = async (
    address: string,
    from: Target,
    records: Records,
    { method, paths, body }: Reading,
    seconds: number,
  ) => {
    const result = await load(address, from.dataFolder, clients, seconds, {
      method,
      headers: { authorization: `Bearer ${from.token}`, 'content-type': 'application/json' },
      paths: paths(records),
      body: body === undefined ? '' : JSON.stringify(body(records)),
      first,
    })
    first += result.requests + clients
    return result
  }
  const measure = async (reading: Reading) => {
    await read(small.address, smallTarget, smallRecords, reading, warmUpSeconds)
    await read(large.address, target, largeRecords, reading, warmUpSeconds)
    const results: { small: LoadResult; large: LoadResult }[] = []
    for (let round = 0; round < rounds; round++) {
      results.push({
        small: await read(small.address, smallTarget, smallRecords, reading, roundSeconds),
        large: await read(large.address, target, largeRecords, reading, roundSeconds),
      })
    }
    const failures = results.reduce((sum, it) => sum + it.small.failures + it.large.failures, 0)
    return {
      failures,
      small: { p50: median(results.map((it) => it.small.p50)), p99: median(results.map((it) => it.small.p99)) },
      large: { p50: median(results.map((it) => it.large.p50)), p99: median(results.map((it) => it.large.p99)) },
      ratio: median(results.map((it) => it.large.p50 / it.small.p50)),
    }
  }
  for (const [name, reading] of Object.entries(keyed)) {
    const { small: at, large: of, ratio, failures } = await measure(reading)
    figures.note(`${name}: p50 in ms at 10,000`, at.p50)
    figures.note(`${name}: p99 in ms at 10,000`, at.p99)
    figures.note(`${name}: p50 in ms at 1,000,000`, of.p50)
    figures.note(`${name}: p99 in ms at 1,000,000`, of.p99)
    const good = ratio <= 1.3 && failures === 0
    figures.report(`${name}: median at 1,000,000 against 10,000`, ratio, '×', 'at most 1.3', good)
  }
  for (const [name, reading] of Object.entries(searches)) {
    const { small: at, large: of, failures } = await measure(reading)
    figures.note(`${name}: p50 in ms at 10,000`, at.p50)
    figures.note(`${name}: p99 in ms at 10,000`, at.p99)
    figures.report(`${name}: p50 at 1,000,000`, of.p50, 'ms', 'under 50', of.p50 < 50 && failures === 0)
    figures.report(`${name}: p99 at 1,000,000`, of.p99, 'ms', 'under 250', of.p99 < 250 && failures === 0)
  }
}
