import { randomBytes } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'

import type { ProviderReply, ProviderRequest } from '#sdk'

import { businessUser, idOf, mintTokens, momentOf, newReviewId, otherUnit, told, unit } from './simulator-state.ts'
import type { State, StoredReview } from './simulator-state.ts'

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
  return answerRightly(state, request)
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

function answerTokens(state: State, request: ProviderRequest, action: string): ProviderReply {
  const form = new URLSearchParams(request.body)
  const basic = /^Basic (\S+)$/.exec(request.headers['authorization'] ?? '')?.[1]
  const [id = '', secret = ''] =
    basic === undefined
      ? [form.get('client_id') ?? '', form.get('client_secret') ?? '']
      : Buffer.from(basic, 'base64').toString().split(':')
  const known = state.clients.get(id)
  if (id === '' || secret === '' || (known !== undefined && known !== secret)) {
    return { status: 401, body: { ErrorCode: 'invalid_client', Error: 'ClientId is Invalid' } }
  }
  state.clients.set(id, secret)
  if (action === 'revoke') {
    const refresh = state.refresh.get(form.get('token') ?? '')
    state.access.delete(refresh?.access ?? form.get('token') ?? '')
    state.refresh.delete(form.get('token') ?? '')
    return { status: 200, body: {} }
  }
  switch (form.get('grant_type')) {
    case 'authorization_code': {
      const code = form.get('code') ?? ''
      const granted = state.codes.get(code)
      state.codes.delete(code)
      return granted?.client === id && granted.redirectUri === form.get('redirect_uri')
        ? { status: 200, body: mintTokens(state, id) }
        : { status: 400, body: { ErrorCode: 'invalid_grant', Error: 'Invalid Authorization Code' } }
    }
    case 'refresh_token': {
      const held = state.refresh.get(form.get('refresh_token') ?? '')
      state.refresh.delete(form.get('refresh_token') ?? '')
      if (held?.client !== id) {
        return { status: 400, body: { ErrorCode: 'invalid_grant', Error: 'Invalid Refresh Token' } }
      }
      state.access.delete(held.access)
      return { status: 200, body: mintTokens(state, id) }
    }
    case 'client_credentials':
    case 'password': {
      const { refresh_token: _none, ...tokens } = mintTokens(state, id)
      return { status: 200, body: form.get('grant_type') === 'password' ? mintTokens(state, id) : tokens }
    }
    default:
      return { status: 400, body: { ErrorCode: 'invalid_request', Error: 'Unsupported grant type' } }
  }
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
    const found = [unit, otherUnit].find((it) => it.identifyingName === query.get('name'))
    return found === undefined ? missing() : { status: 200, body: shownUnit(found, state) }
  }
  if (method === 'GET' && path === '/v1/business-units/search') {
    const words = (query.get('query') ?? '').toLowerCase()
    const found = [unit, otherUnit].filter((it) =>
      `${it.identifyingName} ${it.displayName}`.toLowerCase().includes(words),
    )
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
  if (kind === 'business-units' && action === 'reviews' && method === 'GET') {
    return id === unit.id ? serviceReviewPage(state, request) : noAccess()
  }
  if (kind === 'business-units' && action === '' && method === 'GET') {
    return id === unit.id ? { status: 200, body: shownUnit(unit, state) } : noAccess()
  }
  if (kind === 'product-reviews' && id === 'business-units' && extra === 'reviews') {
    return action === unit.id ? productReviewPage(state, request) : noAccess()
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
        businessUnitId: unit.id,
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
const orders = new WeakMap<State, { count: string; ids: string[] }>()

/** The newest first. */
export function newestReviews(state: State, from: number, to: number): StoredReview[] {
  return reviewIds(state)
    .slice(from, to)
    .flatMap((id) => reviewById(state, id) ?? [])
}

function reviewIds(state: State): string[] {
  const count = `${told.size}/${state.reviews.size}`
  const known = orders.get(state)
  const ids = known?.count === count ? known.ids : inOrder(state)
  orders.set(state, { count, ids })
  return ids
}

function inOrder(state: State): string[] {
  const all = [...new Map([...told, ...state.reviews]).values()]
  return all.toSorted((a, b) => (a.createdAt < b.createdAt ? 1 : -1)).map((it) => it.id)
}

function serviceReviewPage(state: State, { query }: ProviderRequest): ProviderReply {
  const { from, to } = rangeOf(query)
  return { status: 200, body: { links: [], reviews: newestReviews(state, from, to) } }
}

function productReviewPage(state: State, { query }: ProviderRequest): ProviderReply {
  const { from, to } = rangeOf(query)
  return { status: 200, body: { links: [], productReviews: [...state.productReviews.values()].slice(from, to) } }
}

function rangeOf(query: URLSearchParams): { from: number; to: number } {
  const perPage = Math.min(mostPerPage, Math.max(1, Number(query.get('perPage') ?? 20) || 20))
  const page = Math.max(1, Number(query.get('page') ?? 1) || 1)
  return { from: (page - 1) * perPage, to: page * perPage }
}

function shownUnit({ id, identifyingName, displayName }: typeof unit, state: State) {
  const total = id === unit.id ? reviewIds(state).length : 0
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
