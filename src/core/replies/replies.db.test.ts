import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'

import { acmeReviews, connect } from '../../testing/acme-reviews.ts'
import type { AcmeProvider } from '../../testing/acme-reviews.ts'
import { post, startTestDesk } from '../../testing/desk.ts'
import type { TestDesk, TestOrg } from '../../testing/desk.ts'

let desk: TestDesk
let org: TestOrg
let provider: AcmeProvider
let installation: { id: string; url: string }
/** The feedback of the one review there is, two stars by Mia. */
let id: string

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
  await tell({ stars: 2, text: 'Slow' })
  id = (await org.call('GET', '/v1/feedback')).body.data[0].id
})

/** The provider has this now, and says so. */
async function tell(change: { stars?: number; text?: string; updated?: string; reply?: string }): Promise<void> {
  const usual = { id: '1', stars: 2, text: 'Slow', author: 'Mia', at: '2026-03-01T10:00:00Z' }
  provider.reviews.set('1', { ...usual, ...provider.reviews.get('1'), ...change })
  await post(installation.url, { id: '1', event: String(Math.random()) })
  await org.settled()
}

const path = (rest = '') => `/v1/feedback/${id}/reply${rest}`
const reply = async () => (await org.call('GET', path())).body.data.attributes
const publish = async (body: string, token = org.token, rev?: number) =>
  org.call('POST', path('/publication'), { body, rev: rev ?? (await reply()).rev }, token)
const history = async () =>
  (await org.call('GET', path('/history'))).body.data.map(
    (it: { attributes: { state: string } }) => it.attributes.state,
  )
async function becomes(state: string): Promise<void> {
  await expect.poll(async () => (await reply()).state).toBe(state)
}
const published = () => provider.calls.filter((it) => it.startsWith('POST /reviews')).length
const conversation = async () => (await org.call('GET', '/v1/conversations')).body.data[0]
const messages = async () =>
  (await org.call('GET', `/v1/conversations/${(await conversation()).id}/messages`)).body.data.map(
    (it: { attributes: { direction: string; preview: string } }) =>
      `${it.attributes.direction}: ${it.attributes.preview}`,
  )
const notices = async (token = org.token) =>
  (await org.call('GET', '/v1/notifications', undefined, token)).body.data.map(
    (it: { attributes: { kind: string } }) => it.attributes.kind,
  )

test('a reply goes out, stands at the provider and in the conversation, and its author hears of it', async () => {
  expect(await reply()).toMatchObject({ state: 'none', provider: 'Acme Reviews', problem: null, longest: 200, rev: 0 })
  expect(await publish('We are sorry.')).toMatchObject({
    status: 202,
    body: { data: { attributes: { state: 'publishing' } } },
  })
  await becomes('published')
  expect(provider.reviews.get('1')?.reply).toBe('We are sorry.')
  expect(await reply()).toMatchObject({ publishedBody: 'We are sorry.', publishedAt: expect.any(String) })
  expect((await org.call('GET', `/v1/feedback/${id}`)).body.data.attributes).toMatchObject({
    replyState: 'published',
    replyText: 'We are sorry.',
  })
  expect(await messages()).toContain('out: We are sorry.')
  expect(await history()).toEqual(['published', 'publishing'])
  expect(await notices()).toEqual(['reply_published'])
})

test('a draft is nobody’s to see but ours; it can be dropped', async () => {
  expect((await org.call('PUT', path(), { body: 'Hm', rev: 0 })).body.data.attributes).toMatchObject({
    state: 'draft',
    body: 'Hm',
  })
  expect(published()).toBe(0)
  expect((await org.call('POST', path('/withdrawal'), { rev: 1 })).body.data.attributes).toMatchObject({
    state: 'none',
  })
})

test('an edit of the review makes the reply outdated, and a new one makes it fit again', async () => {
  await publish('Sorry.')
  await becomes('published')
  await tell({ text: 'Better', stars: 4, updated: '2026-03-02T10:00:00Z', reply: 'Sorry.' })
  expect(await reply()).toMatchObject({ state: 'outdated', publishedBody: 'Sorry.' })
  await publish('Thank you for looking again.')
  await becomes('published')
  expect(provider.reviews.get('1')?.reply).toBe('Thank you for looking again.')
  expect(await history()).toEqual(['published', 'publishing', 'outdated', 'published', 'publishing'])
})

test('a reply is taken back at the provider', async () => {
  await publish('Sorry.')
  await becomes('published')
  expect((await org.call('POST', path('/withdrawal'), { rev: (await reply()).rev })).status).toBe(202)
  await becomes('withdrawn')
  expect(provider.reviews.get('1')?.reply).toBeUndefined()
  expect(await reply()).toMatchObject({ publishedBody: null })
})

