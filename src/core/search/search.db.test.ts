import { afterAll, beforeAll, expect, test, vi } from 'vitest'

import { indexTexts } from '../../platform/words/word-index.ts'
import { startTestDesk } from '../../testing/desk.ts'
import type { TestDesk, TestOrg } from '../../testing/desk.ts'
import { SearchPageQuery, SearchQuery } from './schema.ts'
import { search } from './search.ts'

let desk: TestDesk
let org: TestOrg
const ids: Record<string, string> = {}

async function created(name: string, path: string, body: object): Promise<string> {
  const reply = await org.call('POST', path, body)
  expect(reply.status, JSON.stringify(reply.body)).toBeLessThan(300)
  ids[name] = reply.body.data.id
  return reply.body.data.id
}

beforeAll(async () => {
  desk = await startTestDesk({ integrations: [] })
  org = await desk.newOrg()
  await created('acme', '/v1/companies', { name: 'Acme Tents', domains: [{ domain: 'acme.example' }] })
  await created('ana', '/v1/customers', {
    name: 'Ana Pérez',
    emails: [{ email: 'Ana@example.com' }],
    phones: [{ phone: '+43 660 1234567' }],
    company: ids['acme'],
    tags: ['vip'],
    custom: { tierStr: 'Gold', pointsNum: 120, bornAt: '1990-05-17T00:00:00Z', newsletterBool: true },
  })
  await created('bo', '/v1/customers', {
    name: 'Bo Lindström',
    emails: [{ email: 'bo@example.org' }],
    custom: { pointsNum: 7 },
  })
  await created('chen', '/v1/customers', { name: '陳小明', externalId: 'C-77' })
  const conversation = (name: string, customer: string, parts: object) =>
    created(name, '/v1/conversations', { customer: ids[customer], ...parts })
  await conversation('tent', 'ana', { name: 'Tent is leaking', priority: 5, tags: ['refund'] })
  await conversation('invoice', 'ana', { name: 'Invoice', status: 'done' })
  await conversation('poles', 'bo', { name: 'Missing poles' })
  const message = (name: string, conversation: string, direction: string, preview: string, parts: object = {}) =>
    created(name, '/v1/messages', {
      conversation: ids[conversation],
      app: 'test',
      channel: 'email',
      direction,
      preview,
      ...parts,
    })
  await message('m1', 'tent', 'in', 'Water comes through the Zeltplane at night', {
    subject: 'Help',
    meta: { to: [{ email: 'care@acme.example' }] },
  })
  await message('m2', 'tent', 'out', 'We send you a replacement')
  await message('m3', 'poles', 'in', 'Two poles are missing. 帳篷漏水了')
  await created('n1', '/v1/conversations/' + ids['tent'] + '/notes', { body: 'Refund approved by Kim' })
  await org.call('POST', '/v1/klasses', { name: 'order' })
  await created('o1', '/v1/customers/' + ids['ana'] + '/klasses/order', {
    title: 'Order R-1001',
    custom: { numberStr: 'R-1001', totalNum: 99.5 },
  })
  await created('o2', '/v1/customers/' + ids['bo'] + '/klasses/order', {
    title: 'Order R-1002',
    custom: { numberStr: 'R-1002', totalNum: 15 },
  })
})
afterAll(() => desk[Symbol.asyncDispose]())

const nameOf = (id: string) => Object.entries(ids).find(([, value]) => value === id)?.[0] ?? id

async function find(queryContext: string, criteria: object, query = ''): Promise<string[]> {
  const { status, body } = await org.call('POST', `/v1/customers/search${query}`, { queryContext, ...criteria })
  expect(status, JSON.stringify(body)).toBe(200)
  expect(body.meta.total).toBe(body.data.length)
  return body.data.map((it: { id: string }) => nameOf(it.id)).toSorted()
}

