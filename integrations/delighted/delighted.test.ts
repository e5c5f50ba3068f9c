import { expect, test } from 'vitest'

import { effectsOf, rawRequest, refusalOf } from '#sdk/testing'

import delighted from './index.ts'
import { isSigned, sign, signatureHeader } from './signature.ts'
import { eventBody, request, surveyResponse } from './simulator.ts'
import type { ResponseParts } from './simulator.ts'
import { groupOf, surveyTypes } from './survey-types.ts'

const parts: ResponseParts = {
  id: '5435',
  person: { email: 'charlie@example.com', name: 'Charlie' },
  score: 9,
  createdAt: 1_732_186_844,
}

async function objectOf(given: Partial<ResponseParts>, settings = {}) {
  const [effect] = await effectsOf(
    delighted,
    'responses',
    JSON.parse(eventBody('survey_response.updated', surveyResponse({ ...parts, ...given }))),
    settings,
  )
  if (effect?.kind !== 'object') {
    throw new Error('no object')
  }
  return effect
}

test('the signature is the HMAC of the raw body, checked byte for byte', () => {
  // A vector of our own: key TESTKEY, a body of 90 bytes.
  const body = '{"event_type":"survey_response.created","event_id":"e1","event_data":{"id":"1","score":9}}'
  const signature = 'sha256=1510b42f2446eb32f13eaedd554b0b1ff807e9196dc00badf5bebf4c8fa3dcbe'
  const signed = (value: string | undefined, text = body) =>
    isSigned(rawRequest({ headers: value === undefined ? {} : { [signatureHeader]: value }, body: text }), 'TESTKEY')
  expect(sign(body, 'TESTKEY')).toBe(signature)
  expect(signed(signature)).toBe(true)
  expect(signed(signature.toUpperCase().replace('SHA256', 'sha256'))).toBe(true)
  expect(signed(undefined)).toBe(false)
  expect(signed(signature.replace('sha256', 'sha1'))).toBe(false)
  expect(signed(signature.slice(0, -2))).toBe(false)
  expect(signed(signature, `${body} `)).toBe(false)
  expect(signed(sign(body, 'OTHER'))).toBe(false)
})

test.each([
  [
    'nps',
    [
      [0, 'detractor'],
      [6, 'detractor'],
      [7, 'passive'],
      [8, 'passive'],
      [9, 'promoter'],
      [10, 'promoter'],
    ],
  ],
  [
    'enps',
    [
      [6, 'detractor'],
      [9, 'promoter'],
    ],
  ],
  [
    'csat',
    [
      [1, 'dissatisfied'],
      [2, 'dissatisfied'],
      [3, 'neutral'],
      [4, 'satisfied'],
    ],
  ],
  [
    'csat3',
    [
      [1, 'dissatisfied'],
      [2, 'neutral'],
      [3, 'satisfied'],
    ],
  ],
  [
    'ces',
    [
      [2, 'disagree'],
      [3, 'neutral'],
      [4, 'agree'],
    ],
  ],
  [
    'ces7',
    [
      [3, 'disagree'],
      [4, 'neutral'],
      [5, 'agree'],
    ],
  ],
  [
    'stars_five',
    [
      [1, 'star_1'],
      [5, 'star_5'],
    ],
  ],
  [
    'smileys',
    [
      [1, 'very_unhappy'],
      [2, 'unhappy'],
      [3, 'neutral'],
      [4, 'happy'],
      [5, 'very_happy'],
    ],
  ],
  [
    'thumbs',
    [
      [0, 'thumbs_down'],
      [1, 'thumbs_up'],
    ],
  ],
  [
    'pmf',
    [
      [1, 'not_disappointed'],
      [2, 'mildly_disappointed'],
      [3, 'very_disappointed'],
    ],
  ],
] as const)('%s scores fall into the documented groups', async (surveyType, groups) => {
  const type = surveyTypes[surveyType]
  if (type === undefined) {
    throw new Error(`${surveyType} is not known`)
  }
  expect(groups.map(([score]) => [score, groupOf(type, score)])).toEqual(groups)
  const effect = await objectOf({ surveyType, score: type.scale.min })
  expect(effect.feedback).toMatchObject({
    score: type.scale.min,
    scale: type.scale,
    latestAttribute: type.latestAttribute,
  })
  expect(effect.fields['scoreNum']).toBe(type.scale.min)
})

test('there are ten survey types', () => {
  expect(Object.keys(surveyTypes)).toHaveLength(10)
})

