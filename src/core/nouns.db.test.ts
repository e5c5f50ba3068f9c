import { afterAll, beforeAll, beforeEach, expect, test, vi } from 'vitest'

import { startTestDesk } from '../testing/desk.ts'
import type { TestDesk, TestOrg } from '../testing/desk.ts'

let desk: TestDesk
let org: TestOrg

beforeAll(async () => {
  desk = await startTestDesk({ integrations: [] })
})
afterAll(() => desk[Symbol.asyncDispose]())
beforeEach(async () => {
  org = await desk.newOrg()
})

async function created(path: string, body: object): Promise<string> {
  const reply = await org.call('POST', path, body)
  expect(reply.status, JSON.stringify(reply.body)).toBeLessThan(300)
  return reply.body.data.id
}

async function attributes(path: string) {
  const reply = await org.call('GET', path)
  expect(reply.status, JSON.stringify(reply.body)).toBe(200)
  return reply.body.data.attributes
}

async function someone(name = 'Kim'): Promise<string> {
  return created('/v1/users', { name, email: `${name.toLowerCase()}${Math.random()}@example.com` })
}

async function aConversation(parts: object = {}): Promise<{ customer: string; conversation: string }> {
  const customer = await created('/v1/customers', { name: 'Ana', custom: { pointsNum: 3 } })
  return { customer, conversation: await created('/v1/conversations', { customer, name: 'Tent', ...parts }) }
}

test('a company is made, found by its external id, changed, joined by customers and deleted', async () => {
  const id = await created('/v1/companies', { name: 'Acme', externalId: 'a-1', domains: [{ domain: 'ACME.example' }] })
  expect((await org.call('POST', '/v1/companies', { name: 'Other', externalId: 'a-1' })).status).toBe(409)
  expect((await org.call('POST', '/v1/companies', { name: 'ab' })).body.errors[0].source.pointer).toBe('/name')
  expect((await org.call('GET', '/v1/companies?externalId=a-1')).body.data).toHaveLength(1)
  expect((await org.call('GET', '/v1/companies?externalId=none')).body.data).toHaveLength(0)
  const changed = await org.call('PUT', `/v1/companies/${id}`, {
    employeeCount: 12,
    custom: { tierStr: 'Gold' },
    rev: 1,
  })
  expect(changed.body.data.attributes).toMatchObject({
    name: 'Acme',
    employeeCount: 12,
    domains: [{ domain: 'acme.example' }],
    custom: { tierStr: 'Gold' },
    rev: 2,
  })
  expect((await org.call('PUT', `/v1/companies/${id}`, { name: 'Late', rev: 1 })).status).toBe(409)
  const customer = await created('/v1/customers', { name: 'Ana', company: id })
  const read = await org.call('GET', `/v1/customers/${customer}`)
  expect(read.body.data.relationships.company.data).toEqual({ type: 'company', id })
  const nobody = await org.call('POST', '/v1/customers', { name: 'Bo', company: '0'.repeat(24) })
  expect(nobody).toMatchObject({ status: 400, body: { errors: [{ source: { pointer: '/company' } }] } })
  expect((await org.call('DELETE', `/v1/companies/${id}`)).status).toBe(204)
  expect((await org.call('GET', `/v1/companies/${id}`)).status).toBe(404)
})

test('the first brand is the default, one is always, and conversations have it', async () => {
  expect((await org.call('GET', '/v1/brands/default')).status).toBe(404)
  const first = await created('/v1/brands', { name: 'Acme' })
  const second = await created('/v1/brands', { name: 'Peak' })
  expect((await org.call('GET', '/v1/brands/default')).body.data.id).toBe(first)
  expect((await org.call('PATCH', `/v1/brands/${first}`, { deleted: true })).status).toBe(422)
  await org.call('PATCH', `/v1/brands/${second}`, { default: true })
  expect((await org.call('GET', '/v1/brands/default')).body.data.id).toBe(second)
  expect((await org.call('POST', '/v1/brands', { name: 'ACME' })).status).toBe(409)
  const { conversation } = await aConversation()
  const read = await org.call('GET', `/v1/conversations/${conversation}`)
  expect(read.body.data.relationships.brand.data).toEqual({ type: 'brand', id: second })
  const unknown = await org.call('PUT', `/v1/conversations/${conversation}`, { brand: 'nothing' })
  expect(unknown).toMatchObject({ status: 400, body: { errors: [{ source: { pointer: '/brand' } }] } })
})

