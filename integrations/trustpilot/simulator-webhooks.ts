import { unit } from './simulator-state.ts'
import type { Announcement, State, StoredProductReview, StoredReview } from './simulator-state.ts'

/** What one can subscribe to (facts 2.2). */
const kinds = [
  'service-review-created',
  'service-review-updated',
  'service-review-deleted',
  'product-review-created',
  'product-review-updated',
  'product-review-deleted', // [inferred] the name, by symmetry
] as const

/** Of the documented sample, which the Test button probably sends (facts 2.9). [inferred] */
export const sampleReviewId = '53bffd360000640002975387'

type Verb = 'created' | 'updated' | 'deleted'

/** What `eventData` holds of a service review; no e-mail address (facts 2.4). Of a removed one, only its id. */
export function eventDataOf(review: StoredReview | { id: string }): Record<string, unknown> {
  if (!('stars' in review)) {
    return { id: review.id }
  }
  const { id, language, stars, title, text, referenceId, createdAt, isVerified, consumer, tags } = review
  return {
    id,
    language,
    stars,
    title,
    text,
    locationId: null,
    referenceId,
    createdAt,
    isVerified,
    link: `https://api.trustpilot.com/v1/reviews/${id}`,
    consumer: {
      id: consumer.id,
      name: consumer.displayName,
      link: `https://api.trustpilot.com/v1/consumers/${consumer.id}`,
    },
    tags,
  }
}

export function envelope(eventName: string, eventData: Record<string, unknown>): string {
  return JSON.stringify({ events: [{ eventName, version: '1', eventData }] })
}

/** Enters an address for every kind of event of one business unit, as the article does. */
export function subscribe(state: State, url: string, unitId: string = unit.id): void {
  for (const kind of kinds) {
    const key = `${unitId}/${kind}`
    state.subscriptions.set(key, (state.subscriptions.get(key) ?? new Set()).add(url))
  }
}

/** Of a removed review, only its id is told. */
export async function announce(state: State, verb: Verb, review: StoredReview): Promise<void> {
  const eventName = `service-review-${verb}`
  const eventData = eventDataOf(verb === 'deleted' ? { id: review.id } : review)
  await send(state, { unitId: review.businessUnit.id, eventName, body: envelope(eventName, eventData) })
}

/** Its names differ from the API's; the address of the author is there (facts 2.6). */
export async function announceProduct(state: State, verb: Verb, review: StoredProductReview): Promise<void> {
  const eventName = `product-review-${verb}`
  const { id, stars, content, createdAt, referenceId, product, consumer } = review
  const { sku } = product
  const shown = {
    id,
    stars,
    content,
    state: review.state,
    createdAt,
    referenceId,
    product: { sku, mpn: null },
    consumer,
  }
  const body = envelope(eventName, verb === 'deleted' ? { id } : shown)
  await send(state, { unitId: review.businessUnitId, eventName, body })
}

export async function sendTest(state: State, unitId: string): Promise<void> {
  await send(state, { unitId, eventName: kinds[0], body: testBody() })
}

export function testBody(): string {
  return envelope(kinds[0], {
    id: sampleReviewId,
    language: 'en',
    stars: 5,
    title: 'Great service',
    text: 'I love this shop.',
    locationId: null,
    referenceId: 'ABC-123-xyz',
    createdAt: '2017-05-20T09:34:44.000Z',
    isVerified: false,
    link: `https://api.trustpilot.com/v1/reviews/${sampleReviewId}`,
    consumer: {
      id: '5f0c1a2b3c4d5e6f7a8b9c0d',
      name: 'John Doe',
      link: 'https://api.trustpilot.com/v1/consumers/5f0c1a2b3c4d5e6f7a8b9c0e',
    },
    tags: [],
  })
}

async function send(state: State, announcement: Announcement): Promise<void> {
  if (state.webhooks.isHeld) {
    state.held.push(announcement)
    return
  }
  const { unitId, eventName, body } = announcement
  for (const url of state.subscriptions.get(`${unitId}/${eventName}`) ?? []) {
    for (let copy = 0; copy < state.webhooks.copies; copy++) {
      await state.world.post(url, { 'content-type': 'application/json' }, body)
    }
  }
}

/** Changes how webhooks go wrong; what was held goes out, the newest first. */
export async function troubleWebhooks(state: State, trouble: Partial<State['webhooks']>): Promise<void> {
  Object.assign(state.webhooks, trouble)
  if (!state.webhooks.isHeld) {
    for (const announcement of state.held.splice(0).toReversed()) {
      await send(state, announcement)
    }
  }
}
