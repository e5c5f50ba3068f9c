import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'

import openApi from '../docs/openapi.json' with { type: 'json' }
import { startTestDesk } from './testing/desk.ts'
import type { Reply, TestDesk, TestOrg } from './testing/desk.ts'
import { makeEveryNoun, pathOf } from './testing/every-noun.ts'
import type { EveryNoun } from './testing/every-noun.ts'

// Whatever is sent, nothing breaks, nothing runs on, and nobody sees another organisation's rows. A failure prints the
// seed with which it comes again.

let desk: TestDesk
let org: TestOrg
let neighbour: EveryNoun
let ids: EveryNoun
const started = new AsyncDisposableStack()
const runs = Number(process.env['FUZZ_RUNS'] ?? 400)

beforeAll(async () => {
  desk = started.use(await startTestDesk({ simulators: true }))
  org = await desk.newOrg()
  ids = await makeEveryNoun(desk, org, started)
  const other = await desk.newOrg('Neighbour')
  neighbour = await makeEveryNoun(desk, other, started)
}, 60_000)
afterAll(() => started.disposeAsync())

/** Nothing broke, and nothing of the neighbour's is in the reply. */
function isSound({ status, body }: Reply, sent: string): void {
  expect(status, `${sent} → ${JSON.stringify(body)}`).toBeLessThan(500)
  const text = JSON.stringify(body ?? null)
  const seen = Object.entries(neighbour).filter(
    ([name, id]) => name !== 'unknown' && /^[0-9a-f]{24}$/.test(id) && text.includes(id) && !sent.includes(id),
  )
  expect(seen, sent).toEqual([])
}

const contexts = fc.constantFrom('customer', 'conversation', 'message', 'note', 'company', 'kobject', 'kobject_order')
const known = [
  'customer_name',
  'customer_email',
  'customer_phone',
  'customer_externalId',
  'customer_tags',
  'customer_created_at',
  'customer_conversations_count',
  'customer_any_text',
  'customer_custom_pointsNum',
  'customer_custom_tierStr',
  'customer_custom_bornAt',
  'customer_imported',
  'customer_last_message_at',
  'customer_urls',
  'customer_sentiment',
  'conversation_status',
  'conversation_name',
  'conversation_channels',
  'conversation_priority',
  'conversation_updated_at',
  'conversation_assigned_users',
  'conversation_first_response_time',
  'conversation_ended',
  'message_body',
  'message_recipients',
  'message_size',
  'message_sent_at',
  'message_auto',
  'note_body',
  'note_user_mentions',
  'kobject_any_text',
  'kobject_custom_order_totalNum',
  'kobject_order_created_at',
  'kobject_title',
  'company_name',
  'company_tags',
  'feedback_score',
  'feedback_app',
  'conversation_sla_status',
]
const operators = [
  'equals',
  'not_equals',
  'contains',
  'not_contains',
  'contains_any',
  'in',
  'not_in',
  'gt',
  'gte',
  'lt',
  'lte',
  'within',
  'prefix',
  'set',
  'not_set',
  'Starts With',
  'isOneOf',
  'between',
]
const oddTexts = fc.constantFrom(
  "'; drop table customers; --",
  '\\',
  '%',
  '_',
  '100%',
  "' or 1=1",
  '\u0000',
  '\u{1F600}',
  '\uD800',
  '漏水',
  'a'.repeat(1500),
  '{}',
  '$1',
  '::text',
  '2026-02-30',
  '2026-01-31',
  '9999-12-31',
  '0001-01-01',
  '2026-01-31T25:00:00Z',
  '7d',
  '99999w',
  '1e400',
  '-Infinity',
  'NaN',
  '',
  ' ',
  '&|!()',
  "a' & 'b",
  ':*',
  'İ',
  'ß',
)
const value = fc.oneof(
  oddTexts,
  fc.string({ unit: 'binary' }),
  fc.double(),
  fc.integer(),
  fc.boolean(),
  fc.constant(null),
  fc.array(fc.oneof(oddTexts, fc.integer()), { maxLength: 4 }),
  fc.jsonValue({ maxDepth: 2 }),
)
const anything = fc
  .tuple(
    fc.oneof({ weight: 9, arbitrary: fc.constantFrom(...known) }, { weight: 1, arbitrary: fc.string() }),
    fc.constantFrom(...operators),
    value,
  )
  .map(([attribute, operator, it]) => ({ [attribute]: { [operator]: it } }))