test('a shortcut is filled in for a conversation and names what is not known', async () => {
  const { conversation } = await aConversation()
  const body =
    'Dear {{customer.firstName}}, you have {{customer.custom.pointsNum}} points at {{org.name}}. {{customer.email}}'
  const id = await created('/v1/shortcuts', {
    name: 'Thanks',
    keyword: 'thx',
    body,
    subject: 'About {{conversation.name}}',
  })
  expect((await org.call('POST', '/v1/shortcuts', { name: 'Again', keyword: 'THX', body: 'x' })).status).toBe(409)
  const filled = await org.call('GET', `/v1/shortcuts/${id}/filled?conversation=${conversation}`)
  expect(filled.body.data).toMatchObject({
    body: 'Dear Ana, you have 3 points at Acme. {{customer.email}}',
    subject: 'About Tent',
    missing: ['customer.email'],
  })
  const own = await created('/v1/shortcuts', { name: 'Mine', body: 'x', shared: false })
  const colleague = await org.key(['org.user'])
  expect((await org.call('GET', `/v1/shortcuts/${own}`, undefined, colleague)).status).toBe(404)
  expect((await org.call('GET', '/v1/shortcuts', undefined, colleague)).body.data).toHaveLength(1)
  expect((await org.call('PUT', `/v1/shortcuts/${id}`, { body: 'y'.repeat(10_241) })).status).toBe(400)
  expect((await org.call('DELETE', `/v1/shortcuts/${id}`)).status).toBe(204)
})

test('a sub-status belongs to a status, and is left with it', async () => {
  const waiting = await created('/v1/sub-statuses', { name: 'Waiting for stock', status: 'open' })
  const solved = await created('/v1/sub-statuses', { name: 'Solved', status: 'done' })
  const { conversation } = await aConversation()
  const path = `/v1/conversations/${conversation}`
  expect((await org.call('PUT', path, { subStatus: waiting })).body.data.relationships.subStatus.data.id).toBe(waiting)
  expect(await org.call('PUT', path, { subStatus: solved })).toMatchObject({
    status: 400,
    body: { errors: [{ source: { pointer: '/subStatus' } }] },
  })
  expect((await org.call('PUT', path, { status: 'done' })).body.data.attributes.subStatus).toBeNull()
  expect((await org.call('PUT', path, { status: 'open' })).status).toBe(200)
  expect((await org.call('PUT', path, { status: 'done', subStatus: solved })).body.data.attributes.subStatus).toBe(
    solved,
  )
})

test('what must be filled in before done is named, and an import is not held to it', async () => {
  const rules = { requiredForDone: ['tags', 'custom.reasonStr'] }
  expect((await org.call('PUT', '/v1/conversations/rules', rules)).body.data).toEqual(rules)
  expect((await org.call('PUT', '/v1/conversations/rules', { requiredForDone: ['mood'] })).status).toBe(400)
  const { customer, conversation } = await aConversation()
  const path = `/v1/conversations/${conversation}`
  const refused = await org.call('PUT', path, { status: 'done' })
  expect(refused.status).toBe(422)
  expect(refused.body.errors.map((it: { source: object }) => it.source)).toEqual([
    { pointer: '/tags' },
    { pointer: '/custom/reasonStr' },
  ])
  expect((await attributes(path)).status).toBe('open')
  const filledIn = { status: 'done', tags: ['refund'], custom: { reasonStr: 'Leak' } }
  expect((await org.call('PUT', path, filledIn)).status).toBe(200)
  const imported = { customer, status: 'done', importedAt: '2020-01-01T00:00:00Z' }
  expect((await org.call('POST', '/v1/conversations', imported)).status).toBe(201)
})

test('people are told of assignments, mentions and replies, once, and not of their own doing', async () => {
  const kim = await someone('Kim')
  const lee = await someone('Lee')
  const team = await created('/v1/teams', { name: 'Care', members: [kim, lee] })
  const { conversation } = await aConversation({ assignedUsers: [kim] })
  await created(`/v1/conversations/${conversation}/notes`, {
    body: '@Care look',
    userMentions: [{ team }, { user: lee }],
  })
  const close = () => org.call('PUT', `/v1/conversations/${conversation}`, { status: 'done' })
  await close()
  const message = { conversation, app: 'x', channel: 'email', direction: 'in', preview: 'Still wet' }
  await created('/v1/messages', message)
  const { rows } = await desk.owner.query(
    'select user_id, kind, body, created_by from notifications where org_id = $1 order by id',
    [org.id],
  )
  const me = (await org.call('GET', '/v1/users/current')).body.data.id
  expect(rows).toEqual([
    { user_id: kim, kind: 'assignment', body: null, created_by: me },
    { user_id: lee, kind: 'mention', body: '@Care look', created_by: me },
    { user_id: kim, kind: 'mention', body: '@Care look', created_by: me },
    { user_id: kim, kind: 'reply', body: 'Still wet', created_by: null },
  ])
})

