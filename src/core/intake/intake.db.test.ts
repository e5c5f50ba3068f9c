import { createHmac } from 'node:crypto'

import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest'
import { z } from 'zod'

import { defineIntegration, defineWebhook, ProviderError, secret } from '../../sdk/index.ts'
import type { Integration } from '../../sdk/index.ts'
import { post, startTestDesk } from '../../testing/desk.ts'
import type { TestDesk, TestOrg } from '../../testing/desk.ts'

const Settings = z.object({ key: secret('Key', 'Signs deliveries.').optional() })

const Payload = z.object({
  id: z.string(),
  event: z.string().optional(),
  email: z.string().optional(),
  order: z.string().optional(),
  product: z.string().optional(),
  score: z.number().int(),
  comment: z.string().optional(),
  at: z.iso.datetime().transform((text) => new Date(text)),
  updated: z.iso
    .datetime()
    .transform((text) => new Date(text))
    .optional(),
})

/** What the next handling does instead of its work; a provider that fails. */
let failure: Error | undefined

const survey = defineIntegration<z.infer<typeof Settings>>({
  id: 'acme-survey',
  name: 'Acme Survey',
  version: '1.0.0',
  category: 'surveys',
  summary: 'For tests.',
  developer: 'Tellback',
  website: 'https://example.com',
  settings: Settings,
  klasses: {
    answer: {
      title: 'Answer',
      icon: 'scoreboard',
      color: '#000000',
      attributes: { scoreNum: 'Score', commentTxt: 'Comment', shortStr: 'Short' },
    },
  },
  customerAttributes: { latestNpsNum: 'Latest NPS' },
  webhooks: {
    answers: defineWebhook({
      title: 'Answers',
      description: '',
      payload: Payload,
      secretHeaders: ['x-key'],
      verify: ({ headers, body }, { key }) => {
        if (key === undefined) {
          return 'secret'
        }
        return headers['x-sign'] === createHmac('sha256', key).update(body).digest('hex') || headers['x-key'] === key
          ? 'signed'
          : 'refused'
      },
      eventId: (body) => z.object({ event: z.string() }).safeParse(body).data?.event,
      handle: (answer) => {
        if (failure !== undefined) {
          throw failure
        }
        return [
          {
            kind: 'object',
            klass: 'answer',
            externalId: answer.id,
            customer: { email: answer.email, name: 'Ana', orderNumber: answer.order },
            at: answer.at,
            version: answer.updated ?? answer.at,
            title: `Answer ${answer.score}`,
            description: answer.comment,
            fields: { scoreNum: answer.score, commentTxt: answer.comment ?? null, shortStr: answer.comment ?? null },
            feedback: {
              kind: 'survey',
              metric: 'nps',
              score: answer.score,
              product: answer.product === undefined ? undefined : { name: answer.product },
              scale: { min: 0, max: 10 },
              text: answer.comment,
              latestAttribute: 'latestNpsNum',
            },
          },
        ]
      },
    }),
  },
  simulator: { test: () => ({ webhook: 'answers', headers: {}, body: '{}' }), history: () => [] },
})

let desk: TestDesk
let org: TestOrg

beforeAll(async () => {
  desk = await startTestDesk({ integrations: [survey as unknown as Integration<unknown>] })
})
afterAll(() => desk[Symbol.asyncDispose]())
beforeEach(async () => {
  org = await desk.newOrg()
})
afterEach(() => {
  failure = undefined
  vi.restoreAllMocks()
})

const answer = (parts: object = {}) => ({
  id: 'a1',
  email: 'ana@example.com',
  score: 9,
  at: '2026-01-02T10:00:00Z',
  ...parts,
})

async function deliveries(filter = '') {
  return (await org.call('GET', `/v1/deliveries${filter}`)).body.data.map((it: { id: string; attributes: object }) => ({
    id: it.id,
    ...it.attributes,
  }))
}

