import { afterAll, beforeAll, beforeEach, expect, test, vi } from 'vitest'

import { startTestDesk } from '../../testing/desk.ts'
import type { Reply, TestDesk, TestOrg } from '../../testing/desk.ts'

let desk: TestDesk
let org: TestOrg
let customer: string

beforeAll(async () => {
  desk = await startTestDesk({ integrations: [] })
})
afterAll(() => desk[Symbol.asyncDispose]())
beforeEach(async () => {
  org = await desk.newOrg()
  customer = (await org.call('POST', '/v1/customers', { name: 'Ana' })).body.data.id
})

async function created(path: string, body: object): Promise<string> {
  const reply = await org.call('POST', path, body)
  expect(reply.status, JSON.stringify(reply.body)).toBeLessThan(300)
  return reply.body.data.id
}

const conversation = (parts: object = {}) => created('/v1/conversations', { customer, ...parts })
const message = (id: string, direction: 'in' | 'out', parts: object = {}) =>
  created('/v1/messages', { conversation: id, app: 'test', channel: 'email', direction, preview: 'Hello', ...parts })

async function attributes(path: string) {
  return (await org.call('GET', path)).body.data.attributes
}

async function counts() {
  const { conversationCounts, progressiveStatus } = await attributes(`/v1/customers/${customer}`)
  return { ...conversationCounts, progressiveStatus }
}

async function me(): Promise<string> {
  return (await org.call('GET', '/v1/users/current')).body.data.id
}

async function closeEvents() {
  const { rows } = await desk.owner.query('select * from close_events where org_id = $1 order by closed_at', [org.id])
  return rows
}

test('a conversation is created with the platform’s defaults and answered in the envelope', async () => {
  const { status, body } = await org.call('POST', '/v1/conversations', { customer, name: 'Where is my tent?' })
  expect(status).toBe(201)
  expect(body.data).toMatchObject({
    type: 'conversation',
    attributes: {
      name: 'Where is my tent?',
      status: 'open',
      priority: 3,
      tags: [],
      messageCount: 0,
      doneCount: 0,
      snooze: null,
      rev: 1,
    },
    relationships: {
      customer: { data: { type: 'customer', id: customer } },
      messages: { links: { self: `/v1/conversations/${body.data.id}/messages` } },
    },
    links: { self: `/v1/conversations/${body.data.id}` },
  })
  expect(await counts()).toEqual({ all: 1, open: 1, snoozed: 0, done: 0, progressiveStatus: 'open' })
})

test.each([
  ['an unknown customer', { customer: '0'.repeat(24) }, '/customer'],
  ['a priority of 6', { priority: 6 }, '/priority'],
  ['an unknown user', { assignedUsers: ['0'.repeat(24)] }, '/assignedUsers/0'],
  ['an unknown team', { assignedTeams: ['0'.repeat(24)] }, '/assignedTeams/0'],
  ['a tag id that is none', { tags: ['0'.repeat(24)] }, '/tags/0'],
  ['snoozed at birth', { status: 'snoozed' }, '/status'],
  ['a field that is none', { colour: 'red' }, '/colour'],
  ['eleven assigned users', { assignedUsers: Array.from({ length: 11 }, () => 'x') }, '/assignedUsers'],
])('%s is a 400 that names the field, and nothing is written', async (_, parts, pointer) => {
  const reply = await org.call('POST', '/v1/conversations', { customer, ...parts })
  expect(reply.status).toBe(400)
  expect(reply.body.errors[0].source).toEqual({ pointer })
  expect((await org.call('GET', '/v1/conversations')).body.data).toEqual([])
  expect((await org.call('GET', '/v1/tags')).body.data).toEqual([])
})