test('notifications are one’s own, and are marked read', async () => {
  const me = (await org.call('GET', '/v1/users/current')).body.data.id
  const other = await org.key(['org.user'])
  const { customer } = await aConversation()
  const assigned = await org.call('POST', '/v1/conversations', { customer, assignedUsers: [me] }, other)
  expect(assigned.status).toBe(201)
  const list = await org.call('GET', '/v1/notifications?unread=true')
  expect(list.body.data).toMatchObject([{ attributes: { kind: 'assignment', readAt: null } }])
  const path = `/v1/notifications/${list.body.data[0].id}`
  expect((await org.call('PUT', path, { read: true }, other)).status).toBe(404)
  expect((await org.call('PUT', path, { read: true })).body.data.attributes.readAt).not.toBeNull()
  expect((await org.call('GET', '/v1/notifications?unread=true')).body.data).toEqual([])
  expect((await org.call('POST', '/v1/notifications/read')).body.meta).toEqual({ marked: 0 })
})

test('the audit log says who did what from where, is walked both ways, and nobody changes it', async () => {
  const { customer, conversation } = await aConversation()
  await org.call('PUT', `/v1/customers/${customer}`, { name: 'Ana B.' })
  const of = await org.call('GET', `/v1/audit-logs?filter[objectId]=${customer}`)
  const me = (await org.call('GET', '/v1/users/current')).body.data.id
  const [update, creation] = of.body.data.map((it: { attributes: object }) => it.attributes)
  expect(creation).toMatchObject({
    eventName: 'kustomer.customer.create',
    eventVerb: 'create',
    userId: me,
    userType: 'machine',
    ip: '127.0.0.1',
  })
  expect(update.changes.attributes).toEqual({ name: { op: 'replace', before: 'Ana', after: 'Ana B.' } })
  await org.call('PUT', `/v1/conversations/${conversation}`, { priority: 1 })
  const page = await org.call('GET', '/v1/audit-logs?count=2')
  expect(page.body.data).toHaveLength(2)
  expect(page.body.links.prev).toBeNull()
  const next = await org.call('GET', page.body.links.next)
  const back = await org.call('GET', next.body.links.prev)
  expect(back.body.data.map((it: { id: string }) => it.id)).toEqual(page.body.data.map((it: { id: string }) => it.id))
  expect((await org.call('GET', '/v1/audit-logs', undefined, await org.key(['org.user']))).status).toBe(403)
  const change = org.db.write((tx) => tx.rows({ name: undefined, text: 'delete from audit_logs' }, []))
  await expect(change).rejects.toMatchObject({ code: '42501' })
})

test('a draft of a note is written at its time, one of a message says why it was not sent', async () => {
  const { customer, conversation } = await aConversation()
  const path = `/v1/customers/${customer}/drafts`
  const note = await org.call('POST', path, {
    channel: 'note',
    conversation,
    body: 'Call back',
    sendAt: new Date().toISOString(),
  })
  expect(note).toMatchObject({ status: 200, body: { data: { attributes: { status: 'scheduled', channel: 'note' } } } })
  await vi.waitFor(
    async () => expect(await attributes(`/v1/drafts/${note.body.data.id}`)).toMatchObject({ status: 'sent' }),
    10_000,
  )
  const notes = await org.call('GET', `/v1/conversations/${conversation}/notes`)
  expect(notes.body.data.map((it: { attributes: { body: string } }) => it.attributes.body)).toEqual(['Call back'])

  const email = {
    channel: 'email',
    conversation,
    to: [{ email: 'ana@example.com' }],
    subject: 'Hi',
    body: 'Dear Ana',
    sendAt: new Date().toISOString(),
  }
  const draft = await created(path, email)
  await vi.waitFor(
    async () =>
      expect(await attributes(`/v1/drafts/${draft}`)).toMatchObject({
        status: 'error',
        error: expect.stringContaining('Not sent'),
      }),
    10_000,
  )
  const messages = await org.call('GET', `/v1/conversations/${conversation}/messages`)
  expect(messages.body.data).toMatchObject([
    { attributes: { status: 'error', preview: 'Dear Ana', direction: 'out', error: { code: 'no_connection' } } },
  ])
  expect((await org.call('PUT', `/v1/drafts/${draft}`, { body: 'Again' })).body.data.attributes).toMatchObject({
    status: 'draft',
    error: null,
  })
})

