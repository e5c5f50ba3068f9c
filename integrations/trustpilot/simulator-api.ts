import { randomBytes } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'

import type { ProviderReply, ProviderRequest } from '#sdk'

import { businessUser, idOf, momentOf, newReviewId, told, units } from './simulator-state.ts'
import type { State, StoredReview } from './simulator-state.ts'
import { answerTokens } from './simulator-tokens.ts'

const tokenPath = '/v1/oauth/oauth-business-users-for-applications/'
const mostPerPage = 100

/** Trustpilot's API (facts 1 to 7). What a fact does not say answers as the application format has it. */
export async function answerApi(state: State, request: ProviderRequest): Promise<ProviderReply> {
  const call = `${request.method} ${request.path}`
  state.calls.push(call)
  const trouble = state.misbehaviours.find((it) => it.times > 0 && new RegExp(it.call).test(call))
  if (trouble !== undefined) {
    trouble.times--
    const rightly = trouble.isAfterwards === true ? answerRightly(state, request) : undefined
    if (trouble.delay !== undefined) {
      await sleep(trouble.delay)
    }
    if (rightly !== undefined && trouble.status === 0) {
      return rightly // it only took its time
    }
    return {
      status: trouble.status,
      ...(trouble.headers === undefined ? {} : { headers: trouble.headers }),
      body: said('Something failed', 0),
    }
  }
  return excess(state) ?? answerRightly(state, request)
}

const fiveMinutes = 5 * 60_000
const hour = 60 * 60_000

/** Counts a call, and refuses it when there were too many. The body is one of the application. [inferred, facts 6] */
function excess({ world, recent, limits }: State): ProviderReply | undefined {
  const now = world.now().getTime()
  recent.push(now)
  const stale = recent.findIndex((at) => at > now - hour)
  recent.splice(0, stale)
  const over = [
    { most: limits.perFiveMinutes, span: fiveMinutes },
    { most: limits.perHour, span: hour },
  ].find(({ most, span }) => (recent.at(-1 - most) ?? 0) > now - span)
  if (over === undefined) {
    return undefined
  }
  recent.pop() // a call that is refused does not count
  const until = (recent.at(-over.most) ?? now) + over.span
  const headers = limits.saysWhen ? { 'retry-after': String(Math.ceil((until - now) / 1000)) } : {}
  return { status: 429, headers, body: said('Too many requests', 1429) }
}

function answerRightly(state: State, request: ProviderRequest): ProviderReply {
  if (request.path.startsWith(tokenPath)) {
    return answerTokens(state, request, request.path.slice(tokenPath.length))
  }
  if (!request.path.startsWith('/v1/private/')) {
    return answerPublic(state, request)
  }
  const token = /^Bearer (\S+)$/i.exec(request.headers['authorization'] ?? '')?.[1]
  const endsAt = token === undefined ? undefined : state.access.get(token)
  if (endsAt === undefined) {
    return fault('Invalid access token', 'oauth.v2.InvalidAccessToken')
  }
  if (endsAt <= state.world.now().getTime()) {
    return fault('Access Token expired', 'keymanagement.service.access_token_expired') // [inferred, facts 1.6]
  }
  return answerPrivate(state, request)
}

function answerPublic(state: State, { method, path, query, headers }: ProviderRequest): ProviderReply {
  const bearer = /^Bearer (\S+)$/i.exec(headers['authorization'] ?? '')?.[1]
  const key = headers['apikey'] ?? query.get('apikey')
  if (key === null || key === undefined || key === '') {
    if (bearer === undefined || !state.access.has(bearer)) {
      return fault('Invalid ApiKey', 'oauth.v2.InvalidApiKey')
    }
  }
  if (method === 'GET' && path === '/v1/business-units/find') {
    const found = units.find((it) => it.identifyingName === query.get('name'))
    return found === undefined ? missing() : { status: 200, body: shownUnit(found, state) }
  }
  if (method === 'GET' && path === '/v1/business-units/search') {
    const words = (query.get('query') ?? '').toLowerCase()
    const found = units.filter((it) => `${it.identifyingName} ${it.displayName}`.toLowerCase().includes(words))
    return { status: 200, body: { links: [], businessUnits: found.map((it) => shownUnit(it, state)) } }
  }
  if (method === 'GET' && path === '/v1/consumers/deletions') {
    return { status: 200, body: { consumers: state.deletions.consumers } }
  }
  if (method === 'GET' && path === '/v1/reviews/deletions') {
    return { status: 200, body: { reviews: state.deletions.reviews } }
  }
  const id = /^\/v1\/reviews\/(\w+)$/.exec(path)?.[1]
  const review = id === undefined ? undefined : reviewById(state, id)
  if (method === 'GET' && review !== undefined) {
    const { referralEmail: _e, referenceId: _r, tags: _t, findReviewer: _f, source: _s, ...shown } = review
    return { status: 200, body: shown }
  }
  return missing()
}

