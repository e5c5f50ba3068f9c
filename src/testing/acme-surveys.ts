import { z } from 'zod'

import { defineIntegration, defineWebhook, ProviderError, secret } from '../sdk/index.ts'
import type { Effect, Integration, ProviderReply, ProviderRequest, SurveyStep } from '../sdk/index.ts'

const Settings = z.object({
  key: secret('Key', 'Of the account.').optional(),
  delay: z.number().int().min(0).default(3600).meta({ title: 'Delay', description: '' }),
  needsAgent: z.boolean().default(false).meta({ title: 'Needs an agent', description: '' }),
})
type Settings = z.infer<typeof Settings>

/** The provider behind the integration of the tests: whom it asked, and how it misbehaves. */
export interface AcmeSurveyProvider {
  /** Drafts by id; `sentAt` is set once it was sent, and `sends` counts how often. */
  drafts: Map<string, { to?: string; request?: string; sentAt?: Date; sends: number }>
  answers: { id: string; ref: string; score: number; at: Date }[]
  /** How many answers a page of the list has, and how many were listed when the list breaks off. */
  list: { pageSize: number; breaksOffAt?: number }
  calls: string[]
  refused: Map<string, 'bounced' | 'skipped'>
  /** Answers of the next calls that match; `isAfterwards`: the work is done, only its answer is this. */
  troubles: { call: RegExp; status: number; headers?: Record<string, string>; isAfterwards?: boolean }[]
  /** Of a hundred calls, how many fail before and how many after the work is done. */
  weather: { failing: number; afterwards: number; next: () => number }
  now: () => Date
  lastId: number
}

const klass = 'acme-answer'
const Payload = z.object({
  event: z.string(),
  ref: z.string(),
  score: z.number().optional(),
  id: z.string().optional(),
})

/** An integration that asks in three steps; its provider is in the hands of the test. */
export function acmeSurveys(): { integration: Integration<unknown>; provider: AcmeSurveyProvider } {
  const provider: AcmeSurveyProvider = {
    drafts: new Map(),
    answers: [],
    list: { pageSize: 100 },
    calls: [],
    refused: new Map(),
    troubles: [],
    weather: { failing: 0, afterwards: 0, next: Math.random },
    now: () => new Date(),
    lastId: 0,
  }
  const integration = defineIntegration<Settings>({
    id: 'acme-surveys',
    name: 'Acme Surveys',
    version: '1.0.0',
    category: 'surveys',
    summary: 'For tests.',
    developer: 'Tellback',
    website: 'https://example.com',
    settings: Settings,
    klasses: { [klass]: { title: 'Acme Answer', icon: 'star', color: '#000000', attributes: { scoreNum: 'Score' } } },
    customerAttributes: { latestAcmeNum: 'Latest Acme' },
    webhooks: {
      answers: defineWebhook<Settings, z.infer<typeof Payload>>({
        title: 'Answers',
        description: '',
        payload: Payload,
        handle: ({ event, ref, score, id }, context): Effect[] => [
          event === 'answered'
            ? answerEffect({ id: id ?? ref, ref, score: score ?? 0, at: context.receivedAt })
            : { kind: 'survey', ref, state: event as 'sent' | 'opened' | 'bounced', at: context.receivedAt },
        ],
      }),
    },
    hosts: { api: 'https://api.acme.example' },
    surveys: {
      delay: ({ delay }) => delay,
      ownDelay: 60,
      problemOf: ({ key }) => (key === undefined ? 'The key is missing.' : undefined),
      whyNot: ({ agent }, { needsAgent }) => (needsAgent && agent === undefined ? 'Nobody was assigned.' : undefined),
      step: async (request, { http }): Promise<SurveyStep> => {
        const call = async (method: 'GET' | 'POST', path: string, json?: object) =>
          (await http.send({ method, host: 'api', path, ...(json === undefined ? {} : { json }) })).body as {
            id: string
            isSent: boolean
            refused?: 'bounced' | 'skipped'
          }
        const { draft, added } = request.progress
        if (draft === undefined) {
          return { kind: 'next', progress: { draft: (await call('POST', '/drafts')).id } }
        }
        if (added === undefined) {
          const { refused } = await call('POST', `/drafts/${draft}/to`, {
            email: request.customer.email,
            request: request.id,
          })
          return refused === undefined
            ? { kind: 'next', progress: { added: 'yes' } }
            : { kind: 'refused', state: refused, reason: 'Acme does not want this address.', isOptOut: true }
        }
        const isOut = request.isUncertain && (await call('GET', `/drafts/${draft}`)).isSent
        if (!isOut) {
          await call('POST', `/drafts/${draft}/send`)
        }
        return { kind: 'requested', ref: draft, note: 'Acme was asked.' }
      },
      polling: {
        every: () => 600,
        page: async (cursor) => {
          const from = Number(cursor ?? 0)
          if (from === provider.list.breaksOffAt) {
            throw new ProviderError('retry-later', 'The list broke off.')
          }
          const page = provider.answers.slice(from, from + provider.list.pageSize)
          const next = from + page.length
          return { effects: page.map(answerEffect), cursor: String(next), isMore: next < provider.answers.length }
        },
      },
    },
    check: async ({ settings }) => (settings.key === 'bad' ? { key: 'Acme does not know this key.' } : {}),
    simulator: {
      settings: { key: 'k' },
      test: () => ({ webhook: 'answers', headers: {}, body: JSON.stringify({ event: 'sent', ref: 'none' }) }),
      history: () => [],
      provider: () => ({ handle: (request) => answer(provider, request) }),
    },
  })
  return { integration: integration as Integration<unknown>, provider }
}

