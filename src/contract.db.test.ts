import { afterAll, beforeAll, describe, expect, test } from 'vitest'

import openApi from '../docs/openapi.json' with { type: 'json' }
import { startTestDesk } from './testing/desk.ts'
import type { Reply, TestDesk, TestOrg } from './testing/desk.ts'
import { makeEveryNoun, pathOf } from './testing/every-noun.ts'
import type { EveryNoun } from './testing/every-noun.ts'

// Every operation of the API, one by one, from its committed description; every reply is checked against its schema.

interface Operation {
  name: string
  method: string
  path: string
  status: number
  roles: string | undefined
  hasBody: boolean
  queries: string[]
}

interface Described {
  description?: string
  responses: Record<string, unknown>
  requestBody?: unknown
  parameters?: { in: string; name: string }[]
}

const operations: Operation[] = Object.entries(
  openApi.paths as unknown as Record<string, Record<string, Described>>,
).flatMap(([path, methods]) =>
  Object.entries(methods).map(([method, it]) => ({
    name: `${method.toUpperCase()} ${path}`,
    method: method.toUpperCase(),
    path,
    status: Number(Object.keys(it.responses).find((status) => status.startsWith('2'))),
    roles: it.description?.startsWith('Roles') === true ? it.description : undefined,
    hasBody: it.requestBody !== undefined,
    queries: (it.parameters ?? []).filter((parameter) => parameter.in === 'query').map((parameter) => parameter.name),
  })),
)

const message = { app: 'test', channel: 'email', direction: 'in', preview: 'Hello' }
const definition = { app: 'another', version: '1.0.0', title: 'Another' }
const later = () => new Date(Date.now() + 3_600_000).toISOString()