function answerPrivate(state: State, request: ProviderRequest): ProviderReply {
  const { method, path } = request
  const [, kind = '', id = '', action = '', extra = ''] =
    /^\/v1\/private\/([^/]+)\/([^/]+)(?:\/([^/]+))?(?:\/([^/]+))?$/.exec(path) ?? []
  if (kind === 'business-units' && method === 'GET') {
    const found = units.find((it) => it.id === id)
    if (found === undefined) {
      return noAccess()
    }
    return action === 'reviews' ? serviceReviewPage(state, request, id) : { status: 200, body: shownUnit(found, state) }
  }
  if (kind === 'product-reviews' && id === 'business-units' && extra === 'reviews') {
    return units.some((it) => it.id === action) ? productReviewPage(state, request, action) : noAccess()
  }
  if (kind === 'reviews') {
    const review = reviewById(state, id)
    return review === undefined ? missing() : answerReview(state, request, review, action)
  }
  if (kind === 'product-reviews') {
    return answerProductReview(state, request, id, action)
  }
  return kind === 'conversations' ? answerConversation(state, request, id, action, extra) : missing()
}

function answerReview(state: State, request: ProviderRequest, review: StoredReview, action: string): ProviderReply {
  const { method } = request
  if (method === 'GET' && action === '') {
    return { status: 200, body: review }
  }
  const now = momentOf(state.world.now())
  if (method === 'POST' && action === 'reply') {
    const message = textIn(request, 'message')
    if (message === undefined) {
      return malformed()
    }
    review.companyReply = {
      text: message,
      authorBusinessUserId: textIn(request, 'authorBusinessUserId') ?? businessUser.id,
      authorBusinessUserName: businessUser.name,
      createdAt: review.companyReply?.createdAt ?? now,
      updatedAt: review.companyReply === null ? null : now,
    }
    return { status: 201 }
  }
  if (method === 'DELETE' && action === 'reply') {
    if ((request.headers['content-type'] ?? '') !== '') {
      return malformed() // seen with a real account (facts 3.3)
    }
    review.companyReply = null
    return { status: 204 }
  }
  if (method === 'POST' && action === 'find-reviewer') {
    const isOpen = review.findReviewer.requests.some((it) => it.status === 'Pending')
    if (!review.findReviewer.isEligible || isOpen) {
      return { status: 400, body: said(isOpen ? 'A request is pending' : 'This review is not eligible', 1001) }
    }
    review.findReviewer.requests.push({
      id: newReviewId(),
      created: now,
      status: 'Pending',
      businessUserMessage: null,
      consumerResponse: null,
    })
    return { status: 202 }
  }
  return missing()
}

function answerProductReview(state: State, { method }: ProviderRequest, id: string, action: string): ProviderReply {
  const review = state.productReviews.get(id)
  if (review === undefined) {
    return missing()
  }
  if (method === 'GET' && action === '') {
    return { status: 200, body: review }
  }
  if (method === 'POST' && action === 'create-conversation') {
    const conversationId = review.conversationId ?? idOf('conversation', id)
    review.conversationId = conversationId
    if (!state.conversations.has(conversationId)) {
      state.conversations.set(conversationId, {
        id: conversationId,
        businessUnitId: review.businessUnitId,
        sourceId: id,
        state: 'private',
        comments: [],
      })
    }
    return { status: 200, body: { conversationId } }
  }
  return missing()
}

