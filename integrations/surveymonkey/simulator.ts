import { createRandom } from '#sdk'
import type { SimulatedRequest, Simulator } from '#sdk'

import type { Settings } from './schema.ts'
import { authorizationFor, sign } from './signature.ts'
import { answerApi } from './simulator-api.ts'
import { answerPages, callbackOf } from './simulator-pages.ts'
import { client, createState } from './simulator-state.ts'
import type { State, StoredResponse } from './simulator-state.ts'

const survey = '311000001'
const collector = '211000001'
export const demoToken = 'demo-token'

/** Responses that `history` and `test` speak of: whichever simulator is asked has them. */
const told: StoredResponse[] = []

function request(response: StoredResponse, settings: Settings, eventId: string): SimulatedRequest {
  const body = JSON.stringify(callbackOf('response_completed', response, eventId))
  return {
    webhook: 'responses',
    headers: {
      'content-type': 'application/vnd.surveymonkey.response.v1+json',
      'sm-apikey': client.id,
      'sm-signature': sign(body, settings.clientId ?? client.id, settings.clientSecret ?? client.secret),
      authorization: authorizationFor(settings.accessToken ?? demoToken),
    },
    body,
  }
}

function responseAt(at: Date, id: string, recipientId: string, stars: number, comment: string): StoredResponse {
  return {
    id,
    surveyId: survey,
    collectorId: collector,
    recipientId,
    status: 'completed',
    createdAt: new Date(at.getTime() - 60_000),
    modifiedAt: at,
    answers: new Map([
      ['411000001', { choice: `51100000${stars}` }],
      ['411000002', { text: comment }],
    ]),
  }
}

const comments: Record<number, [string, ...string[]]> = {
  1: ['Nobody called back.', 'I had to explain everything three times.'],
  2: ['It took too long.'],
  3: ['It was all right.'],
  4: ['Quick and friendly.', 'Solved on the first try.'],
  5: ['The best support I have had.', 'Thank you, Robin!'],
}

export const simulator: Simulator<Settings> = {
  settings: { accessToken: demoToken, surveyId: survey, collectorId: collector, delay: 60 },
  test: (settings, now) => {
    const response = responseAt(now, '799999999', '799999998', 5, 'This is a test.')
    told.push(response)
    return request(response, settings, 'test')
  },
  history: (settings, { seed, people, until, perPerson }) => {
    const random = createRandom(seed)
    return people.flatMap((person, index) =>
      Array.from({ length: perPerson }, (_, turn) => {
        const at = new Date(until.getTime() - random.between(1, 80) * 86_400_000)
        const stars = random.pick([1, 2, 3, 4, 4, 5, 5, 5])
        const id = String(600_000_000 + seed * 10_000 + index * 10 + turn)
        const response = responseAt(at, id, `${id}9`, stars, random.pick(comments[stars] ?? ['Fine.']))
        told.push(response)
        respondents.set(`${id}9`, person)
        return request(response, settings, id)
      }),
    )
  },
  provider: (world) => {
    const state = createState(world)
    return {
      accessToken: () => demoToken,
      handle: async (asked) => {
        takeTold(state)
        return asked.host === 'pages' ? answerPages(state, asked) : answerApi(state, asked)
      },
    }
  },
}

/** Who is behind the recipients of the told responses. */
const respondents = new Map<string, { name?: string | undefined; email?: string | undefined }>()

function takeTold(state: State): void {
  for (const response of told) {
    if (!state.responses.has(response.id)) {
      const { recipientId } = response
      const person = respondents.get(recipientId)
      const [first = '', ...rest] = (person?.name ?? 'Tess Tester').split(' ')
      state.recipients.set(recipientId, {
        id: recipientId,
        collectorId: response.collectorId,
        messageId: '',
        email: person?.email ?? 'tess@example.com',
        firstName: first,
        lastName: rest.join(' '),
        opened: true,
        responseId: response.id,
      })
      state.responses.set(response.id, response)
    }
  }
}
