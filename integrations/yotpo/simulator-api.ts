import type { ProviderReply, ProviderRequest } from '#sdk'

import type { SimulatedItem } from './simulator-mails.ts'

/** What the simulated store holds. Texts that make trouble: `refuse me`, and `lose the answer`. */
export interface SimulatedStore {
  reviews: Map<string, SimulatedItem>
  comments: { kind: 'review' | 'question'; id: string; content: string; isPublic: boolean; number: number }[]
  tokens: Set<string>
}

export function emptyStore(): SimulatedStore {
  return { reviews: new Map(), comments: [], tokens: new Set() }
}

export const simulatedKeys = { storeId: 'simulated-store', apiSecret: 'simulated-secret' }

const reviewPath = /^\/reviews\/(\d+)$/
const commentPath = /^\/(reviews|questions)\/(\d+)\/(?:comments|answers)(?:\/(\d+))?$/

/** The part of Yotpo's API that is used (facts 2.3). */
export function answerApi(store: SimulatedStore, request: ProviderRequest): ProviderReply {
  const body = parsed(request.body)
  if (request.path === '/control/comments') {
    return { status: 200, body: store.comments } // for tests that look at the store as its owner would
  }
  if (request.path === '/oauth/token') {
    return signIn(store, body)
  }
  const given = request.query.get('utoken') ?? body['utoken']
  if (typeof given !== 'string' || !store.tokens.has(given)) {
    return refusal(401, 'Access denied')
  }
  if (request.path === `/v1/apps/${simulatedKeys.storeId}/reviews`) {
    return { status: 200, body: { reviews: listed(store, request.query) } }
  }
  const [, id] = reviewPath.exec(request.path) ?? []
  if (id !== undefined) {
    return single(store.reviews.get(id))
  }
  const [, kind, subject, number] = commentPath.exec(request.path) ?? []
  return kind === undefined || subject === undefined
    ? refusal(404, 'Not found')
    : say(store, kind === 'reviews' ? 'review' : 'question', subject, number, body['comment'])
}

function signIn(store: SimulatedStore, body: Record<string, unknown>): ProviderReply {
  if (body['client_id'] !== simulatedKeys.storeId || body['client_secret'] !== simulatedKeys.apiSecret) {
    return refusal(401, 'Invalid client')
  }
  const token = `token-${store.tokens.size + 1}`
  store.tokens.add(token)
  return { status: 200, body: { access_token: token, token_type: 'bearer' } }
}

function listed(store: SimulatedStore, query: URLSearchParams): object[] {
  const count = Number(query.get('count') ?? 10)
  const page = Number(query.get('page') ?? 1)
  const since = Number(query.get('since_id') ?? 0)
  return [...store.reviews.values()]
    .filter(({ id }) => Number(id) > since)
    .toSorted((a, b) => Number(a.id) - Number(b.id))
    .slice((page - 1) * count, page * count)
    .map((item) => ({
      id: Number(item.id),
      title: item.title ?? '',
      content: item.content,
      score: item.rating,
      votes_up: 0,
      votes_down: 0,
      created_at: item.at.toISOString(),
      updated_at: item.at.toISOString(),
      sku: item.product.toLowerCase().replaceAll(' ', '-'),
      name: item.name,
      email: item.email,
      reviewer_type: 'verified_buyer',
      deleted: false,
      archived: false,
      escalated: false,
    }))
}

function single(item: SimulatedItem | undefined): ProviderReply {
  if (item === undefined) {
    return refusal(404, 'Review not found')
  }
  const { id, title, content, rating, name, at } = item
  const review = {
    id: Number(id),
    title,
    content,
    score: rating,
    user: { display_name: name },
    created_at: at.toISOString(),
    deleted: false,
    verified_buyer: true,
  }
  return { status: 200, body: { status: { code: 200, message: 'OK' }, response: { review } } }
}

function say(
  store: SimulatedStore,
  kind: 'review' | 'question',
  id: string,
  number: string | undefined,
  comment: unknown,
): ProviderReply {
  const { content, public: isPublic } = comment as { content: string; public: boolean }
  if (content.includes('refuse me')) {
    return refusal(400, 'The content was refused')
  }
  const before = store.comments.find((it) => String(it.number) === number)
  const said = before ?? { kind, id, content, isPublic, number: 7_000 + store.comments.length }
  Object.assign(said, { content, isPublic })
  if (before === undefined) {
    store.comments.push(said)
  }
  return content.includes('lose the answer')
    ? { status: 502, body: 'Bad gateway' }
    : {
        status: 200,
        body: {
          status: { code: 200, message: 'OK' },
          response: { comment: { id: said.number, content, public: isPublic } },
        },
      }
}

function refusal(code: number, message: string): ProviderReply {
  return { status: code, body: { status: { code, message } } }
}

function parsed(body: string): Record<string, unknown> {
  try {
    return JSON.parse(body) as Record<string, unknown>
  } catch {
    return {}
  }
}