function answerConversation(
  state: State,
  request: ProviderRequest,
  id: string,
  action: string,
  comment: string,
): ProviderReply {
  const conversation = state.conversations.get(id)
  if (conversation === undefined) {
    return missing()
  }
  const { method } = request
  if (method === 'GET' && action === '') {
    return { status: 200, body: { ...conversation, source: 'Product reviews' } }
  }
  if (method === 'POST' && action === 'state') {
    conversation.state = textIn(request, 'state') === 'public' ? 'public' : 'private'
    return { status: 200, body: conversation }
  }
  const content = textIn(request, 'content')
  if (action !== 'comments' || (method !== 'POST' && method !== 'PUT')) {
    return missing()
  }
  if (content === undefined) {
    return malformed()
  }
  if (method === 'PUT') {
    const found = conversation.comments.find((it) => it.id === comment)
    if (found === undefined) {
      return missing()
    }
    found.content = content
    return { status: 200, body: found }
  }
  const commentId = newReviewId()
  const added = {
    id: commentId,
    commentId,
    createdAt: momentOf(state.world.now()),
    author: { id: businessUser.id, type: 'businessUser' },
    content,
  }
  conversation.comments.push(added)
  return { status: 200, body: added }
}

export function reviewById(state: State, id: string): StoredReview | undefined {
  return state.reviews.get(id) ?? told.get(id)
}

/** The order that was found last, while there are as many reviews: when one was written never changes. */
const orders = new WeakMap<State, { count: string; ids: Map<string, string[]> }>()

/** Of one business unit, the newest first. */
export function newestReviews(state: State, unitId: string, from: number, to: number): StoredReview[] {
  return reviewIds(state, unitId)
    .slice(from, to)
    .flatMap((id) => reviewById(state, id) ?? [])
}

function reviewIds(state: State, unitId: string): string[] {
  const count = `${told.size}/${state.reviews.size}`
  const known = orders.get(state)
  const ids = known?.count === count ? known.ids : inOrder(state)
  orders.set(state, { count, ids })
  return ids.get(unitId) ?? []
}

function inOrder(state: State): Map<string, string[]> {
  const all = [...new Map([...told, ...state.reviews]).values()]
  const byUnit = Map.groupBy(
    all.toSorted((a, b) => (a.createdAt < b.createdAt ? 1 : -1)),
    (it) => it.businessUnit.id,
  )
  return new Map([...byUnit].map(([unitId, reviews]) => [unitId, reviews.map((it) => it.id)]))
}

function serviceReviewPage(state: State, { query }: ProviderRequest, unitId: string): ProviderReply {
  const { from, to } = rangeOf(query)
  return { status: 200, body: { links: [], reviews: newestReviews(state, unitId, from, to) } }
}

function productReviewPage(state: State, { query }: ProviderRequest, unitId: string): ProviderReply {
  const { from, to } = rangeOf(query)
  const ours = [...state.productReviews.values()].filter((it) => it.businessUnitId === unitId)
  return { status: 200, body: { links: [], productReviews: ours.slice(from, to) } }
}

function rangeOf(query: URLSearchParams): { from: number; to: number } {
  const perPage = Math.min(mostPerPage, Math.max(1, Number(query.get('perPage') ?? 20) || 20))
  const page = Math.max(1, Number(query.get('page') ?? 1) || 1)
  return { from: (page - 1) * perPage, to: page * perPage }
}

function shownUnit({ id, identifyingName, displayName }: (typeof units)[number], state: State) {
  const total = reviewIds(state, id).length
  return {
    id,
    displayName,
    name: { identifying: identifyingName, referring: [] },
    websiteUrl: `https://${identifyingName}`,
    country: 'DE',
    numberOfReviews: { total },
    status: 'active',
    links: [],
  }
}

function textIn({ body, headers }: ProviderRequest, name: string): string | undefined {
  try {
    const parsed = /form/.test(headers['content-type'] ?? '')
      ? Object.fromEntries(new URLSearchParams(body))
      : (JSON.parse(body) as Record<string, unknown>)
    const value = parsed[name]
    return typeof value === 'string' && value.trim() !== '' ? value : undefined
  } catch {
    return undefined
  }
}

function said(message: string, errorCode: number) {
  return { message, errorCode, details: '', correlationId: randomBytes(8).toString('hex') }
}

function malformed(): ProviderReply {
  return { status: 400, body: said('The request was malformed', 1001) }
}

function missing(): ProviderReply {
  return { status: 404, body: said('The requested resource was not found', 1004) }
}

function noAccess(): ProviderReply {
  return { status: 403, body: said('You do not have access to this business unit', 1003) }
}

function fault(faultstring: string, errorcode: string): ProviderReply {
  return { status: 401, body: { fault: { faultstring, detail: { errorcode } } } }
}