test('what somebody says at the provider itself counts, once it is no echo of ours', async () => {
  await tell({ reply: 'Said there', updated: '2026-03-02T10:00:00Z' })
  expect(await reply()).toMatchObject({ state: 'published', publishedBody: 'Said there' })
  await publish('Said here')
  await becomes('published')
  await desk.owner.query(`update replies set published_at = now() - interval '1 hour' where org_id = $1`, [org.id])
  await tell({ reply: 'Said there again', updated: '2026-03-03T10:00:00Z' })
  expect(await reply()).toMatchObject({ publishedBody: 'Said there again', reason: 'Changed at the provider' })
})

test('what is wrong is said before anything is sent', async () => {
  expect(await publish('x'.repeat(201))).toMatchObject({
    status: 400,
    body: { errors: [{ source: { pointer: '/body' } }] },
  })
  expect(await publish('   ')).toMatchObject({ status: 400 })
  await tell({ stars: 3, updated: '2026-03-02T10:00:00Z' })
  expect(await publish('Thanks')).toMatchObject({
    status: 422,
    body: { errors: [{ title: 'Three stars need no answer.' }] },
  })
  expect(await reply()).toMatchObject({ problem: 'Three stars need no answer.' })
  expect(published()).toBe(0)
})

test('of two who publish at once one is told', async () => {
  const answers = await Promise.all([publish('First', org.token, 0), publish('Second', org.token, 0)])
  expect(new Set(answers.map((it) => it.status))).toEqual(new Set([202, 409]))
  await becomes('published')
  expect(published()).toBe(1)
})

test('without the role nobody publishes: not by the API and not by a note', async () => {
  const noter = await org.key(['org.user.note', 'org.user.conversation', 'org.user.kobject.read'])
  expect((await publish('Sorry.', noter)).status).toBe(403)
  await org.call('POST', `/v1/conversations/${(await conversation()).id}/notes`, { body: '!reply Sorry.' }, noter)
  await expect.poll(() => notices(noter)).toEqual(['reply_failed'])
  expect(await reply()).toMatchObject({ state: 'none' })
  expect(published()).toBe(0)
})

test('where replies wait for approval, a second person lets them out or sends them back', async () => {
  expect((await org.call('PUT', '/v1/replies/rules', { needApproval: true })).body.data).toEqual({ needApproval: true })
  const agent = await org.key(['org.user'])
  const lead = await org.key(['org.user', 'org.permission.reply.approve'])
  expect((await publish('Hm', agent)).body.data.attributes).toMatchObject({
    state: 'awaiting_approval',
    needsApproval: true,
  })
  const decide = async (what: string, token: string, reason?: string) =>
    org.call('POST', path(what), { rev: (await reply()).rev, ...(reason === undefined ? {} : { reason }) }, token)
  expect((await decide('/approval', agent)).status).toBe(403)
  expect((await decide('/rejection', lead, 'Warmer, please')).body.data.attributes).toMatchObject({
    state: 'draft',
    reason: 'Warmer, please',
  })
  expect(await notices(agent)).toEqual(['reply_sent_back'])
  await publish('We are sorry, Mia.', agent)
  expect(published()).toBe(0)
  expect((await decide('/approval', lead)).status).toBe(202)
  await becomes('published')
  expect(await history()).toEqual(['published', 'publishing', 'awaiting_approval', 'draft', 'awaiting_approval'])
  expect((await publish('By the lead', lead)).body.data.attributes).toMatchObject({ state: 'publishing' })
})

test('nobody approves what they wrote themselves', async () => {
  await org.call('PUT', '/v1/replies/rules', { needApproval: true })
  const agent = await org.key(['org.user'])
  await publish('Hm', agent)
  await desk.owner.query(
    `update replies set written_by = (select id from users where org_id = $1 and name = 'test' order by id limit 1) where org_id = $1`,
    [org.id],
  )
  const { rows } = await desk.owner.query('select written_by from replies where org_id = $1', [org.id])
  const me = (await org.call('GET', '/v1/users/current')).body.data.id
  expect(rows[0].written_by).toBe(me)
  expect((await org.call('POST', path('/approval'), { rev: (await reply()).rev })).status).toBe(403)
})