test.each([
  ['customer', { and: [{ customer_name: { contains: 'perez' } }] }, ['ana']],
  ['customer', { and: { customer_name: { contains: 'ERE' } } }, ['ana']],
  ['customer', { and: [{ customer_name: { equals: 'ana perez' } }] }, ['ana']],
  ['customer', { and: [{ customer_name: { not_equals: 'ana perez' } }] }, ['bo', 'chen']],
  ['customer', { and: [{ customer_name: { starts_with: 'Bo ' } }] }, ['bo']],
  ['customer', { and: [{ customer_email: { equals: 'ANA@example.com' } }] }, ['ana']],
  ['customer', { and: [{ customer_email: { contains: 'example.org' } }] }, ['bo']],
  ['customer', { and: [{ customer_phone: { equals: '+436601234567' } }] }, ['ana']],
  ['customer', { and: [{ customer_phone: { not_set: true } }] }, ['bo', 'chen']],
  ['customer', { and: [{ customer_phone: { not_set: '' } }] }, ['bo', 'chen']],
  ['customer', { and: [{ customer_externalId: { equals: 'C-77' } }] }, ['chen']],
  ['customer', { and: [{ customer_any_text: { contains: '小明' } }] }, ['chen']],
  ['customer', { and: [{ customer_any_text: { contains: '明' } }] }, ['chen']],
  ['customer', { and: [{ customer_any_text: { contains: 'lindstrom exam' } }] }, ['bo']],
  ['customer', { and: [{ customer_tags: { contains: 'vip' } }] }, ['ana']],
  ['customer', { and: [{ customer_tags: { not_contains: 'vip' } }] }, ['bo', 'chen']],
  ['customer', { and: [{ customer_progressive_status: { in: ['open', 'snoozed'] } }] }, ['ana', 'bo']],
  ['customer', { and: [{ customer_conversations_count: { gte: 2 } }] }, ['ana']],
  ['customer', { and: [{ customer_custom_tierStr: { equals: 'gold' } }] }, ['ana']],
  ['customer', { and: [{ customer_custom_pointsNum: { gt: 7 } }] }, ['ana']],
  ['customer', { and: [{ customer_custom_pointsNum: { gte: '7', lt: 120 } }] }, ['bo']],
  ['customer', { and: [{ customer_custom_pointsNum: { is_not_set: true } }] }, ['chen']],
  ['customer', { and: [{ customer_custom_newsletterBool: { equals: true } }] }, ['ana']],
  ['customer', { and: [{ customer_custom_bornAt: { equals: '1990-05-17' } }] }, ['ana']],
  ['customer', { and: [{ customer_custom_bornAt: { equals: '1990-05-17' } }], timeZone: 'America/New_York' }, []],
  ['customer', { and: [{ customer_custom_bornAt: { lte: '1990-05-16' } }], timeZone: 'America/New_York' }, ['ana']],
  ['customer', { or: [{ customer_name: { contains: 'ana' } }, { customer_name: { contains: 'bo' } }] }, ['ana', 'bo']],
  ['customer', { not: [{ customer_name: { contains: 'ana' } }, { customer_name: { contains: 'bo' } }] }, ['chen']],
  [
    'customer',
    { and: [{ and: [{ customer_tags: { contains: 'vip' } }] }], or: [{ customer_name: { contains: 'bo' } }] },
    [],
  ],
  ['customer', { and: [{ conversation_status: { equals: 'open' } }] }, ['ana', 'bo']],
  ['customer', { and: [{ conversation_status: { equals: 'done' } }, { conversation_name: { contains: 'tent' } }] }, []],
  ['customer', { and: [{ message_any_text: { contains: 'water' } }] }, ['ana']],
  ['customer', { and: [{ company_name: { contains: 'acme' } }] }, ['ana']],
  ['customer', { and: [{ kobject_custom_order_totalNum: { gt: 50 } }] }, ['ana']],
  ['customer', { and: [{ kobject_order_created_at: { within: '1h' } }] }, ['ana', 'bo']],
  ['conversation', { and: [{ conversation_name: { contains: 'poles' } }] }, ['poles']],
  ['conversation', { and: [{ conversation_priority: { equals: 5 } }] }, ['tent']],
  ['conversation', { and: [{ conversation_channels: { contains_any: ['email', 'sms'] } }] }, ['poles', 'tent']],
  ['conversation', { and: [{ conversation_last_message_direction: { equals: 'in' } }] }, ['poles']],
  ['conversation', { and: [{ conversation_last_done_created_at: { set: true } }] }, ['invoice']],
  ['conversation', { and: [{ message_app: { equals: 'test' } }, { message_direction: { equals: 'out' } }] }, ['tent']],
  ['conversation', { and: [{ note_body: { contains: 'refund' } }] }, ['tent']],
  [
    'conversation',
    { and: [{ customer_name: { contains: 'ana' } }, { conversation_status: { not_equals: 'done' } }] },
    ['tent'],
  ],
  ['message', { and: [{ message_body: { contains: 'plane' } }] }, ['m1']],
  ['message', { and: [{ message_subject: { equals: 'help' } }] }, ['m1']],
  ['message', { and: [{ message_recipients: { contains: 'care@acme' } }] }, ['m1']],
  ['message', { and: [{ message_any_text: { contains: '漏水' } }] }, ['m3']],
  ['message', { and: [{ message_any_text: { contains: '水漏' } }] }, []],
  ['message', { and: [{ message_direction: { equals: 'in' } }, { conversation_name: { contains: 'tent' } }] }, ['m1']],
  ['note', { and: [{ note_any_text: { contains: 'approv' } }] }, ['n1']],
  ['kobject_order', { and: [{ kobject_custom_order_numberStr: { equals: 'R-1002' } }] }, ['o2']],
  ['kobject', { and: [{ kobject_any_text: { contains: '1001' } }] }, ['o1']],
  ['kobject_order', { and: [{ customer_name: { contains: 'ana' } }] }, ['o1']],
  ['company', { and: [{ company_name: { contains: 'tents' } }] }, ['acme']],
  ['company', { and: [{ customer_name: { contains: 'perez' } }] }, ['acme']],
])('%s by %j finds %j', async (context, criteria, expected) => {
  expect(await find(context, criteria)).toEqual(expected)
})

