import { expect, test } from 'vitest'

import { responseEffect } from './answers.ts'
import { quotaOf } from './api.ts'
import { Response, SurveyDetails } from './schema.ts'
import { authorizationFor, isOurs, isSigned, sign } from './signature.ts'

const survey = SurveyDetails.parse({
  title: 'How did we do?',
  pages: [
    {
      questions: [
        {
          id: '1',
          headings: [{ heading: '<b>How satisfied were you?</b>' }],
          display_options: { display_subtype: 'star' },
          answers: { choices: [1, 2, 3, 4, 5].map((weight) => ({ id: `c${weight}`, text: `${weight}`, weight })) },
        },
      ],
    },
  ],
})

/** After the recorded answer of facts A4.3. */
const response = (parts: object = {}) =>
  Response.parse({
    id: '5007154402',
    survey_id: '105724755',
    collector_id: '50253690',
    recipient_id: '1234',
    response_status: 'completed',
    collection_mode: 'default',
    total_time: 144,
    date_created: '2015-12-28T21:57:14+00:00',
    date_modified: '2015-12-28T21:59:38+00:00',
    first_name: 'Jane',
    last_name: 'Doe',
    email_address: '',
    metadata: { contact: { email: { type: 'string', value: 'jane@example.com' } } },
    pages: [
      {
        questions: [
          {
            id: '1',
            family: 'matrix',
            subtype: 'rating',
            heading: '<b>How satisfied were you?</b>',
            answers: [{ row_id: '1', choice_id: 'c4', simple_text: '4' }],
          },
          {
            id: '2',
            family: 'open_ended',
            subtype: 'essay',
            heading: 'Anything else?',
            answers: [{ text: 'Great help', simple_text: 'Great help' }],
          },
        ],
      },
    ],
    ...parts,
  })

test('an answer keeps its questions, choices and score, and names the request that it answers', () => {
  expect(responseEffect(response(), survey)).toMatchObject({
    externalId: '5007154402',
    survey: '1234',
    customer: { email: 'jane@example.com', name: 'Jane Doe' },
    fields: { answersTxt: 'How satisfied were you?: 4\nAnything else?: Great help', scoreNum: 4 },
    feedback: { metric: 'stars', score: 4, scale: { min: 1, max: 5 }, text: 'Great help' },
    trust: 'refetched',
  })
})

test('a preview is no answer', () => {
  expect(responseEffect(response({ collection_mode: 'preview' }), survey)).toBeUndefined()
})

test('eleven choices from 0 to 10 are a promoter score; without a rating there is no score, and 0 is one', () => {
  const nps = SurveyDetails.parse({
    pages: [
      {
        questions: [
          {
            id: '1',
            answers: { choices: Array.from({ length: 11 }, (_, weight) => ({ id: `c${weight}`, text: '', weight })) },
          },
        ],
      },
    ],
  })
  const zero = response({ pages: [{ questions: [{ id: '1', answers: [{ choice_id: 'c0' }] }] }] })
  expect(responseEffect(zero, nps)).toMatchObject({ feedback: { metric: 'nps', score: 0, scale: { min: 0, max: 10 } } })
  expect(responseEffect(response({ pages: [] }), survey)).toMatchObject({ fields: { scoreNum: null } })
})

test('a call is signed with both of the app’s values, byte by byte, or carries what we told SurveyMonkey to send', () => {
  const body = Buffer.from('{"a":1}')
  const signed = { headers: { 'sm-signature': sign(body, 'id', 'secret') }, body }
  expect(isSigned(signed, 'id', 'secret')).toBe(true)
  expect(isSigned({ ...signed, body: Buffer.from('{"a": 1}') }, 'id', 'secret')).toBe(false)
  expect(isSigned(signed, 'id', 'other')).toBe(false)
  expect(isOurs({ headers: { authorization: authorizationFor('token') }, body }, 'token')).toBe(true)
  expect(isOurs({ headers: { authorization: 'Bearer x' }, body }, 'token')).toBe(false)
})

test('its answers say what is left of the minute and of the day', () => {
  const now = new Date('2026-03-01T10:00:00Z')
  const headers = {
    'x-ratelimit-app-global-day-limit': '500',
    'x-ratelimit-app-global-day-remaining': '0',
    'x-ratelimit-app-global-day-reset': '3600',
  }
  expect(quotaOf(headers, now)).toEqual([
    { name: 'a day', limit: 500, remaining: 0, resetsAt: new Date('2026-03-01T11:00:00Z') },
  ])
})
