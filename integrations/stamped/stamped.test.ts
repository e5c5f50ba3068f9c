import { expect, test } from 'vitest'

import type { ProviderCall } from '#sdk'
import { effectsOf, rawRequest, refusalOf } from '#sdk/testing'

import { restReviewEffect } from './history.ts'
import stamped from './index.ts'
import { RestReview } from './schema.ts'
import { restBody } from './simulator-api.ts'
import { npsBody, questionBody, request, reviewBody } from './simulator.ts'

const headers = { 'x-stamped-store-url': 'shop.example.com' }

async function objectOf(body: Record<string, unknown>) {
  const [effect] = await effectsOf(stamped, 'reviews', body, {}, headers)
  if (effect?.kind !== 'object') {
    throw new Error('no object')
  }
  return effect
}

test('reviews, questions and NPS answers are told apart by their shape', async () => {
  expect((await objectOf(reviewBody())).klass).toBe('stamped-io-review')
  expect((await objectOf(questionBody())).klass).toBe('stamped-io-question')
  expect((await objectOf(npsBody())).klass).toBe('stamped-io-nps')
  expect(await refusalOf(stamped as never, 'reviews', { pointsEarned: 3 })).toMatch(/neither a review/)
})

test('a review keeps its product, with an id beyond 32 bits as text', async () => {
  const effect = await objectOf(reviewBody())
  expect(effect.fields).toMatchObject({
    productIdStr: '2640569991268',
    productImageUrl: 'https://cdn.shopify.com/s/files/shirt.jpg?v=1',
    reviewKindStr: 'product',
    verifiedBuyerBool: true,
    storeUrl: 'https://shop.example.com/',
    reviewAt: '2026-06-05T09:30:14.963Z',
  })
  expect(Object.keys(effect.fields).length).toBeLessThanOrEqual(20)
})

test.each([null, 0, undefined])('a review of product %s is one of the site', async (productId) => {
  const effect = await objectOf(reviewBody({ productId }))
  expect(effect.fields['reviewKindStr']).toBe('site')
  expect(effect.feedback?.product).toBeUndefined()
})

test('photos are found where the provider keeps them; null, empty and a list mean none', async () => {
  expect((await objectOf(reviewBody({ reviewUserPhotos: 'a.jpg, b.jpg' }))).images).toEqual([
    'https://cdn1.stamped.io/uploads/photos/a.jpg',
    'https://cdn1.stamped.io/uploads/photos/b.jpg',
  ])
  for (const none of [null, '', []]) {
    expect((await objectOf(reviewBody({ reviewUserPhotos: none, reviewUserVideos: none }))).images).toEqual([])
  }
})

test('a reply makes a newer version of the same review', async () => {
  const plain = await objectOf(reviewBody())
  const replied = await objectOf(reviewBody({ reviewReply: 'Thank you!', dateReplied: '2026-06-07T08:00:00' }))
  expect(replied.externalId).toBe(plain.externalId)
  expect(replied.version.getTime()).toBeGreaterThan(plain.version.getTime())
  expect(replied.at).toEqual(plain.at)
  expect(replied.feedback?.reply).toEqual({ text: 'Thank you!', at: new Date('2026-06-07T08:00:00Z') })
})

test('times without a zone are UTC, whatever the length of their fraction, and must exist', async () => {
  for (const [text, iso] of [
    ['2019-06-05T09:30:14.34', '2019-06-05T09:30:14.340Z'],
    ['2019-06-05T09:30:14', '2019-06-05T09:30:14.000Z'],
    ['2024-02-29T00:00:00', '2024-02-29T00:00:00.000Z'],
  ] as const) {
    expect((await objectOf(reviewBody({ dateCreated: text }))).at.toISOString()).toBe(iso)
  }
  expect((await objectOf(reviewBody({ reviewDate: '06/30/2026' }))).at.toISOString()).toBe('2026-06-30T00:00:00.000Z')
  for (const wrong of ['2023-02-29T00:00:00', '02/30/2026', 'yesterday', '']) {
    expect(await refusalOf(stamped as never, 'reviews', reviewBody({ dateCreated: wrong })), wrong).toMatch(
      /not a date that exists/,
    )
  }
})