async function count(table: string): Promise<number> {
  const { rows } = await desk.owner.query<{ n: number }>(`select count(*)::int as n from ${table} where org_id = $1`, [
    org.id,
  ])
  return rows[0]?.n ?? -1
}

async function onlyCustomer() {
  const { body } = await org.call('GET', '/v1/customers')
  expect(body.data).toHaveLength(1)
  return { id: body.data[0].id, ...body.data[0].attributes }
}

test('one delivery writes one customer, one object, one feedback, one timeline entry and their events, and nothing else', async () => {
  const { url } = await org.install('acme-survey')
  const eventsBefore = await count('events')
  expect((await post(url, answer())).status).toBe(200)
  await org.settled()
  expect(await Promise.all(['customers', 'kobjects', 'feedback', 'timeline', 'deliveries'].map(count))).toEqual([
    1, 1, 1, 1, 1,
  ])
  const { rows } = await desk.owner.query('select name from events where org_id = $1 order by id', [org.id])
  expect(rows.slice(eventsBefore).map((row) => row.name)).toEqual([
    'kustomer.kobject.answer.create',
    'kustomer.customer.create',
  ])
  expect(await onlyCustomer()).toMatchObject({
    displayName: 'Ana',
    custom: { latestNpsNum: 9 },
    emails: [{ email: 'ana@example.com', verified: true }],
  })
})

test('the same event, or the same bytes without an event id, counts once and is recorded as a repeat', async () => {
  const { url } = await org.install('acme-survey')
  const first = await post(url, answer({ event: 'e1' }))
  const again = await post(url, answer({ event: 'e1', score: 1 }))
  await post(url, answer({ id: 'a2' }))
  await Promise.all([post(url, answer({ id: 'a2' })), post(url, answer({ id: 'a2' }))])
  await org.settled()
  expect(again).toMatchObject({
    status: 200,
    body: { data: { id: first.body.data.id, attributes: { duplicate: true } } },
  })
  const [second, one] = await deliveries()
  expect([one.duplicates, second.duplicates]).toEqual([1, 2])
  expect(await count('kobjects')).toBe(2)
})

test('an older state never overwrites a newer one, whichever comes first', async () => {
  const { url } = await org.install('acme-survey')
  await post(url, answer({ score: 3, comment: 'newest', updated: '2026-01-02T12:00:00Z' }))
  await org.settled()
  await post(url, answer({ score: 9, updated: '2026-01-02T11:00:00Z' }))
  await org.settled()
  const { rows } = await desk.owner.query('select title, description from kobjects where org_id = $1', [org.id])
  expect(rows).toEqual([{ title: 'Answer 3', description: 'newest' }])
  const [late] = await deliveries()
  expect(late).toMatchObject({ status: 'applied', effects: [{ result: 'superseded' }] })
})

test('on equal times the fuller state stays', async () => {
  const { url } = await org.install('acme-survey')
  await post(url, answer({ comment: 'with a comment' }))
  await org.settled()
  await post(url, answer({ event: 'late' }))
  await org.settled()
  const { rows } = await desk.owner.query('select description from kobjects where org_id = $1', [org.id])
  expect(rows).toEqual([{ description: 'with a comment' }])
})

test("the customer shows the newest answer's score, not the newest delivery's", async () => {
  const { url } = await org.install('acme-survey')
  await post(url, answer({ id: 'new', score: 0, at: '2026-03-01T00:00:00Z' }))
  await org.settled()
  await post(url, answer({ id: 'old', score: 10, at: '2025-03-01T00:00:00Z' }))
  await org.settled()
  expect((await onlyCustomer()).custom).toEqual({ latestNpsNum: 0 })
})

