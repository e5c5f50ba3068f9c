import { createHmac, randomUUID } from 'node:crypto'

import type { ProviderReply, ProviderRequest } from '#sdk'

import { keys, nextSequence } from './simulator-state.ts'
import type { State, StoredRequest } from './simulator-state.ts'

const minuteMs = 60_000
const dayMs = 24 * 60 * minuteMs
const tokenToleranceMs = 5 * minuteMs // [inferred, facts B1]

/** Agent Connect's API (facts part B). */
export function answerApi(state: State, request: ProviderRequest): ProviderReply {
  const call = `${request.method} ${request.path}`
  state.calls.push(call)
  const trouble = state.misbehaviours.find((it) => it.times > 0 && new RegExp(it.call).test(call))
  if (trouble !== undefined) {
    trouble.times--
    if (trouble.isAfterwards === true) {
      answerRightly(state, request)
    }
    return { status: trouble.status, body: { message: 'Something failed' } }
  }
  const luck = Math.random() * 100
  if (luck < state.weather.failing) {
    return { status: 500, body: { message: 'Internal error' } }
  }
  const answer = answerRightly(state, request)
  return luck < state.weather.failing + state.weather.afterwards ? { status: 502, body: '' } : answer
}

function answerRightly(state: State, request: ProviderRequest): ProviderReply {
  const { method, path, headers } = request
  if (method === 'POST' && path === '/v1/auth') {
    const basic = Buffer.from((headers['authorization'] ?? '').replace(/^Basic /, ''), 'base64').toString()
    return createRequest(state, request, basic.split(':')[1])
  }
  const key = headers['x-api-key']
  if (key !== keys.production && key !== keys.test) {
    return { status: 403, body: { message: 'Forbidden' } }
  }
  if (method === 'POST' && path === '/v1/requests') {
    return createRequest(state, request, key)
  }
  if (method === 'POST' && path === '/v1/recoveries') {
    return { status: 200, body: { request_id: randomUUID() } }
  }
  if (!isSigned(state, headers['authorization'] ?? '')) {
    return { status: 403, body: { message: 'Forbidden' } }
  }
  if (method === 'GET' && path === '/v2/data') {
    return isTooMany(state) ? { status: 429, body: { message: 'Too many requests' } } : returns(state, request)
  }
  if (method === 'GET' && path === '/v2/employees') {
    return employees(state, request)
  }
  const [, id = ''] = /^\/v2\/employees\/([^/]+)$/.exec(path) ?? []
  const email = decodeURIComponent(id).toLowerCase()
  return state.employees.has(email) ? { status: 200, body: { email } } : { status: 404, body: { message: 'Not found' } }
}

function isSigned(state: State, header: string): boolean {
  const [head = '', body = '', signature] = header.replace(/^Bearer /i, '').split('.')
  const expected = createHmac('sha256', keys.secret).update(`${head}.${body}`).digest('base64url')
  const { iat } = JSON.parse(Buffer.from(body, 'base64url').toString() || '{}') as { iat?: number }
  return signature === expected && Math.abs(state.world.now().getTime() - (iat ?? 0) * 1000) < tokenToleranceMs
}

function isTooMany(state: State): boolean {
  const now = state.world.now().getTime()
  state.recent.push(now)
  const last = state.recent.filter((at) => at > now - minuteMs)
  state.recent.splice(0, state.recent.length, ...last)
  return last.length > state.perMinute
}

const known = new Set([
  'customer',
  'employee',
  'channel',
  'ext_interaction_id',
  'external_url',
  'tags',
  'do_not_send',
  'brand',
  'language',
  'country',
  'custom_properties',
])
const channels = new Set(['phone', 'chat', 'email'])

interface GivenRequest {
  customer?: { name?: string; email?: string }
  employee?: { email?: string }
  channel?: string
  ext_interaction_id?: string
  external_url?: string
  tags?: string[]
  do_not_send?: boolean
  brand?: string
}