test.each([
  ['an unknown attribute', { and: [{ customer_shoe: { equals: 1 } }] }, '/and/0/customer_shoe', /customer_shoe/],
  [
    'an unknown operator',
    { or: { customer_name: { sounds_like: 'x' } } },
    '/or/customer_name/sounds_like',
    /sounds_like/,
  ],
  [
    'an operator of another kind',
    { and: [{ customer_created_at: { contains: 'x' } }] },
    '/and/0/customer_created_at/contains',
    /contains/,
  ],
  [
    'a date that is none',
    { and: [{ customer_created_at: { gt: '2026-02-30' } }] },
    '/and/0/customer_created_at/gt',
    /date/,
  ],
  [
    'a number that is none',
    { and: [{ customer_conversations_count: { gt: 'many' } }] },
    '/and/0/customer_conversations_count/gt',
    /number/,
  ],
  [
    'a text without words',
    { and: [{ customer_any_text: { contains: '…' } }] },
    '/and/0/customer_any_text/contains',
    /letter/,
  ],
  ['an unknown sort', { sort: { customer_shoe: 'asc' } }, '/sort/customer_shoe', /customer_shoe/],
  ['a sort by a list', { sort: [{ customer_tags: 'asc' }] }, '/sort/0/customer_tags', /sorted/],
  ['an unknown time zone', { timeZone: 'Mars/Base' }, '/timeZone', /Mars/],
  ['an unknown klass', { queryContext: 'kobject_nothing' }, '/queryContext', /nothing/],
  ['an unknown context', { queryContext: 'weather' }, '/queryContext', /customer/],
])('%s is a 400 that names it', async (_, body, pointer, title) => {
  const reply = await org.call('POST', '/v1/customers/search', body)
  expect(reply.status).toBe(400)
  expect(reply.body.errors[0]).toMatchObject({ source: { pointer }, title: expect.stringMatching(title) })
})

async function walk(body: object, first: string): Promise<{ ids: string[]; links: (string | null)[] }> {
  const seen: string[] = []
  const links: (string | null)[] = []
  let path: string | null = first
  while (path !== null) {
    const reply = await org.call('POST', path, body)
    expect(reply.status, JSON.stringify(reply.body)).toBe(200)
    seen.push(...reply.body.data.map((it: { id: string }) => nameOf(it.id)))
    path = reply.body.links.next
    links.push(path)
  }
  return { ids: seen, links }
}

test.each([
  [{}, ['bo', 'ana', 'chen']],
  [{ sort: { customer_name: 'asc' } }, ['ana', 'bo', 'chen']],
  [{ sort: [{ customer_custom_pointsNum: 'desc' }, { customer_name: 'asc' }] }, ['ana', 'bo', 'chen']],
  [{ sort: [{ customer_conversations_count: 'asc' }, { customer_name: 'desc' }] }, ['chen', 'bo', 'ana']],
  [{ sort: { customer_custom_newsletterBool: 'desc' } }, expect.arrayContaining(['ana', 'bo', 'chen'])],
])('%j is walked once and in order, by cursor and by page', async (parts, expected) => {
  const body = { queryContext: 'customer', ...parts }
  const byCursor = await walk(body, '/v1/customers/search?pageSize=1')
  expect(byCursor.ids).toEqual(expected)
  expect(byCursor.links.slice(0, 2).every((link) => link?.includes('after='))).toBe(true)
  const byPage = await walk(body, '/v1/customers/search?page=1&pageSize=1')
  expect(byPage.ids).toEqual(byCursor.ids)
  expect(byPage.links).toEqual([
    '/v1/customers/search?page=2&pageSize=1',
    '/v1/customers/search?page=3&pageSize=1',
    null,
  ])
})