test('an answer that names nobody waits as unmatched, and can be given to a customer with its score', async () => {
  const { url } = await org.install('acme-survey')
  await post(url, answer({ email: undefined, score: 2 }))
  await org.settled()
  expect(await count('customers')).toBe(0)
  const { body } = await org.call('GET', '/v1/feedback?unmatched=true')
  expect(body.data[0].attributes.unmatchedReason).toMatch(/no e-mail address/)
  const created = await org.call('POST', '/v1/customers', { name: 'Ben' })
  const moved = await org.call('PUT', `/v1/feedback/${body.data[0].id}`, { customer: created.body.data.id })
  expect(moved.status).toBe(200)
  expect((await onlyCustomer()).custom).toEqual({ latestNpsNum: 2 })
  expect((await org.call('GET', '/v1/feedback?unmatched=true')).body.data).toEqual([])
  expect((await org.call('GET', `/v1/customers/${created.body.data.id}/timeline`)).body.data).toHaveLength(1)
})

test('an address that a customer has not verified finds nobody', async () => {
  await org.call('POST', '/v1/customers', { name: 'Mallory', emails: [{ email: 'ana@example.com', verified: false }] })
  const { url } = await org.install('acme-survey')
  await post(url, answer())
  await org.settled()
  const { body } = await org.call('GET', '/v1/feedback?unmatched=true')
  expect(body.data[0].attributes.unmatchedReason).toMatch(/not verified/)
})

test('those who may have written an answer are listed with what speaks for them, and linking can be taken back', async () => {
  const make = async (name: string, email: string) =>
    (await org.call('POST', '/v1/customers', { name, emails: [{ email, verified: false }] })).body.data.id
  await make('Bo Lindström', 'bo@example.com')
  const namesake = await make('Ana Novak', 'novak@example.com')
  const likely = await make('Ana', 'ana@example.com')
  const { url } = await org.install('acme-survey')
  await post(url, answer({ score: 2 }))
  await org.settled()
  const unmatched = async () => (await org.call('GET', '/v1/feedback?unmatched=true')).body.data
  const [{ id }] = await unmatched()
  const { body } = await org.call('GET', `/v1/feedback/${id}/candidates`)
  expect(body.data).toMatchObject([
    {
      id: likely,
      attributes: {
        evidence: [
          { kind: 'email', text: 'ana@example.com' },
          { kind: 'name', text: 'Ana' },
        ],
      },
    },
    { id: namesake, attributes: { evidence: [{ kind: 'partOfName', text: 'ana' }] } },
  ])

  const scoreOf = async () => (await org.call('GET', `/v1/customers/${likely}`)).body.data.attributes.custom
  expect((await org.call('PUT', `/v1/feedback/${id}`, { customer: likely })).status).toBe(200)
  expect(await unmatched()).toEqual([])
  expect(await scoreOf()).toMatchObject({ latestNpsNum: 2 })
  expect((await org.call('PUT', `/v1/feedback/${id}`, { customer: null })).status).toBe(200)
  expect(await unmatched()).toMatchObject([{ id }])
  expect(await scoreOf()).toEqual({})
  expect((await org.call('GET', `/v1/customers/${likely}/timeline`)).body.data).toEqual([])
})

test('an order, a product and what happened shortly before speak for somebody, and the order outweighs a name', async () => {
  const make = async (name: string) => (await org.call('POST', '/v1/customers', { name })).body.data.id
  await make('Ana')
  const active = await make('Ana')
  const orderer = await make('Household Novak')
  await org.call('POST', '/v1/klasses', { name: 'order', displayName: 'Order' })
  const order = (customer: string, externalId: string, title: string) =>
    org.call('POST', `/v1/customers/${customer}/klasses/order`, {
      externalId,
      title,
      createdAt: '2025-12-24T00:00:00Z',
      custom: { numberStr: externalId },
    })
  expect((await order(orderer, '#4711-A', 'Linen shirt, sage')).status).toBe(201)
  expect((await order(active, '4711-B', 'Linen shirt, white')).status).toBe(201)
  const { url } = await org.install('acme-survey')
  await post(url, answer({ email: undefined, order: '4711-a', product: 'Linen shirt' }))
  await org.settled()
  const [{ id }] = (await org.call('GET', '/v1/feedback?unmatched=true')).body.data
  const { body } = await org.call('GET', `/v1/feedback/${id}/candidates`)
  const evidence = body.data.map((it: { attributes: { evidence: object[] } }) => it.attributes.evidence)
  expect(evidence).toEqual([
    [
      { kind: 'orderNumber', text: '4711-a' },
      { kind: 'product', text: 'Linen shirt' },
      { kind: 'activityBefore', text: expect.stringMatching(/^20/) },
    ],
    [
      { kind: 'name', text: 'Ana' },
      { kind: 'product', text: 'Linen shirt' },
      { kind: 'activityBefore', text: expect.stringMatching(/^20/) },
    ],
    [{ kind: 'name', text: 'Ana' }],
  ])
})