function answerEffect({ id, ref, score, at }: AcmeSurveyProvider['answers'][number]): Effect {
  return {
    kind: 'object',
    klass,
    externalId: id,
    customer: {},
    at,
    version: at,
    title: 'Answer',
    fields: { scoreNum: score },
    feedback: {
      kind: 'survey',
      metric: 'csat',
      score,
      scale: { min: 1, max: 5 },
      latestAttribute: 'latestAcmeNum',
    },
    survey: ref,
    trust: 'refetched',
  }
}

/** What the provider answers to one call. */
export function answer(provider: AcmeSurveyProvider, request: ProviderRequest): ProviderReply {
  const call = `${request.method} ${request.path}`
  provider.calls.push(call)
  const index = provider.troubles.findIndex((it) => it.call.test(call))
  const [trouble] = index < 0 ? [] : provider.troubles.splice(index, 1)
  if (trouble !== undefined) {
    if (trouble.isAfterwards === true) {
      work(provider, request)
    }
    return { status: trouble.status, headers: trouble.headers ?? {}, body: {} }
  }
  const luck = provider.weather.next() * 100
  const { failing, afterwards } = provider.weather
  if (luck < failing) {
    return { status: 500, body: {} }
  }
  const done = work(provider, request)
  return luck < failing + afterwards ? { status: 502, body: {} } : done
}

function work(provider: AcmeSurveyProvider, { method, path, body }: ProviderRequest): ProviderReply {
  const [, id = '', action = ''] = /^\/drafts(?:\/(\d+))?(?:\/(\w+))?$/.exec(path) ?? []
  if (id === '') {
    provider.lastId++
    provider.drafts.set(String(provider.lastId), { sends: 0 })
    return { status: 201, body: { id: String(provider.lastId) } }
  }
  const draft = provider.drafts.get(id)
  if (draft === undefined) {
    return { status: 404, body: {} }
  }
  if (method === 'GET') {
    return { status: 200, body: { id, isSent: draft.sentAt !== undefined } }
  }
  if (action === 'to') {
    const { email, request } = JSON.parse(body) as { email: string; request: string }
    const refused = provider.refused.get(email)
    if (refused === undefined) {
      Object.assign(draft, { to: email, request })
    }
    return { status: 200, body: { id, ...(refused === undefined ? {} : { refused }) } }
  }
  draft.sends++
  draft.sentAt ??= provider.now()
  return { status: 200, body: { id } }
}