test('closing counts, remembers first and last, and records whom it is credited to, as it was then', async () => {
  const agent = await me()
  const team = await created('/v1/teams', { name: 'Returns', members: [agent] })
  const id = await conversation({ assignedUsers: [agent], assignedTeams: [team], tags: ['refund'] })
  await message(id, 'in')
  await message(id, 'out')
  const { body } = await org.call('PUT', `/v1/conversations/${id}`, { status: 'done' })
  expect(body.data.attributes).toMatchObject({
    status: 'done',
    open: null,
    doneCount: 1,
    lastDone: {
      createdBy: agent,
      createdByTeams: [team],
      assignedUsers: [agent],
      assignedTeams: [team],
      messageCount: 2,
      outboundMessageCount: 1,
      lastMessageDirection: 'out',
    },
  })
  expect(body.data.attributes.firstDone).toEqual(body.data.attributes.lastDone)
  await org.call('DELETE', `/v1/teams/${team}/members`, { members: [agent] })
  await org.call('PUT', `/v1/conversations/${id}`, { assignedUsers: [], assignedTeams: [], tags: [] })
  const [event, ...others] = await closeEvents()
  expect(others).toEqual([])
  expect(event).toMatchObject({
    conversation_id: id,
    closed_by: agent,
    closed_by_type: 'machine',
    closed_by_teams: [team],
    assigned_users: [agent],
    assigned_teams: [team],
    channels: ['email'],
  })
  expect(event.tags).toHaveLength(1)
  expect(await counts()).toEqual({ all: 1, open: 0, snoozed: 0, done: 1, progressiveStatus: 'done' })
})

test('the same state again is no move; a move that is not allowed is a 422', async () => {
  const id = await conversation({ status: 'done' })
  expect(await closeEvents()).toHaveLength(1)
  const again = await org.call('PUT', `/v1/conversations/${id}`, { status: 'done' })
  expect(again.body.data.attributes.doneCount).toBe(1)
  expect(await closeEvents()).toHaveLength(1)
  const time = new Date(Date.now() + 60_000).toISOString()
  const asleep = await org.call('PUT', `/v1/conversations/${id}`, { status: 'snoozed', snooze: { time } })
  expect(asleep).toMatchObject({ status: 422, body: { errors: [{ source: { pointer: '/status' } }] } })
  const timeless = await org.call('PUT', `/v1/conversations/${await conversation()}`, { status: 'snoozed' })
  expect(timeless).toMatchObject({ status: 400, body: { errors: [{ source: { pointer: '/snooze/time' } }] } })
})

test('what an import closed long ago is no close event', async () => {
  await conversation({ status: 'done', importedAt: '2020-01-01T00:00:00Z', createdAt: '2019-01-01T00:00:00Z' })
  expect(await closeEvents()).toEqual([])
})

test('a snoozed conversation wakes at its time', async () => {
  const id = await conversation()
  const time = new Date(Date.now() + 300).toISOString()
  const asleep = await org.call('PUT', `/v1/conversations/${id}`, { status: 'snoozed', snooze: { time } })
  expect(asleep.body.data.attributes).toMatchObject({
    status: 'snoozed',
    snooze: { time, status: 'scheduled' },
    snoozeCount: 1,
  })
  expect(await counts()).toMatchObject({ open: 0, snoozed: 1, progressiveStatus: 'snoozed' })
  await vi.waitFor(async () => expect((await attributes(`/v1/conversations/${id}`)).status).toBe('open'), {
    timeout: 15_000,
  })
  expect(await attributes(`/v1/conversations/${id}`)).toMatchObject({
    snooze: { status: 'elapsed' },
    reopenCount: 1,
    reopenFromDoneCount: 0,
  })
})

test('a later snooze replaces an earlier one, and waking by hand cancels it', async () => {
  const id = await conversation()
  const soon = new Date(Date.now() + 200).toISOString()
  const late = new Date(Date.now() + 3_600_000).toISOString()
  await org.call('PUT', `/v1/conversations/${id}`, { snooze: { time: soon } })
  await org.call('PUT', `/v1/conversations/${id}`, { snooze: { time: late } })
  await new Promise((resolve) => setTimeout(resolve, 1_000))
  expect(await attributes(`/v1/conversations/${id}`)).toMatchObject({ status: 'snoozed', snooze: { time: late } })
  const woken = await org.call('PATCH', `/v1/conversations/${id}`, { status: 'open' })
  expect(woken.body.data.attributes).toMatchObject({ status: 'open', snooze: { status: 'canceled' } })
})