test('feedback is listed by kind, score, sentiment, reply and trust, and a value that there is not is refused', async () => {
  const { url } = await org.install('acme-survey')
  await post(url, answer({ score: 2 }))
  await org.settled()
  const listed = async (query: string) => (await org.call('GET', `/v1/feedback${query}`)).body.data.length
  expect(await listed('?kind=survey&sentiment=negative&replyState=none&trust=secret')).toBe(1)
  expect(await listed('?kind=review')).toBe(0)
  expect(await listed('?scoreFrom=2&scoreTo=2')).toBe(1)
  expect(await listed('?scoreFrom=2.5')).toBe(0)
  expect(await listed('?scoreTo=1')).toBe(0)
  expect(await listed('?sentiment=positive')).toBe(0)
  expect((await org.call('GET', '/v1/feedback?sentiment=sad')).body.errors[0].source).toEqual({
    parameter: 'sentiment',
  })
})

test('a wrong signature is answered 401 and recorded; it runs again after the key is mended', async () => {
  const { id, url } = await org.install('acme-survey', { key: 'wrong-key' })
  const body = JSON.stringify(answer())
  const signature = { 'x-sign': createHmac('sha256', 'right-key').update(body).digest('hex') }
  expect((await post(url, body, signature)).status).toBe(401)
  const [refused] = await deliveries()
  expect(refused).toMatchObject({ status: 'refused', trust: 'none' })
  await org.call('PUT', `/v1/apps/installations/${id}`, { settings: { key: 'right-key' } })
  expect((await org.call('POST', '/v1/deliveries/runs', { ids: [refused.id] })).status).toBe(202)
  await org.settled()
  const [applied] = await deliveries()
  expect(applied).toMatchObject({ status: 'applied', trust: 'signed', error: null })
  expect(await count('kobjects')).toBe(1)
})

test('a secret in a header runs again too, and is never shown or stored in clear', async () => {
  const { id, url } = await org.install('acme-survey', { key: 'another' })
  expect((await post(url, answer(), { 'x-key': 's3cret-value' })).status).toBe(401)
  const [refused] = await deliveries()
  const { body } = await org.call('GET', `/v1/deliveries/${refused.id}`)
  expect(JSON.stringify(body)).not.toContain('s3cret-value')
  const stored = await desk.owner.query(
    'select headers::text, encode(sealed_headers, $2) as sealed from deliveries where org_id = $1',
    [org.id, 'escape'],
  )
  expect(JSON.stringify(stored.rows)).not.toContain('s3cret-value')
  await org.call('PUT', `/v1/apps/installations/${id}`, { settings: { key: 's3cret-value' } })
  await org.call('POST', '/v1/deliveries/runs', { filter: { status: 'refused' } })
  await org.settled()
  expect((await deliveries())[0].status).toBe('applied')
})