test('a score of 0 is a score', async () => {
  const effect = await objectOf({ score: 0 })
  expect(effect).toMatchObject({
    title: 'Delighted Rating 0',
    fields: { scoreNum: 0, groupStr: 'detractor' },
    feedback: { score: 0 },
  })
})

test('a score outside the scale is refused and says so', async () => {
  const body = JSON.parse(eventBody('survey_response.created', surveyResponse({ ...parts, score: 11 })))
  expect(await refusalOf(delighted as never, 'responses', body)).toBe(
    'event_data.score is 11, but nps scores go from 0 to 10.',
  )
})

test('a survey type that nobody knows yet is shown without being judged', async () => {
  const effect = await objectOf({ surveyType: 'nps9000', score: 4200 })
  expect(effect.feedback).toBeUndefined()
  expect(effect.fields).toMatchObject({ scoreNum: 4200, groupStr: null, surveyTypeStr: 'nps9000' })
})

test('without updated_at the time of creation is the version', async () => {
  const effect = await objectOf({ updatedAt: null })
  expect(effect.version).toEqual(effect.at)
})

test('an anonymous response names nobody', async () => {
  for (const person of [null, { name: 'Only a name' }]) {
    const { customer } = await objectOf({ person })
    expect([customer.email, customer.phone, customer.externalId]).toEqual([undefined, undefined, undefined])
  }
})

test('the property with the customer id comes first when the settings name one', async () => {
  const effect = await objectOf({ properties: { 'Customer ID': 'C-7' } }, { customerIdProperty: 'Customer ID' })
  expect(effect.customer).toMatchObject({ externalId: 'C-7', email: 'charlie@example.com' })
})

test('all four kinds of additional answers are readable', async () => {
  const empty = { free_response: null, scale: null, select_one: null, select_many: null }
  const question = (text: string) => ({ id: 'q', type: 'x', text })
  const effect = await objectOf({
    answers: [
      { id: '1', question: question('Why?'), value: { ...empty, free_response: 'Because' } },
      { id: '2', question: question('How easy?'), value: { ...empty, scale: 0 } },
      { id: '3', question: question('Who?'), value: { ...empty, select_one: { id: 'a', text: 'A friend' } } },
      {
        id: '4',
        question: question('What?'),
        value: {
          ...empty,
          select_many: [
            { id: 'b', text: 'Price' },
            { id: 'c', text: 'Service' },
          ],
        },
      },
    ],
  })
  expect(effect.fields['additionalAnswersTxt']).toBe(
    'Why?\nBecause\n\nHow easy?\n0\n\nWho?\nA friend\n\nWhat?\nPrice, Service',
  )
})

test('tags are taken as texts and as objects', async () => {
  const body = JSON.parse(
    eventBody('survey_response.updated', { ...surveyResponse(parts), tags: ['vip', { name: 'late' }, 7] }),
  )
  const [effect] = await effectsOf(delighted, 'responses', body, {})
  expect(effect).toMatchObject({ fields: { tagsStr: 'vip, late' } })
})

test('both shapes of an unsubscribe find the address', async () => {
  const flat = eventBody('unsubscribe.created', {
    person_id: '1',
    email: 'a@example.com',
    name: 'A',
    unsubscribed_at: 1_732_190_000,
  })
  const nested = eventBody('unsubscribe.created', { person: { id: '1', email: 'a@example.com', name: 'A' } })
  for (const body of [flat, nested]) {
    const [effect] = await effectsOf(delighted, 'responses', JSON.parse(body), {})
    expect(effect).toMatchObject({ kind: 'customer', customer: { email: 'a@example.com' } })
  }
})

test('a test event is marked as one', async () => {
  const { body } = delighted.simulator.test({}, new Date('2026-01-01T00:00:00Z'))
  const [effect] = await effectsOf(delighted, 'responses', JSON.parse(body), {})
  expect(effect).toMatchObject({ feedback: { test: true, score: 9 } })
})

test('the event id tells retries apart from news', () => {
  const { eventId } = delighted.webhooks['responses'] ?? {}
  const body = eventBody('survey_response.created', surveyResponse(parts))
  expect(eventId?.(JSON.parse(body))).toMatch(/^[0-9a-f]{64}$/)
  expect(eventId?.(JSON.parse(request(body, {}).body))).toBe(eventId?.(JSON.parse(body)))
  expect(eventId?.({ event_id: 7 })).toBeUndefined()
})