test('messages count, tell how they stand to each other, and answer questions', async () => {
  const id = await conversation()
  const question = await message(id, 'in', { sentAt: '2026-01-01T10:00:00Z' })
  await message(id, 'in', { sentAt: '2026-01-01T10:01:00Z' })
  const answer = await message(id, 'out', { sentAt: '2026-01-01T10:05:00Z', preview: 'It is on its way.' })
  await message(id, 'out', { sentAt: '2026-01-01T10:06:00Z', preview: 'It arrives today.' })
  const { body } = await org.call('GET', `/v1/conversations/${id}/messages?sort=asc`)
  expect(body.data.map((it: Reply['body']) => it.attributes.directionType)).toEqual([
    'initial-in',
    'followup-in',
    'response-out',
    'followup-out',
  ])
  expect(body.data[2].attributes.responseTime).toBe(300_000)
  expect(await attributes(`/v1/conversations/${id}`)).toMatchObject({
    messageCount: 4,
    inboundMessageCount: 2,
    outboundMessageCount: 2,
    direction: 'in',
    channels: ['email'],
    preview: 'It arrives today.',
    lastMessageAt: '2026-01-01T10:06:00.000Z',
    lastMessageDirection: 'out',
    firstMessageIn: { id: question },
    firstResponse: { id: answer, responseTime: 300_000 },
    lastResponse: { id: answer },
  })
  expect((await attributes(`/v1/conversations/${id}`)).lastMessageUnrespondedTo).toBeUndefined()
})

test('a message that is older than the last, as imports bring them, does not become the last', async () => {
  const id = await conversation()
  await message(id, 'in', { sentAt: '2026-01-02T10:00:00Z', preview: 'new' })
  await message(id, 'in', { sentAt: '2026-01-01T10:00:00Z', preview: 'old' })
  expect(await attributes(`/v1/conversations/${id}`)).toMatchObject({
    preview: 'new',
    lastMessageAt: '2026-01-02T10:00:00.000Z',
  })
})

test('a customer’s message opens a conversation again; ours and an imported one do not', async () => {
  const id = await conversation({ status: 'done' })
  await message(id, 'out')
  await message(id, 'in', { importedAt: '2026-01-01T00:00:00Z' })
  expect((await attributes(`/v1/conversations/${id}`)).status).toBe('done')
  await message(id, 'in')
  expect(await attributes(`/v1/conversations/${id}`)).toMatchObject({
    status: 'open',
    reopenCount: 1,
    reopenFromDoneCount: 1,
  })
  const asleep = await conversation()
  await org.call('PUT', `/v1/conversations/${asleep}`, {
    snooze: { time: new Date(Date.now() + 3_600_000).toISOString() },
  })
  await message(asleep, 'in')
  expect(await attributes(`/v1/conversations/${asleep}`)).toMatchObject({
    status: 'open',
    snooze: { status: 'canceled' },
  })
})

test('a customer’s message without a conversation makes one', async () => {
  const body = { app: 'test', channel: 'chat', direction: 'in', preview: 'Is anybody there?' }
  const reply = await org.call('POST', `/v1/customers/${customer}/messages`, body)
  expect(reply.status).toBe(201)
  const { id } = reply.body.data.relationships.conversation.data
  expect(await attributes(`/v1/conversations/${id}`)).toMatchObject({
    name: 'Is anybody there?',
    direction: 'in',
    channels: ['chat'],
    messageCount: 1,
  })
  const other = await created('/v1/customers', { name: 'Bo' })
  const theirs = await created(`/v1/customers/${other}/conversations`, {})
  const wrong = await org.call('POST', `/v1/customers/${customer}/messages`, { ...body, conversation: theirs })
  expect(wrong).toMatchObject({ status: 400, body: { errors: [{ source: { pointer: '/conversation' } }] } })
})

test('a conversation moves to another customer with all that is in it', async () => {
  const id = await conversation()
  const [said, noted] = [
    await message(id, 'in'),
    await created(`/v1/conversations/${id}/notes`, { body: 'Check the order.' }),
  ]
  const other = await created('/v1/customers', { name: 'Bo' })
  const { body } = await org.call('PUT', `/v1/conversations/${id}`, { customer: other })
  expect(body.data.relationships.customer.data.id).toBe(other)
  for (const path of [`/v1/messages/${said}`, `/v1/notes/${noted}`]) {
    expect((await org.call('GET', path)).body.data.relationships.customer.data.id).toBe(other)
  }
  expect(await counts()).toMatchObject({ all: 0, progressiveStatus: null })
  expect((await attributes(`/v1/customers/${other}`)).conversationCounts.all).toBe(1)
  const [move] = (await org.call('GET', `/v1/conversations/${id}/events`)).body.data
  expect(move.attributes.changes.relationships).toEqual({ customer: { op: 'replace', before: customer, after: other } })
})