test('a failure that may pass is tried again by itself', async () => {
  const { url } = await org.install('acme-survey')
  failure = new ProviderError('retry-later', 'The provider is busy.')
  await post(url, answer())
  await org.settled()
  const [waiting] = await deliveries('?status=failed')
  expect(waiting).toMatchObject({ status: 'retrying', error: 'The provider is busy.' })
  expect(new Date(waiting.nextAttemptAt).getTime()).toBeGreaterThan(Date.now())
  failure = undefined
  await desk.owner.query(
    "update graphile_worker._private_jobs set run_at = now() where payload::text like '%' || $1 || '%'",
    [waiting.id],
  )
  await vi.waitFor(async () => expect((await deliveries())[0].status).toBe('applied'), { timeout: 15_000 })
  expect((await deliveries())[0].attempts.map((it: { outcome: string }) => it.outcome)).toEqual(['retrying', 'applied'])
})

test('refused credentials pause the installation; saving its settings lets everything that waited through', async () => {
  const { id, url } = await org.install('acme-survey')
  failure = new ProviderError('needs-reconnect', 'The key was revoked.')
  await post(url, answer())
  await org.settled()
  failure = undefined
  await post(url, answer({ id: 'a2' }))
  await org.settled()
  const installation = await org.call('GET', `/v1/apps/installations/${id}`)
  expect(installation.body.data.attributes).toMatchObject({
    status: 'needs_reconnect',
    statusReason: 'The key was revoked.',
  })
  expect((await deliveries()).map((it: { status: string }) => it.status)).toEqual(['waiting', 'waiting'])
  await org.call('PUT', `/v1/apps/installations/${id}`, { settings: {} })
  await org.settled()
  expect((await deliveries()).map((it: { status: string }) => it.status)).toEqual(['applied', 'applied'])
})

test('an app that is switched off keeps what arrives until it is switched on', async () => {
  const { id, url } = await org.install('acme-survey')
  await org.call('PUT', `/v1/apps/installations/${id}`, { status: 'disabled' })
  expect((await post(url, answer())).status).toBe(200)
  await org.settled()
  expect((await deliveries())[0]).toMatchObject({ status: 'waiting', error: 'The app is switched off.' })
  await org.call('PUT', `/v1/apps/installations/${id}`, { status: 'active' })
  await org.settled()
  expect((await deliveries())[0].status).toBe('applied')
})

test('one bad delivery among many does not hold up the others', async () => {
  const { url } = await org.install('acme-survey')
  await Promise.all(
    Array.from({ length: 20 }, (_, index) =>
      post(url, answer({ id: `n${index}`, email: `p${index}@example.com`, ...(index === 7 ? { score: 'many' } : {}) })),
    ),
  )
  await org.settled()
  const all = await deliveries()
  expect(all.filter((it: { status: string }) => it.status === 'applied')).toHaveLength(19)
  expect(all.find((it: { status: string }) => it.status === 'rejected').error).toMatch(/score: .*expected number/)
})

test('running an applied delivery again writes the same rows', async () => {
  const { url } = await org.install('acme-survey')
  await post(url, answer())
  await org.settled()
  const [{ id }] = await deliveries()
  await org.call('POST', '/v1/deliveries/runs', { ids: [id] })
  await org.settled()
  expect(await Promise.all(['customers', 'kobjects', 'feedback', 'timeline'].map(count))).toEqual([1, 1, 1, 1])
})

test('a delivery that nobody was told of is found and taken further', async () => {
  const { url } = await org.install('acme-survey')
  await post(url, answer())
  await org.settled()
  const [{ id }] = await deliveries()
  await desk.owner.query("update deliveries set status = 'received', effects = null where id = $1", [id])
  await vi.waitFor(async () => expect((await deliveries())[0].status).toBe('applied'), { timeout: 15_000 })
  expect((await deliveries())[0].attempts).toHaveLength(2)
})