/** A body with which each operation that takes one succeeds. */
function bodyOf(name: string, ids: EveryNoun): unknown {
  const bodies: Record<string, unknown> = {
    'PUT /v1/orgs/current': { name: 'Renamed' },
    'POST /v1/users': { name: 'Lee', email: `lee-${ids['org'] ?? ''}@example.com` },
    'PUT /v1/users/{id}': { name: 'Kim K.' },
    'POST /v1/auth/api-keys': { name: 'New', roles: ['org.user'] },
    'PUT /v1/metadata/{resource}': { properties: { shoeNum: { displayName: 'Shoe size' } } },
    'PUT /v1/notifications/{id}': { read: true },
    'POST /v1/brands': { name: 'Third' },
    'PUT /v1/brands/{id}': { displayName: 'Acme!' },
    'PATCH /v1/brands/{id}': { displayName: 'Acme' },
    'POST /v1/shortcuts': { name: 'New', body: 'x' },
    'PUT /v1/shortcuts/{id}': { name: 'Thanks!' },
    'POST /v1/sub-statuses': { name: 'New', status: 'done' },
    'PUT /v1/sub-statuses/{id}': { name: 'Waiting for stock' },
    'POST /v1/companies': { name: 'Another' },
    'PUT /v1/companies/{id}': { employeeCount: 3 },
    'POST /v1/customers/search': { queryContext: 'customer' },
    'POST /v1/customers/archive/search': { queryContext: 'customer' },
    'POST /v1/customers/searches': { name: 'New', query: {} },
    'PUT /v1/customers/searches/{id}': { name: 'All!' },
    'POST /v1/customers/searches/{id}/execution': {},
    'POST /v1/customers/bulk': [{ name: 'X' }],
    'PUT /v1/customers/bulk': [{ id: ids['customer'], name: 'Ana' }],
    'POST /v1/companies/bulk': [{ name: 'Xyz' }],
    'PUT /v1/companies/bulk': [{ id: ids['company'], employeeCount: 4 }],
    'POST /v1/conversations/bulk': [{ customer: ids['customer'] }],
    'PUT /v1/conversations/bulk': [{ id: ids['conversation'], priority: 2 }],
    'POST /v1/messages/bulk': [{ ...message, conversation: ids['conversation'] }],
    'PUT /v1/messages/bulk': [{ id: ids['message'], preview: 'Hello!' }],
    'POST /v1/notes/bulk': [{ conversation: ids['conversation'], body: 'x' }],
    'PUT /v1/notes/bulk': [{ id: ids['note'], body: 'y' }],
    'POST /v1/klasses/{name}/bulk': [{ title: 'x' }],
    'PUT /v1/klasses/{name}/bulk': [{ id: ids['object'], title: 'y' }],
    'POST /v1/customers/merges': { source: ids['secondCustomer'], target: ids['customer'] },
    'POST /v1/customers/merges/preview': { source: ids['secondCustomer'], target: ids['customer'] },
    'POST /v1/customers/{id}/drafts': { channel: 'sms', body: 'Hi', sendAt: later() },
    'PUT /v1/drafts/{id}': { body: 'Hi!' },
    'POST /v1/drafts/{id}/attachments': { attachment: ids['attachment'] },
    'POST /v1/customers': { name: 'New' },
    'PUT /v1/customers/{id}': { name: 'Ana A.' },
    'PATCH /v1/customers/{id}': { name: 'Ana' },
    'POST /v1/tags': { name: 'new' },
    'PUT /v1/tags/{id}': { color: 'blue' },
    'POST /v1/teams': { name: 'New' },
    'PUT /v1/teams/{id}': { icon: 'star' },
    'PATCH /v1/teams/{id}': { icon: 'sun' },
    'POST /v1/teams/{id}/members': { members: [ids['user']] },
    'DELETE /v1/teams/{id}/members': { members: [ids['user']] },
    'POST /v1/outbound-webhooks': { name: 'New', url: ids['address'], events: ['kustomer.tag.update'] },
    'PUT /v1/outbound-webhooks/{id}': { name: 'Mine!' },
    'PATCH /v1/outbound-webhooks/{id}': { name: 'Mine' },
    'PUT /v1/conversations/rules': { requiredForDone: [] },
    'POST /v1/conversations': { customer: ids['customer'] },
    'PUT /v1/conversations/{id}': { priority: 1 },
    'PATCH /v1/conversations/{id}': { priority: 2 },
    'POST /v1/conversations/{id}/tags': ['new tag'],
    'DELETE /v1/conversations/{id}/tags': ['new tag'],
    'POST /v1/customers/{id}/conversations': { name: 'New' },
    'POST /v1/attachments': { name: 'b.txt', contentType: 'text/plain', contentLength: 1 },
    'PUT /v1/attachments/{id}': { name: 'c.txt' },
    'POST /v1/messages': { ...message, conversation: ids['conversation'] },
    'PUT /v1/messages/{id}': { subject: 'x' },
    'PATCH /v1/messages/{id}': { subject: 'y' },
    'POST /v1/conversations/{id}/messages': message,
    'POST /v1/customers/{id}/messages': message,
    'POST /v1/messages/{id}/redactions': { preview: '…' },
    'POST /v1/notes': { conversation: ids['conversation'], body: 'x' },
    'POST /v1/conversations/{id}/presence': { typing: true },
    'PUT /v1/customers/{id}/timeline/{item}': { pinned: true },
    'POST /v1/apps/installations/{id}/imports': { kind: 'backfill' },
    'PUT /v1/feedback/{id}/reply': { body: 'Thank you', rev: 0 },
    'POST /v1/feedback/{id}/reply/publication': { body: 'Thank you', rev: 0 },
    'POST /v1/feedback/{id}/reply/approval': { rev: 1 },
    'POST /v1/feedback/{id}/reply/rejection': { rev: 1 },
    'POST /v1/feedback/{id}/reply/attempts': { rev: 1 },
    'POST /v1/feedback/{id}/reply/withdrawal': { rev: 1 },
    'PUT /v1/replies/rules': { needApproval: false },
    'PUT /v1/notes/{id}': { body: 'y' },
    'PATCH /v1/notes/{id}': { body: 'z' },
    'POST /v1/conversations/{id}/notes': { body: 'x' },
    'POST /v1/klasses': { name: 'new' },
    'POST /v1/klasses/{name}': { title: 'New' },
    'PUT /v1/klasses/{name}': { displayName: 'Orders' },
    'PUT /v1/klasses/{name}/{id}': { title: 'Changed' },
    'POST /v1/customers/{id}/klasses/{name}': { title: 'New' },
    'PUT /v1/feedback/{id}': { customer: ids['customer'] },
    'POST /v1/apps/available': definition,
    'POST /v1/apps/install': { app: ids['app'], name: 'New one' },
    'POST /v1/apps': { name: 'new_app' },
    'PUT /v1/apps/installations/{id}': { name: 'Renamed' },
    'PUT /v1/apps/settings': {},
    'POST /v1/hooks/form': { title: 'New' },
    'PUT /v1/hooks/form/{id}': { title: 'Form!' },
    'PATCH /v1/hooks/form/{id}': { debug: true },
    'POST /v1/hooks/web': { title: 'New' },
    'PUT /v1/hooks/web/{id}': { title: 'Web!' },
    'PATCH /v1/hooks/web/{id}': { debug: true },
    'POST /v1/hooks/email': { title: 'New' },
    'PUT /v1/hooks/email/{id}': { title: 'E-mail!' },
    'PATCH /v1/hooks/email/{id}': { debug: true },
    'POST /v1/mail-suppressions': { address: 'other@example.com' },
    'POST /v1/hooks/rotations': { hook: ids['emailHook'] },
    'POST /v1/deliveries/{id}/lesson': { kind: 'ignored', values: {} },
    'POST /v1/deliveries/runs': { ids: [ids['delivery']] },
    'POST /v1/commands/{name}/run': { body: {} },
    'PUT /v1/survey-policy': { policy: {} },
    'POST /v1/survey-policy/dry-run': {},
    'PUT /v1/customers/{id}/survey-opt-out': {},
    'POST /v1/workflows': { name: 'New' },
    'PUT /v1/workflows/{id}': { description: 'Waits' },
    'PUT /v1/workflows/{id}/draft': { document: { name: 'Draft' } },
    'POST /v1/workflows/{id}/publications': {},
    'POST /v1/workflows/{id}/roll-backs': { version: 1 },
    'POST /v1/workflows/{id}/upgrade': { take: true },
    'POST /v1/workflows/{id}/dry-runs': { inputs: {} },
    'POST /v1/workflows/{id}/calls': {},
    'POST /v1/workflows/{id}/variables': { name: 'other', value: 'x' },
    'PUT /v1/workflow-variables/{id}': { value: 'y' },
    'POST /v1/workflow-runs/{id}/retries': { step: 'wait' },
    'POST /v1/logs': { level: 'info', app: 'plain', message: 'x' },
  }
  return bodies[name]
}

