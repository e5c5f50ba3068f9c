import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'

import { acmeReviews, comeBack } from '../../testing/acme-reviews.ts'
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
  Object.assign(provider, { calls: [], troubles: [], tokens: 0 })
  provider.reviews.clear()
  provider.access.clear()
  provider.refresh.clear()
  org = await desk.newOrg()
  installation = await org.install('acme-reviews', { key: 'a-key' })
})

const review = (id: string) => ({
  id,
  stars: 5,
  text: 'Good',
  author: `Ana ${id}`,
  email: `ana${id}@example.com`,
  at: '2026-01-01T00:00:00Z',
})
const path = () => `/v1/apps/installations/${installation.id}/connection`
const connection = async () => (await org.call('GET', path())).body.data.attributes

/** Goes the way of an admin's browser, but comes back with another state, or as somebody else. */
async function goAndComeBack(state?: string, token = org.token): Promise<string> {
  const begun = await org.call('POST', path(), {})
  const url = new URL(begun.body.data.url)
  const end = await comeBack(desk.desk.address, token, state ?? url.searchParams.get('state') ?? '')
  // What is fetched of the past by itself is done with before the test goes on.
  const imports = async () => (await org.call('GET', `/v1/apps/installations/${installation.id}/imports`)).body.data
  await expect
    .poll(async () =>
      (await imports()).some((it: { attributes: { state: string } }) => it.attributes.state === 'running'),
    )
    .toBe(false)
  return end
}

const applied = async () => {
  await org.settled()
  return (await org.call('GET', '/v1/deliveries')).body.data[0].attributes
}

test('an admin connects, sees that, and gives the access back', async () => {
  expect(await connection()).toMatchObject({ isConnected: false, isPossible: true })
  const begun = await org.call('POST', path(), {})
  const url = new URL(begun.body.data.url)
  expect(url.searchParams.get('client_id')).toBe('acme')
  expect(url.searchParams.get('redirect_uri')).toBe((await connection()).redirectUri)
  expect(await goAndComeBack()).toBe(`/installations/${installation.id}?connected`)
  expect(await connection()).toMatchObject({ isConnected: true, expiresAt: expect.any(String) })
  expect((await org.call('DELETE', path())).status).toBe(204)
  expect(await connection()).toMatchObject({ isConnected: false })
  expect(provider.calls).toContain('POST /revoke')
  expect(provider.access.size).toBe(0)
})

test('nothing of a token is kept in clear', async () => {
  await goAndComeBack()
  const { rows } = await desk.owner.query('select encode(tokens, $1) as t from connections where org_id = $2', [
    'escape',
    org.id,
  ])
  expect(rows[0].t).not.toContain('"a1"') // two letters alone occur in any ciphertext by chance
  expect(JSON.stringify((await org.call('GET', path())).body)).not.toContain('a1"')
})

test('who comes back with something else, a second time, or as somebody else is not connected', async () => {
  expect(await goAndComeBack(`${org.id}.made-up`)).toMatch(/not begun here/)
  const begun = await org.call('POST', path(), {})
  const state = new URL(begun.body.data.url).searchParams.get('state') ?? ''
  const other = await org.key(['org.admin'])
  expect(await goAndComeBack(state, other)).toMatch(/not begun here/)
  expect(await goAndComeBack(state)).toMatch(/connected/)
  expect(await goAndComeBack(state)).toMatch(/not begun here/)
  const agent = await org.key(['org.user'])
  expect(await goAndComeBack(undefined, agent)).toMatch(/needs one of the roles/)
})

test('without key and secret there is nothing to connect with', async () => {
  const bare = await org.install('acme-reviews', {}, 'Bare')
  const reply = await org.call('POST', `/v1/apps/installations/${bare.id}/connection`, {})
  expect(reply).toMatchObject({ status: 422, body: { errors: [{ title: expect.stringMatching(/first/) }] } })
})

