import { z } from 'zod'

import type { Desk } from '../main.ts'
import { defineIntegration, defineWebhook, ProviderError, secret } from '../sdk/index.ts'
import type { Effect, Integration, ProviderReply, ProviderRequest } from '../sdk/index.ts'
import type { TestOrg } from './desk.ts'

const Settings = z.object({
  key: secret('Key', 'Of the application.').optional(),
  threshold: z.number().int().default(3).meta({ title: 'Threshold', description: '' }),
  onTimeline: z.boolean().default(true).meta({ title: 'On the timeline', description: '' }),
  shop: z.string().optional().meta({ title: 'Shop', description: '', choices: true }),
})
type Settings = z.infer<typeof Settings>

/** A review as the provider of the tests has it. */
export interface AcmeReview {
  id: string
  stars: number
  text: string
  author: string
  email?: string
  /** ISO 8601. */
  at: string
  updated?: string
  reply?: string
  /** How likely they are to recommend the shop, 0 to 10: then this is what is scored. */
  nps?: number
  /** Whether its author was asked who they are, and what they said. */
  asked?: number
  answer?: { name?: string; email?: string; phone?: string; orderNumber?: string }
}

/** The provider behind the integration of the tests: what it has, and how it misbehaves. */
export interface AcmeProvider {
  reviews: Map<string, AcmeReview>
  access: Set<string>
  refresh: Set<string>
  /** Every call, as `POST /reviews/1/reply`. */
  calls: string[]
  /** Answers of the next calls that match, oldest first; `isAfterwards`: the work is done, only its answer is this. */
  troubles: { call: RegExp; status: number; headers?: Record<string, string>; isAfterwards?: boolean }[]
  tokens: number
  deleted: { objects: string[]; people: string[] }
}

const Payload = z.object({ id: z.string(), event: z.string().optional() })
const klass = 'acme-review'

/** An integration with everything that a provider of reviews can have; its provider is in the hands of the test. */
export function acmeReviews(): { integration: Integration<unknown>; provider: AcmeProvider } {
  const provider: AcmeProvider = {
    reviews: new Map(),
    access: new Set(),
    refresh: new Set(),
    calls: [],
    troubles: [],
    tokens: 0,
    deleted: { objects: [], people: [] },
  }
  const integration = defineIntegration<Settings>({
    id: 'acme-reviews',
    name: 'Acme Reviews',
    version: '1.0.0',
    category: 'reviews',
    summary: 'For tests.',
    developer: 'Tellback',
    website: 'https://example.com',
    settings: Settings,
    warningOf: ({ threshold, onTimeline }) => (threshold === 0 && !onTimeline ? 'Nothing is kept.' : undefined),
    klasses: { [klass]: { title: 'Acme Review', icon: 'star', color: '#000000', attributes: { starsNum: 'Stars' } } },
    webhooks: {
      reviews: defineWebhook<Settings, z.infer<typeof Payload>>({
        title: 'Reviews',
        description: '',
        payload: Payload,
        handle: async ({ id }, context): Promise<Effect[]> => {
          try {
            const { body } = await context.http.send({ method: 'GET', host: 'api', path: `/reviews/${id}` })
            return [effectOf(body as AcmeReview, context.settings)]
          } catch (error) {
            if (error instanceof ProviderError && error.details.status === 404) {
              return [{ kind: 'removal', klass, externalId: id, at: context.receivedAt }]
            }
            throw error
          }
        },
      }),
    },
    hosts: { api: 'https://api.acme.example', pages: 'https://acme.example' },
    connection: {
      authorize: { host: 'pages', path: '/authorize' },
      token: { host: 'api', path: '/token' },
      refresh: { host: 'api', path: '/token' },
      revoke: { host: 'api', path: '/revoke' },
      client: ({ key }) => (key === undefined ? undefined : { id: 'acme', secret: key }),
      refreshLifetime: 3600,
      instructions: 'Register the address.',
    },
    replies: {
      longest: 200,
      hint: 'Plain text.',
      command: '!reply',
      problemOf: (review) => (review.fields['starsNum'] === 3 ? 'Three stars need no answer.' : undefined),
      publish: async (text, review, { http }) => {
        await http.send({ method: 'POST', host: 'api', path: `/reviews/${review.externalId}/reply`, json: { text } })
        return { ref: `ref-${review.externalId}` }
      },
      read: async (review, { http }) => {
        const { body } = await http.send({ method: 'GET', host: 'api', path: `/reviews/${review.externalId}` })
        const { reply } = body as AcmeReview
        return reply === undefined ? undefined : { text: reply }
      },
      withdraw: async (review, { http }) => {
        await http.send({ method: 'DELETE', host: 'api', path: `/reviews/${review.externalId}/reply` })
      },
    },
    history: {
      problemOf: ({ key }) => (key === undefined ? 'Save the key first.' : undefined),
      page: async (cursor, context) => {
        const from = Number(cursor ?? 0)
        const { body } = await context.http.send({ method: 'GET', host: 'api', path: '/reviews', query: { from } })
        const { reviews, total } = body as { reviews: AcmeReview[]; total: number }
        const next = from + reviews.length
        return {
          effects: reviews.map((it) => effectOf(it, context.settings)),
          next: next < total ? String(next) : undefined,
          total,
        }
      },
      one: async (id, _fields, context) => {
        try {
          const { body } = await context.http.send({ method: 'GET', host: 'api', path: `/reviews/${id}` })
          return effectOf(body as AcmeReview, context.settings)
        } catch (error) {
          if (error instanceof ProviderError && error.details.status === 404) {
            return { kind: 'removal', klass, externalId: id, at: context.receivedAt }
          }
          throw error
        }
      },
    },
    enquiries: {
      name: 'Who is it',
      command: '!who',
      lasts: 60_000,
      problemOf: (review) => (review.fields['starsNum'] === 3 ? 'Happy people are not asked.' : undefined),
      ask: async (review, { http }) => {
        await http.send({ method: 'POST', host: 'api', path: `/reviews/${review.externalId}/ask`, json: {} })
      },
      wasAsked: async (review, _askedAt, { http }) => {
        const { body } = await http.send({ method: 'GET', host: 'api', path: `/reviews/${review.externalId}` })
        return (body as AcmeReview).asked !== undefined
      },
      answer: async (review, _askedAt, { http }) => {
        const { body } = await http.send({ method: 'GET', host: 'api', path: `/reviews/${review.externalId}` })
        return (body as AcmeReview).answer
      },
    },
    erasures: () => Promise.resolve(provider.deleted),
    choices: { shop: async (search) => [{ value: 's1', title: `Shop ${search}` }] },
    reasonOf: (_status, body) => z.object({ message: z.string() }).safeParse(body).data?.message,
    simulator: {
      test: () => ({ webhook: 'reviews', headers: {}, body: JSON.stringify({ id: 'test' }) }),
      history: () => [],
      provider: () => ({ handle: (request) => answer(provider, request) }),
    },
  })
  return { integration: integration as Integration<unknown>, provider }
}

