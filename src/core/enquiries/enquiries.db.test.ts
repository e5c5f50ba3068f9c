import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'

import { acmeReviews, connect } from '../../testing/acme-reviews.ts'
import type { AcmeProvider } from '../../testing/acme-reviews.ts'
import { post, startTestDesk } from '../../testing/desk.ts'
import type { TestDesk, TestOrg } from '../../testing/desk.ts'

let desk: TestDesk
let org: TestOrg
let provider: AcmeProvider
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
  const installation = await org.install('acme-reviews', { key: 'k' })
  await connect(desk.desk, org, installation.id)
  provider.reviews.set('1', { id: '1', stars: 2, text: 'Slow', author: 'Mia', at: '2026-03-01T10:00:00Z' })
  await post(installation.url, { id: '1' })
  await org.settled()
  id = (await org.call('GET', '/v1/feedback')).body.data[0].id
})

const path = () => `/v1/feedback/${id}/enquiry`
const enquiry = async () => (await org.call('GET', path())).body.data.attributes
const asked = () => provider.calls.filter((it) => it.endsWith('/ask')).length
async function comesTo(state: string): Promise<void> {
  await expect
    .poll(
      async () => {
        await desk.owner.query(
          `update graphile_worker._private_jobs set run_at = now() where key like 'enquiry/%' and locked_at is null and run_at > now()`,
        )
        return (await enquiry()).state
      },
      { timeout: 20_000, interval: 100 },
    )
    .toBe(state)
}
const messages = async () => {
  const [conversation] = (await org.call('GET', '/v1/conversations')).body.data
  const { body } = await org.call('GET', `/v1/conversations/${conversation.id}/messages`)
  return body.data.map((it: { attributes: { preview: string } }) => it.attributes.preview)
}
const notices = async () =>
  (await org.call('GET', '/v1/notifications')).body.data.map(
    (it: { attributes: { kind: string } }) => it.attributes.kind,
  )

test('the author is asked once, and the answer appears as a message, is told and leads to the customer', async () => {
  await org.call('POST', '/v1/customers', { name: 'Maria', emails: [{ email: 'mia@example.com' }] })
  expect(await enquiry()).toMatchObject({ state: 'none', name: 'Who is it', problem: null })
  expect((await org.call('POST', path())).status).toBe(202)
  await comesTo('waiting')
  expect((await org.call('POST', path())).status).toBe(409)
  Object.assign(provider.reviews.get('1') ?? {}, {
    answer: { name: 'Maria', email: 'mia@example.com', orderNumber: '10443' },
  })
  await comesTo('answered')
  expect(asked()).toBe(1)
  expect((await messages()).toSorted()).toEqual(['Slow', expect.stringContaining('E-mail: mia@example.com')])
  expect(await notices()).toContain('enquiry_answered')
  const { body } = await org.call('GET', `/v1/feedback/${id}/candidates`)
  expect(body.data[0].attributes).toMatchObject({
    displayName: 'Maria',
    evidence: expect.arrayContaining([{ kind: 'email', text: 'mia@example.com' }]),
  })
})

test('a note with its word asks; where that cannot be, its author hears why', async () => {
  const [conversation] = (await org.call('GET', '/v1/conversations')).body.data
  await org.call('POST', `/v1/conversations/${conversation.id}/notes`, { body: 'Who may that be? !who' })
  await comesTo('waiting')
  expect(asked()).toBe(1)
  expect(provider.reviews.get('1')?.reply).toBeUndefined()
  await org.call('POST', `/v1/conversations/${conversation.id}/notes`, { body: '!who' })
  await expect.poll(() => notices()).toContain('reply_failed')
})

test('without an answer in time it lapses, and one can ask again', async () => {
  await org.call('POST', path())
  await comesTo('waiting')
  await desk.owner.query(`update enquiries set asked_at = now() - interval '1 hour' where org_id = $1`, [org.id])
  await comesTo('lapsed')
  expect((await org.call('POST', path())).status).toBe(202)
})

test('a refusal is shown with its reason; an outage passes, and the author is asked once', async () => {
  provider.troubles.push({ call: /ask$/, status: 400 })
  await org.call('POST', path())
  await comesTo('failed')
  expect((await enquiry()).reason).toMatch(/400/)
  expect(await notices()).toContain('enquiry_failed')
  provider.troubles.push({ call: /ask$/, status: 429 }, { call: /ask$/, status: 502, isAfterwards: true })
  const before = provider.reviews.get('1')?.asked ?? 0
  await org.call('POST', path())
  await comesTo('waiting')
  expect(provider.reviews.get('1')?.asked).toBe(before + 1)
})

test('when nobody knows whether the question got through, the provider is asked, and it goes out once', async () => {
  provider.troubles.push({ call: /ask$/, status: 502 })
  await org.call('POST', path())
  await comesTo('waiting')
  expect(provider.reviews.get('1')?.asked).toBe(1)
  expect(asked()).toBe(2)
})