test('a draft is put off, taken back, changed by one at a time and deleted', async () => {
  const { customer, conversation } = await aConversation()
  const path = `/v1/customers/${customer}/drafts`
  const sendAt = new Date(Date.now() + 3_600_000).toISOString()
  const id = await created(path, { channel: 'sms', to: '+436601234567', body: 'Hi', sendAt })
  expect(await attributes(`/v1/drafts/${id}`)).toMatchObject({ status: 'scheduled', sendAt })
  expect((await org.call('PUT', `/v1/drafts/${id}`, { scheduled: false, rev: 1 })).body.data.attributes).toMatchObject({
    status: 'draft',
    sendAt: null,
  })
  expect((await org.call('PUT', `/v1/drafts/${id}`, { body: 'Late', rev: 1 })).status).toBe(409)
  expect((await org.call('POST', path, { channel: 'note', conversation, body: 'one' })).status).toBe(200)
  expect((await org.call('POST', path, { channel: 'note', conversation, body: 'two' })).status).toBe(409)
  expect((await org.call('POST', path, { channel: 'note', body: 'x' })).body.errors[0].source.pointer).toBe(
    '/conversation',
  )
  expect((await org.call('POST', path, { channel: 'pigeon', body: 'x' })).status).toBe(400)
  expect((await org.call('GET', `/v1/conversations/${conversation}/drafts`)).body.data).toHaveLength(1)
  expect((await org.call('GET', path)).body.data).toHaveLength(2)
  expect((await org.call('DELETE', `/v1/drafts/${id}`)).status).toBe(204)
  expect((await org.call('GET', `/v1/drafts/${id}`)).status).toBe(404)
})

async function finished(id: string) {
  let shown = await attributes(`/v1/bulk/${id}`)
  await vi.waitFor(async () => {
    shown = await attributes(`/v1/bulk/${id}`)
    expect(shown.status).toBe('complete')
  }, 10_000)
  const batches = await org.call('GET', `/v1/bulk/${id}/batches`)
  return { shown, batch: batches.body.data[0].attributes }
}

test('a bulk creates what can be created and says of each other item what was wrong', async () => {
  const items = [
    { name: 'Ana', _clientRef: 'a' },
    { name: 5, _clientRef: { row: 2 } },
    { name: 'Bo', emails: [{ email: 'bo@example.com' }] },
    { name: 'Bo again', emails: [{ email: 'bo@example.com' }] },
  ]
  const started = await org.call('POST', '/v1/customers/bulk', items)
  expect(started).toMatchObject({
    status: 201,
    body: {
      data: { type: 'bulk', attributes: { context: 'customer', status: 'queued', batches: { complete: 0, total: 1 } } },
    },
  })
  const { shown, batch } = await finished(started.body.data.id)
  expect(shown).toMatchObject({ completed: true, progress: { done: 4, failed: 2, total: 4 } })
  expect(batch).toMatchObject({ successCount: 2, failureCount: 2, status: 'complete' })
  expect(batch.results).toMatchObject([
    { index: 0, status: 201, _clientRef: 'a' },
    { index: 1, status: 400, _clientRef: { row: 2 }, errors: [{ source: { pointer: '/name' } }] },
    { index: 2, status: 201 },
    { index: 3, status: 409 },
  ])
  expect((await org.call('GET', '/v1/customers')).body.data).toHaveLength(2)
})