test('the author is for display; only the address identifies', async () => {
  expect((await objectOf(reviewBody({ customerEmail: null }))).customer).toEqual({ email: undefined, name: 'Nina N.' })
})

test.each(['Email', 'CustomerEmail', 'customerEmail'])('an NPS answer is matched by %s', async (key) => {
  const { CustomerEmail: _, ...rest } = npsBody()
  expect((await objectOf({ ...rest, [key]: 'x@example.com' })).customer.email).toBe('x@example.com')
  expect((await objectOf({ ...rest, Customer: { Email: 'y@example.com' } })).customer.email).toBe('y@example.com')
})

test('a product page that is no web address is left out', async () => {
  expect((await objectOf(reviewBody({ productUrl: 'javascript:alert(1)' }))).fields['productUrl']).toBeNull()
})

test('the secret is optional; when set, it or an API key with the article’s roles must come', async () => {
  const verify = stamped.webhooks['reviews']?.verify
  const asked: string[][] = []
  const isApiKey = (token: string, roles: string[]) => {
    asked.push(roles)
    return Promise.resolve(token === 'an-api-key')
  }
  const verdict = (sent: string | undefined, secret: string | undefined) =>
    verify?.(
      rawRequest(request(reviewBody(), sent === undefined ? {} : { secret: sent })),
      secret === undefined ? {} : { secret },
      isApiKey,
    )
  expect(await verdict(undefined, undefined)).toBe('secret')
  expect(await verdict('anything', undefined)).toBe('secret')
  expect(await verdict('right', 'right')).toBe('secret')
  expect(await verdict('wrong', 'right')).toBe('refused')
  expect(await verdict(undefined, 'right')).toBe('refused')
  expect(await verdict('an-api-key', 'right')).toBe('secret')
  expect(asked.at(-1)).toEqual(['org.user', 'org.admin', 'org.hooks'])
})

test('a review of the REST API says the same as its webhook, and nothing of what only that knows', () => {
  const [rest] = [RestReview.parse(restBody(reviewBody({ reviewReply: 'Thanks', dateReplied: '2026-06-07T08:00:00' })))]
  expect(restReviewEffect(rest)).toMatchObject({
    externalId: '14243711',
    customer: { email: 'nina@example.com', name: 'Nina N.' },
    version: new Date('2026-06-07T08:00:00Z'),
    fields: { ratingNum: 5, productIdStr: '2640569991268', verifiedBuyerBool: true },
    feedback: { reply: { text: 'Thanks' } },
    trust: 'refetched',
  })
  expect(restReviewEffect(rest)).not.toHaveProperty('images')
})

test('without keys nothing is answered or fetched, and it says what is missing', () => {
  const review = { externalId: '1', fields: {}, data: {}, reply: undefined }
  expect(stamped.replies?.problemOf?.(review, {})).toMatch(/keys/)
  expect(stamped.history?.problemOf?.({ publicKey: 'a', privateKey: 'b' })).toMatch(/store hash/)
  expect(stamped.replies?.problemOf?.(review, { publicKey: 'a', privateKey: 'b', storeHash: '1' })).toBeUndefined()
})

test('a reply goes to the store and to nobody’s mail', async () => {
  const calls: ProviderCall[] = []
  const http = {
    send: (call: ProviderCall) => {
      calls.push(call)
      return Promise.resolve({ status: 200, body: 'Thanks', headers: {} })
    },
  }
  const context = {
    http,
    settings: { publicKey: 'a', privateKey: 'b', storeHash: '7' },
    headers: {},
    receivedAt: new Date(),
  }
  await stamped.replies?.publish('Thanks', { externalId: '5', fields: {}, data: {}, reply: undefined }, context, {
    isPrivate: false,
  })
  expect(calls).toMatchObject([
    {
      method: 'POST',
      path: '/api/v2/7/dashboard/reviews/5/reply',
      query: { isPrivate: 'false', isEmail: 'false' },
      json: { reply: 'Thanks' },
      headers: { authorization: `Basic ${Buffer.from('a:b').toString('base64')}` },
    },
  ])
})