test('tags are added by name or id, once each, and unknown names become tags', async () => {
  const known = await created('/v1/tags', { name: 'Refund' })
  const id = await conversation()
  const added = await org.call('POST', `/v1/conversations/${id}/tags`, ['refund', known, 'urgent'])
  expect(added.status).toBe(200)
  const tags = (await org.call('GET', '/v1/tags')).body.data
  expect(tags.map((it: Reply['body']) => it.attributes.name)).toEqual(['Refund', 'urgent'])
  expect(added.body.data.attributes.tags).toEqual([known, tags[1].id])
  const removed = await org.call('DELETE', `/v1/conversations/${id}/tags`, ['URGENT', 'unheard of'])
  expect(removed.body.data.attributes.tags).toEqual([known])
  expect((await org.call('GET', '/v1/tags')).body.data).toHaveLength(2)
})

test('the history tells every change, what was before and after', async () => {
  const id = await conversation({ name: 'One' })
  await org.call('PATCH', `/v1/conversations/${id}`, { name: 'Two', priority: 1, custom: { orderNum: 7 } })
  await org.call('PATCH', `/v1/conversations/${id}`, { custom: { orderNum: null } })
  const { body } = await org.call('GET', `/v1/conversations/${id}/events?sort=asc`)
  expect(body.data.map((it: Reply['body']) => [it.attributes.name, it.attributes.changes?.attributes])).toEqual([
    ['kustomer.conversation.create', undefined],
    [
      'kustomer.conversation.update',
      {
        name: { op: 'replace', before: 'One', after: 'Two' },
        priority: { op: 'replace', before: 3, after: 1 },
        custom: { op: 'replace', before: {}, after: { orderNum: 7 } },
      },
    ],
    ['kustomer.conversation.update', { custom: { op: 'replace', before: { orderNum: 7 }, after: {} } }],
  ])
  expect(body.data[1].relationships.createdBy.data.id).toBe(await me())
})

test('PUT merges, null clears, lists replace, replace=true clears the rest', async () => {
  const id = await conversation({
    name: 'One',
    externalId: 'c-1',
    priority: 1,
    tags: ['a'],
    custom: { aStr: '1', bStr: '2' },
  })
  const merged = await org.call('PUT', `/v1/conversations/${id}`, {
    name: null,
    tags: ['b'],
    custom: { bStr: null, cStr: '3' },
  })
  expect(merged.body.data.attributes).toMatchObject({
    name: null,
    externalId: 'c-1',
    priority: 1,
    custom: { aStr: '1', cStr: '3' },
  })
  expect(merged.body.data.attributes.tags).toHaveLength(1)
  const replaced = await org.call('PUT', `/v1/conversations/${id}?replace=true`, { name: 'Two' })
  expect(replaced.body.data.attributes).toMatchObject({
    name: 'Two',
    externalId: null,
    priority: 3,
    tags: [],
    custom: {},
    status: 'open',
  })
})

test('of two writers on one conversation, neither is silently lost', async () => {
  const id = await conversation()
  const rev = (await attributes(`/v1/conversations/${id}`)).rev
  const replies = await Promise.all(
    ['One', 'Two'].map((name) => org.call('PUT', `/v1/conversations/${id}`, { name, rev })),
  )
  expect(replies.map((it) => it.status).toSorted((a, b) => a - b)).toEqual([200, 409])
  await Promise.all(Array.from({ length: 10 }, (_, n) => message(id, n % 2 === 0 ? 'in' : 'out')))
  await Promise.all(['a', 'b', 'c', 'd'].map((tag) => org.call('POST', `/v1/conversations/${id}/tags`, [tag])))
  const after = await attributes(`/v1/conversations/${id}`)
  expect(after).toMatchObject({ messageCount: 10, inboundMessageCount: 5, rev: rev + 1 + 10 + 4 })
  expect(after.tags).toHaveLength(4)
})