test('a bulk changes each by its own, or all by one, and deletes by ids', async () => {
  const { customer, conversation } = await aConversation()
  const second = await created('/v1/conversations', { customer })
  const byOne = await org.call('PUT', `/v1/conversations/bulk?ids=${conversation},${second}`, { priority: 1 })
  expect((await finished(byOne.body.data.id)).batch.objectIds).toEqual([conversation, second])
  const each = await org.call('PUT', '/v1/conversations/bulk', [
    { id: conversation, status: 'done' },
    { id: second, priority: 9 },
  ])
  expect((await finished(each.body.data.id)).batch.results).toMatchObject([{ status: 200 }, { status: 400 }])
  expect(await attributes(`/v1/conversations/${conversation}`)).toMatchObject({ priority: 1, status: 'done' })
  await org.call('POST', '/v1/klasses', { name: 'order' })
  const objects = await org.call('POST', '/v1/klasses/orders/bulk', [
    { title: 'One', customer },
    { title: 'Two', customer },
  ])
  const { batch } = await finished(objects.body.data.id)
  const gone = await org.call('DELETE', `/v1/klasses/order/bulk?ids=${batch.objectIds[0]}`)
  await finished(gone.body.data.id)
  expect((await org.call('GET', '/v1/klasses/order')).body.data).toHaveLength(1)
  expect((await org.call('PUT', '/v1/customers/bulk', [{ name: 'no id' }])).body.errors[0].source.pointer).toBe('/0/id')
  expect((await org.call('DELETE', '/v1/customers/bulk')).body.errors[0].source.parameter).toBe('ids')
  expect(
    (
      await org.call(
        'POST',
        '/v1/notes/bulk',
        Array.from({ length: 101 }, () => ({})),
      )
    ).status,
  ).toBe(400)
  expect((await org.call('POST', '/v1/klasses/none/bulk', [{ title: 'x' }])).status).toBe(404)
})

test('what a bulk does is as its starter may do it', async () => {
  const reader = await org.key(['org.permission.conversation.update'])
  const { customer } = await aConversation()
  expect((await org.call('PUT', `/v1/customers/bulk?ids=${customer}`, { name: 'X' }, reader)).status).toBe(403)
  const log = await org.call('PUT', `/v1/customers/bulk?ids=${customer}`, { name: 'X' })
  await finished(log.body.data.id)
  const audit = await org.call('GET', `/v1/audit-logs?filter[objectId]=${customer}`)
  expect(audit.body.data[0].attributes).toMatchObject({ eventVerb: 'update', client: 'bulk' })
})

test('two customers become one with all they have, and two again', async () => {
  const target = await created('/v1/customers', {
    name: 'Ana',
    externalId: 't',
    emails: [{ email: 'ana@example.com' }],
    tags: ['vip'],
    custom: { tierStr: 'Gold', pointsNum: 1 },
  })
  const source = await created('/v1/customers', {
    name: 'A. Perez',
    externalId: 's',
    emails: [{ email: 'ana@work.example' }],
    tags: ['b2b'],
    custom: { tierStr: 'Silver', cityStr: 'Graz' },
  })
  const conversation = await created('/v1/conversations', { customer: source })
  await created('/v1/messages', { conversation, app: 'x', channel: 'email', direction: 'in', preview: 'Hello' })
  await created(`/v1/conversations/${conversation}/notes`, { body: 'A note' })
  await org.call('POST', '/v1/klasses', { name: 'order' })
  const object = await created(`/v1/customers/${source}/klasses/order`, { title: 'One' })
  const preview = await org.call('POST', '/v1/customers/merges/preview', { source, target })
  expect(preview.body.data.attributes).toMatchObject({
    name: 'Ana',
    tags: ['vip', 'b2b'],
    conversationCounts: { all: 1 },
  })
  expect((await org.call('GET', `/v1/customers/${source}`)).status).toBe(200)

  const merge = await org.call('POST', '/v1/customers/merges', { source, target })
  expect(merge).toMatchObject({
    status: 201,
    body: {
      data: {
        attributes: { status: 'complete', moved: { conversations: 1, kobjects: 1 } },
        relationships: { source: { data: { id: source } }, target: { data: { id: target } } },
      },
    },
  })
  expect((await org.call('GET', `/v1/customers/${source}`)).status).toBe(404)
  expect(await attributes(`/v1/customers/${target}`)).toMatchObject({
    name: 'Ana',
    externalId: 't',
    emails: [{ email: 'ana@example.com' }, { email: 'ana@work.example' }],
    tags: ['vip', 'b2b'],
    custom: { tierStr: 'Gold', cityStr: 'Graz', pointsNum: 1 },
    conversationCounts: { all: 1, open: 1 },
  })
  expect((await org.call('GET', '/v1/customers/email=ana%40work.example')).body.data.id).toBe(target)
  for (const path of ['messages', 'notes', 'conversations', 'klasses/order']) {
    expect((await org.call('GET', `/v1/customers/${target}/${path}`)).body.data, path).toHaveLength(1)
  }
  expect((await org.call('GET', `/v1/customers/${target}/timeline`)).body.data).toHaveLength(3)

  await org.call('PUT', `/v1/customers/${target}`, { name: 'Ana P.' })
  const later = await created('/v1/conversations', { customer: target })
  const undo = await org.call('POST', `/v1/customers/merges/${merge.body.data.id}/undo`)
  expect(undo).toMatchObject({ status: 200, body: { data: { attributes: { status: 'undone' } } } })
  expect(await attributes(`/v1/customers/${target}`)).toMatchObject({
    name: 'Ana P.',
    emails: [{ email: 'ana@example.com' }],
    tags: ['vip'],
    custom: { tierStr: 'Gold', pointsNum: 1 },
    conversationCounts: { all: 1 },
  })
  expect(await attributes(`/v1/customers/${source}`)).toMatchObject({
    name: 'A. Perez',
    externalId: 's',
    tags: ['b2b'],
    custom: { tierStr: 'Silver', cityStr: 'Graz' },
    conversationCounts: { all: 1 },
  })
  expect((await org.call('GET', '/v1/customers/email=ana%40work.example')).body.data.id).toBe(source)
  expect((await org.call('GET', `/v1/customers/${target}/conversations`)).body.data).toMatchObject([{ id: later }])
  expect((await org.call('GET', `/v1/customers/${source}/klasses/order`)).body.data).toMatchObject([{ id: object }])
  expect((await org.call('GET', `/v1/customers/${source}/timeline`)).body.data).toHaveLength(3)
  expect((await org.call('POST', `/v1/customers/merges/${merge.body.data.id}/undo`)).status).toBe(422)
  expect((await org.call('GET', `/v1/customers/${source}/merges`)).body.data).toHaveLength(1)
  expect(await org.call('POST', '/v1/customers/merges', { source: target, target })).toMatchObject({ status: 400 })
  expect(await org.call('POST', '/v1/customers/merges', { source: '0'.repeat(24), target })).toMatchObject({
    body: { errors: [{ source: { pointer: '/source' } }] },
  })
})

