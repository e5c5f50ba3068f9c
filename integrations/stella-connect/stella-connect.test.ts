import { readFileSync } from 'node:fs'

import { expect, test } from 'vitest'

import { tokenOf } from './api.ts'
import { surveys } from './ask.ts'
import { effectsOf } from './returns.ts'
import { Return, Settings } from './schema.ts'

const sample = JSON.parse(readFileSync(new URL('fixtures/responses.response.json', import.meta.url), 'utf8')) as Record<
  string,
  unknown
>
const returned = (parts: object = {}) => effectsOf(Return.parse({ ...sample, ...parts }))
const close = {
  conversationId: 'c',
  conversationName: 'Question',
  link: 'https://desk.example.com/conversations/c',
  closedAt: new Date('2026-03-01T10:00:00Z'),
  tags: [],
  customer: { id: 'k', name: 'Jane', email: 'jane@example.com' },
}
const agent = { name: 'Paul', email: 'paul@example.com' }

test('an answer has stars, comment, reward, brand, agent and delivery state, and names its request', () => {
  expect(returned()).toMatchObject([
    { kind: 'survey', ref: 'conv_64f', state: 'sent' },
    {
      kind: 'object',
      survey: 'conv_64f',
      fields: {
        scoreNum: 5,
        commentTxt: 'Very kind',
        rewardStr: 'Coffee',
        brandStr: 'blancakids',
        agentStr: 'Paul Agent',
        deliveryStr: 'Sent',
      },
      feedback: { metric: 'stars', score: 5, scale: { min: 1, max: 5 } },
    },
  ])
})

test.each([
  ['Not sent: suppression period', 'skipped', undefined],
  ['Not sent: consumer unsubscribed', 'skipped', true],
  ['Hard bounce', 'bounced', undefined],
])('what was not sent says why: %s', (request_delivery_status, state, isOptOut) => {
  const [effect] = returned({ request_delivery_status, request_sent_at: null, response_received_at: null, answers: {} })
  expect(effect).toMatchObject({ kind: 'survey', state, ...(isOptOut === undefined ? {} : { isOptOut }) })
})

test('a later change of an answer is newer, although it has no time', () => {
  const at = (sequence_id: number) =>
    returned({ sequence_id }).flatMap((it) => (it.kind === 'object' ? it.version.getTime() : []))[0] ?? 0
  expect(at(2961)).toBeGreaterThan(at(2960))
})

test.each([
  ['an agent by e-mail', { agent, channel: 'email' }, {}, /it can/],
  ['nobody assigned', { channel: 'email' }, {}, /Nobody was assigned/],
  ['another channel', { agent, channel: 'chat' }, {}, /e-mail conversations only/],
  ['another channel where all are asked about', { agent, channel: 'chat' }, { everyChannel: true }, /it can/],
  ['an agent without an address', { agent: { name: 'Paul' } }, {}, /no e-mail address/],
])('%s', (_, parts, settings, reason) => {
  const why = surveys.whyNot?.({ ...close, ...parts }, Settings.parse(settings))
  expect(why ?? 'it can').toMatch(reason)
})

test('a token is of this moment and signed with the secret', () => {
  const [head = '', body = '', signature] = tokenOf('secret', new Date('2026-03-01T10:00:00Z')).split('.')
  expect(JSON.parse(Buffer.from(head, 'base64url').toString())).toEqual({ alg: 'HS256', typ: 'JWT' })
  expect(JSON.parse(Buffer.from(body, 'base64url').toString())).toEqual({ iat: 1772359200 })
  expect(signature).toHaveLength(43)
})
