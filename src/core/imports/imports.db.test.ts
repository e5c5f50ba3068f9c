import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'

import { acmeReviews, connect } from '../../testing/acme-reviews.ts'
import type { AcmeProvider } from '../../testing/acme-reviews.ts'
import { post, startTestDesk } from '../../testing/desk.ts'
import type { TestDesk, TestOrg } from '../../testing/desk.ts'

let desk: TestDesk
let org: TestOrg
let provider: AcmeProvider
let installation: { id: string; url: string }

beforeAll(async () => {
  const acme = acmeReviews()
  provider = acme.provider
  desk = await startTestDesk({ integrations: [acme.integration], simulators: true })
})
afterAll(() => desk[Symbol.asyncDispose]())
beforeEach(async () => {
  Object.assign(provider, { calls: [], troubles: [] })
  provider.reviews.clear()
  org = await desk.newOrg()
  installation = await org.install('acme-reviews', { key: 'k' })
  await connect(desk.desk, org, installation.id)
  await comesTo('done') // nothing is there yet
  Object.assign(provider, { calls: [] })
})

function has(count: number, from = 0): void {
  for (let index = from; index < from + count; index++) {
    const id = String(index)
    const at = new Date(Date.UTC(2026, 0, 1) + index * 60_000).toISOString()
    provider.reviews.set(id, {
      id,
      stars: 1,
      text: `Text ${id}`,
      author: `Ana ${id}`,
      email: `ana${id}@example.com`,
      at,
    })
  }
}

const path = () => `/v1/apps/installations/${installation.id}/imports`
const start = (kind: string) => org.call('POST', path(), { kind })
const latest = async () => (await org.call('GET', path())).body.data[0].attributes
async function comesTo(state: string): Promise<void> {
  await expect
    .poll(
      async () => {
        await desk.owner.query(
          `update graphile_worker._private_jobs set run_at = now() where key like 'import/%' and locked_at is null and run_at > now()`,
        )
        return (await latest()).state
      },
      { timeout: 20_000, interval: 100 },
    )
    .toBe(state)
}
const count = async (table: string) =>
  Number((await desk.owner.query(`select count(*) from ${table} where org_id = $1`, [org.id])).rows[0].count)

test('the past is fetched page by page, with counts, and causes nothing else', async () => {
  has(135)
  expect((await start('backfill')).status).toBe(202)
  await comesTo('done')
  expect(await latest()).toMatchObject({
    total: 135,
    seen: 135,
    added: 135,
    changed: 0,
    removed: 0,
    finishedAt: expect.any(String),
  })
  expect(await count('feedback')).toBe(135)
  expect(await count('conversations')).toBe(0) // one star each, and yet
  expect(await count('messages')).toBe(0)
  const { body } = await org.call('GET', '/v1/feedback?pageSize=1')
  expect(body.data[0]).toMatchObject({ attributes: { trust: 'refetched' } })
  expect(body.data[0].relationships.delivery).toBeUndefined()
})

test('connected and complete, an installation fetches the past by itself, once', async () => {
  has(12)
  const fresh = await org.install('acme-reviews', {}, 'Fresh')
  const imports = async () => (await org.call('GET', `/v1/apps/installations/${fresh.id}/imports`)).body.data
  expect(await imports()).toEqual([])
  await org.call('PUT', `/v1/apps/installations/${fresh.id}`, { settings: { key: 'k' } })
  expect(await imports()).toEqual([])
  await connect(desk.desk, org, fresh.id)
  await expect.poll(async () => (await imports())[0]?.attributes.state).toBe('done')
  expect((await imports())[0].attributes).toMatchObject({ kind: 'backfill', added: 12, startedBy: null })
  await org.call('PUT', `/v1/apps/installations/${fresh.id}`, { name: 'Fresher' })
  expect(await imports()).toHaveLength(1)
})

test('a second time it takes nothing twice, and what is newer here stays', async () => {
  has(12)
  await start('backfill')
  await comesTo('done')
  provider.reviews.set('3', { ...provider.reviews.get('3'), stars: 5, updated: '2026-02-01T00:00:00Z' } as never)
  await start('backfill')
  await comesTo('done')
  expect(await latest()).toMatchObject({ seen: 12, added: 0, changed: 1 })
  expect(await count('feedback')).toBe(12)
})

test('one runs at a time, and it can be stopped; what is fetched stays', async () => {
  has(400)
  provider.troubles.push({ call: /^GET \/reviews$/, status: 429, headers: { 'retry-after': '3600' } })
  await start('backfill')
  await expect.poll(async () => (await latest()).reason).toMatch(/429/)
  expect(new Date((await latest()).nextAttemptAt).getTime()).toBeGreaterThan(Date.now() + 3_000_000)
  expect((await start('backfill')).status).toBe(409)
  const { id } = (await org.call('GET', path())).body.data[0]
  expect((await org.call('POST', `/v1/apps/imports/${id}/cancellation`)).status).toBe(202)
  expect(await latest()).toMatchObject({ state: 'canceled', seen: 0 })
  expect((await org.call('POST', `/v1/apps/imports/${id}/cancellation`)).status).toBe(422)
  expect((await start('backfill')).status).toBe(202)
  await comesTo('done')
})