function effectOf({ id, stars, text, author, email, at, updated, reply, nps }: AcmeReview, settings: Settings): Effect {
  return {
    kind: 'object',
    klass,
    externalId: id,
    customer: { name: author, email, profileId: `person-of-${author}` },
    at: new Date(at),
    version: new Date(updated ?? at),
    title: `${stars} stars`,
    description: text,
    fields: { starsNum: stars },
    feedback: {
      kind: 'review',
      ...(nps === undefined
        ? { metric: 'stars', score: stars, scale: { min: 1, max: 5 } }
        : { metric: 'nps', score: nps, scale: { min: 0, max: 10 } }),
      text,
      reply: reply === undefined ? undefined : { text: reply, at: undefined },
    },
    trust: 'refetched',
    onTimeline: settings.onTimeline,
    ...(stars <= settings.threshold ? { conversation: { name: `${author}: ${stars} stars`, message: text } } : {}),
  }
}

function answer(provider: AcmeProvider, request: ProviderRequest): ProviderReply {
  const call = `${request.method} ${request.path}`
  provider.calls.push(call)
  const index = provider.troubles.findIndex((it) => it.call.test(call))
  const [trouble] = index === -1 ? [] : provider.troubles.splice(index, 1)
  if (trouble !== undefined) {
    if (trouble.isAfterwards === true) {
      answerRightly(provider, request)
    }
    return { status: trouble.status, headers: trouble.headers ?? {}, body: { message: 'Out of order' } }
  }
  return answerRightly(provider, request)
}

const perPage = 10

function answerRightly(provider: AcmeProvider, { method, path, query, body, headers }: ProviderRequest): ProviderReply {
  if (path === '/token') {
    const form = new URLSearchParams(body)
    const refresh = form.get('refresh_token')
    if (refresh !== null && !provider.refresh.delete(refresh)) {
      return { status: 400, body: { message: 'This refresh token was used already' } }
    }
    provider.tokens++
    const tokens = { access_token: `a${provider.tokens}`, refresh_token: `r${provider.tokens}`, expires_in: '3600' }
    provider.access.add(tokens.access_token)
    provider.refresh.add(tokens.refresh_token)
    return { status: 200, body: tokens }
  }
  if (path === '/revoke') {
    provider.access.clear()
    provider.refresh.clear()
    return { status: 200 }
  }
  if (!provider.access.has((headers['authorization'] ?? '').replace('Bearer ', ''))) {
    return { status: 401, body: { message: 'No access' } }
  }
  if (path === '/reviews') {
    const all = [...provider.reviews.values()]
    const from = Number(query.get('from') ?? 0)
    return { status: 200, body: { reviews: all.slice(from, from + perPage), total: all.length } }
  }
  const [, id = '', action] = /^\/reviews\/([^/]+)(?:\/(\w+))?$/.exec(path) ?? []
  const review = provider.reviews.get(id)
  if (review === undefined) {
    return { status: 404, body: { message: 'No such review' } }
  }
  if (action === undefined) {
    return { status: 200, body: review }
  }
  if (method === 'DELETE') {
    delete review.reply
    return { status: 204 }
  }
  if (action === 'ask') {
    review.asked = (review.asked ?? 0) + 1
    return { status: 202 }
  }
  review.reply = (JSON.parse(body) as { text: string }).text
  return { status: 201 }
}

/** Connects an installation, on the way of an admin's browser. */
export async function connect(desk: Desk, org: TestOrg, installationId: string): Promise<string> {
  const begun = await org.call('POST', `/v1/apps/installations/${installationId}/connection`)
  const url = new URL(begun.body.data.url)
  const app = (await org.call('GET', `/v1/apps/installations/${installationId}`)).body.data.attributes.app
  const given = desk.simulators?.find(app)?.consent?.(url.href)
  const back = given === undefined ? url.searchParams : new URL(given).searchParams
  return comeBack(desk.address, org.token, back.get('state') ?? '', back.get('code') ?? 'c')
}

/** Comes back from the provider with a code and `state`; returns where that ends. */
export async function comeBack(address: string, token: string, state: string, code = 'c'): Promise<string> {
  const back = `${address}/connect/callback?${new URLSearchParams({ code, state }).toString()}`
  const answer = await fetch(back, { redirect: 'manual', headers: { authorization: `Bearer ${token}` } })
  return decodeURIComponent(answer.headers.get('location') ?? '').replaceAll('+', ' ')
}