function createRequest(state: State, { body }: ProviderRequest, key: string | undefined): ProviderReply {
  const given = JSON.parse(body) as GivenRequest
  const unknown = Object.keys(given).find((name) => !known.has(name))
  const email = given.employee?.email?.toLowerCase() ?? ''
  const status = state.employees.get(email)
  const error =
    unknown !== undefined
      ? `${unknown} is not allowed`
      : given.channel === undefined || !channels.has(given.channel)
        ? 'Channel not enabled for company'
        : status === undefined
          ? 'Employee not found'
          : status === 'deactivated'
            ? 'Deactivated employee'
            : status === 'active'
              ? given.customer?.email === undefined
                ? 'Invalid customer'
                : undefined
              : 'Employee profile not complete'
  if (error !== undefined) {
    state.invalid.push(error)
    return state.isSynchronous
      ? { status: 400, body: { message: error, errors: [error] } }
      : { status: 200, body: given }
  }
  const request = stored(state, given)
  if (key === keys.test) {
    state.testRequests.push({ ...request, status: 'Test' })
  } else {
    state.requests.push(request)
  }
  return { status: 200, body: given }
}

function stored(state: State, given: GivenRequest): StoredRequest {
  const now = state.world.now()
  const email = given.customer?.email?.toLowerCase() ?? ''
  const brand = given.brand ?? 'default'
  const isSuppressed = state.requests.some(
    (it) =>
      it.customer.email === email &&
      it.brand === brand &&
      it.sentAt !== undefined &&
      now.getTime() - it.sentAt.getTime() < state.suppressionDays * dayMs,
  )
  const status =
    given.do_not_send === true
      ? 'Not sent: do not send flag'
      : state.unsubscribed.has(email)
        ? 'Not sent: consumer unsubscribed'
        : state.bounced.has(email)
          ? 'Hard bounce'
          : isSuppressed
            ? 'Not sent: suppression period'
            : 'Sent'
  return {
    uuid: randomUUID(),
    sequenceId: nextSequence(state),
    interaction: given.ext_interaction_id ?? '',
    url: given.external_url ?? '',
    channel: given.channel ?? 'email',
    brand,
    tags: given.tags ?? [],
    employee: given.employee?.email ?? '',
    customer: { name: given.customer?.name ?? '', email },
    createdAt: now,
    status,
    sentAt: status === 'Sent' ? now : undefined,
    receivedAt: undefined,
    stars: undefined,
    comment: undefined,
    reward: undefined,
  }
}

function returns(state: State, { query }: ProviderRequest): ProviderReply {
  const after = Number(query.get('after') ?? 0)
  const limit = Number(query.get('limit') ?? 1000)
  const found = state.requests
    .filter((it) => it.sequenceId > after)
    .toSorted((a, b) => a.sequenceId - b.sequenceId)
    .slice(0, limit)
  return { status: 200, body: found.map(returnOf) }
}

/** One element of the data return (facts B4.1). */
export function returnOf(it: StoredRequest) {
  const [first = '', ...rest] = it.employee.split('@')[0]?.split('.') ?? []
  return {
    uuid: it.uuid,
    sequence_id: it.sequenceId,
    parent_uuid: null,
    is_recovery: false,
    branding: it.brand,
    channel: it.channel,
    ext_interaction_id: it.interaction,
    external_url: it.url,
    language: 'en',
    survey_id: 3933,
    survey_name: 'Email CSAT',
    tags: it.tags,
    request_created_at: it.createdAt.toISOString(),
    request_delivery_status: it.status,
    request_sent_at: it.sentAt?.toISOString() ?? null,
    requested_via: 'API',
    delivered_at: null,
    response_received_at: it.receivedAt?.toISOString() ?? null,
    reward_eligible: true,
    reward_name: it.reward ?? null,
    employee: { custom_id: null, email: it.employee, first_name: first, last_name: rest.join(' ') },
    customer: { custom_id: null, email: it.customer.email, full_name: it.customer.name },
    custom_properties: {},
    answers:
      it.stars === undefined
        ? {}
        : {
            agent_star_rating: {
              question_id: 'q1',
              question_text: 'Rate your experience',
              comment: it.comment ?? null,
              selected_options: {
                [`o${it.stars}`]: { option_id: `o${it.stars}`, option_text: String(it.stars), integer_value: it.stars },
              },
            },
            areas_of_improvement: {
              question_id: 'q2',
              question_text: 'What could be better?',
              comment: null,
              selected_options: {},
            },
          },
  }
}

function employees(state: State, { query }: ProviderRequest): ProviderReply {
  const status = query.get('status')
  const words = (query.get('q') ?? '').toLowerCase()
  const count = Number(query.get('number_of_employees') ?? 100)
  const found = [...state.employees]
    .filter(([email, its]) => (status === null || its === status) && email.includes(words))
    .slice(0, count)
    .map(([email]) => ({ email, first_name: email.split('@')[0], last_name: '', channels: ['email'] }))
  return { status: 200, body: { employees: found, meta: { next_page: null } } }
}
