import { createRandom } from '#sdk'
import type { CustomerRef, Random, SimulatedRequest, Simulator } from '#sdk'

import type { Settings } from './schema.ts'
import { answerApi, restBody } from './simulator-api.ts'
import type { RestBody } from './simulator-api.ts'

/** A review body as the provider's page shows it; `parts` overrides any field. */
export function reviewBody(parts: Record<string, unknown> = {}): Record<string, unknown> {
  return {
    id: 14_243_711,
    customerEmail: 'nina@example.com',
    author: 'Nina N.',
    reviewTitle: 'Lovely',
    reviewMessage: 'Exactly what I hoped for.',
    reviewRating: 5,
    reviewDate: null,
    dateCreated: '2026-06-05T09:30:14.963',
    reviewUserPhotos: null,
    reviewUserVideos: null,
    reviewVerifiedType: 2,
    reviewReply: null,
    reviewReplyDate: null,
    dateReplied: null,
    productId: 2_640_569_991_268,
    productName: 'Linen shirt',
    productSKU: null,
    productUrl: 'https://stamped.io/go/abc',
    productImageUrl: '//cdn.shopify.com/s/files/shirt.jpg%3Fv=1',
    productImageLargeUrl: null,
    productImageThumbnailUrl: null,
    productDescription: null,
    avatar: null,
    userReference: null,
    widgetType: null,
    location: '',
    reviewVotesUp: 0,
    reviewVotesDown: 0,
    reviewType: 1,
    reviewOptionsList: [],
    ...parts,
  }
}

export function questionBody(parts: Record<string, unknown> = {}): Record<string, unknown> {
  return {
    id: 991,
    message: 'Does it shrink in the wash?',
    email: 'omar@example.com',
    name: 'Omar',
    date_created: '2026-03-26T01:43:30.62',
    product_id: 2_640_569_991_268,
    product_name: 'Linen shirt',
    customer_id: 771,
    customer_name: null,
    customer_email: 'omar@example.com',
    ...parts,
  }
}

export function npsBody(parts: Record<string, unknown> = {}): Record<string, unknown> {
  return {
    Id: 5512,
    Rating: 5,
    Body: 'It is all right.',
    Reply: null,
    State: 0,
    SurveySource: null,
    ShopProductId: null,
    CustomerEmail: 'nina@example.com',
    ...parts,
  }
}

/** Wraps a body with the five headers of today's pushes; the secret goes in clear. */
export function request(
  body: object,
  settings: Settings,
  store = 'demo-store.example.com',
  topic = 'Reviews',
): SimulatedRequest {
  return {
    webhook: 'reviews',
    headers: {
      'content-type': 'application/json',
      'x-stamped-store-url': store,
      'x-shopify-shop-id': '88001',
      'x-stamped-topic': topic,
      ...(settings.secret === undefined
        ? {}
        : { 'x-stamped-webhook-secret': settings.secret, 'x-secret-key': settings.secret }),
    },
    body: JSON.stringify(body),
  }
}

const products: [Record<string, unknown>, ...Record<string, unknown>[]] = [
  { productId: 2_640_569_991_268, productName: 'Linen shirt, sage' },
  { productId: 2_640_569_991_301, productName: 'Canvas tote' },
  { productId: 2_640_569_991_377, productName: 'Merino beanie' },
  { productId: 2_640_569_991_402, productName: 'Enamel mug, set of two' },
]

const texts: Record<1 | 2 | 3 | 4 | 5, [readonly [string, string], ...(readonly [string, string])[]]> = {
  1: [
    ['Fell apart', 'The seam opened on the first day.'],
    ['Never arrived', 'Two weeks and still nothing.'],
  ],
  2: [['Not like the picture', 'The colour is much darker than shown.']],
  3: [
    ['It is okay', 'Nice fabric, but it runs small.'],
    ['Average', 'Does the job, nothing more.'],
  ],
  4: [
    ['Really nice', 'Comfortable and well made. One size up would have been better for me.'],
    ['Good buy', 'Happy with it so far.'],
  ],
  5: [
    ['Love it', 'Soft, light and exactly my size.'],
    ['Perfect gift', 'My sister has not taken it off since.'],
    ['Best I have had', 'Third one I buy here.'],
  ],
}

const daySeconds = 24 * 60 * 60

/** Reviews that `history` speaks of: whichever provider is asked has them. */
const told = new Map<number, RestBody>()

export const simulator: Simulator<Settings> = {
  settings: { publicKey: 'pubkey-demo', privateKey: 'key-demo', storeHash: '270392' },
  provider: (world) => ({ handle: (asked) => answerApi(told, world.now(), asked) }),
  test: (settings, now) =>
    request(
      reviewBody({
        id: now.getTime(),
        reviewTitle: 'Test review',
        reviewMessage: 'This review tests the connection.',
        dateCreated: zoneless(now),
      }),
      settings,
    ),
  history: (settings, { seed, people, until, perPerson }) => {
    const random = createRandom(seed)
    const reviews = people.flatMap((person, index) =>
      Array.from({ length: perPerson }, (_, turn) =>
        review(random, person, seed * 100_000 + index * 100 + turn, until),
      ),
    )
    const ordered = reviews.toSorted((a, b) => a.at - b.at)
    for (const { body } of ordered) {
      told.set(Number(body['id']), told.get(Number(body['id'])) ?? restBody(body))
    }
    return ordered.map(({ body }) => request(body, settings))
  },
}

function review(
  random: Random,
  person: CustomerRef,
  id: number,
  until: Date,
): { at: number; body: Record<string, unknown> } {
  const at = until.getTime() - random.between(1, 180 * daySeconds) * 1000
  const rating = random.pick([1, 2, 3, 4, 4, 5, 5, 5, 5] as const)
  const [reviewTitle, reviewMessage] = random.pick(texts[rating])
  const replied = rating >= 4 && random.next() < 0.3
  const body = reviewBody({
    id,
    customerEmail: person.email,
    author: person.name,
    reviewTitle,
    reviewMessage,
    reviewRating: rating,
    dateCreated: zoneless(new Date(at)),
    reviewVerifiedType: random.pick([0, 2, 2]),
    ...random.pick(products),
    location: random.pick(['', 'United States', 'Germany', 'Japan']),
    ...(replied
      ? { reviewReply: 'Thank you, that is lovely to read!', dateReplied: zoneless(new Date(at + daySeconds * 500)) }
      : {}),
  })
  return { at, body }
}

/** The provider writes no zone. */
function zoneless(date: Date): string {
  return date.toISOString().replace('Z', '')
}
