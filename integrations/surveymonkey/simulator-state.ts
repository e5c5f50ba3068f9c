import type { World } from '#sdk'

export type Region = 'us' | 'eu' | 'ca'

/** What every token of the simulator may do unless it is told otherwise. */
export const allScopes = [
  'users_read',
  'surveys_read',
  'collectors_read',
  'collectors_write',
  'contacts_read',
  'responses_read',
  'responses_read_detail',
  'webhooks_read',
  'webhooks_write',
]

export interface StoredQuestion {
  id: string
  heading: string
  family: string
  subtype: string
  star: boolean
  choices: { id: string; text: string; weight: number }[]
}

export interface StoredSurvey {
  id: string
  title: string
  questions: StoredQuestion[]
}

export interface StoredCollector {
  id: string
  surveyId: string
  name: string
  type: 'email' | 'weblink'
  status: 'open' | 'closed' | 'new'
}

export interface StoredMessage {
  id: string
  collectorId: string
  status: 'not_sent' | 'processing' | 'sent'
  scheduledDate: Date | undefined
  createdAt: Date
  recipients: string[]
}

export interface StoredRecipient {
  id: string
  collectorId: string
  messageId: string
  email: string
  firstName: string
  lastName: string
  opened: boolean
  responseId: string | undefined
}

export interface StoredResponse {
  id: string
  surveyId: string
  collectorId: string
  recipientId: string
  status: 'completed' | 'partial'
  createdAt: Date
  modifiedAt: Date
  /** Question id to what was said: a choice's id, or text. */
  answers: Map<string, { choice?: string; text?: string }>
}

export interface StoredWebhook {
  id: string
  eventType: string
  collectorIds: string[]
  url: string
  authorization: string | undefined
}

/** What is done to the next calls that match. */
export interface Misbehaviour {
  call: string
  status: number
  /** SurveyMonkey's own id of the error. */
  errorId?: string
  /** The work is done all the same; only its answer is lost. */
  isAfterwards?: boolean
  times: number
}

/** How often, of a hundred calls, each fails; `afterwards`: after the work is done. */
export interface Weather {
  failing: number
  afterwards: number
}

export interface State {
  readonly world: World
  /** The region of an account that a token is of; a token that nobody made is of `us`. */
  region: Region
  scopes: string[]
  revoked: Set<string>
  readonly surveys: Map<string, StoredSurvey>
  readonly collectors: Map<string, StoredCollector>
  readonly messages: Map<string, StoredMessage>
  readonly recipients: Map<string, StoredRecipient>
  readonly responses: Map<string, StoredResponse>
  readonly webhooks: Map<string, StoredWebhook>
  readonly optedOut: Set<string>
  readonly bounced: Set<string>
  readonly misbehaviours: Misbehaviour[]
  readonly weather: Weather
  readonly limits: { minute: number; day: number }
  readonly recent: number[]
  readonly calls: string[]
  /** Whether an Enterprise plan lets a collector invite an address twice. */
  mayInviteAgain: boolean
  lastId: number
}

export const client = { id: 'demo-client', secret: 'demo-client-secret' }

export function createState(world: World): State {
  const survey: StoredSurvey = {
    id: '311000001',
    title: 'How did we do?',
    questions: [
      {
        id: '411000001',
        heading: 'How satisfied were you?',
        family: 'matrix',
        subtype: 'rating',
        star: true,
        choices: [1, 2, 3, 4, 5].map((weight) => ({ id: `51100000${weight}`, text: String(weight), weight })),
      },
      { id: '411000002', heading: 'Anything else?', family: 'open_ended', subtype: 'essay', star: false, choices: [] },
    ],
  }
  const nps: StoredSurvey = {
    id: '311000002',
    title: 'Would you recommend us?',
    questions: [
      {
        id: '412000001',
        heading: 'How likely are you to recommend us?',
        family: 'matrix',
        subtype: 'rating',
        star: false,
        choices: Array.from({ length: 11 }, (_, weight) => ({
          id: `5120000${String(weight).padStart(2, '0')}`,
          text: String(weight),
          weight,
        })),
      },
    ],
  }
  const collectors: StoredCollector[] = [
    { id: '211000001', surveyId: survey.id, name: 'Support invitations', type: 'email', status: 'open' },
    { id: '211000002', surveyId: survey.id, name: 'On our website', type: 'weblink', status: 'open' },
    { id: '212000001', surveyId: nps.id, name: 'NPS by mail', type: 'email', status: 'new' },
  ]
  return {
    world,
    region: 'us',
    scopes: [...allScopes],
    revoked: new Set(),
    surveys: new Map([survey, nps].map((it) => [it.id, it])),
    collectors: new Map(collectors.map((it) => [it.id, it])),
    messages: new Map(),
    recipients: new Map(),
    responses: new Map(),
    webhooks: new Map(),
    optedOut: new Set(),
    bounced: new Set(),
    misbehaviours: [],
    weather: { failing: 0, afterwards: 0 },
    limits: { minute: 120, day: 500 },
    recent: [],
    calls: [],
    mayInviteAgain: false,
    lastId: 700_000_000,
  }
}

export function newId(state: State): string {
  state.lastId++
  return String(state.lastId)
}

/** `2016-08-17T23:47:37+00:00`, as the API writes times. */
export function momentOf(date: Date): string {
  return date.toISOString().replace(/\.\d{3}Z$/, '+00:00')
}

/** What has gone out by now: five minutes after it was asked for, at the earliest (facts A2.3). */
export function settle(state: State): void {
  const now = state.world.now()
  for (const message of state.messages.values()) {
    if (message.status === 'not_sent' && message.scheduledDate !== undefined && message.scheduledDate <= now) {
      message.status = 'sent'
    }
  }
}