test('a conversation keeps its counters and when each attribute was changed last', async () => {
  const { conversation } = await aConversation()
  const path = `/v1/conversations/${conversation}`
  const message = (direction: string, channel: string) =>
    created('/v1/messages', { conversation, app: 'x', channel, direction, preview: 'x' })
  await message('in', 'email')
  await message('in', 'chat')
  expect(await attributes(path)).toMatchObject({ lastMessageUnrespondedToSinceLastDone: { channel: 'email' } })
  await message('out', 'email')
  await org.call('PUT', path, { status: 'done', priority: 5 })
  const done = await attributes(path)
  expect(done).toMatchObject({
    lastDone: { messageCountByChannel: { email: 2, chat: 1 }, lastMessageDirectionType: 'response-out' },
    modificationHistory: { statusAt: expect.any(String), priorityAt: expect.any(String) },
    totalOpen: { time: expect.any(Number) },
  })
  expect(done.lastDone.businessTime).toBe(done.lastDone.time)
  expect(done).not.toHaveProperty('firstResponseSinceLastDone')
  expect(done.modificationHistory).not.toHaveProperty('tagsAt')
  await org.call('PUT', path, { status: 'open' })
  expect((await attributes(path)).totalDone.time).toBeGreaterThanOrEqual(0)
})

test('a page of messages brings what it is related to, when asked', async () => {
  const { customer, conversation } = await aConversation()
  await created('/v1/messages', { conversation, app: 'x', channel: 'email', direction: 'in', preview: 'x' })
  await created('/v1/messages', { conversation, app: 'x', channel: 'email', direction: 'in', preview: 'y' })
  const path = `/v1/conversations/${conversation}/messages?include=customer,conversation,createdBy`
  const { body } = await org.call('GET', path)
  expect(body.data).toHaveLength(2)
  expect(body.included.map((it: { type: string; id: string }) => [it.type, it.id])).toEqual(
    expect.arrayContaining([
      ['customer', customer],
      ['conversation', conversation],
    ]),
  )
  expect(body.included).toHaveLength(3)
  expect(body.links.first).toContain('include=customer')
  const wrong = await org.call('GET', '/v1/messages?include=weather')
  expect(wrong).toMatchObject({ status: 400, body: { errors: [{ source: { parameter: 'include' } }] } })
})
