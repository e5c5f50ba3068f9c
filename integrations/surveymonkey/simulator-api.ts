import type { ProviderReply, ProviderRequest } from '#sdk'

import { list, problem, responseOf } from './simulator-answers.ts'
import { answerCollector } from './simulator-collectors.ts'
import { newId, settle } from './simulator-state.ts'
import type { Region, State, StoredSurvey } from './simulator-state.ts'

const minuteMs = 60_000
const dayMs = 24 * 60 * minuteMs

/** SurveyMonkey's API v3 (facts part A), at the host of one region. */
export async function answerApi(state: State, request: ProviderRequest): Promise<ProviderReply> {
  const call = `${request.method} ${request.path}`
  state.calls.push(call)
  const quota = count(state)
  const trouble = state.misbehaviours.find((it) => it.times > 0 && new RegExp(it.call).test(call))
  const answer = quota.isUsed
    ? problem(429, '1040', 'Rate limit reached')
    : await answerWithTrouble(state, request, trouble)
  return { ...answer, headers: { ...quota.headers, ...answer.headers } }
}

async function answerWithTrouble(
  state: State,
  request: ProviderRequest,
  trouble: State['misbehaviours'][number] | undefined,
): Promise<ProviderReply> {
  if (trouble !== undefined) {
    trouble.times--
    if (trouble.isAfterwards === true) {
      await answerRightly(state, request)
    }
    return problem(trouble.status, trouble.errorId ?? '1050', 'Something failed')
  }
  const { failing, afterwards } = state.weather
  const luck = Math.random() * 100
  if (luck < failing) {
    return problem(500, '1050', 'Internal Server Error')
  }
  const answer = await answerRightly(state, request)
  return luck < failing + afterwards ? problem(502, '1054', 'Bad Gateway') : answer
}

/** 120 a minute and 500 a day, the day ending at midnight GMT (facts A1). */
function count(state: State): { isUsed: boolean; headers: Record<string, string> } {
  const now = state.world.now().getTime()
  const midnight = (Math.floor(now / dayMs) + 1) * dayMs
  state.recent.splice(
    0,
    Math.max(
      0,
      state.recent.findIndex((at) => at >= midnight - dayMs),
    ),
  )
  if ((state.recent[0] ?? now) < midnight - dayMs) {
    state.recent.length = 0
  }
  const lastMinute = state.recent.filter((at) => at > now - minuteMs)
  const left = { minute: state.limits.minute - lastMinute.length, day: state.limits.day - state.recent.length }
  const isUsed = left.minute <= 0 || left.day <= 0
  if (!isUsed) {
    state.recent.push(now)
  }
  const spent = isUsed ? 0 : 1
  const headers = Object.fromEntries(
    (['minute', 'day'] as const).flatMap((period) => {
      const resets = period === 'day' ? midnight - now : (lastMinute[0] ?? now) + minuteMs - now
      return [
        [`x-ratelimit-app-global-${period}-limit`, String(state.limits[period])],
        [`x-ratelimit-app-global-${period}-remaining`, String(Math.max(0, left[period] - spent))],
        [`x-ratelimit-app-global-${period}-reset`, String(Math.ceil(resets / 1000))],
      ]
    }),
  )
  return { isUsed, headers }
}

async function answerRightly(state: State, request: ProviderRequest): Promise<ProviderReply> {
  settle(state)
  const token = /^bearer (\S+)$/i.exec(request.headers['authorization'] ?? '')?.[1]
  if (token === undefined) {
    return problem(401, '1010', 'The authorization token was not provided.')
  }
  if (state.revoked.has(token)) {
    return problem(401, '1013', 'The authorization token was revoked.')
  }
  if (!token.startsWith('demo')) {
    return problem(401, '1011', 'The authorization token provided was invalid.')
  }
  if ((request.host as Region) !== state.region) {
    return problem(403, '1018', 'The user is in another region.')
  }
  const path = request.path.replace(/^\/v3/, '')
  const scope = scopeOf(request.method, path)
  if (scope !== undefined && !state.scopes.includes(scope)) {
    return problem(403, '1014', `Permission was not granted: ${scope}`)
  }
  if (path === '/users/me') {
    return { status: 200, body: { ...user, scopes: { available: state.scopes, granted: state.scopes } } }
  }
  const [, kind = '', id = '', rest = ''] = /^\/([^/]+)(?:\/([^/]+))?(?:\/(.*))?$/.exec(path) ?? []
  switch (kind) {
    case 'surveys':
      return answerSurvey(state, request, id, rest)
    case 'collectors':
      return answerCollector(state, request, id, rest)
    case 'webhooks':
      return answerWebhooks(state, request, id)
    case 'errors':
      return list(state, request, [{ id: '1050', name: 'Internal Server Error' }])
    default:
      return problem(404, '1020', 'There was an error retrieving the requested resource.')
  }
}

