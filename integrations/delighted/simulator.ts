import { createHash } from 'node:crypto'

import { createRandom } from '#sdk'
import type { CustomerRef, Random, SimulatedRequest, Simulator } from '#sdk'

import type { Settings } from './schema.ts'
import { sign, signatureHeader } from './signature.ts'
import { surveyTypes } from './survey-types.ts'

/** The parts of a survey response a test cares about; the rest is filled in as the provider would. */
export interface ResponseParts {
  id: string
  person: CustomerRef | null
  score: number
  surveyType?: string
  comment?: string | null
  createdAt: number
  updatedAt?: number | null
  properties?: Record<string, string> | null
  answers?: unknown[]
}

export type EventType = 'survey_response.created' | 'survey_response.updated' | 'unsubscribe.created'

/** One webhook body. The event id follows from what is in it, so a retry carries the same one. */
export function eventBody(eventType: EventType, eventData: object, extra: object = {}): string {
  const eventId = createHash('sha256').update(eventType).update(JSON.stringify(eventData)).digest('hex')
  return JSON.stringify({ event_type: eventType, event_id: eventId, event_data: eventData, ...extra })
}

export function surveyResponse(parts: ResponseParts): object {
  return {
    id: parts.id,
    person: parts.person === null ? null : personOf(parts.person, parts.createdAt),
    survey_type: parts.surveyType ?? 'nps',
    score: parts.score,
    comment: parts.comment ?? null,
    permalink: `https://app.delighted.com/r/${createHash('md5').update(parts.id).digest('hex')}`,
    created_at: parts.createdAt,
    updated_at: parts.updatedAt === undefined ? parts.createdAt : parts.updatedAt,
    person_properties: parts.properties ?? null,
    notes: [],
    tags: [],
    additional_answers: parts.answers ?? [],
  }
}

function personOf(person: CustomerRef, createdAt: number): object {
  const id = String(
    Number.parseInt(
      createHash('md5')
        .update(person.email ?? person.name ?? '')
        .digest('hex')
        .slice(0, 8),
      16,
    ),
  )
  return {
    id,
    email: person.email ?? null,
    name: person.name ?? null,
    created_at: createdAt,
    ...(person.phone === undefined ? {} : { phone_number: person.phone }),
  }
}

/** Wraps a body as the provider posts it: signed when the project's key is known. */
export function request(body: string, settings: Settings): SimulatedRequest {
  const signature = settings.apiKey === undefined ? {} : { [signatureHeader]: sign(body, settings.apiKey) }
  return { webhook: 'responses', headers: { 'content-type': 'application/json', ...signature }, body }
}

const comments: Record<'high' | 'middle' | 'low', [string, ...string[]]> = {
  high: [
    'Order arrived a day early and the packaging was lovely.',
    'Your support agent solved it in one message. Thank you!',
    'Second time buying, still impressed.',
    'Easy to set up, does what it says.',
  ],
  middle: [
    'Good product, but delivery took longer than promised.',
    'Fine overall. The size guide could be clearer.',
    'Works, though the app logs me out often.',
  ],
  low: [
    'I waited nine days and nobody answered my e-mail.',
    'The zip broke after a week.',
    'I was charged twice and had to call to get it back.',
    'Confusing checkout, I almost gave up.',
  ],
}

const surveyMix = ['nps', 'nps', 'nps', 'csat', 'ces7', 'thumbs'] as const
const daySeconds = 24 * 60 * 60

export const simulator: Simulator<Settings> = {
  test: (settings, now) => {
    const seconds = Math.floor(now.getTime() / 1000)
    const data = surveyResponse({
      id: String(seconds),
      person: { email: 'charlie_gravis@example.com', name: 'Charlie Gravis' },
      score: 9,
      comment: 'This is a test response.',
      createdAt: seconds,
    })
    return request(eventBody('survey_response.created', data, { test: true }), settings)
  },
  history: (settings, { seed, people, until, perPerson }) => {
    const random = createRandom(seed)
    const end = Math.floor(until.getTime() / 1000)
    const events = people.flatMap((person, index) =>
      Array.from({ length: perPerson }, (_, turn) => answer(random, person, `${seed}${index}${turn}`, end)).flat(),
    )
    return events.toSorted((a, b) => a.at - b.at).map(({ body }) => request(body, settings))
  },
}

/** The score first, and some minutes later the comment, as respondents do. */
function answer(random: Random, person: CustomerRef, id: string, end: number): { at: number; body: string }[] {
  const surveyType = random.pick(surveyMix)
  const scale = surveyTypes[surveyType]?.scale ?? { min: 0, max: 10 }
  const share = random.next() ** 0.5 // most people who answer are content
  const score = Math.round(scale.min + share * (scale.max - scale.min))
  const createdAt = end - random.between(1, 180 * daySeconds)
  const created = {
    id,
    person,
    score,
    surveyType,
    createdAt,
    properties: { 'Delighted Source': random.pick(['Email', 'Web', 'SMS']) },
  }
  const events = [{ at: createdAt, body: eventBody('survey_response.created', surveyResponse(created)) }]
  if (random.next() < 0.7) {
    const updatedAt = createdAt + random.between(20, 600)
    const comment = random.pick(comments[share > 0.8 ? 'high' : share > 0.5 ? 'middle' : 'low'])
    events.push({
      at: updatedAt,
      body: eventBody('survey_response.updated', surveyResponse({ ...created, comment, updatedAt })),
    })
  }
  return events
}