test('a cursor that another search made is refused', async () => {
  const body = { queryContext: 'customer', sort: { customer_name: 'asc' } }
  const { body: page } = await org.call('POST', '/v1/customers/search?pageSize=1', body)
  const other = await org.call('POST', page.links.next, {
    queryContext: 'customer',
    sort: { customer_created_at: 'asc' },
  })
  expect(other).toMatchObject({ status: 400, body: { errors: [{ source: { parameter: 'after' } }] } })
  const forged = await org.call('POST', '/v1/customers/search?after=abc', body)
  expect(forged).toMatchObject({ status: 400, body: { errors: [{ source: { parameter: 'after' } }] } })
})

test('ids alone, some fields alone, a count alone', async () => {
  const body = { queryContext: 'customer', and: [{ customer_name: { contains: 'ana' } }] }
  const idsOnly = await org.call('POST', '/v1/customers/search?idsOnly=true', body)
  expect(idsOnly.body.data).toEqual([{ type: 'customer', id: ids['ana'] }])
  const fields = await org.call('POST', '/v1/customers/search', { ...body, fields: ['name'] })
  expect(fields.body.data[0].attributes).toEqual({ name: 'Ana Pérez' })
  const counted = await org.call('POST', '/v1/customers/search?pageSize=0', body)
  expect(counted.body).toMatchObject({ meta: { total: 1 }, data: [], links: { next: null } })
})

test('what is written is found at once, and what is deleted is not, unless it is asked for', async () => {
  const id = await created('zoe', '/v1/customers', { name: 'Zoe Zimmermann' })
  const body = { and: [{ customer_name: { contains: 'zimmer' } }] }
  expect(await find('customer', body)).toEqual(['zoe'])
  await org.call('PUT', `/v1/customers/${id}`, { name: 'Zoe Quist' })
  expect(await find('customer', body)).toEqual([])
  expect(await find('customer', { and: [{ customer_name: { contains: 'quist' } }] })).toEqual(['zoe'])
  await org.call('DELETE', `/v1/customers/${id}`)
  expect(await find('customer', { and: [{ customer_name: { equals: 'zoe quist' } }] })).toEqual([])
  const deleted = { and: [{ customer_id: { equals: id } }], includeDeleted: true }
  expect(await find('customer', deleted)).toEqual(['zoe'])
})

test('times are compared as the wire shows them: what an update says it is, finds it', async () => {
  const { body } = await org.call('GET', `/v1/conversations/${ids['tent']}`)
  const at = body.data.attributes.updatedAt
  expect(await find('conversation', { and: [{ conversation_updated_at: { equals: at } }] })).toContain('tent')
  expect(await find('conversation', { and: [{ conversation_updated_at: { gt: at } }] })).not.toContain('tent')
  const python = at.replace('T', ' ').replace('Z', '000+00:00')
  expect(await find('conversation', { and: [{ conversation_updated_at: { gte: python } }] })).toContain('tent')
})

test('another organisation finds nothing of it', async () => {
  const other = await desk.newOrg('Other')
  for (const queryContext of ['customer', 'conversation', 'message', 'note', 'company', 'kobject']) {
    const everything = await other.call('POST', '/v1/customers/search', { queryContext })
    expect(everything.body.data).toEqual([])
    const byWord = { queryContext, and: [{ [`${queryContext}_any_text`]: { contains: 'tent' } }] }
    expect((await other.call('POST', '/v1/customers/search', byWord)).body.data).toEqual([])
  }
})

test('searching needs its role', async () => {
  const key = await org.key(['org.user.customer.read'])
  expect((await org.call('POST', '/v1/customers/search', {}, key)).status).toBe(403)
})

