import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'

import { acmeReviews, connect } from '../../testing/acme-reviews.ts'
import type { AcmeProvider, AcmeReview } from '../../testing/acme-reviews.ts'
import { post, startTestDesk } from '../../testing/desk.ts'
import type { TestDesk, TestOrg } from '../../testing/desk.ts'

let desk: TestDesk
let org: TestOrg
let provider: AcmeProvider
let url: string

beforeAll(async () => {
  const acme = acmeReviews()
  provider = acme.provider
  desk = await startTestDesk({ integrations: [acme.integration], simulators: true })
})
afterAll(() => desk[Symbol.asyncDispose]())
beforeEach(async () => {
  provider.reviews.clear()
  org = await desk.newOrg()
  url = await install({})
})

async function install(settings: object, name = 'Shop'): Promise<string> {
  const installation = await org.install('acme-reviews', { key: 'k', ...settings }, name)
  await connect(desk.desk, org, installation.id)
  return installation.url
}

/** The provider has this review now, and says that something happened to it. */
async function announce(review: Partial<AcmeReview> & { id: string }, at = url): Promise<void> {
  const known = provider.reviews.get(review.id)
  const usual = { stars: 2, text: 'Slow', author: 'Mia Berg', at: '2026-03-01T10:00:00Z' }
  provider.reviews.set(review.id, { ...usual, ...known, ...review })
  await deliver(review.id, at)
}

async function deliver(id: string, at = url): Promise<void> {
  await post(at, { id, event: String(Math.random()) })
  await org.settled()
}

const list = async (path: string) => (await org.call('GET', path)).body.data
const onlyFeedback = async () => (await list('/v1/feedback'))[0]

test('a bad review opens a conversation with whoever wrote it, a good one does not', async () => {
  await announce({ id: '1' })
  await announce({ id: '2', stars: 5, author: 'Ben' })
  const [conversation, ...others] = await list('/v1/conversations')
  expect(others).toEqual([])
  expect(conversation.attributes).toMatchObject({ name: 'Mia Berg: 2 stars', status: 'open', messageCount: 1 })
  const [message] = await list(`/v1/conversations/${conversation.id}/messages`)
  expect(message.attributes).toMatchObject({ app: 'acme-reviews', direction: 'in', preview: 'Slow' })
  const [customer, ...rest] = await list('/v1/customers')
  expect(rest).toEqual([])
  expect(customer.attributes.name).toBe('Mia Berg')
  expect((await list('/v1/feedback?unmatched=true'))[0].attributes.respondent.name).toBe('Ben')
})

test('however often it is told and edited, it has one conversation; each edit is said there', async () => {
  await announce({ id: '1' })
  await deliver('1')
  await announce({ id: '1', stars: 1, text: 'Slower', updated: '2026-03-02T10:00:00Z' })
  const conversations = await list('/v1/conversations')
  expect(conversations).toHaveLength(1)
  const messages = await list(`/v1/conversations/${conversations[0].id}/messages`)
  expect(messages.map((it: { attributes: { preview: string } }) => it.attributes.preview).toSorted()).toEqual([
    'Slow',
    'Slower',
  ])
})

test('a review that falls to the threshold later opens one then', async () => {
  await announce({ id: '1', stars: 5, email: 'mia@example.com' })
  expect(await list('/v1/conversations')).toEqual([])
  await announce({ id: '1', stars: 2, updated: '2026-03-02T10:00:00Z' })
  expect(await list('/v1/conversations')).toHaveLength(1)
})

test('the same person is found by their profile from then on, with an address or without', async () => {
  await announce({ id: '1', email: 'mia@example.com', stars: 5 })
  await announce({ id: '2', stars: 5 })
  expect(await list('/v1/customers')).toHaveLength(1)
  expect(await list('/v1/feedback?unmatched=true')).toEqual([])
})

