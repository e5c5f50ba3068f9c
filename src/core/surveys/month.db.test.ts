import { fork } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'

import { afterEach, expect, test, vi } from 'vitest'

import { authorize, everybody } from '../../platform/http/access.ts'
import type { Authorized } from '../../platform/http/access.ts'
import { newId } from '../../platform/ids.ts'
import { createRandom } from '../../sdk/index.ts'
import { acmeSurveys, answer } from '../../testing/acme-surveys.ts'
import { startTestDesk } from '../../testing/desk.ts'
import type { TestDesk, TestOrg } from '../../testing/desk.ts'
import { updateConversation } from '../conversations/conversations.ts'

const hourMs = 3_600_000
const dayMs = 24 * hourMs
const closes = 10_000
const people = 2_000
const days = 30
const fatigueDays = 7
const delayMs = dayMs
const kills = 10
const stepHours = 2
const begin = Date.UTC(2026, 2, 1)
const stepMs = stepHours * hourMs

afterEach(() => void vi.useRealTimers())

interface Happening {
  at: number
  conversation: string
  what: 'done' | 'open'
}

/** Closes spread over a month; every sixth conversation is opened again within the delay, and half of those are closed once more. */
function month(seed: number, conversations: string[]): Happening[] {
  const random = createRandom(seed)
  return conversations
    .flatMap((conversation, index): Happening[] => {
      const at = begin + random.next() * days * dayMs
      const reopened = at + random.next() * 20 * hourMs
      return [
        { at, conversation, what: 'done' },
        ...(index % 6 === 0 ? [{ at: reopened, conversation, what: 'open' as const }] : []),
        ...(index % 12 === 0
          ? [{ at: reopened + random.next() * 5 * hourMs, conversation, what: 'done' as const }]
          : []),
      ]
    })
    .toSorted((a, b) => a.at - b.at)
}

async function fill(desk: TestDesk, org: TestOrg, count: number): Promise<string[]> {
  const customers = Array.from({ length: people }, () => newId())
  const conversations = Array.from({ length: count }, () => newId())
  await desk.owner.query(
    `insert into customers (org_id, id, name, emails) select $1, id, 'Customer', jsonb_build_array(jsonb_build_object('email', id || '@example.com'))
     from unnest($2::text[]) as c (id)`,
    [org.id, customers],
  )
  await desk.owner.query(
    `insert into conversations (org_id, id, customer_id, status, channels, created_at, status_at)
     select $1, c.id, ($3::text[])[1 + (c.number % array_length($3::text[], 1))], 'open', '{email}', $4, $4
     from unnest($2::text[]) with ordinality as c (id, number)`,
    [org.id, conversations, customers, new Date(begin - dayMs)],
  )
  return conversations
}

test.each([
  ['a provider that is well', { failing: 0, afterwards: 0 }],
  ['a provider that fails a fifth of its calls, some of them after the work is done', { failing: 12, afterwards: 8 }],
])(
  'ten thousand closes in a month with reopenings, a worker that is killed ten times, and %s',
  { timeout: 900_000 },
  async (_, weather) => {
    const { integration, provider } = acmeSurveys()
    await using desk = await startTestDesk({ integrations: [integration], role: 'web' })
    const org = await desk.newOrg()
    const random = createRandom(11)
    Object.assign(provider.weather, { ...weather, next: () => random.next() })
    let now = begin
    provider.now = () => new Date(now)
    await using stack = new AsyncDisposableStack()
    const server = createServer((request, response) => {
      const chunks: Buffer[] = []
      request.on('data', (chunk: Buffer) => chunks.push(chunk))
      request.on('end', () => {
        const url = new URL(request.url ?? '/', 'http://provider')
        const { status, body } = answer(provider, {
          method: request.method ?? 'GET',
          host: 'api',
          path: url.pathname,
          query: url.searchParams,
          headers: {},
          body: Buffer.concat(chunks).toString(),
        })
        response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body ?? {}))
      })
    })
    await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve))
    stack.defer(async () => {
      server.closeAllConnections()
      await new Promise<void>((resolve) => void server.close(() => resolve()))
    })
    const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
    await org.install('acme-surveys', { key: 'k', delay: delayMs / 1000 })
    await org.call('PUT', '/v1/survey-policy', {
      policy: { closedBy: ['automatic'], perCustomer: { most: 1, days: fatigueDays } },
    })
    const conversations = await fill(desk, org, closes)
    const happenings = month(5, conversations)

    let worker = await startWorker(desk, org, address)
    stack.defer(() => end(worker))
    const killAt = new Set<number>()
    while (killAt.size < kills) {
      killAt.add(stepHours * random.between(15, (days * 24) / stepHours))
    }
    const actor = authorize(
      { orgId: org.id, userId: newId(), userType: 'machine', roles: ['org.user'] },
      everybody('conversation'),
    )
    vi.useFakeTimers({ toFake: ['Date'] })
    let next = 0
    let killed = 0
    for (let hour = 0; hour <= (days + 4) * 24; hour += stepHours) {
      now = begin + hour * hourMs
      const due = happenings.slice(next, happenings.findLastIndex((it) => it.at <= now) + 1)
      next += due.length
      await happen(org, actor, due, now)
      vi.setSystemTime(now)
      if (killAt.has(hour)) {
        worker.send({ now: new Date(now).toISOString() })
        await sleep(random.between(5, 60))
        await end(worker)
        killed++
        worker = await startWorker(desk, org, address)
        now += 6 * 60_000 // what the dead one had claimed is free again
        vi.setSystemTime(now)
      }
      await work(worker, now)
    }
    expect(killed).toBe(killAt.size)
    await check(desk, org, happenings, provider)
  },
)