test('a token that ends on the way is renewed once, and the call goes on', async () => {
  await goAndComeBack()
  provider.reviews.set('1', {
    id: '1',
    stars: 5,
    text: 'Good',
    author: 'Ana',
    email: 'ana@example.com',
    at: '2026-01-01T00:00:00Z',
  })
  provider.access.clear()
  await post(installation.url, { id: '1' })
  expect(await applied()).toMatchObject({ status: 'applied', effects: [{ kind: 'object', result: 'created' }] })
  expect(provider.calls.filter((it) => it === 'POST /token')).toHaveLength(2) // connecting, and one renewal
})

test('many calls at once renew once: a refresh token is good once', async () => {
  await goAndComeBack()
  provider.access.clear()
  for (let index = 0; index < 12; index++) {
    const id = String(index)
    provider.reviews.set(id, {
      id,
      stars: 5,
      text: 'Good',
      author: `Ana ${id}`,
      email: `ana${id}@example.com`,
      at: '2026-01-01T00:00:00Z',
    })
    await post(installation.url, { id })
  }
  await org.settled()
  const { body } = await org.call('GET', '/v1/deliveries')
  expect(new Set(body.data.map((it: { attributes: { status: string } }) => it.attributes.status))).toEqual(
    new Set(['applied']),
  )
  expect(provider.calls.filter((it) => it === 'POST /token')).toHaveLength(2)
})

test('a connection that is dead pauses the app and says so; connecting again sends on what waited', async () => {
  await goAndComeBack()
  provider.reviews.set('1', {
    id: '1',
    stars: 5,
    text: 'Good',
    author: 'Ana',
    email: 'ana@example.com',
    at: '2026-01-01T00:00:00Z',
  })
  provider.access.clear()
  provider.refresh.clear()
  await post(installation.url, { id: '1' })
  expect(await applied()).toMatchObject({ status: 'waiting' })
  const { body } = await org.call('GET', `/v1/apps/installations/${installation.id}`)
  expect(body.data.attributes).toMatchObject({
    status: 'needs_reconnect',
    statusReason: expect.stringContaining('has ended'),
  })
  await goAndComeBack()
  await expect.poll(async () => (await applied()).status).toBe('applied')
})

test('too many calls and an outage are tried again later, not before the provider wants it', async () => {
  await goAndComeBack()
  provider.reviews.set('1', review('1'))
  provider.troubles.push({ call: /reviews/, status: 429, headers: { 'retry-after': '3600' } })
  provider.troubles.push({ call: /reviews/, status: 503 })
  await post(installation.url, { id: '1' })
  const { nextAttemptAt } = await applied()
  expect(new Date(nextAttemptAt).getTime()).toBeGreaterThan(Date.now() + 3_500_000)
  const again = async () => {
    const [{ id }] = (await org.call('GET', '/v1/deliveries')).body.data
    await org.call('POST', '/v1/deliveries/runs', { ids: [id] })
    return applied()
  }
  expect(await again()).toMatchObject({ status: 'retrying' })
  const { status, attempts } = await again()
  expect(status).toBe('applied')
  expect(attempts.map((it: { error?: string }) => it.error)).toEqual([
    'Acme Reviews answered 429: Out of order',
    'Acme Reviews answered 503: Out of order',
    undefined,
  ])
})

test('a setting is picked from what the provider has; another one has no list', async () => {
  await goAndComeBack()
  const list = await org.call('GET', `/v1/apps/installations/${installation.id}/choices/shop?q=north`)
  expect(list.body.data).toEqual([{ value: 's1', title: 'Shop north' }])
  expect((await org.call('GET', `/v1/apps/installations/${installation.id}/choices/key`)).status).toBe(404)
})

test('another organisation neither sees nor ends the connection', async () => {
  await goAndComeBack()
  const other = await desk.newOrg()
  expect((await other.call('GET', path())).status).toBe(404)
  expect((await other.call('DELETE', path())).status).toBe(404)
  expect(await connection()).toMatchObject({ isConnected: true })
})