const user = {
  id: '111000001',
  username: 'nordlicht',
  first_name: 'Nora',
  last_name: 'Lind',
  email: 'nora@nordlicht.example',
  email_verified: true,
  account_type: 'team_advantage',
  language: 'en',
}

function scopeOf(method: string, path: string): string | undefined {
  if (/\/responses\/(bulk|\d+\/details)/.test(path)) {
    return 'responses_read_detail'
  }
  if (path.startsWith('/surveys') && !path.includes('/collectors')) {
    return 'surveys_read'
  }
  if (path.includes('/collectors')) {
    return method === 'GET' ? 'collectors_read' : 'collectors_write'
  }
  return path.startsWith('/webhooks') ? (method === 'GET' ? 'webhooks_read' : 'webhooks_write') : undefined
}

function answerSurvey(state: State, request: ProviderRequest, id: string, rest: string): ProviderReply {
  if (id === '') {
    const surveys = [...state.surveys.values()].map((it) => ({ id: it.id, title: it.title, nickname: '' }))
    return list(state, request, surveys)
  }
  const survey = state.surveys.get(id)
  if (survey === undefined) {
    return problem(404, '1020', 'There was an error retrieving the requested resource.')
  }
  if (rest === 'details') {
    return { status: 200, body: detailsOf(survey) }
  }
  if (rest === 'collectors') {
    const collectors = [...state.collectors.values()].filter((it) => it.surveyId === id)
    return list(
      state,
      request,
      collectors.map(({ id: collectorId, name, type, status }) => ({ id: collectorId, name, type, status })),
    )
  }
  if (rest === 'responses' || rest === 'responses/bulk') {
    const ours = [...state.responses.values()].filter((it) => it.surveyId === id)
    return list(
      state,
      request,
      ours.map((it) => (rest === 'responses' ? { id: it.id } : responseOf(state, it))), // only the bulk has answers
    )
  }
  return { status: 200, body: { id: survey.id, title: survey.title } }
}

function detailsOf({ id, title, questions }: StoredSurvey) {
  return {
    id,
    title,
    pages: [
      {
        id: '1',
        questions: questions.map((it, index) => ({
          id: it.id,
          family: it.family,
          subtype: it.subtype,
          position: index + 1,
          headings: [{ heading: it.heading }],
          display_options: it.star ? { display_type: 'emoji', display_subtype: 'star' } : null,
          ...(it.choices.length === 0 ? {} : { answers: { choices: it.choices, rows: [{ id: '1', text: '' }] } }),
        })),
      },
    ],
  }
}

interface WebhookBody {
  name?: string
  event_type?: string
  object_ids?: string[]
  subscription_url?: string
  authorization?: string
}

async function answerWebhooks(state: State, request: ProviderRequest, id: string): Promise<ProviderReply> {
  const shown = () =>
    [...state.webhooks.values()].map((it) => ({
      id: it.id,
      name: 'Tellback',
      event_type: it.eventType,
      object_type: 'collector',
      object_ids: it.collectorIds,
      subscription_url: it.url,
    }))
  if (request.method === 'DELETE') {
    state.webhooks.delete(id)
    return { status: 200, body: {} }
  }
  if (request.method === 'GET') {
    return list(state, request, shown())
  }
  const body = JSON.parse(request.body) as WebhookBody
  const url = body.subscription_url ?? ''
  if ([...state.webhooks.values()].some((it) => it.url === url)) {
    return problem(409, '1026', 'The resource already exists.')
  }
  // Before it accepts, it looks whether somebody is there (facts A4.1).
  if ((await state.world.head(url)) !== 200) {
    return problem(400, '1000', 'The subscription_url did not answer a HEAD request with 200.')
  }
  const webhook = {
    id: newId(state),
    eventType: body.event_type ?? '',
    collectorIds: body.object_ids ?? [],
    url,
    authorization: body.authorization,
  }
  state.webhooks.set(webhook.id, webhook)
  return { status: 200, body: shown().at(-1) }
}