test('the search for waiting deliveries sees every organisation, and of them nothing but their ids', async () => {
  const other = await desk.newOrg()
  failure = new ProviderError('retry-later', 'later')
  for (const it of [org, other]) {
    await post((await it.install('acme-survey')).url, answer())
    await it.settled()
  }
  const client = await desk.owner.connect()
  await client.query('begin') // nobody else sees them waiting
  await client.query("update deliveries set status = 'received' where org_id = any($1)", [[org.id, other.id]])
  await client.query('set local role tellback_app')
  const { rows } = await client.query<{ id: string }>('select orgs_with_received() as id')
  await client.query('set local role tellback_sweeper')
  const readsMore = await client.query('select body from deliveries').catch((error: Error) => error.message)
  await client.query('rollback')
  client.release()
  expect(rows.map((row) => row.id)).toEqual(expect.arrayContaining([org.id, other.id]))
  expect(readsMore).toMatch(/permission denied/)
})

test('a job whose process is gone is freed and done by another', async () => {
  const { url } = await org.install('acme-survey')
  await post(url, answer())
  await org.settled()
  const [{ id }] = await deliveries()
  const client = await desk.owner.connect()
  await client.query('begin') // the job appears with its claim, so no living worker sees it free
  await client.query("update deliveries set status = 'retrying' where id = $1", [id])
  await client.query("select graphile_worker.add_job('deliveries.run', $1::json)", [
    JSON.stringify({ orgId: org.id, ids: [id] }),
  ])
  await client.query(
    "update graphile_worker._private_jobs set locked_by = 'a pool that is gone', locked_at = now() - interval '1 minute' where payload ->> 'orgId' = $1",
    [org.id],
  )
  await client.query('commit')
  client.release()
  await vi.waitFor(async () => expect((await deliveries())[0].status).toBe('applied'), { timeout: 15_000 })
})

test('two installations of one app keep equal external ids apart', async () => {
  const north = await org.install('acme-survey', {}, 'North')
  const south = await org.install('acme-survey', {}, 'South')
  await post(north.url, answer({ score: 1 }))
  await post(south.url, answer({ score: 10 }))
  await org.settled()
  const { body } = await org.call('GET', `/v1/customers/${(await onlyCustomer()).id}/timeline`)
  expect(
    body.data
      .map((it: { attributes: { feedback: { store: string; score: number } } }) => [
        it.attributes.feedback.store,
        it.attributes.feedback.score,
      ])
      .toSorted(),
  ).toEqual([
    ['North', 1],
    ['South', 10],
  ])
})

test('sixteen first deliveries about one person at once make one customer', async () => {
  const { url } = await org.install('acme-survey')
  await Promise.all(
    Array.from({ length: 16 }, (_, index) =>
      post(url, answer({ id: `x${index}`, at: `2026-01-${String(index + 1).padStart(2, '0')}T00:00:00Z` })),
    ),
  )
  await org.settled()
  expect(await count('customers')).toBe(1)
  expect(await count('timeline')).toBe(16)
})

const clef = '\u{1D11E}'
test.each([
  ['not JSON', 'hello', 400],
  ['JSON that breaks off', '{"id":', 400],
  ['invalid UTF-8', Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x7d]), 400],
  ['very deep nesting', '['.repeat(100_000) + ']'.repeat(100_000), 400],
  ['an empty body', '', 400],
  ['the wrong type at the top', '[]', 200],
  ['a wrong type', JSON.stringify(answer({ score: '9' })), 200],
  ['a missing field', JSON.stringify({ id: 'a1' }), 200],
  ['a number beyond all bounds', '{"id":"a1","score":1e400,"at":"2026-01-02T10:00:00Z"}', 200],
  ['a date that does not exist', JSON.stringify(answer({ at: '2026-02-30T10:00:00Z' })), 200],
])('%s is recorded with a reason and leaves nothing half-written', async (_, body, status) => {
  const { url } = await org.install('acme-survey')
  expect((await post(url, body)).status).toBe(status)
  await org.settled()
  const [recorded] = await deliveries('?status=failed')
  expect(recorded.status).toBe('rejected')
  expect(recorded.error).toMatch(/\w+ \w+/)
  expect(await Promise.all(['customers', 'kobjects', 'feedback', 'timeline'].map(count))).toEqual([0, 0, 0, 0])
})

