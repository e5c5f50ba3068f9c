import { createHash, randomBytes } from 'node:crypto'

import { createRandom } from '#sdk'
import type { CustomerRef, World } from '#sdk'

/** A private service review as the API gives it (facts 3.1). */
export interface StoredReview {
  id: string
  consumer: {
    id: string
    displayName: string | null
    displayLocation: string | null
    numberOfReviews: number
    links: []
  }
  businessUnit: { id: string; identifyingName: string; displayName: string; links: [] }
  location: null
  stars: number
  title: string | null
  text: string | null
  language: string | null
  createdAt: string
  updatedAt: string | null
  experiencedAt: string | null
  referralEmail: string | null
  referenceId: string | null
  source: string | null
  companyReply: null | {
    text: string
    authorBusinessUserId: string
    authorBusinessUserName: string
    createdAt: string
    updatedAt: string | null
  }
  tags: { group: string; value: string }[]
  findReviewer: { isEligible: boolean; requests: FindReviewerRequest[] }
  isVerified: boolean
  status: string
  links: []
}

export interface FindReviewerRequest {
  id: string
  created: string
  status: string
  businessUserMessage: string | null
  consumerResponse: null | {
    name: string | null
    email: string | null
    phoneNumber: string | null
    referenceId: string | null
    address: null
    message: string | null
    submittedAt: string
  }
}

export interface StoredProductReview {
  id: string
  createdAt: string
  updatedAt: string | null
  businessUnitId: string
  stars: number
  content: string
  language: string
  referenceId: string | null
  product: { id: string; productUrl: string; name: string; sku: string }
  consumer: { id: string; email: string; name: string }
  state: string
  conversationId: string | null
}

export interface StoredConversation {
  id: string
  businessUnitId: string
  sourceId: string
  state: 'public' | 'private'
  comments: {
    id: string
    commentId: string
    createdAt: string
    author: { id: string; type: string }
    content: string
  }[]
}

/** What the provider does to one of its next calls. */
export interface Misbehaviour {
  /** Matches `POST /v1/…`. */
  call: string
  /** 0: the right answer, after `delay`; with `isAfterwards`. */
  status: number
  headers?: Record<string, string>
  /** The work is done all the same, and only the answer is lost. */
  isAfterwards?: boolean
  /** Milliseconds before the answer. */
  delay?: number
  times: number
}

export const unit = {
  id: '5f1a2b3c4d5e6f7a8b9c0d1e',
  identifyingName: 'nordlicht-outdoor.example',
  displayName: 'Nordlicht Outdoor',
}
export const otherUnit = {
  id: '5f1a2b3c4d5e6f7a8b9c0d2f',
  identifyingName: 'nordlicht-kids.example',
  displayName: 'Nordlicht Kids',
}
/** Those that the business user of the simulator may see. */
export const units = [unit, otherUnit]
export const businessUser = { id: '507f191e810c19729de860ea', name: 'Nora Lind' }

const accessSeconds = 360_000
const refreshSeconds = 7_776_000

/** More calls than these are answered with 429 (facts 6). */
export interface CallLimits {
  perFiveMinutes: number
  perHour: number
  /** Whether the refusal says when to come back; no source says that it does. */
  saysWhen: boolean
}

/** How webhooks go wrong; all of it happens in practice, and none of it is documented (facts 2.8). */
export interface WebhookTrouble {
  /** Each is sent so many times. */
  copies: number
  /** They wait, and are sent together in the wrong order when that ends. */
  isHeld: boolean
}

/** A webhook on its way. */
export interface Announcement {
  unitId: string
  eventName: string
  body: string
}

export interface State {
  readonly world: World
  readonly clients: Map<string, string>
  readonly codes: Map<string, { client: string; redirectUri: string }>
  /** Access token to the time at which it ends, in milliseconds. */
  readonly access: Map<string, number>
  /** Refresh token to its access token; each is good once. */
  readonly refresh: Map<string, { client: string; access: string }>
  readonly reviews: Map<string, StoredReview>
  readonly productReviews: Map<string, StoredProductReview>
  readonly conversations: Map<string, StoredConversation>
  /** Business unit and event name to the addresses that hear of it: `5f1a…/service-review-created`. */
  readonly subscriptions: Map<string, Set<string>>
  readonly misbehaviours: Misbehaviour[]
  /** Whether `state` comes back from the consent page; no source says that it does (facts 1.2). */
  isStateEchoed: boolean
  readonly webhooks: WebhookTrouble
  readonly limits: CallLimits
  /** When the calls of the last hour came, the oldest first; in milliseconds. */
  readonly recent: number[]
  readonly held: Announcement[]
  /** Whose accounts and which reviews are gone. */
  readonly deletions: {
    consumers: { consumerId: string; deletedAt: string }[]
    reviews: { reviewId: string; deletedAt: string }[]
  }
  /** Every call that reached the API, as `POST /v1/…`. */
  readonly calls: string[]
}

