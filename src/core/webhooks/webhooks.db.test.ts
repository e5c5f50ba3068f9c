import { createHmac } from 'node:crypto'
import { createServer } from 'node:http'
import type { IncomingHttpHeaders } from 'node:http'
import type { AddressInfo } from 'node:net'

import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest'

import { startTestDesk } from '../../testing/desk.ts'
import type { Reply, TestDesk, TestOrg } from '../../testing/desk.ts'

/** What somebody else's server got, and what it answers. */
interface Received {
  headers: IncomingHttpHeaders
  text: string
  body: Reply['body']
}

let desk: TestDesk
let org: TestOrg
let address: string
let received: Received[] = []
let answer = 200

const receiver = createServer((request, response) => {
  let text = ''
  request.on('data', (chunk: Buffer) => (text += chunk.toString()))
  request.on('end', () => {
    received.push({ headers: request.headers, text, body: JSON.parse(text) })
    response.writeHead(answer).end('thank you')
  })
})

beforeAll(async () => {
  desk = await startTestDesk({ integrations: [] })
  await new Promise<void>((resolve) => receiver.listen(0, '127.0.0.1', resolve))
  address = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}/in`
})
afterAll(async () => {
  await desk[Symbol.asyncDispose]()
  receiver.closeAllConnections()
  await new Promise((resolve) => receiver.close(resolve))
})
beforeEach(async () => {
  org = await desk.newOrg('Acme')
})
afterEach(() => {
  received = []
  answer = 200
})

async function webhook(events: string[], parts: object = {}): Promise<{ id: string; token: string }> {
  const { status, body } = await org.call('POST', '/v1/outbound-webhooks', {
    name: 'Elsewhere',
    url: address,
    events,
    ...parts,
  })
  expect(status, JSON.stringify(body)).toBe(201)
  return { id: body.data.id, token: body.data.attributes.token }
}

async function arrived(count: number): Promise<Received[]> {
  await vi.waitFor(() => expect(received.length).toBeGreaterThanOrEqual(count), { timeout: 15_000 })
  return received
}

async function log(id: string, filter = '') {
  const { body } = await org.call('GET', `/v1/outbound-webhooks/${id}/transactions${filter}`)
  return body.data.map((it: Reply['body']) => ({ id: it.id, ...it.attributes }))
}

const newCustomer = async (name = 'Ana') => (await org.call('POST', '/v1/customers', { name })).body.data.id as string

test('an event is sent on in the platform’s shape, signed over its bytes', async () => {
  const { id, token } = await webhook(['kustomer.conversation.update'], {
    headers: [{ name: 'X-Door', value: 'sesame' }],
  })
  const customer = await newCustomer()
  const conversation = (await org.call('POST', '/v1/conversations', { customer })).body.data.id
  await org.call('PUT', `/v1/conversations/${conversation}`, { status: 'done', custom: { reasonStr: 'sold out' } })
  const [request, ...others] = await arrived(1)
  expect(others).toEqual([])
  expect(request?.headers).toMatchObject({
    'content-type': 'application/json',
    'x-kustomer-webhook-event': 'kustomer.conversation.update',
    'x-kustomer-webhook-signature': createHmac('sha256', token)
      .update(request?.text ?? '')
      .digest('hex'),
    'x-door': 'sesame',
  })
  expect(request?.body).toMatchObject({
    name: 'kustomer.conversation.update',
    org: org.id,
    orgName: 'Acme',
    dataId: conversation,
    persist: true,
    data: {
      type: 'conversation',
      id: conversation,
      attributes: { status: 'done' },
      relationships: { customer: { data: { id: customer } } },
    },
    changes: { attributes: { status: { op: 'replace', before: 'open', after: 'done' } }, relationships: {} },
    meta: { customChanged: ['reasonStr'] },
  })
  await vi.waitFor(async () =>
    expect(await log(id)).toMatchObject([{ status: 'sent', attempts: 1, lastStatus: 200, lastResponse: 'thank you' }]),
  )
})

test('changes are null when something is created, and what is deleted is told without its content', async () => {
  await webhook(['kustomer.customer.create', 'kustomer.customer.delete'])
  const customer = await newCustomer()
  await org.call('DELETE', `/v1/customers/${customer}`)
  const bodies = (await arrived(2)).map((it) => it.body).toSorted((a, b) => (a.id < b.id ? -1 : 1))
  expect(bodies.map((it) => [it.name, it.changes])).toEqual([
    ['kustomer.customer.create', null],
    ['kustomer.customer.delete', null],
  ])
  expect(bodies[1].data).toEqual({ type: 'customer', id: customer, attributes: {}, relationships: {}, links: {} })
})

test('only those who asked are told, and only in their own organisation', async () => {
  const asked = await webhook(['kustomer.tag.create'])
  const other = await webhook(['kustomer.team.create'])
  const elsewhere = await desk.newOrg()
  await elsewhere.call('POST', '/v1/tags', { name: 'theirs' })
  await org.call('POST', '/v1/tags', { name: 'ours' })
  await arrived(1)
  await new Promise((resolve) => setTimeout(resolve, 300))
  expect(received.map((it) => it.body.data.attributes.name)).toEqual(['ours'])
  expect([await log(asked.id), await log(other.id)].map((it) => it.length)).toEqual([1, 0])
})

test('what fails is tried again later, and what was given up can be sent again', async () => {
  const { id } = await webhook(['kustomer.tag.create'])
  answer = 500
  await org.call('POST', '/v1/tags', { name: 'x' })
  await arrived(1)
  await vi.waitFor(async () =>
    expect(await log(id)).toMatchObject([{ status: 'waiting', attempts: 1, lastError: 'Answered 500.' }]),
  )
  const [waiting] = await log(id)
  expect(Date.parse(waiting.nextAttemptAt)).toBeGreaterThan(Date.now())
  const due = `update webhook_transactions set next_attempt_at = now(), attempts = $2 where org_id = $1`
  await desk.owner.query(due, [org.id, 10]) // the last attempt
  await arrived(2)
  await vi.waitFor(async () => expect(await log(id, '?status=failed')).toMatchObject([{ attempts: 11 }]))
  answer = 204
  const again = await org.call('POST', `/v1/outbound-webhooks/${id}/replay`)
  expect(again).toMatchObject({ status: 202, body: { data: { attributes: { count: 1 } } } })
  await arrived(3)
  await vi.waitFor(async () => expect(await log(id)).toMatchObject([{ status: 'sent', attempts: 1, lastStatus: 204 }]))
  const [{ id: transaction }] = await log(id)
  expect((await org.call('POST', `/v1/outbound-webhooks/${id}/transactions/${transaction}/replay`)).status).toBe(202)
  expect((await arrived(4)).map((it) => it.body.id)).toEqual(Array.from({ length: 4 }, () => received[0]?.body.id))
})

test('a sender that died in the middle loses nothing: its claim lapses and another sends', async () => {
  const { id } = await webhook(['kustomer.tag.create'])
  answer = 500
  await org.call('POST', '/v1/tags', { name: 'x' })
  await arrived(1)
  await vi.waitFor(async () => expect(await log(id)).toMatchObject([{ attempts: 1, status: 'waiting' }]))
  answer = 200
  // As it stands when a process took the transaction and was killed before it wrote what came of it.
  await desk.owner.query(
    "update webhook_transactions set next_attempt_at = now() + interval '500 ms' where org_id = $1",
    [org.id],
  )
  await arrived(2)
  await vi.waitFor(async () => expect((await log(id))[0].status).toBe('sent'))
})

test('a change that is rolled back is told to nobody', async () => {
  await webhook(['kustomer.customer.create'])
  const taken = { name: 'Ana', emails: [{ email: 'ana@example.com' }] }
  await org.call('POST', '/v1/customers', taken)
  expect((await org.call('POST', '/v1/customers', taken)).status).toBe(409)
  await arrived(1)
  await new Promise((resolve) => setTimeout(resolve, 300))
  expect(received).toHaveLength(1)
})

test('feedback has events of its own beside those of its object, each with what it is about', async () => {
  await using other = await startTestDesk()
  const acme = await other.newOrg()
  const app = other.desk.catalog.list().find((it) => it.settingsSchema.required.length === 0)
  const [klass = ''] = Object.keys(app?.integration.klasses ?? {})
  const installed = await acme.install(app?.integration.id ?? '')
  const events = ['tellback.feedback.create', `kustomer.kobject.${klass}.create`]
  expect((await acme.call('POST', '/v1/outbound-webhooks', { name: 'x', url: address, events })).status).toBe(201)
  await acme.call('POST', `/v1/apps/installations/${installed.id}/test`)
  const [first, second] = (await arrived(2)).map(({ body }) => body).toSorted((a, b) => (a.name < b.name ? -1 : 1))
  expect(first).toMatchObject({ name: events[1], data: { type: `kobject.${klass}` } })
  expect(second).toMatchObject({ name: events[0], data: { type: 'feedback', id: first.data.id } })
  expect(typeof second.data.attributes.score).toBe('number')
})

test('an address that fails for days is switched off with the reason, and on again by hand', async () => {
  const { id } = await webhook(['kustomer.tag.create'])
  answer = 503
  await desk.owner.query("update outbound_webhooks set failing_since = now() - interval '4 days' where id = $1", [id])
  await org.call('POST', '/v1/tags', { name: 'x' })
  const state = async () => (await org.call('GET', `/v1/outbound-webhooks/${id}`)).body.data.attributes
  await vi.waitFor(
    async () =>
      expect(await state()).toMatchObject({ status: 'disabled', statusReason: expect.stringMatching(/Answered 503/) }),
    {
      timeout: 15_000,
    },
  )
  const { rows } = await desk.owner.query('select kind, title from notifications where org_id = $1', [org.id])
  expect(rows).toEqual([{ kind: 'webhook_disabled', title: expect.stringContaining('was switched off') }])
  await org.call('POST', '/v1/tags', { name: 'unheard' })
  expect(await log(id)).toHaveLength(1)
  const mended = await org.call('PUT', `/v1/outbound-webhooks/${id}`, { status: 'enabled' })
  expect(mended.body.data.attributes).toMatchObject({ status: 'enabled', statusReason: null, failingSince: null })
})

test.each([
  ['an address without TLS', { url: 'http://example.com/' }, '/url'],
  ['a private address', { url: 'https://192.168.0.1/' }, '/url'],
  ['the address of the machine’s metadata', { url: 'https://169.254.169.254/' }, '/url'],
  ['no address', { url: 'elsewhere' }, '/url'],
  ['an unknown event', { events: ['kustomer.weather.create'] }, '/events/0'],
  ['no event', { events: [] }, '/events'],
  ['a header of ours', { headers: [{ name: 'X-Kustomer-Webhook-Signature', value: 'x' }] }, '/headers/0/name'],
  ['a header with a line break', { headers: [{ name: 'X-A', value: 'a\r\nHost: b' }] }, '/headers/0/value'],
])('%s is a 400 that names the field', async (_, parts, pointer) => {
  const body = { name: 'x', url: address, events: ['kustomer.tag.create'], ...parts }
  const reply = await org.call('POST', '/v1/outbound-webhooks', body)
  expect(reply.status).toBe(400)
  expect(reply.body.errors[0].source).toEqual({ pointer })
  expect((await org.call('GET', '/v1/outbound-webhooks')).body.data).toEqual([])
})

test('header values are never shown or stored in clear', async () => {
  const { id } = await webhook(['kustomer.tag.create'], {
    headers: [{ name: 'Authorization', value: 'Bearer hunter2' }],
  })
  const { body } = await org.call('PUT', `/v1/outbound-webhooks/${id}`, { name: 'New name' })
  expect(body.data.attributes).toMatchObject({
    name: 'New name',
    headers: [{ name: 'Authorization', value: '********' }],
  })
  const { rows } = await desk.owner.query('select * from outbound_webhooks where id = $1', [id])
  expect(JSON.stringify(rows)).not.toContain('hunter2')
  await org.call('POST', '/v1/tags', { name: 'x' })
  expect((await arrived(1))[0]?.headers.authorization).toBe('Bearer hunter2')
})

test('every operation is closed to a key without the role and to another organisation', async () => {
  const { id } = await webhook(['kustomer.tag.create'])
  await org.call('POST', '/v1/tags', { name: 'x' })
  await vi.waitFor(async () => expect((await log(id))[0]?.status).toBe('sent'))
  const [{ id: transaction }] = await log(id)
  const stranger = await desk.newOrg()
  const weak = await org.key(['org.user'])
  const one = `/v1/outbound-webhooks/${id}`
  const operations: [string, string, unknown?][] = [
    ['GET', one],
    ['PUT', one, { name: 'x' }],
    ['PATCH', one, { name: 'x' }],
    ['GET', `${one}/transactions`],
    ['POST', `${one}/replay`],
    ['POST', `${one}/transactions/${transaction}/replay`],
    ['DELETE', one],
  ]
  for (const [method, path, body] of operations) {
    expect((await org.call(method, path, body, weak)).status, `${method} ${path} with a weak key`).toBe(403)
    expect((await stranger.call(method, path, body)).status, `${method} ${path} from elsewhere`).toBe(404)
    expect((await org.call(method, path, body)).status, `${method} ${path}`).toBeLessThan(300)
  }
  const events = (await org.call('GET', '/v1/outbound-webhooks/events')).body.data.map((it: Reply['body']) => it.id)
  expect(events).toEqual(expect.arrayContaining(['kustomer.conversation.update', 'kustomer.kobject.<klass>.create']))
})
