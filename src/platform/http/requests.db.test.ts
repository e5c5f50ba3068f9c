import { afterAll, beforeAll, expect, test } from 'vitest'

import { startTestDesk } from '../../testing/desk.ts'
import type { TestDesk, TestOrg } from '../../testing/desk.ts'

const limit = 60
let desk: TestDesk
let org: TestOrg

beforeAll(async () => {
  desk = await startTestDesk({ integrations: [], apiLimit: limit })
})
afterAll(() => desk[Symbol.asyncDispose]())

async function send(method: string, path: string, headers: Record<string, string> = {}, body?: object) {
  return fetch(desk.desk.address + path, {
    method,
    headers: { authorization: `Bearer ${org.token}`, 'content-type': 'application/json', ...headers },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  })
}

async function customers(): Promise<string[]> {
  const { rows } = await desk.owner.query<{ name: string }>(
    'select name from customers where org_id = $1 order by id',
    [org.id],
  )
  return rows.map((row) => row.name)
}

/** A minute that is about to end would begin a new count in the middle of a test. */
async function earlyInMinute(): Promise<void> {
  const left = 60_000 - (Date.now() % 60_000)
  if (left < 10_000) {
    await new Promise((resolve) => setTimeout(resolve, left + 100))
  }
}

test(
  'requests beyond the limit are told so, and none that was answered had nothing left',
  { timeout: 30_000 },
  async () => {
    org = await desk.newOrg()
    await earlyInMinute()
    const replies = []
    for (let count = 0; count < limit + 5; count++) {
      replies.push(await send('GET', '/v1/users/current'))
    }
    const good = replies.filter((reply) => reply.status === 200)
    expect(good).toHaveLength(limit)
    const remaining = good.map((reply) => Number(reply.headers.get('x-ratelimit-remaining')))
    expect(Math.min(...remaining)).toBe(1)
    expect(remaining.toSorted((a, b) => b - a)).toEqual(remaining)
    expect(good.every((reply) => reply.headers.get('x-ratelimit-limit') === String(limit))).toBe(true)
    expect(good.every((reply) => reply.headers.get('x-ratelimit-reset') === null)).toBe(true)
    const refused = replies.at(-1)
    expect(refused?.status).toBe(429)
    expect(Number(refused?.headers.get('x-ratelimit-reset')) * 1000).toBeGreaterThan(Date.now())
    expect((await refused?.json()) as object).toMatchObject({ errors: [{ status: 429, code: 'too_many_requests' }] })
    const others = await desk.newOrg('Other')
    expect((await others.call('GET', '/v1/users/current')).status).toBe(200)
  },
)

test('requests at once are counted once each', { timeout: 30_000 }, async () => {
  org = await desk.newOrg()
  await earlyInMinute()
  const replies = await Promise.all(Array.from({ length: limit + 20 }, () => send('GET', '/v1/users/current')))
  expect(replies.filter((reply) => reply.status === 200)).toHaveLength(limit)
})

test('a repeated request with an Idempotency-Key takes effect once and is answered the same', async () => {
  org = await desk.newOrg()
  const headers = { 'idempotency-key': 'one' }
  const first = await send('POST', '/v1/customers', headers, { name: 'Ana' })
  const again = await send('POST', '/v1/customers', headers, { name: 'Ana' })
  expect([first.status, again.status]).toEqual([201, 201])
  expect(await again.text()).toBe(await first.text())
  expect(again.headers.get('idempotent-replayed')).toBe('true')
  expect(await customers()).toEqual(['Ana'])

  const other = await send('POST', '/v1/customers', headers, { name: 'Bo' })
  expect(other.status).toBe(422)
  const wrong = await send('POST', '/v1/customers', { 'idempotency-key': 'two' }, { name: 5 })
  expect(wrong.status).toBe(400)
  const mended = await send('POST', '/v1/customers', { 'idempotency-key': 'two' }, { name: 'Bo' })
  expect(mended.status).toBe(201) // what failed took no effect, so its key is free
  expect((await send('POST', '/v1/customers', { 'idempotency-key': 'x'.repeat(300) }, { name: 'Y' })).status).toBe(400)
})

test('the same request many times at once takes effect once', async () => {
  org = await desk.newOrg()
  const headers = { 'idempotency-key': 'burst' }
  const replies = await Promise.all(
    Array.from({ length: 8 }, () => send('POST', '/v1/customers', headers, { name: 'Ana' })),
  )
  expect(await customers()).toEqual(['Ana'])
  expect(replies.every((reply) => reply.status === 201 || reply.status === 409)).toBe(true)
  expect((await send('POST', '/v1/customers', headers, { name: 'Ana' })).headers.get('idempotent-replayed')).toBe(
    'true',
  )
})

test('a deletion with a key is answered again with nothing; a secret is not kept', async () => {
  org = await desk.newOrg()
  const { data } = (await (await send('POST', '/v1/customers', {}, { name: 'Ana' })).json()) as { data: { id: string } }
  const headers = { 'idempotency-key': 'gone' }
  expect((await send('DELETE', `/v1/customers/${data.id}`, headers)).status).toBe(204)
  expect((await send('DELETE', `/v1/customers/${data.id}`, headers)).status).toBe(204)
  const key = { name: 'k', roles: ['org.user'] }
  expect((await send('POST', '/v1/auth/api-keys', { 'idempotency-key': 'key' }, key)).status).toBe(201)
  expect((await send('POST', '/v1/auth/api-keys', { 'idempotency-key': 'key' }, key)).status).toBe(409)
  const { rows } = await desk.owner.query('select reply from idempotency_keys where org_id = $1 and key = $2', [
    org.id,
    'key',
  ])
  expect(rows).toEqual([{ reply: null }])
})