test('external ids find conversations and messages, raw and percent-encoded, and are taken once', async () => {
  const id = await conversation({ externalId: 'zendesk/1' })
  const said = await message(id, 'in', { externalId: 'm@1' })
  for (const [path, found] of [
    ['/v1/conversations/externalId=zendesk%2F1', id],
    ['/v1/messages/externalid=m@1', said],
    ['/v1/messages/externalid=m%401', said],
  ]) {
    expect((await org.call('GET', path ?? '')).body.data.id).toBe(found)
  }
  const taken = await org.call('POST', '/v1/conversations', { customer, externalId: 'zendesk/1' })
  expect(taken).toMatchObject({ status: 409, body: { errors: [{ source: { pointer: '/externalId' } }] } })
  const twice = { conversation: id, app: 'test', channel: 'email', direction: 'in', externalId: 'm@1' }
  expect((await org.call('POST', '/v1/messages', twice)).status).toBe(409)
  expect((await attributes(`/v1/conversations/${id}`)).messageCount).toBe(1)
})

test('when something was made is for admins to say', async () => {
  const agent = await org.key(['org.user'])
  const createdAt = '2020-01-01T00:00:00.000Z'
  const refused = await org.call('POST', '/v1/conversations', { customer, createdAt }, agent)
  expect(refused).toMatchObject({ status: 403, body: { errors: [{ source: { pointer: '/createdAt' } }] } })
  expect((await org.call('POST', '/v1/conversations', { customer, createdAt })).body.data.attributes.createdAt).toBe(
    createdAt,
  )
})

test('notes count in and out, call people, and keep their history', async () => {
  const id = await conversation()
  const agent = await me()
  const note = await created('/v1/notes', { conversation: id, body: 'See @Ada', userMentions: [{ user: agent }] })
  expect((await attributes(`/v1/conversations/${id}`)).noteCount).toBe(1)
  const changed = await org.call('PUT', `/v1/notes/${note}`, { body: 'Done.', rev: 1 })
  expect(changed.body.data.attributes).toMatchObject({ body: 'Done.', userMentions: [{ user: agent }], rev: 2 })
  expect((await org.call('PUT', `/v1/notes/${note}`, { body: 'Late.', rev: 1 })).status).toBe(409)
  const nobody = await org.call('POST', '/v1/notes', {
    conversation: id,
    body: 'x',
    userMentions: [{ user: '0'.repeat(24) }],
  })
  expect(nobody).toMatchObject({ status: 400 })
  expect((await org.call('DELETE', `/v1/notes/${note}`)).status).toBe(204)
  expect((await org.call('GET', `/v1/notes/${note}`)).status).toBe(404)
  expect((await attributes(`/v1/conversations/${id}`)).noteCount).toBe(0)
})

test('a message is changed field by field', async () => {
  const said = await message(await conversation(), 'out', { meta: { to: [{ email: 'ana@example.com' }] } })
  const failed = await org.call('PUT', `/v1/messages/${said}`, {
    status: 'error',
    error: { title: 'Mailbox is full' },
    meta: { attempt: 2 },
  })
  expect(failed.body.data.attributes).toMatchObject({
    status: 'error',
    error: { title: 'Mailbox is full' },
    meta: { to: [{ email: 'ana@example.com' }], attempt: 2 },
    rev: 2,
  })
})

test('teams have members, and a user’s teams are found', async () => {
  const agent = await me()
  const team = await created('/v1/teams', { name: 'Returns' })
  expect((await org.call('POST', '/v1/teams', { name: 'RETURNS' })).status).toBe(409)
  const joined = await org.call('POST', `/v1/teams/${team}/members`, { members: [agent, agent] })
  expect(joined).toMatchObject({ status: 200, body: { data: { attributes: { members: [agent] } } } })
  expect((await org.call('GET', `/v1/users/${agent}/teams`)).body.data.map((it: Reply['body']) => it.id)).toEqual([
    team,
  ])
  expect((await org.call('POST', `/v1/teams/${team}/members`, { members: ['nobody'] })).status).toBe(400)
  expect((await org.call('DELETE', `/v1/teams/${team}`)).status).toBe(204)
  expect((await org.call('GET', '/v1/teams')).body.data).toEqual([])
})

test('a tag is renamed, and taken out of use without being taken from what carries it', async () => {
  const tag = await created('/v1/tags', { name: 'Refund', color: 'red' })
  await created('/v1/tags', { name: 'Other' })
  const id = await conversation({ tags: [tag] })
  expect((await org.call('PUT', `/v1/tags/${tag}`, { name: 'other' })).status).toBe(409)
  expect((await org.call('PUT', `/v1/tags/${tag}`, { name: 'Return' })).body.data.attributes).toMatchObject({
    name: 'Return',
    color: 'red',
  })
  expect((await org.call('DELETE', `/v1/tags/${tag}`)).body.data.attributes.deleted).toBe(true)
  expect((await org.call('GET', '/v1/tags?deleted=true')).body.data).toHaveLength(1)
  const restored = await org.call('PUT', `/v1/tags/${tag}`, { deleted: false })
  expect(restored.body.data).toMatchObject({ id: tag, attributes: { name: 'Return', deleted: false } })
  expect((await attributes(`/v1/conversations/${id}`)).tags).toEqual([tag])
})