/** What happens by `now`; of one conversation one thing after the other, a second apart, of several side by side. */
async function happen(org: TestOrg, actor: Authorized<'conversation'>, due: Happening[], now: number): Promise<void> {
  const turns = [...Map.groupBy(due, (it) => it.conversation).values()]
  const most = Math.max(0, ...turns.map((it) => it.length))
  for (let turn = 0; turn < most; turn++) {
    vi.setSystemTime(now - (most - turn) * 1000)
    await Promise.all(
      turns
        .flatMap((it) => it[turn] ?? [])
        .map((it) =>
          org.db.write((tx) => updateConversation(tx, actor, it.conversation, { status: it.what }, { replace: false })),
        ),
    )
  }
}

async function startWorker(desk: TestDesk, org: TestOrg, provider: string): Promise<ChildProcess> {
  const script = fileURLToPath(new URL('../../testing/survey-worker.ts', import.meta.url))
  const child = fork(script, [desk.connectionString, desk.desk.secretKey.toString('hex'), org.id, provider])
  await new Promise((resolve) => child.once('message', resolve))
  return child
}

async function work(worker: ChildProcess, now: number): Promise<void> {
  const idle = new Promise((resolve) => worker.once('message', resolve))
  worker.send({ now: new Date(now).toISOString() })
  await idle
}

async function end(worker: ChildProcess): Promise<void> {
  if (worker.exitCode === null && worker.signalCode === null) {
    const gone = new Promise((resolve) => worker.once('exit', resolve))
    worker.kill('SIGKILL')
    await gone
  }
}

interface Row {
  id: string
  state: string
  reason: string | null
  conversation_id: string
  customer_id: string
  closed_at: Date
  requested_at: Date | null
  provider_ref: string | null
  moved_at: Date
}

/** Every close has one request with its reason; what was sent was sent once, and only what the policy allows. */
async function check(
  desk: TestDesk,
  org: TestOrg,
  happenings: Happening[],
  provider: ReturnType<typeof acmeSurveys>['provider'],
): Promise<void> {
  const { rows } = await desk.owner.query<Row>(
    `select r.*, (select max(created_at) from survey_moves m where m.org_id = r.org_id and m.request_id = r.id) as moved_at
     from survey_requests r where org_id = $1`,
    [org.id],
  )
  expect(rows).toHaveLength(happenings.filter((it) => it.what === 'done').length)
  const states = Map.groupBy(rows, (row) => row.state)
  expect(new Set(states.keys())).toEqual(new Set(['requested', 'skipped', 'canceled']))
  const sent = [...provider.drafts].filter(([, draft]) => draft.sends > 0)
  expect(sent.filter(([, draft]) => draft.sends !== 1)).toEqual([])
  const requested = states.get('requested') ?? []
  expect(new Set(sent.map(([id]) => id))).toEqual(new Set(requested.map((row) => row.provider_ref)))
  expect(new Set(sent.map(([, draft]) => draft.request))).toEqual(new Set(requested.map((row) => row.id)))

  const byCustomer = Map.groupBy(requested, (row) => row.customer_id)
  const askedIn = (row: Row, from: number, to: number) =>
    (byCustomer.get(row.customer_id) ?? []).some((it) => {
      const at = it.requested_at?.getTime() ?? 0
      return it.id !== row.id && at >= from && at <= to
    })
  const fatigueMs = fatigueDays * dayMs
  const tooSoon = requested.filter((row) => {
    const at = row.requested_at?.getTime() ?? 0
    return askedIn(row, at - fatigueMs + 1, at)
  })
  expect(tooSoon).toEqual([])
  // One that was on its way when another was decided about counts as asked, however long the provider's failures delay it.
  const onItsWay = (row: Row, at: number) =>
    (byCustomer.get(row.customer_id) ?? []).some(
      (it) => it.closed_at.getTime() + delayMs <= at && (it.requested_at?.getTime() ?? 0) >= at,
    )
  const skippedWrongly = (states.get('skipped') ?? []).filter((row) => {
    const at = row.moved_at.getTime()
    const isTrue = askedIn(row, at - fatigueMs, at) || onItsWay(row, at)
    return !/was asked once in the last 7 days/.test(row.reason ?? '') || !isTrue
  })
  expect(skippedWrongly).toEqual([])
  const reopenings = Map.groupBy(
    happenings.filter((it) => it.what === 'open'),
    (it) => it.conversation,
  )
  const reopenedIn = (row: Row, to: number) =>
    (reopenings.get(row.conversation_id) ?? []).some((it) => it.at > row.closed_at.getTime() - stepMs && it.at <= to)
  expect((states.get('canceled') ?? []).filter((row) => !reopenedIn(row, row.moved_at.getTime()))).toEqual([])
  // Of a conversation that was opened again, the last close alone is asked about.
  const lastClose = new Map(
    rows.toSorted((a, b) => a.closed_at.getTime() - b.closed_at.getTime()).map((it) => [it.conversation_id, it.id]),
  )
  const opened = new Set(happenings.filter((it) => it.what === 'open').map((it) => it.conversation))
  expect(
    requested.filter((it) => opened.has(it.conversation_id) && lastClose.get(it.conversation_id) !== it.id),
  ).toEqual([])
  const endsOpen = new Set(
    [...opened].filter((id) => happenings.findLast((it) => it.conversation === id)?.what === 'open'),
  )
  expect(requested.filter((it) => endsOpen.has(it.conversation_id))).toEqual([])
}