test('a note with the command is the reply without it; of several the last one stands; other notes are nobody’s', async () => {
  const note = async (body: string) =>
    expect((await org.call('POST', `/v1/conversations/${(await conversation()).id}/notes`, { body })).status).toBe(201)
  await note('Ask the warehouse. !Reply is not it.')
  await note('First !reply')
  await becomes('published')
  expect(provider.reviews.get('1')?.reply).toBe('First')
  await note('!reply Second, and better')
  await expect.poll(() => provider.reviews.get('1')?.reply).toBe('Second, and better')
  await becomes('published')
  await note('!reply')
  await expect.poll(() => notices()).toContain('reply_failed')
  expect(await messages()).toEqual(expect.arrayContaining(['out: First', 'out: Second, and better']))
})

test('what is imported asks for nothing', async () => {
  const body = { body: '!reply From long ago', importedAt: '2026-01-01T00:00:00Z' }
  await org.call('POST', `/v1/conversations/${(await conversation()).id}/notes`, body)
  await org.call('POST', `/v1/conversations/${(await conversation()).id}/notes`, { body: 'now !reply' })
  await becomes('published')
  expect(published()).toBe(1)
  expect(provider.reviews.get('1')?.reply).toBe('now')
})

const due = () =>
  desk.owner.query(
    `update graphile_worker._private_jobs set run_at = now() where key like 'reply/%' and locked_at is null and run_at > now()`,
  )
/** What waits for its next attempt is made due, until the reply is in this state. */
async function comesTo(state: string): Promise<void> {
  await expect
    .poll(
      async () => {
        await due()
        return (await reply()).state
      },
      { timeout: 40_000, interval: 100 },
    )
    .toBe(state)
}

test('an outage passes, and the reply goes out once', async () => {
  provider.troubles.push(
    { call: /^POST/, status: 503 },
    { call: /^POST/, status: 429, headers: { 'retry-after': '60' } },
  )
  await publish('Sorry.')
  await expect.poll(async () => (await reply()).reason).toMatch(/503/)
  expect(await reply()).toMatchObject({ state: 'publishing', nextAttemptAt: expect.any(String) })
  await comesTo('published')
  expect(await reply()).toMatchObject({ reason: null })
  expect(await history()).toEqual(['published', 'publishing'])
})

test('when the answer is lost after the provider took the reply, it is asked what stands there and nothing is said twice', async () => {
  provider.troubles.push({ call: /^POST/, status: 502, isAfterwards: true })
  await publish('Sorry.')
  await comesTo('published')
  expect(published()).toBe(1)
})

test('when asking what stands there fails too, the doubt stays, and nothing is said twice', async () => {
  provider.troubles.push(
    { call: /^POST .*reply$/, status: 502, isAfterwards: true },
    { call: /^GET \/reviews\/1$/, status: 503 },
  )
  await publish('Once only.')
  await comesTo('published')
  expect(published()).toBe(1)
})

test('a process that ends between the provider’s call and our commit leaves a reply that is asked about', async () => {
  Object.assign(provider.reviews.get('1') ?? {}, { reply: 'Sorry.' })
  provider.troubles.push({ call: /^POST/, status: 503 })
  await publish('Sorry.')
  await expect.poll(async () => (await reply()).reason).toMatch(/503/)
  // As it stands after a kill: begun, and not ended.
  await desk.owner.query('update replies set attempted_at = now() where org_id = $1', [org.id])
  const before = published()
  await comesTo('published')
  expect(published()).toBe(before)
})

test('a refusal is shown with its reason, and trying again is one press', async () => {
  provider.troubles.push({ call: /^POST/, status: 400 })
  await publish('Sorry.')
  await becomes('failed')
  expect(await reply()).toMatchObject({ reason: 'Acme Reviews answered 400: Out of order' })
  expect(await notices()).toEqual(['reply_failed'])
  expect((await org.call('POST', path('/attempts'), { rev: (await reply()).rev })).status).toBe(202)
  await becomes('published')
})

test('a connection that is gone fails the reply, says so and asks for reconnecting', async () => {
  provider.access.clear()
  provider.refresh.clear()
  await publish('Sorry.')
  await becomes('failed')
  expect((await reply()).reason).toMatch(/has ended/)
  expect((await org.call('GET', `/v1/apps/installations/${installation.id}`)).body.data.attributes.status).toBe(
    'needs_reconnect',
  )
})

test('a storm of failures ends in one visible state', async () => {
  for (let index = 0; index < 20; index++) {
    provider.troubles.push({ call: /^POST/, status: 500 })
  }
  await publish('Sorry.')
  await comesTo('failed')
  expect(await reply()).toMatchObject({ reason: expect.stringMatching(/500.*not known/) })
}, 60_000)

test('another organisation sees and answers nothing', async () => {
  const other = await desk.newOrg()
  expect((await other.call('GET', path())).status).toBe(404)
  expect((await other.call('POST', path('/publication'), { body: 'x', rev: 0 })).status).toBe(404)
})