test('every operation is closed to a key without the role and to another organisation', async () => {
  const id = await conversation({ externalId: 'c-1' })
  const said = await message(id, 'in', { externalId: 'm-1' })
  const note = await created('/v1/notes', { conversation: id, body: 'x' })
  const tag = await created('/v1/tags', { name: 'x' })
  const team = await created('/v1/teams', { name: 'x' })
  const stranger = await desk.newOrg()
  const weak = await org.key(['org.hooks'])
  const text = { app: 'test', channel: 'email', direction: 'in' }
  const operations: [string, string, unknown?][] = [
    ['GET', `/v1/conversations/${id}`],
    ['GET', '/v1/conversations/externalId=c-1'],
    ['PUT', `/v1/conversations/${id}`, { name: 'x' }],
    ['PATCH', `/v1/conversations/${id}`, { name: 'x' }],
    ['POST', `/v1/conversations/${id}/tags`, ['x']],
    ['DELETE', `/v1/conversations/${id}/tags`, ['x']],
    ['GET', `/v1/conversations/${id}/events`],
    ['GET', `/v1/conversations/${id}/messages`],
    ['POST', `/v1/conversations/${id}/messages`, text],
    ['GET', `/v1/conversations/${id}/notes`],
    ['POST', `/v1/conversations/${id}/notes`, { body: 'x' }],
    ['GET', `/v1/customers/${customer}/conversations`],
    ['POST', `/v1/customers/${customer}/conversations`, {}],
    ['GET', `/v1/customers/${customer}/messages`],
    ['POST', `/v1/customers/${customer}/messages`, text],
    ['GET', `/v1/customers/${customer}/notes`],
    ['GET', `/v1/messages/${said}`],
    ['GET', '/v1/messages/externalid=m-1'],
    ['PUT', `/v1/messages/${said}`, { preview: 'x' }],
    ['PATCH', `/v1/messages/${said}`, { preview: 'x' }],
    ['GET', `/v1/notes/${note}`],
    ['PUT', `/v1/notes/${note}`, { body: 'x' }],
    ['PATCH', `/v1/notes/${note}`, { body: 'x' }],
    ['DELETE', `/v1/notes/${note}`],
    ['GET', `/v1/tags/${tag}`],
    ['PUT', `/v1/tags/${tag}`, { name: 'y' }],
    ['DELETE', `/v1/tags/${tag}`],
    ['GET', `/v1/teams/${team}`],
    ['PUT', `/v1/teams/${team}`, { name: 'y' }],
    ['PATCH', `/v1/teams/${team}`, { name: 'y' }],
    ['POST', `/v1/teams/${team}/members`, { members: [await me()] }],
    ['DELETE', `/v1/teams/${team}/members`, { members: [await me()] }],
    ['DELETE', `/v1/teams/${team}`],
    ['DELETE', `/v1/conversations/${id}`],
  ]
  for (const [method, path, body] of operations) {
    expect((await org.call(method, path, body, weak)).status, `${method} ${path} with a weak key`).toBe(403)
    const foreign = await stranger.call(method, path, body)
    const isMember = path.endsWith('/members') && method === 'POST' // the member is unknown there before the team is
    expect(foreign.status, `${method} ${path} from elsewhere`).toBe(isMember ? 400 : 404)
    expect((await org.call(method, path, body)).status, `${method} ${path}`).toBeLessThan(300)
  }
  for (const [path, body] of [
    ['/v1/conversations', { customer }],
    ['/v1/messages', { ...text, conversation: id }],
    ['/v1/notes', { conversation: id, body: 'x' }],
  ] as const) {
    expect((await stranger.call('POST', path, body)).status, `POST ${path} from elsewhere`).toBe(400)
    expect((await org.call('GET', path, undefined, weak)).status, `GET ${path} with a weak key`).toBe(403)
    expect((await stranger.call('GET', path)).body.data, `GET ${path} from elsewhere`).toEqual([])
  }
})