test('whom a person says an unmatched review is from is known for the next one, until that is taken back', async () => {
  await announce({ id: '1', stars: 5 })
  const created = await org.call('POST', '/v1/customers', { name: 'Mia' })
  const { id } = await onlyFeedback()
  await org.call('PUT', `/v1/feedback/${id}`, { customer: created.body.data.id })
  await announce({ id: '2', stars: 5 })
  expect(await list('/v1/feedback?unmatched=true')).toEqual([])
  await org.call('PUT', `/v1/feedback/${id}`, { customer: null })
  await announce({ id: '3', stars: 5 })
  expect(await list('/v1/feedback?unmatched=true')).toHaveLength(2)
})

test('a profile goes with a merge and comes back with its undo', async () => {
  await announce({ id: '1' })
  const [source] = await list('/v1/customers')
  const target = (await org.call('POST', '/v1/customers', { name: 'Mia B.' })).body.data
  const merge = await org.call('POST', '/v1/customers/merges', { source: source.id, target: target.id })
  await announce({ id: '2' })
  const customerOf = async (index: number) => (await list('/v1/feedback'))[index].relationships.customer.data.id
  expect(await customerOf(0)).toBe(target.id)
  await org.call('POST', `/v1/customers/merges/${merge.body.data.id}/undo`)
  await announce({ id: '3' })
  expect((await list(`/v1/customers/${source.id}/timeline?kinds=acme-review`)).length).toBe(2)
})

test('what it said before is kept with its time, and a removed one is marked, until it is there again', async () => {
  await announce({ id: '1' })
  await announce({ id: '1', stars: 4, text: 'Better now', updated: '2026-03-02T10:00:00Z' })
  await announce({ id: '1', stars: 4, text: 'Best', updated: '2026-03-03T10:00:00Z' })
  const { id, attributes } = await onlyFeedback()
  expect(attributes).toMatchObject({ score: 4, text: 'Best', editedAt: '2026-03-03T10:00:00.000Z', removedAt: null })
  const versions = await list(`/v1/feedback/${id}/versions`)
  expect(versions.map((it: { attributes: object }) => it.attributes)).toMatchObject([
    { score: 4, text: 'Better now', at: '2026-03-02T10:00:00.000Z' },
    { score: 2, text: 'Slow', at: '2026-03-01T10:00:00.000Z' },
  ])
  const kept = provider.reviews.get('1')
  provider.reviews.delete('1')
  await deliver('1')
  expect((await onlyFeedback()).attributes).toMatchObject({ text: 'Best', removedAt: expect.any(String) })
  if (kept !== undefined) {
    provider.reviews.set('1', kept)
  }
  await deliver('1')
  expect((await onlyFeedback()).attributes).toMatchObject({ removedAt: null })
})

test('a removal of what never came writes nothing, and says so', async () => {
  await deliver('nothing')
  const [delivery] = await list('/v1/deliveries')
  expect(delivery.attributes).toMatchObject({
    status: 'applied',
    effects: [{ kind: 'remark', text: expect.stringMatching(/never came/) }],
  })
})

test('kept off the timeline, a review is listed and has its conversation all the same', async () => {
  const quiet = await install({ onTimeline: false }, 'Quiet')
  await announce({ id: '9', email: 'mia@example.com' }, quiet)
  const [customer] = await list('/v1/customers')
  const kinds = (await list(`/v1/customers/${customer.id}/timeline`)).map(
    (it: { attributes: { kind: string } }) => it.attributes.kind,
  )
  expect(kinds).toEqual(['conversation'])
  expect(await list('/v1/feedback')).toHaveLength(1)
})

test('settings that are allowed and odd are warned of', async () => {
  await install({ onTimeline: false, threshold: 0 }, 'Nothing')
  const apps = await list('/v1/apps')
  expect(apps.map((it: { attributes: { warning: string | null } }) => it.attributes.warning)).toEqual([
    null,
    'Nothing is kept.',
  ])
})