test('a body of 401 kB is answered 413 and an unknown address 404', async () => {
  const { url } = await org.install('acme-survey')
  const large = await post(url, Buffer.alloc(401_000, 0x20))
  expect(large).toMatchObject({ status: 413, body: { errors: [{ code: 'payload_too_large' }] } })
  expect((await post(url, Buffer.from(JSON.stringify(answer()).padEnd(399_999, ' ')))).status).toBe(200)
  const guess = url.slice(0, -1) + (url.endsWith('0') ? '1' : '0')
  expect((await post(guess, answer())).status).toBe(404)
  expect((await post(`${desk.desk.address}/v1/hooks/form/nonsense`, answer())).status).toBe(404)
})

test.each([
  ['NUL characters', 'a\u0000b', 'a\u{FFFD}b'],
  ['half a surrogate pair', 'a\ud800b', 'a\u{FFFD}b'],
  ['right-to-left text and emoji', `مرحبا 👩‍👩‍👧 ${clef}`, `مرحبا 👩‍👩‍👧 ${clef}`],
  ['HTML and script', '<script>alert(1)</script>&lt;', '<script>alert(1)</script>&lt;'],
])('%s are kept as text', async (_, given, kept) => {
  const { url } = await org.install('acme-survey')
  await post(url, answer({ comment: given }))
  await org.settled()
  const { rows } = await desk.owner.query('select description, custom from kobjects where org_id = $1', [org.id])
  expect(rows[0].description).toBe(kept)
  expect(rows[0].custom.commentTxt).toBe(kept)
})

test('a comment of 50,000 characters is kept whole where there is room and cut where there is not', async () => {
  const { url } = await org.install('acme-survey')
  const comment = clef.repeat(25_000)
  await post(url, answer({ comment }))
  await org.settled()
  const { rows } = await desk.owner.query('select description, custom from kobjects where org_id = $1', [org.id])
  expect(rows[0].description).toBe(comment)
  expect(rows[0].custom.commentTxt).toBe(comment)
  expect(rows[0].custom.shortStr.length).toBeLessThanOrEqual(1024)
  expect(rows[0].custom.shortStr.endsWith('…')).toBe(true)
})

test("an admin's form hook takes anything and raises its event; a web hook wants a key with org.hooks", async () => {
  const form = await org.call('POST', '/v1/hooks/form', { title: 'Orders' })
  expect(form.status).toBe(201)
  await post(form.body.data.attributes.url, { order: 1 })
  await post(form.body.data.attributes.url, 'a=1&b=2', { 'content-type': 'application/x-www-form-urlencoded' })
  const web = await org.call('POST', '/v1/hooks/web', { title: 'Private' })
  const url = web.body.data.attributes.url
  expect((await post(url, { x: 1 })).status).toBe(401)
  expect((await post(url, { x: 1 }, { authorization: `Bearer ${await org.key(['org.user'])}` })).status).toBe(403)
  expect((await post(url, { x: 1 }, { authorization: `Bearer ${await org.key(['org.hooks'])}` })).status).toBe(200)
  await org.settled()
  const { rows } = await desk.owner.query(
    "select name, data from events where org_id = $1 and object_type = 'hook_transaction' order by id",
    [org.id],
  )
  expect(rows.map((row) => row.data.data)).toEqual(expect.arrayContaining([{ order: 1 }, { a: '1', b: '2' }, { x: 1 }]))
  expect(rows[0].name).toBe(`kustomer.hooks.form.${form.body.data.id}.receive`)
  expect((await org.call('GET', `/v1/hooks/web/${web.body.data.id}/transactions`)).body.data).toHaveLength(1)
})