test('an outage passes, and it goes on where it was', async () => {
  has(60)
  provider.troubles.push({ call: /^GET \/reviews$/, status: 200 }) // an answer that makes no sense
  provider.troubles.push({ call: /^GET \/reviews$/, status: 503 })
  await start('backfill')
  await comesTo('done')
  expect(await latest()).toMatchObject({ seen: 60, added: 60, reason: null })
})

test('a dead connection ends it with the reason', async () => {
  has(5)
  provider.access.clear()
  provider.refresh.clear()
  await start('backfill')
  await comesTo('failed')
  expect((await latest()).reason).toMatch(/has ended/)
})

test('a reconciliation finds what never came, what changed and what the provider has no more', async () => {
  has(30)
  await start('backfill')
  await comesTo('done')
  provider.reviews.delete('4')
  provider.reviews.delete('5')
  has(3, 100)
  provider.reviews.set('7', {
    ...provider.reviews.get('7'),
    text: 'Other words',
    updated: '2026-02-01T00:00:00Z',
  } as never)
  await start('reconciliation')
  await comesTo('done')
  expect(await latest()).toMatchObject({ kind: 'reconciliation', added: 3, changed: 1, removed: 2 })
  const { body } = await org.call('GET', '/v1/feedback?pageSize=100')
  const removed = body.data.filter(
    (it: { attributes: { removedAt: string | null } }) => it.attributes.removedAt !== null,
  )
  expect(removed.map((it: { attributes: { text: string } }) => it.attributes.text).toSorted()).toEqual([
    'Text 4',
    'Text 5',
  ])
})

test('one that the list did not show and the provider has is not taken for removed', async () => {
  has(3)
  await start('backfill')
  await comesTo('done')
  has(1, 50)
  await post(installation.url, { id: '50' })
  await org.settled()
  const hidden = provider.reviews.get('50')
  provider.troubles.push({ call: /^GET \/reviews$/, status: 200 })
  provider.reviews.delete('50')
  await start('reconciliation')
  if (hidden !== undefined) {
    provider.reviews.set('50', hidden)
  }
  await comesTo('done')
  expect(await latest()).toMatchObject({ removed: 0 })
})

test('what was deleted at the provider is erased here with the night, wherever it stands; its score stays', async () => {
  provider.reviews.set('1', { id: '1', stars: 2, text: 'A secret of mine', author: 'Mia', at: '2026-03-01T10:00:00Z' })
  await post(installation.url, { id: '1' })
  has(1, 50)
  await post(installation.url, { id: '50' })
  await org.settled()
  provider.reviews.set('1', {
    ...provider.reviews.get('1'),
    text: 'Another secret',
    updated: '2026-03-02T10:00:00Z',
  } as never)
  await post(installation.url, { id: '1', event: 'again' })
  await org.settled()
  provider.reviews.delete('1')
  provider.deleted = { objects: [], people: ['person-of-Mia'] }
  await start('reconciliation')
  await comesTo('done')
  const erased = async () =>
    (await org.call('GET', '/v1/feedback?pageSize=100')).body.data.find(
      (it: { attributes: { score: number } }) => it.attributes.score === 2,
    )
  await expect.poll(async () => (await erased()).attributes.text).toBeNull()
  expect((await erased()).attributes).toMatchObject({ respondent: {}, score: 2, removedAt: expect.any(String) })
  for (const table of [
    'feedback',
    'feedback_versions',
    'kobjects',
    'messages',
    'conversations',
    'customers',
    'search_texts',
  ]) {
    const { rows } = await desk.owner.query(
      `select count(*)::int as left from ${table} t where org_id = $1 and t::text ~* 'secret|mia[^a-z]'`,
      [org.id],
    )
    expect(rows[0].left, table).toBe(0)
  }
  expect((await org.call('GET', '/v1/feedback?pageSize=100')).body.data).toHaveLength(2)
  provider.deleted = { objects: [], people: [] }
})

test('the next night a reconciliation begins by itself', async () => {
  has(3)
  await start('backfill')
  await comesTo('done')
  const key = `reconcile/${installation.id}`
  const due = `update graphile_worker._private_jobs set run_at = now() where key = $1`
  expect((await desk.owner.query(due, [key])).rowCount).toBe(1)
  await desk.owner.query(`notify "jobs:insert"`)
  await expect.poll(async () => (await latest()).kind).toBe('reconciliation')
  await comesTo('done')
  expect((await desk.owner.query('select 1 from graphile_worker._private_jobs where key = $1', [key])).rowCount).toBe(1)
})

test('without what it needs it says what that is', async () => {
  const bare = await org.install('acme-reviews', {}, 'Bare')
  const list = await org.call('GET', `/v1/apps/installations/${bare.id}/imports`)
  expect(list.body.meta).toEqual({ problem: 'Save the key first.' })
  expect((await org.call('POST', `/v1/apps/installations/${bare.id}/imports`, { kind: 'backfill' })).status).toBe(422)
  const other = await desk.newOrg()
  expect((await other.call('GET', path())).status).toBe(404)
})