/** Reviews that `history` speaks of: whichever provider is asked has them. */
export const told = new Map<string, StoredReview>()

export function createState(world: World): State {
  return {
    world,
    clients: new Map(),
    codes: new Map(),
    access: new Map(),
    refresh: new Map(),
    reviews: new Map(),
    productReviews: new Map(),
    conversations: new Map(),
    subscriptions: new Map(),
    misbehaviours: [],
    isStateEchoed: true,
    webhooks: { copies: 1, isHeld: false },
    limits: { perFiveMinutes: 833, perHour: 10_000, saysWhen: false },
    recent: [],
    held: [],
    deletions: { consumers: [], reviews: [] },
    calls: [],
  }
}

export function newReviewId(): string {
  return randomBytes(12).toString('hex')
}

export function idOf(...parts: (string | number)[]): string {
  return createHash('sha256').update(parts.join('/')).digest('hex').slice(0, 24)
}

/** Seconds, as real times have them. */
export function momentOf(date: Date): string {
  return date.toISOString().replace(/\.\d{3}Z$/, 'Z')
}

export function mintTokens(state: State, client: string): Record<string, string> {
  const now = state.world.now()
  const issued = String(Math.floor(now.getTime() / 1000))
  const access = `tpa-${randomBytes(20).toString('hex')}`
  const refresh = `tpr-${randomBytes(20).toString('hex')}`
  state.access.set(access, now.getTime() + accessSeconds * 1000)
  state.refresh.set(refresh, { client, access })
  return {
    access_token: access,
    refresh_token: refresh,
    issued_at: issued,
    expires_in: String(accessSeconds),
    token_type: 'BearerToken',
    refresh_token_issued_at: issued,
    refresh_token_expires_in: String(refreshSeconds),
    refresh_token_status: 'approved',
  }
}

export interface Written {
  id?: string
  name: string
  stars: number
  title: string
  text: string
  /** Of the invitation; without one the review is of the reviewer's own accord. */
  email?: string | undefined
  about?: typeof unit
  referenceId?: string | undefined
  place?: string
  at: Date
}

export function reviewOf({
  id = newReviewId(),
  name,
  stars,
  title,
  text,
  email,
  referenceId,
  place,
  about = unit,
  at,
}: Written): StoredReview {
  return {
    id,
    links: [],
    consumer: {
      id: idOf('consumer', name),
      displayName: name,
      displayLocation: place ?? null,
      numberOfReviews: 1,
      links: [],
    },
    businessUnit: { ...about, links: [] },
    location: null,
    stars,
    title,
    text,
    language: 'en',
    createdAt: momentOf(at),
    updatedAt: null,
    experiencedAt: momentOf(new Date(at.getTime() - 86_400_000)),
    referralEmail: email ?? null,
    referenceId: referenceId ?? null,
    source: email === undefined ? 'Organic' : 'Invitation',
    companyReply: null,
    tags: [],
    findReviewer: { isEligible: email === undefined, requests: [] },
    isVerified: email !== undefined,
    status: 'active',
  }
}

const texts: Record<1 | 2 | 3 | 4 | 5, [readonly [string, string], ...(readonly [string, string])[]]> = {
  1: [
    ['Never again', 'The parcel came a week late and the box was open.'],
    ['No answer', 'I wrote three times about my refund and heard nothing.'],
  ],
  2: [
    ['Disappointed', 'The jacket is nice, but the zipper broke on the second day.'],
    ['Slow', 'Delivery took twelve days instead of three.'],
  ],
  3: [['It is fine', 'Good quality, slow delivery.']],
  4: [['Very good', 'Fast delivery, and the boots fit as described.']],
  5: [
    ['Excellent', 'Friendly on the phone, and the tent was here the next day.'],
    ['Best shop for outdoor things', 'Third order, always right.'],
  ],
}

/** Reviews about `people`, the oldest first; every second one was invited, and so has an address. */
export function reviewsOf(seed: number, people: CustomerRef[], until: Date, perPerson: number): StoredReview[] {
  const random = createRandom(seed)
  const day = 86_400_000
  return people
    .flatMap((person, index) =>
      Array.from({ length: perPerson }, (_, turn) => {
        const stars = random.pick([1, 2, 3, 4, 4, 5, 5, 5] as const)
        const [title, text] = random.pick(texts[stars])
        const isInvited = (index + turn) % 2 === 0
        return reviewOf({
          id: idOf('review', seed, index, turn, person.email ?? person.name ?? ''),
          name: person.name ?? 'Somebody',
          stars,
          title,
          text,
          email: isInvited ? person.email : undefined,
          referenceId: isInvited ? String(10_400 + random.between(0, 99)) : undefined,
          at: new Date(until.getTime() - random.between(1, 120) * day - random.between(0, day)),
        })
      }),
    )
    .toSorted((a, b) => (a.createdAt < b.createdAt ? -1 : 1))
}