/** Queries without which an operation makes no sense. */
function queryOf({ name }: Operation, ids: EveryNoun): string {
  const queries: Record<string, string> = {
    'GET /v1/shortcuts/{id}/filled': `?conversation=${ids['conversation'] ?? ''}`,
    'GET /v1/customers/searches/counts': `?ids=${ids['search'] ?? ''}`,
    'DELETE /v1/customers/bulk': `?ids=${ids['unknown'] ?? ''}`,
    'DELETE /v1/companies/bulk': `?ids=${ids['unknown'] ?? ''}`,
    'DELETE /v1/conversations/bulk': `?ids=${ids['unknown'] ?? ''}`,
    'DELETE /v1/notes/bulk': `?ids=${ids['unknown'] ?? ''}`,
    'DELETE /v1/klasses/{name}/bulk': `?ids=${ids['unknown'] ?? ''}`,
  }
  return queries[name] ?? ''
}

/** Some ids differ by what is done with them. */
function idsFor({ name }: Operation, ids: EveryNoun): EveryNoun {
  const special: Record<string, EveryNoun> = {
    'PUT /v1/klasses/{name}': { klassOrName: ids['klass'] ?? '' },
    'DELETE /v1/klasses/{name}': { klassOrName: ids['emptyKlass'] ?? '' },
    'DELETE /v1/apps/installations/{id}': { installation: ids['removable'] ?? '' },
    'DELETE /v1/hooks/email/{id}/mailbox': { emailHook: ids['mailboxHook'] ?? '' },
    'POST /v1/workflow-runs/{id}/retries': { workflowRun: ids['endedRun'] ?? '' },
    'DELETE /v1/bulk/{id}': { bulk: ids['waitingBulk'] ?? '' },
  }
  return { ...ids, klassOrName: 'order', ...special[name] }
}

// A person's own, of a request that has an end of its own, or in need of another server: tested where they belong.
const elsewhere = new Set([
  'PUT /v1/users/current',
  'POST /v1/users/current/password',
  'DELETE /v1/auth/tokens/current',
  'PUT /v1/hooks/email/{id}/mailbox', // takes a server to look into (mailboxes)
])
const tested = operations.filter((operation) => !elsewhere.has(operation.name))

/** Whether unknown ids alone make the operation a 404: some are named otherwise, or make what they name. */
function missing({ path }: Operation): boolean {
  const byName = /\/klasses\/\{name\}(\/bulk)?$/.test(path) && !path.includes('{id}')
  return !byName && !/externalid|phone|commands/i.test(path)
}

let desk: TestDesk
let org: TestOrg
let other: TestOrg
let ids: EveryNoun
const started = new AsyncDisposableStack()

beforeAll(async () => {
  desk = started.use(await startTestDesk({ simulators: true }))
  org = await desk.newOrg()
  other = await desk.newOrg('Other')
  ids = await makeEveryNoun(desk, org, started)
}, 60_000)
afterAll(() => started.disposeAsync())