const texts = fc.constantFrom('ana', 'Hello', 'a', "o'clock", '漏水', '100%', "'; --", '\\', 'İß')
/** What a search understands, so that most of them come to the database. */
const sensible = fc
  .oneof(
    fc.tuple(
      fc.constantFrom(
        'customer_name',
        'customer_email',
        'conversation_name',
        'message_body',
        'note_body',
        'kobject_title',
        'customer_custom_tierStr',
      ),
      fc.constantFrom('equals', 'not_equals', 'contains', 'not_contains', 'contains_any', 'in', 'prefix'),
      texts,
    ),
    fc.tuple(
      fc.constantFrom('customer_any_text', 'kobject_any_text', 'message_any_text'),
      fc.constantFrom('equals', 'contains', 'not_contains'),
      fc.constantFrom('ana', 'hello', 'order', '漏'),
    ),
    fc.tuple(
      fc.constantFrom(
        'customer_conversations_count',
        'conversation_priority',
        'feedback_score',
        'kobject_custom_order_totalNum',
      ),
      fc.constantFrom('equals', 'gt', 'lte', 'not_in'),
      fc.integer(),
    ),
    fc.tuple(
      fc.constantFrom(
        'customer_created_at',
        'conversation_updated_at',
        'message_sent_at',
        'customer_custom_bornAt',
        'conversation_first_message_in_sent_at',
      ),
      fc.constantFrom('equals', 'gt', 'lte', 'not_equals'),
      fc.constantFrom('2026-01-31', '0001-01-01', '9999-12-31', '2026-01-31T10:00:00.000001Z'),
    ),
    fc.tuple(
      fc.constantFrom(
        'conversation_status',
        'customer_tags',
        'conversation_channels',
        'message_direction',
        'feedback_app',
      ),
      fc.constantFrom('equals', 'contains_any', 'not_in'),
      fc.oneof(texts, fc.array(texts, { maxLength: 3 })),
    ),
    fc.tuple(
      fc.constantFrom(...known.filter((name) => !name.includes('any_text'))),
      fc.constantFrom('set', 'not_set'),
      fc.boolean(),
    ),
  )
  .map(([attribute, operator, it]) => ({ [attribute]: { [operator]: it } }))
const criterion = fc.oneof({ weight: 12, arbitrary: sensible }, { weight: 1, arbitrary: anything })
const group = fc.oneof(
  { weight: 4, arbitrary: fc.array(criterion, { maxLength: 4 }) },
  { weight: 1, arbitrary: criterion },
  {
    weight: 1,
    arbitrary: fc.array(
      fc.record({ and: fc.array(criterion, { maxLength: 2 }), not: fc.array(criterion, { maxLength: 2 }) }),
      { maxLength: 2 },
    ),
  },
)
const search = fc.record(
  {
    queryContext: contexts,
    and: group,
    or: group,
    not: group,
    sort: fc.oneof(
      fc.dictionary(fc.constantFrom(...known), fc.constantFrom('asc', 'desc'), { maxKeys: 3 }),
      fc.jsonValue({ maxDepth: 1 }),
    ),
    timeZone: fc.constantFrom(
      'Europe/Vienna',
      'GMT',
      'Asia/Kathmandu',
      'America/New_York',
      'US/Pacific',
      '+02:00',
      'Mars/Base',
    ),
    includeDeleted: fc.boolean(),
  },
  { requiredKeys: ['queryContext'] },
)