test('more matches than are listed are found by looking at each, with the same result', async () => {
  const many = 6_000
  await desk.owner.query(
    `insert into notes (org_id, id, conversation_id, customer_id, body, created_at, updated_at)
     select $1, 'f' || lpad(to_hex(n), 23, '0'), $2, $3, 'common word' || n, now() - n * interval '1 second', now() - n * interval '1 second' from generate_series(1, ${many}) n`,
    [org.id, ids['poles'], ids['bo']],
  )
  await desk.owner.query(`select enqueue_job('search.index', json_build_object('orgId', $1::text), null, null)`, [
    org.id,
  ])
  const rare = { queryContext: 'note', and: [{ note_any_text: { contains: `common word${many}` } }] }
  await vi.waitFor(async () => expect(await find('note', rare)).toHaveLength(1), 20_000)
  const body = { queryContext: 'note', and: [{ note_any_text: { contains: 'common' } }] }
  const { body: page } = await org.call('POST', '/v1/customers/search?pageSize=2', body)
  expect(page.meta).toMatchObject({ totalIsEstimated: true })
  expect(page.data.map((it: { attributes: { body: string } }) => it.attributes.body)).toEqual([
    'common word1',
    'common word2',
  ])
  const one = { ...body, and: [...body.and, { note_body: { contains: 'word5999' } }] }
  const { body: narrow } = await org.call('POST', '/v1/customers/search', one)
  expect(narrow.meta).toMatchObject({ total: 1, totalIsEstimated: false })
  const none = { ...body, not: [{ note_body: { contains: 'common' } }], and: [] }
  expect(await find('note', none)).toEqual(['n1'])
  // What is known to be frequent is not listed again; what was written since is found, what is gone is not.
  await desk.owner.query(`update notes set body = 'something else' where org_id = $1 and body = 'common word1'`, [
    org.id,
  ])
  await org.db.write((tx) => indexTexts(tx, 'note', [{ id: `f${'1'.padStart(23, '0')}`, texts: ['something else'] }]))
  const { body: again } = await org.call('POST', '/v1/customers/search?pageSize=1', body)
  expect(again.data[0].attributes.body).toBe('common word2')
})

test('a saved search is kept, shared, counted and run', async () => {
  const query = {
    queryContext: 'conversation',
    and: [{ conversation_status: { equals: 'open' } }],
    sort: { conversation_updated_at: 'desc' },
  }
  const saved = await org.call('POST', '/v1/customers/searches', { name: 'Open', query, pinned: true })
  expect(saved).toMatchObject({
    status: 201,
    body: { data: { attributes: { name: 'Open', queryContext: 'conversation', shared: false, rev: 1 } } },
  })
  const path = `/v1/customers/searches/${saved.body.data.id}`
  const run = await org.call('POST', `${path}/execution?page=1&pageSize=10&include=customers&trackTotalHits=10000`, {})
  expect(run.body.data.map((it: { id: string }) => nameOf(it.id)).toSorted()).toEqual(['poles', 'tent'])
  expect(run.body.included.map((it: { id: string }) => nameOf(it.id)).toSorted()).toEqual(['ana', 'bo'])
  const counts = await org.call('GET', `/v1/customers/searches/counts?ids=${saved.body.data.id}`)
  expect(counts.body.data).toEqual([
    { type: 'count', id: saved.body.data.id, attributes: { total: 2, totalIsEstimated: false } },
  ])
  expect((await org.call('GET', '/v1/customers/searches/pinned')).body.data).toHaveLength(1)

  const colleague = await org.key(['org.user'])
  expect((await org.call('GET', path, undefined, colleague)).status).toBe(404)
  await org.call('PUT', path, { shared: true })
  expect((await org.call('GET', path, undefined, colleague)).status).toBe(200)
  expect((await org.call('PUT', path, { name: 'Mine now' }, colleague)).status).toBe(403)
  expect((await org.call('PUT', path, { name: 'Late', rev: 1 })).status).toBe(409)
  const broken = await org.call('POST', '/v1/customers/searches', {
    name: 'x',
    query: { and: [{ nothing: { equals: 1 } }] },
  })
  expect(broken).toMatchObject({ status: 400, body: { errors: [{ source: { pointer: '/query/and/0/nothing' } }] } })
  expect((await org.call('DELETE', path)).status).toBe(204)
  expect((await org.call('GET', path)).status).toBe(404)
})

test('a search that takes too long is stopped, and says what to do', async () => {
  const db = desk.desk.database.forOrg(org.id)
  const query = SearchQuery.parse({
    queryContext: 'note',
    or: Array.from({ length: 60 }, () => ({ note_body: { not_contains: 'common' } })), // asked of each of 6,000 notes, 60 times
  })
  const paging = SearchPageQuery.parse({})
  const stopped = search(db, '/', query, paging, { find: 100, count: 1 })
  await expect(stopped).rejects.toMatchObject({ status: 422, message: expect.stringMatching(/Narrow it/) })
  const uncounted = await search(db, '/', SearchQuery.parse({ queryContext: 'note' }), paging, {
    find: 10_000,
    count: 1,
  })
  expect(uncounted.meta.total).toBeGreaterThan(100)
})