const run = (
  operation: Operation,
  as: { token?: string; org?: TestOrg; ids?: EveryNoun; body?: unknown; query?: string } = {},
): Promise<Reply> => {
  const known = idsFor(operation, as.ids ?? ids)
  const path = pathOf(operation.path, known) + (as.query ?? queryOf(operation, ids))
  const body = 'body' in as ? as.body : bodyOf(operation.name, ids)
  return (as.org ?? org).call(operation.method, path, body, as.token ?? (as.org ?? org).token)
}

describe('without a role that opens it, an operation is refused and names the roles', () => {
  test.each(tested.filter((it) => it.roles !== undefined))('$name', async (operation) => {
    const { status, body } = await run(operation, { token: await org.key(['org.nothing']) })
    expect(status, JSON.stringify(body)).toBe(403)
    expect(body.errors[0].title).toMatch(/needs one of the roles org\./)
  })
})

test('without credentials, every operation is refused', async () => {
  const replies = await Promise.all(
    operations.map(async (operation) => {
      const { status } = await org.call(
        operation.method,
        pathOf(operation.path, idsFor(operation, ids)),
        undefined,
        null,
      )
      return { name: operation.name, status }
    }),
  )
  // What is checked first is the body; nobody learns more from that than from the API's description.
  expect(replies.filter(({ status }) => status !== 401 && status !== 400)).toEqual([])
})

describe('what there is not, and what is another organisation’s, is not found', () => {
  // Attributes and the desk's own apps are there for everybody.
  const shared = /metadata|apps\/available/
  const named = tested.filter(({ path }) => path.includes('{') && !shared.test(path))
  test.each(named)('$name', async (operation) => {
    const nothing = Object.fromEntries(Object.keys(ids).map((name) => [name, '0'.repeat(24)]))
    const unknown = await run(operation, { ids: { ...nothing, org: '0'.repeat(24) } })
    expect(missing(operation) ? [404] : [200, 201, 400, 404], JSON.stringify(unknown.body)).toContain(unknown.status)
    // The stranger may do anything, in their own organisation.
    const foreign = await run(operation, { org: other })
    expect([400, 404], JSON.stringify(foreign.body)).toContain(foreign.status)
  })
})

describe('what cannot be read is a 400 that names the place', () => {
  test.each(tested.filter((it) => it.queries.includes('pageSize')))('a page size in $name', async (operation) => {
    const { status, body } = await run(operation, {
      query: `?pageSize=many${queryOf(operation, ids).replace('?', '&')}`,
    })
    expect(status, JSON.stringify(body)).toBe(400)
    expect(body.errors[0].source).toEqual({ parameter: 'pageSize' })
  })

  test.each(tested.filter((it) => it.hasBody))('a body in $name', async (operation) => {
    const { status, body } = await run(operation, { body: 'no' })
    expect(status, JSON.stringify(body)).toBe(400)
    expect(body.errors[0].source.pointer).toMatch(/^\//)
  })

  const open = /search|logs|commands|available|settings|bulk|tags$|execution|redactions|drafts|deliveries\/runs/ // lists, or open to more fields
  test.each(tested.filter((it) => it.hasBody && !open.test(it.path)))(
    'a field that there is not in $name',
    async (operation) => {
      const { status, body } = await run(operation, {
        body: { ...(bodyOf(operation.name, ids) as object), nonsense: 1 },
      })
      expect(status, JSON.stringify(body)).toBe(400)
      expect(body.errors.map((it: { source: object }) => it.source)).toContainEqual({ pointer: '/nonsense' })
    },
  )
})

describe('done rightly, each operation answers as its description says', () => {
  const order = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE']
  // What others depend on goes last.
  const ends = [
    '/v1/customers/merges',
    '/v1/teams/{id}',
    '/v1/drafts/{id}',
    '/v1/conversations/{id}',
    '/v1/customers/{id}',
    '/v1/companies/{id}',
    '/v1/workflows/{id}',
  ]
  const isEnd = ({ method, path }: Operation) => ends.includes(path) && (method === 'DELETE' || path.endsWith('merges'))
  const sequence = [
    ...tested.filter((it) => !isEnd(it)).toSorted((a, b) => order.indexOf(a.method) - order.indexOf(b.method)),
    ...ends.flatMap((path) => tested.filter((it) => it.path === path && isEnd(it))),
  ]
  test.each(sequence)('$name', async (operation) => {
    const { status, body } = await run(operation)
    expect(status, JSON.stringify(body)).toBe(operation.status)
    expect(operation.method === 'GET' ? Object.keys(body) : ['data']).toContain('data')
  })
})
