import { afterAll, beforeAll, expect, test } from 'vitest'

import { createClient } from '../client/index.ts'
import type { Client } from '../client/index.ts'
import { newDesk } from './server.ts'
import type { DeskProcess } from './server.ts'

// Stella Connect by its API and ours: who is asked, what it is told, and what comes back.

let desk: DeskProcess
let api: Client
/** Its key is a machine's, so what it closes is closed automatically: the policy lets that through. */
let installation: string
const pages = () => `${desk.address}/simulators/stella-connect/pages`
const control = (action: string, body: object = {}) =>
  fetch(`${pages()}/control/${action}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  })
interface Asked {
  uuid: string
  ext_interaction_id: string
  external_url: string
  channel: string
  tags: string[]
  employee: { email: string }
  customer: { email: string }
}
const askedFor = async (list = 'requests') => (await (await fetch(`${pages()}/control/${list}`)).json()) as Asked[]
const users = new Map<string, string>()

beforeAll(async () => {
  desk = await newDesk()
  await desk.start(['--simulators'])
  api = createClient({ baseUrl: desk.address, token: await desk.newApiKey('org.admin', 'org.user') })
  await api.call('PUT /v1/survey-policy', {
    body: { policy: { closedBy: ['agent', 'automatic'], perCustomer: { most: 0, days: 1 } } },
  })
  for (const [name, email] of [
    ['Ada', 'ada@example.com'],
    ['New', 'new@example.com'],
  ] as const) {
    users.set(name, (await api.call('POST /v1/users', { body: { name, email } })).data.id)
  }
  const { data } = await api.call('POST /v1/apps/install', {
    body: {
      app: 'stella-connect',
      settings: { stellaKey: 'demo-stella-key', stellaSecret: 'demo-stella-secret', delay: 0 },
    },
  })
  installation = data.id
}, 60_000)
afterAll(() => desk[Symbol.asyncDispose]())

let count = 0
/** Closes a conversation of a new customer; resolves to its id. */
async function close(parts: { agent?: string; channel?: string; email?: string }): Promise<string> {
  count++
  const email = parts.email ?? `customer${count}@example.com`
  const { data: customer } = await api.call('POST /v1/customers', {
    body: { name: `Customer ${count}`, emails: [{ email }] },
  })
  const agent = users.get(parts.agent ?? '')
  const { data } = await api.call('POST /v1/conversations', {
    body: { customer: customer.id, name: 'Question', ...(agent === undefined ? {} : { assignedUsers: [agent] }) },
  })
  await api.call('POST /v1/conversations/{id}/messages', {
    params: { id: data.id },
    body: { app: 'test', channel: (parts.channel ?? 'email') as 'email', direction: 'in', preview: 'Hello' },
  })
  await api.call('POST /v1/conversations/{id}/tags', { params: { id: data.id }, body: ['vip'] })
  await api.call('PUT /v1/conversations/{id}', { params: { id: data.id }, body: { status: 'done' } })
  return data.id
}
const survey = async (conversation: string) =>
  (await api.call('GET /v1/survey-requests', { query: { conversation } })).data[0]
async function becomes(conversation: string, state: string) {
  await expect
    .poll(async () => {
      await desk.sql(
        `update survey_requests set due_at = now() where state = 'scheduled' and attempts > 0 and due_at < now() + interval '2 minutes'`,
        [],
      )
      await desk.sql('update survey_polls set next_at = now()', [])
      return (await survey(conversation))?.attributes.state
    })
    .toBe(state)
  return (await survey(conversation))?.attributes
}

test('what the desk knows of itself is filled in, and a key that may read tags is made', async () => {
  const { data } = await api.call('GET /v1/apps/installations/{id}', { params: { id: installation } })
  expect(data.attributes.settings).toMatchObject({ apiUrl: desk.address, deskUrl: desk.address, apiKey: '********' })
  const keys = (await api.call('GET /v1/auth/tokens')).data
  expect(keys.find((it) => it.attributes.name === 'Stella Connect')?.attributes.roles).toEqual([
    'org.permission.tag.read',
  ])
})

test('a key that was given is kept, and none is made', async () => {
  const count = async () => (await api.call('GET /v1/auth/tokens')).data.length
  const before = await count()
  const { data } = await api.call('POST /v1/apps/install', {
    body: { app: 'stella-connect', settings: { apiKey: 'mine' } },
  })
  expect(data.attributes.settings).toMatchObject({ apiUrl: desk.address, apiKey: '********' })
  expect(await count()).toBe(before)
  await api.call('DELETE /v1/apps/installations/{id}', { params: { id: data.id } })
})

test('a close by an agent with an approved profile is asked about, with a link back, the channel and the tags', async () => {
  const id = await close({ agent: 'Ada', email: 'mia@example.com' })
  await becomes(id, 'sent')
  expect(await askedFor()).toMatchObject([
    {
      employee: { email: 'ada@example.com' },
      customer: { email: 'mia@example.com' },
      channel: 'email',
      external_url: `${desk.address}/conversations/${id}`,
      tags: ['vip'],
    },
  ])
})

test('nobody assigned, no approved profile, another channel: nobody is asked, and the reason is recorded', async () => {
  const before = (await askedFor()).length
  expect((await becomes(await close({}), 'skipped'))?.reason).toMatch(/Nobody was assigned/)
  expect((await becomes(await close({ agent: 'New' }), 'skipped'))?.reason).toMatch(
    /New \(new@example.com\) has no approved profile/,
  )
  expect((await becomes(await close({ agent: 'Ada', channel: 'chat' }), 'skipped'))?.reason).toMatch(
    /e-mail conversations only/,
  )
  expect(await askedFor()).toHaveLength(before)
})

test('an answer is read back with stars and comment, credited to the agent, on the customer’s timeline', async () => {
  const [asked] = await askedFor()
  await fetch(`${pages()}/s?id=${asked?.uuid ?? ''}`, {
    method: 'POST',
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: 'stars=4&comment=Very+kind',
  })
  const id = (asked?.external_url ?? '').split('/').at(-1) ?? ''
  const answered = await becomes(id, 'answered')
  const { data } = await api.call('GET /v1/feedback/{id}', { params: { id: answered?.feedback ?? '' } })
  expect(data.attributes).toMatchObject({ metric: 'stars', score: 4, text: 'Very kind', trust: 'refetched' })
  expect(data.relationships['customer']?.data).toMatchObject({ type: 'customer' })
})

test('what Stella Connect did not send says why, and who unsubscribed there is never asked again', async () => {
  await control('address', { email: 'gone@example.com', is: 'unsubscribed' })
  const first = await close({ agent: 'Ada', email: 'gone@example.com' })
  expect((await becomes(first, 'skipped'))?.reason).toMatch(/unsubscribed/)
  const { data } = await api.call('GET /v1/customers/email={value}', { params: { value: 'gone@example.com' } })
  expect((await api.call('GET /v1/customers/{id}/survey-opt-out', { params: { id: data.id } })).data.optedOut).toBe(
    true,
  )
})

test('after an answer that was lost it is asked what it has, and the customer is asked once', async () => {
  await control('misbehave', { call: '^POST /v1/requests', status: 502, isAfterwards: true, times: 1 })
  const id = await close({ agent: 'Ada', email: 'once@example.com' })
  await becomes(id, 'sent')
  expect((await askedFor()).filter((it) => it.customer.email === 'once@example.com')).toHaveLength(1)
})

test('the test key is shown as that, and asks at the test address alone', async () => {
  await api.call('PUT /v1/apps/installations/{id}', {
    params: { id: installation },
    body: { settings: { stellaKey: 'demo-stella-test', isTest: true } },
  })
  const before = (await askedFor()).length
  const id = await close({ agent: 'Ada' })
  expect(await becomes(id, 'requested')).toMatchObject({ test: true })
  expect(await askedFor()).toHaveLength(before)
  expect(await askedFor('test-requests')).toHaveLength(1)
  const { data } = await api.call('GET /v1/apps/installations/{id}', { params: { id: installation } })
  expect(data.attributes.warning).toMatch(/test key is in use/)
})

test('a wrong key is refused before it is saved', async () => {
  await expect(
    api.call('PUT /v1/apps/installations/{id}', {
      params: { id: installation },
      body: { settings: { stellaKey: 'wrong' } },
    }),
  ).rejects.toMatchObject({ status: 422 })
})