test('searches of all kinds', { timeout: 600_000 }, async () => {
  let good = 0
  await fc.assert(
    fc.asyncProperty(
      search,
      fc.constantFrom('', '?page=1&pageSize=2', '?pageSize=1', '?pageSize=0', '?idsOnly=true'),
      async (body, query) => {
        const begin = performance.now()
        const reply = await org.call('POST', `/v1/customers/search${query}`, body)
        isSound(reply, JSON.stringify(body))
        expect(performance.now() - begin, 'no search outruns its timeout').toBeLessThan(20_000)
        if (reply.status === 200) {
          good += 1
          if (reply.body.links.next !== null) {
            isSound(await org.call('POST', reply.body.links.next, body), JSON.stringify(body))
          }
        }
      },
    ),
    { numRuns: runs },
  )
  expect(good, 'some searches must be understood, or nothing was tested').toBeGreaterThan(runs / 10)
})

interface Described {
  requestBody?: { content: { 'application/json': { schema: { properties?: Record<string, unknown> } } } }
}

const writes = Object.entries(openApi.paths as unknown as Record<string, Record<string, Described>>).flatMap(
  ([path, methods]) =>
    Object.entries(methods)
      .filter(([, it]) => it.requestBody !== undefined)
      .map(([method, it]) => ({
        method: method.toUpperCase(),
        path,
        fields: Object.keys(it.requestBody?.content['application/json'].schema.properties ?? {}),
      })),
)

/** A body with the fields that an operation has, of any content. */
const write = fc.constantFrom(...writes).chain((operation) =>
  fc.record({
    operation: fc.constant(operation),
    body: fc.oneof(
      {
        weight: 6,
        arbitrary:
          operation.fields.length === 0
            ? fc.jsonValue({ maxDepth: 3 })
            : fc.dictionary(
                fc.constantFrom(...operation.fields),
                fc.oneof(value, fc.constantFrom(...Object.values(ids))),
                { maxKeys: 5 },
              ),
      },
      { weight: 1, arbitrary: fc.jsonValue({ maxDepth: 3 }) },
    ),
  }),
)

test('bodies of all kinds', { timeout: 600_000 }, async () => {
  const statuses = new Set<number>()
  await fc.assert(
    fc.asyncProperty(write, async ({ operation, body }) => {
      const path = pathOf(operation.path, { ...ids, klassOrName: 'order' })
      const reply = await org.call(operation.method, path, body)
      statuses.add(reply.status)
      isSound(reply, `${operation.method} ${path} ${JSON.stringify(body)}`)
    }),
    { numRuns: runs },
  )
  expect(statuses, 'some bodies must be taken, or only the checks were tested').toContain(200)
})

const segment = fc.oneof(
  fc.constantFrom(
    'v1',
    'customers',
    'conversations',
    'klasses',
    'order',
    'externalId=',
    'email=a@b.c',
    '..',
    '%2e%2e',
    '%00',
    '%',
    '%zz',
    '{id}',
    'bulk',
    'search',
    '😀',
    'x'.repeat(1200),
    '0'.repeat(24),
  ),
  fc.string(),
  fc.nat().map(() => neighbour['customer'] ?? ''),
)
const path = fc.tuple(
  fc.array(segment, { minLength: 1, maxLength: 6 }),
  fc.constantFrom(
    '',
    '?page=0',
    '?page=99999999999',
    '?pageSize=-1',
    '?after=%00',
    '?q=%25',
    '?sort[]=x',
    '?filter[createdAt][gte]=x',
    `?replace=${'y'.repeat(300)}`,
  ),
)

test('paths of all kinds', { timeout: 600_000 }, async () => {
  await fc.assert(
    fc.asyncProperty(path, fc.constantFrom('GET', 'POST', 'PUT', 'PATCH', 'DELETE'), async ([parts, query], method) => {
      // As a program would send it: what no URL can hold is written in percent signs.
      const url = `/v1/${parts.map((part) => (/^[\w%.=@{}-]*$/.test(part) ? part : encodeURIComponent(part.toWellFormed()))).join('/')}${query}`
      const response = await fetch(desk.desk.address + url, {
        method,
        headers: { authorization: `Bearer ${org.token}` },
      })
      const text = await response.text()
      expect(response.status, `${method} ${url} → ${text}`).toBeLessThan(500)
    }),
    { numRuns: runs },
  )
})
