import { expect, test } from 'vitest'

import { effectsOf } from '#sdk/testing'

import trustpilot from './index.ts'
import { isWanted, productReviewEffect, serviceReviewEffect } from './reviews.ts'
import { ProductReview, Refusal, ServiceReview, Settings } from './schema.ts'
import { reviewOf, unit } from './simulator-state.ts'
import { sampleReviewId, simulator } from './simulator.ts'

const settings = Settings.parse({})
const at = new Date('2026-03-01T10:00:00Z')
const review = (parts: Partial<ReturnType<typeof reviewOf>> = {}) =>
  ServiceReview.parse({
    ...reviewOf({ name: 'Mia Berg', stars: 2, title: 'Slow', text: 'Twelve days.', at }),
    ...parts,
  })
const event = (eventName: string, id = 'a'.repeat(24)) => ({ events: [{ eventName, version: '1', eventData: { id } }] })

test('a review is read back before anything is kept, and its trust says so', async () => {
  const [request] = simulator.history(settings, {
    seed: 3,
    people: [{ name: 'Ana', email: 'ana@example.com' }],
    until: at,
    perPerson: 1,
  })
  const [effect] = await effectsOf(trustpilot, 'reviews', JSON.parse(request?.body ?? ''), settings)
  expect(effect).toMatchObject({
    kind: 'object',
    klass: 'trustpilot-review',
    trust: 'refetched',
    customer: { name: 'Ana' },
  })
})

test('whatever the payload says of a review that Trustpilot does not have, it is at most marked as removed', async () => {
  const forged = {
    events: [
      {
        eventName: 'service-review-created',
        version: '1',
        eventData: { id: 'b'.repeat(24), stars: 1, text: 'Forged' },
      },
    ],
  }
  expect(await effectsOf(trustpilot, 'reviews', forged, settings)).toMatchObject([{ kind: 'removal' }])
})

test('the test of the address keeps nothing and says so; an event that nobody knows is kept as a remark', async () => {
  expect(
    await effectsOf(trustpilot, 'reviews', event('service-review-created', sampleReviewId), settings),
  ).toMatchObject([{ kind: 'remark', text: expect.stringContaining('it works') }])
  expect(await effectsOf(trustpilot, 'reviews', event('review-liked'), settings)).toMatchObject([
    { kind: 'remark', text: expect.stringContaining('review-liked') },
  ])
})

test.each([
  [3, true, 2, true, true],
  [3, true, 3, true, true],
  [3, true, 4, false, true],
  [0, true, 1, false, true],
  [5, false, 5, true, false],
] as const)(
  'threshold %i and objects %s: %i stars open a conversation: %s, stand on the timeline: %s',
  (threshold, createObjects, stars, opens, stands) => {
    const effect = serviceReviewEffect(review({ stars }), { ...settings, threshold, createObjects })
    expect('conversation' in effect).toBe(opens)
    expect(effect).toMatchObject({ onTimeline: stands })
  },
)

test('with neither a conversation nor an object a review leaves no trace, and the settings warn of that', () => {
  const neither = { ...settings, threshold: 0, createObjects: false }
  expect(isWanted(neither, 1)).toBe(false)
  expect(isWanted({ ...neither, threshold: 1 }, 1)).toBe(true)
  expect(trustpilot.warningOf?.(neither)).toMatch(/nothing/)
  expect(trustpilot.warningOf?.(settings)).toBeUndefined()
})

test('the newest of its times is its version, so that a reply and an edit each count', () => {
  const edited = review({ updatedAt: '2026-03-02T10:00:00Z' })
  const replied = review({
    companyReply: {
      text: 'Sorry',
      authorBusinessUserId: 'x',
      authorBusinessUserName: 'N',
      createdAt: '2026-03-03T10:00:00',
      updatedAt: null,
    },
  })
  expect(serviceReviewEffect(edited, settings)).toMatchObject({ version: new Date('2026-03-02T10:00:00Z') })
  expect(serviceReviewEffect(replied, settings)).toMatchObject({
    version: new Date('2026-03-03T10:00:00Z'),
    feedback: { reply: { text: 'Sorry' } },
  })
})

test('a product review carries its product and the address of its author', () => {
  const product = ProductReview.parse({
    id: 'c'.repeat(24),
    createdAt: '2026-03-01T10:00:00Z',
    updatedAt: null,
    businessUnitId: unit.id,
    stars: 5,
    content: 'Warm',
    product: { id: 'p', name: 'Beanie', sku: 'b-1', productUrl: 'javascript:alert(1)' },
    consumer: { id: 'd'.repeat(24), email: 'ann@example.com', name: 'Ann' },
    state: 'published',
    conversationId: null,
  })
  expect(productReviewEffect(product, settings)).toMatchObject({
    customer: { email: 'ann@example.com', name: 'Ann' },
    title: '5 stars of Beanie',
    feedback: { product: { id: 'b-1', name: 'Beanie', url: undefined } },
  })
})

test.each([
  [{ fault: { faultstring: 'Invalid access token', detail: {} } }, 'Invalid access token'],
  [
    { message: 'The request was malformed', errorCode: 1001, details: '', correlationId: 'abc' },
    'The request was malformed (abc)',
  ],
  ['<html>', undefined],
])('what a refusal says is shown: %j', (body, reason) => {
  expect(Refusal.safeParse(body).data).toBe(reason)
})
