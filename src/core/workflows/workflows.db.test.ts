import { readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { IncomingHttpHeaders } from 'node:http'
import type { AddressInfo } from 'node:net'

import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest'

import { acmeReviews, connect } from '../../testing/acme-reviews.ts'
import { post, startTestDesk } from '../../testing/desk.ts'
import type { Reply, TestDesk, TestOrg } from '../../testing/desk.ts'

interface Received {
  method: string
  url: string
  headers: IncomingHttpHeaders
  body: string
}

let desk: TestDesk
let org: TestOrg
let address: string
let received: Received[] = []
let answers: { status: number; body: string }[] = []
const acme = acmeReviews()

const receiver = createServer((request, response) => {
  let body = ''
  request.on('data', (chunk: Buffer) => (body += chunk.toString()))
  request.on('end', () => {
    received.push({ method: request.method ?? '', url: request.url ?? '', headers: request.headers, body })
    const answer = answers.shift() ?? { status: 200, body: '{"ok":true,"number":7}' }
    response.writeHead(answer.status, { 'content-type': 'application/json' }).end(answer.body)
  })
})

beforeAll(async () => {
  desk = await startTestDesk({ integrations: [acme.integration], simulators: true })
  await new Promise<void>((resolve) => receiver.listen(0, '127.0.0.1', resolve))
  address = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}`
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
  answers = []
})

async function make(path: string, body: object): Promise<Reply['body']> {
  const { status, body: reply } = await org.call('POST', path, body)
  expect(status, JSON.stringify(reply)).toBeLessThan(300)
  return reply.data
}

/** Imports a workflow and switches it on. */
async function workflow(parts: object): Promise<string> {
  return (await make('/v1/workflows', { name: 'A workflow', enabled: true, ...parts })).id as string
}

async function runsOf(id: string): Promise<Reply['body'][]> {
  return (await org.call('GET', `/v1/workflow-runs?workflow=${id}`)).body.data
}

/** Waits until a workflow has so many runs and none of them is under way; the newest first, each with its steps. */
async function ended(id: string, count = 1): Promise<Reply['body'][]> {
  const runs = await vi.waitUntil(
    async () => {
      const found = await runsOf(id)
      return found.length >= count && found.every((it) => it.attributes.endedAt !== null) ? found : undefined
    },
    { timeout: 15_000, interval: 20 },
  )
  expect(runs).toHaveLength(count)
  return Promise.all(runs.map(async (it) => (await org.call('GET', `/v1/workflow-runs/${it.id}`)).body.data.attributes))
}

const when = (left: string, op: string, ...right: unknown[]) => ({ op, values: [`/#${left}`, ...right] })

async function customer(name = 'Ana'): Promise<string> {
  return (await make('/v1/customers', { name })).id
}
async function conversation(parts: object = {}): Promise<string> {
  return (await make('/v1/conversations', { customer: await customer(), name: 'Tent', ...parts })).id
}

/** The app is there, and has fetched what there was before; returns where its reviews are posted to. */
async function connected(): Promise<string> {
  const { id, url } = await org.install('acme-reviews', { key: 'k', threshold: 0 })
  await connect(desk.desk, org, id)
  const running = async () =>
    (await desk.owner.query(`select from imports where org_id = $1 and state = 'running'`, [org.id])).rowCount
  await expect.poll(running, { timeout: 10_000 }).toBe(0)
  return url
}

/** A review is written at the simulated provider, which tells of it. */
async function review(url: string, id: string, stars: number): Promise<void> {
  const { reviews } = acme.provider
  reviews.set(id, { id, stars, text: 'It leaks.', author: 'Ana', email: 'ana@example.com', at: '2026-11-20T10:00:00Z' })
  await post(url, { id })
}

test('a conversation that is closed: a note is written, tags are added, and each step keeps what it was given and gave', async () => {
  const id = await workflow({
    trigger: {
      eventName: 'kustomer.conversation.update',
      appVersion: 'kustomer-^1.10.2',
      transitions: [{ target: 'note', condition: when('steps.1.changes.attributes.status.after', 'eq', 'done') }],
    },
    steps: [
      {
        id: 'note',
        action: 'kustomer.note.create',
        appVersion: 'kustomer-^1.10.2',
        params: { conversation: '/#steps.1.id', body: 'Closed: {{{steps.1.name}}}' },
        transitions: [{ target: 'tags' }],
      },
      {
        id: 'tags',
        action: 'kustomer.conversation.append-tags',
        params: { id: '/#steps.note.conversation', tags: 'closed-once' },
      },
    ],
  })
  const talk = await conversation({ name: 'Tent & pegs' })
  await org.call('PUT', `/v1/conversations/${talk}`, { priority: 4 })
  await org.call('PUT', `/v1/conversations/${talk}`, { status: 'done' })
  const [run] = await ended(id)
  expect(run).toMatchObject({
    state: 'done',
    event: 'kustomer.conversation.update',
    objectId: talk,
    stepsTaken: 2,
    version: 1,
  })
  expect(run.steps.map((it: Reply['body']) => [it.step, it.status, it.next])).toEqual([
    ['note', 'done', 'tags'],
    ['tags', 'done', null],
  ])
  expect(run.steps[0].input).toEqual({ conversation: talk, body: 'Closed: Tent & pegs' })
  const notes = await org.call('GET', `/v1/conversations/${talk}/notes`)
  expect(notes.body.data.map((it: Reply['body']) => it.attributes.body)).toEqual(['Closed: Tent & pegs'])
  // What a workflow does is its machine user's in the audit log.
  const audit = await org.call('GET', `/v1/audit-logs?filter[objectId]=${talk}`)
  expect(audit.body.data.map((it: Reply['body']) => it.attributes.client)).toContain(`workflow ${id}`)
})

test('two stars or fewer: a conversation is opened, assigned, and somebody is notified', async () => {
  const user = await make('/v1/users', { name: 'Kim', email: `kim-${org.id}@example.com` })
  const id = await workflow({
    trigger: {
      eventName: 'tellback.feedback.create',
      transitions: [{ target: 'open', condition: when('steps.1.score', 'lte', 2) }],
    },
    steps: [
      {
        id: 'open',
        action: 'tellback.feedback.open-conversation',
        params: { feedback: '/#steps.1.id' },
        transitions: [{ target: 'assign' }],
      },
      {
        id: 'assign',
        action: 'tellback.conversation.assign',
        params: { id: '/#steps.open.id', users: [user.id] },
        transitions: [{ target: 'tell' }],
      },
      {
        id: 'tell',
        action: 'tellback.user.notify',
        params: { users: [user.id], title: '{{steps.1.score}} stars', conversation: '/#steps.open.id' },
      },
    ],
  })
  const url = await connected()
  await review(url, 'good', 5)
  await review(url, 'bad', 2)
  const [run] = await ended(id)
  expect(run, JSON.stringify(run)).toMatchObject({ state: 'done', objectType: 'feedback' })
  const [found] = (await org.call('GET', '/v1/conversations')).body.data
  expect(found.attributes).toMatchObject({ status: 'open', assignedUsers: [user.id] })
  const { rows } = await desk.owner.query(
    'select kind, title from notifications where org_id = $1 and user_id = $2 order by id',
    [org.id, user.id],
  )
  expect(rows).toContainEqual({ kind: 'workflow', title: '2 stars' })
})

test.each([
  [true, 'awaiting_approval'],
  [false, 'published'],
])('a public reply of a workflow, where approval is wanted: %s', async (needApproval, state) => {
  await org.call('PUT', '/v1/replies/rules', { needApproval })
  const id = await workflow({
    trigger: { eventName: 'tellback.feedback.create', transitions: [{ target: 'reply' }] },
    steps: [
      {
        id: 'reply',
        action: 'tellback.reply.publish',
        params: { feedback: '/#steps.1.id', body: 'Thank you, {{{steps.1.respondent.name}}}.' },
      },
    ],
  })
  await review(await connected(), `reply-${needApproval}`, 4)
  const [run] = await ended(id)
  expect(run.state, JSON.stringify(run)).toBe('done')
  const reply = async () => (await org.call('GET', `/v1/feedback/${run.objectId}/reply`)).body.data.attributes
  await expect.poll(async () => (await reply()).state, { timeout: 10_000 }).toBe(state)
  expect((await reply()).body).toBe('Thank you, Ana.')
})

test('what is fetched of the past, and what is imported, starts nothing', async () => {
  const onFeedback = await workflow({
    name: 'F',
    trigger: { eventName: 'tellback.feedback.create', transitions: [{ target: 'a' }] },
    steps: [
      { id: 'a', transitions: [{ target: 'b' }] },
      { id: 'b', action: 'tellback.wait.duration', params: { amount: 0 } },
    ],
  })
  const onMessage = await workflow({
    name: 'M',
    trigger: { eventName: 'kustomer.message.create', transitions: [{ target: 'b' }] },
    steps: [{ id: 'b', action: 'tellback.wait.duration', params: { amount: 0 } }],
  })
  acme.provider.reviews.set('old', {
    id: 'old',
    stars: 1,
    text: 'Old.',
    author: 'Bo',
    email: 'bo@example.com',
    at: '2026-01-20T10:00:00Z',
  })
  const { id: installation } = await org.install('acme-reviews', { key: 'k', threshold: 0 })
  await connect(desk.desk, org, installation) // which fetches the past
  await expect
    .poll(async () => (await org.call('GET', '/v1/feedback')).body.data.length, { timeout: 10_000 })
    .toBe(acme.provider.reviews.size)
  const talk = await conversation()
  const message = { app: 'test', channel: 'email', direction: 'in', preview: 'Old' }
  await make(`/v1/conversations/${talk}/messages`, { ...message, importedAt: '2026-01-01T00:00:00Z' })
  await make(`/v1/conversations/${talk}/messages`, message)
  await ended(onMessage, 1)
  expect(await runsOf(onFeedback)).toEqual([])
})

test('a message is on its way by the channel of the conversation, and says so where there is none', async () => {
  const id = await workflow({
    trigger: {
      eventName: 'kustomer.message.create',
      transitions: [{ target: 'send', condition: when('steps.1.direction', 'eq', 'in') }],
    },
    steps: [
      {
        id: 'send',
        action: 'tellback.message.send',
        params: { conversation: '/#steps.1.conversation', body: 'Thank you for your message.' },
      },
    ],
  })
  const talk = await conversation()
  await make(`/v1/conversations/${talk}/messages`, { app: 'test', channel: 'email', direction: 'in', preview: 'Hello' })
  const [run] = await ended(id)
  expect(run.state, JSON.stringify(run)).toBe('done')
  const sent = async () =>
    (await org.call('GET', `/v1/conversations/${talk}/messages`)).body.data.filter(
      (it: Reply['body']) => it.attributes.direction === 'out',
    )
  await expect.poll(async () => (await sent()).length, { timeout: 10_000 }).toBe(1)
  expect((await sent())[0].attributes).toMatchObject({
    preview: 'Thank you for your message.',
    auto: true,
    status: 'error',
    error: { code: 'no_connection' },
  })
})

test('a secret of an app’s settings goes to the other system and is shown nowhere', async () => {
  await org.install('acme-reviews', { key: 'settings-s3cret' })
  const id = await workflow({
    trigger: { eventName: 'kustomer.customer.create', transitions: [{ target: 'call' }] },
    steps: [
      {
        id: 'call',
        action: 'kustomer.rest-api.json',
        params: {
          uri: `${address}/x`,
          appSettings: { authToken: { key: 'acme-reviews.default.key' } },
          headers: { 'x-key': '/#appSettings.authToken' },
        },
      },
    ],
  })
  await customer()
  const [run] = await ended(id)
  expect(received[0]?.headers['x-key']).toBe('settings-s3cret')
  expect(JSON.stringify(run)).not.toContain('settings-s3cret')
})

test('what was posted to a hook stands where documents of the platform look for it', async () => {
  const hook = await make('/v1/hooks/form', { title: 'Orders' })
  const id = await workflow({
    trigger: {
      eventName: `kustomer.hooks.form.${hook.id}.receive`,
      appVersion: 'hooks-^1.0.0',
      transitions: [{ target: 'find' }],
    },
    steps: [
      {
        id: 'find',
        action: 'kustomer.customer.find',
        params: { identifier: '/#steps.1.attributes.data.email' },
        transitions: [{ target: 'save' }],
        errorCases: [{ target: 'make', condition: { op: 'eq', values: ['/#error.status', 404] } }],
      },
      {
        id: 'make',
        action: 'kustomer.customer.create',
        params: { name: '/#steps.1.attributes.data.name', emails: [{ email: '/#steps.1.attributes.data.email' }] },
        transitions: [{ target: 'save' }],
      },
      {
        id: 'save',
        action: 'kustomer.customer.update',
        params: { id: '/#steps.make.id', custom: { totalNum: '/#fn:parseFloat,steps.1.attributes.data.total' } },
      },
    ],
  })
  await post(hook.attributes.url, { email: 'ana@example.com', name: 'Ana', total: '12.50' })
  const [run] = await ended(id)
  expect(run.steps.map((it: Reply['body']) => [it.step, it.status])).toEqual([
    ['find', 'failed'],
    ['make', 'done'],
    ['save', 'done'],
  ])
  const found = await org.call('GET', '/v1/customers/email=ana@example.com')
  expect(found.body.data.attributes.custom).toEqual({ totalNum: 12.5 })
})

test('a call to another system carries secrets that are shown nowhere, and its answer is read', async () => {
  const { id } = await make('/v1/workflows', {
    name: 'Sync',
    trigger: { eventName: 'kustomer.customer.create', transitions: [{ target: 'call' }] },
    steps: [
      {
        id: 'call',
        action: 'kustomer.rest-api.json',
        params: {
          uri: `${address}/customers/{{steps.1.id}}`,
          method: 'POST',
          headers: { authorization: 'Bearer {{{variables.token}}}' },
          qs: { full: true },
          data: { name: '/#steps.1.name', token: '/#variables.token' },
        },
        transitions: [{ target: 'save', condition: when('steps.call.response.statusCode', 'eq', 200) }],
      },
      {
        id: 'save',
        action: 'kustomer.customer.update',
        params: {
          id: '/#steps.1.id',
          custom: { numberNum: '/#steps.call.body.number', echoStr: '/#steps.call.body.echo' },
        },
      },
    ],
  })
  await make(`/v1/workflows/${id}/variables`, { name: 'token', type: 'secret', value: 's3cr3t-"quoted"' })
  expect((await org.call('PUT', `/v1/workflows/${id}`, { enabled: true })).status).toBe(200)
  answers = [{ status: 200, body: JSON.stringify({ number: 7, echo: 'you said s3cr3t-"quoted"' }) }]
  const ana = await customer('Ana')
  const [run] = await ended(id)
  expect(run.state).toBe('done')
  expect(received).toHaveLength(1)
  expect(received[0]).toMatchObject({ method: 'POST', url: `/customers/${ana}?full=true` })
  expect(received[0]?.headers['authorization']).toBe('Bearer s3cr3t-"quoted"')
  expect(JSON.parse(received[0]?.body ?? '')).toEqual({ name: 'Ana', token: 's3cr3t-"quoted"' })
  expect(received[0]?.headers['idempotency-key']).toMatch(/^[0-9a-f]{24}\.call\.0$/)
  const shown = JSON.stringify([
    run,
    (await org.call('GET', `/v1/workflows/${id}`)).body,
    (await org.call('GET', `/v1/workflows/${id}/variables`)).body,
  ])
  expect(shown).not.toContain('s3cr3t')
  expect(run.steps[0].input.headers).toEqual({ authorization: 'Bearer ••••••••' })
  const { rows } = await desk.owner.query(
    `select count(*)::int as n from workflow_run_steps where org_id = $1 and (input::text || output::text) like '%s3cr3t%'`,
    [org.id],
  )
  expect(rows[0]).toEqual({ n: 0 })
})

test('whatever another system answers is kept, or says why not; none of it stops the run for good', async () => {
  const id = await workflow({
    trigger: { eventName: 'kustomer.customer.create', transitions: [{ target: 'call' }] },
    steps: [{ id: 'call', action: 'kustomer.rest-api.json', params: { uri: `${address}/odd` } }],
  })
  const odd = [
    '{"a":"\\u0000"}',
    '{"a":"\\ud800"}',
    '['.repeat(100_000),
    'x'.repeat(600_000),
    '{"__proto__":{"x":1}}',
    '<html>',
    '',
  ]
  answers = odd.map((body) => ({ status: 200, body }))
  for (const [index] of odd.entries()) {
    await customer(`C${index}`)
    await ended(id, index + 1)
  }
  expect((await runsOf(id)).map((it) => it.attributes.state)).toEqual(odd.map(() => 'done'))
}, 60_000)

test('a call that fails for now is tried again with the same key; one that is refused goes to its error case', async () => {
  const id = await workflow({
    trigger: { eventName: 'kustomer.customer.create', transitions: [{ target: 'call' }] },
    steps: [
      {
        id: 'call',
        action: 'kustomer.rest-api.json',
        params: { uri: `${address}/x`, method: 'POST' },
        errorCases: [
          {
            target: 'tag',
            condition: {
              op: 'and',
              values: [
                { op: 'gte', values: ['/#error.status', 400] },
                { op: 'lt', values: ['/#error.status', 500] },
              ],
            },
          },
        ],
      },
      {
        id: 'tag',
        action: 'kustomer.customer.update',
        params: { id: '/#steps.1.id', tags: ['refused-{{error.status}}-{{error.body.why}}'] },
      },
    ],
  })
  answers = [
    { status: 503, body: 'busy' },
    { status: 422, body: '{"why":"short"}' },
  ]
  const ana = await customer('Ana')
  const [run] = await ended(id)
  expect(run.state).toBe('done')
  expect(received).toHaveLength(2)
  expect(received[0]?.headers['idempotency-key']).toBe(received[1]?.headers['idempotency-key'])
  expect(run.steps.map((it: Reply['body']) => [it.step, it.status, it.attempts])).toEqual([
    ['call', 'failed', 2],
    ['tag', 'done', 1],
  ])
  expect((await org.call('GET', `/v1/customers/${ana}`)).body.data.attributes.tags).toEqual(['refused-422-short'])
})

test('a run that failed goes on from where it failed, with the version that it began with', async () => {
  const parts = {
    name: 'Call',
    trigger: { eventName: 'kustomer.customer.create', transitions: [{ target: 'call' }] },
    steps: [
      {
        id: 'call',
        action: 'kustomer.rest-api.json',
        params: { uri: `${address}/first` },
        transitions: [{ target: 'tag' }],
      },
      { id: 'tag', action: 'kustomer.customer.update', params: { id: '/#steps.1.id', tags: ['first'] } },
    ],
  }
  const id = await workflow(parts)
  answers = [{ status: 400, body: '{}' }]
  const ana = await customer('Ana')
  const [run] = await ended(id)
  expect(run).toMatchObject({ state: 'failed', error: { message: 'Answered 400.', status: 400, step: 'call' } })
  const [{ id: runId }] = await runsOf(id)
  const failed = await org.call('GET', `/v1/workflows/${id}/processes`)
  expect(failed.body.data.map((it: Reply['body']) => it.id)).toEqual([runId])
  const changed = await org.call('PUT', `/v1/workflows/${id}`, {
    steps: [{ ...parts.steps[1], params: { id: '/#steps.1.id', tags: ['second'] } }],
    trigger: { ...parts.trigger, transitions: [{ target: 'tag' }] },
  })
  expect(changed.body.data.attributes).toMatchObject({ version: 2, enabled: true })
  expect((await org.call('POST', `/v1/workflow-runs/${runId}/retries`, {})).status).toBe(200)
  const [again] = await ended(id)
  expect(again.state).toBe('done')
  expect(received.map((it) => it.headers['idempotency-key'])).toEqual([`${runId}.call.0`, `${runId}.call.0`])
  expect((await org.call('GET', `/v1/customers/${ana}`)).body.data.attributes.tags).toEqual(['first'])
  // A step that was done is taken again when somebody asks for it.
  await org.call('POST', `/v1/workflow-runs/${runId}/retries`, { step: 'call' })
  await ended(id)
  expect(received.at(-1)?.headers['idempotency-key']).toBe(`${runId}.call.1`)
})

test('a run waits for a time, or until something happens to what it is about', async () => {
  const id = await workflow({
    trigger: { eventName: 'kustomer.conversation.create', transitions: [{ target: 'wait' }] },
    steps: [
      {
        id: 'wait',
        action: 'tellback.wait.event',
        params: {
          eventName: 'kustomer.conversation.update',
          object: '/#steps.1.id',
          condition: when('steps.wait.event.changes.attributes.status.after', 'eq', 'done'),
          amount: 1.5,
          unit: 'seconds',
        },
        transitions: [{ target: 'late', condition: when('steps.wait.timedOut', 'eq', true) }, { target: 'pause' }],
      },
      { id: 'late', action: 'kustomer.note.create', params: { conversation: '/#steps.1.id', body: 'Nobody came.' } },
      {
        id: 'pause',
        action: 'tellback.wait.duration',
        params: { amount: 0.2, unit: 'seconds' },
        transitions: [{ target: 'thanks' }],
      },
      { id: 'thanks', action: 'kustomer.note.create', params: { conversation: '/#steps.1.id', body: 'Done in time.' } },
    ],
  })
  const [slow, quick] = [await conversation(), await conversation()]
  await vi.waitUntil(async () => (await runsOf(id)).every((it) => it.attributes.state === 'waiting'), {
    timeout: 10_000,
  })
  await org.call('PUT', `/v1/conversations/${quick}`, { priority: 5 })
  await org.call('PUT', `/v1/conversations/${quick}`, { status: 'done' })
  const runs = await ended(id, 2)
  expect(runs.map((it) => it.state)).toEqual(['done', 'done'])
  const said = async (of: string) =>
    (await org.call('GET', `/v1/conversations/${of}/notes`)).body.data.map((it: Reply['body']) => it.attributes.body)
  expect(await said(slow)).toEqual(['Nobody came.'])
  expect(await said(quick)).toEqual(['Done in time.'])
})

test('many runs wait at once, each for its own; one that is canceled can wait again', async () => {
  const id = await workflow({
    trigger: { eventName: 'kustomer.conversation.create', transitions: [{ target: 'wait' }] },
    steps: [
      {
        id: 'wait',
        action: 'tellback.wait.event',
        params: {
          eventName: 'kustomer.conversation.update',
          object: '/#steps.1.id',
          condition: when('steps.wait.event.changes.attributes.status.after', 'eq', 'done'),
          amount: 1,
          unit: 'hours',
        },
      },
    ],
  })
  const talks = await Promise.all(Array.from({ length: 40 }, () => conversation()))
  const waiting = async (count: number) => {
    const found = (await org.call('GET', `/v1/workflow-runs?workflow=${id}&state=waiting&pageSize=100`)).body.data
    return found.length === count ? found : undefined
  }
  const runs = await vi.waitUntil(() => waiting(talks.length), { timeout: 15_000 })
  await org.call('POST', `/v1/workflow-runs/${runs[0].id}/cancellations`)
  await org.call('POST', `/v1/workflow-runs/${runs[0].id}/retries`, { step: 'wait' })
  await vi.waitUntil(() => waiting(talks.length), { timeout: 15_000 })
  await Promise.all(talks.map((it) => org.call('PUT', `/v1/conversations/${it}`, { status: 'done' })))
  await vi.waitUntil(() => waiting(0), { timeout: 15_000 })
  const ends = (await org.call('GET', `/v1/workflow-runs?workflow=${id}&state=done&pageSize=100`)).body.data
  expect(ends).toHaveLength(talks.length)
})

test('one workflow calls another, later, with what it hands over', async () => {
  const callee = await workflow({
    name: 'Callee',
    trigger: { eventName: 'kustomer.workflow.abc.call', callable: true, transitions: [{ target: 'note' }] },
    steps: [
      {
        id: 'note',
        action: 'kustomer.note.create',
        params: { conversation: '/#steps.1.conversation', body: 'Called with {{steps.1.word}}' },
      },
    ],
  })
  const id = await workflow({
    name: 'Caller',
    trigger: { eventName: 'kustomer.conversation.create', transitions: [{ target: 'schedule' }] },
    steps: [
      {
        id: 'schedule',
        action: 'kustomer.app.scheduler.schedule-workflow',
        appVersion: 'scheduler-^1.0.1',
        params: {
          runAt: { value: 1, type: 'relative' },
          workflowId: callee,
          inputs: { conversation: '/#steps.1.id', word: 'hello' },
        },
      },
    ],
  })
  const talk = await conversation()
  await ended(id)
  const [run] = await ended(callee)
  expect(run).toMatchObject({ state: 'done', startedBy: 'call', chain: [id, callee] })
  const notes = await org.call('GET', `/v1/conversations/${talk}/notes`)
  expect(notes.body.data[0].attributes.body).toBe('Called with hello')
  // By the API too; what cannot be called says so.
  expect(
    (await org.call('POST', `/v1/workflows/${callee}/calls`, { inputs: { conversation: talk, word: 'API' } })).status,
  ).toBe(202)
  expect((await org.call('POST', `/v1/workflows/${id}/calls`, {})).body.errors[0].title).toContain('cannot be called')
})

test('a workflow that is scheduled starts when its time comes, and again', async () => {
  const ana = await customer('Ana')
  const id = await workflow({
    trigger: {
      eventName: 'tellback.schedule',
      schedule: { cron: '*/5 * * * *', timeZone: 'Europe/Vienna' },
      transitions: [{ target: 'tag' }],
    },
    steps: [{ id: 'tag', action: 'kustomer.customer.update', params: { id: ana, tags: ['timed'] } }],
  })
  const { nextAt } = (await org.call('GET', `/v1/workflows/${id}`)).body.data.attributes
  expect(new Date(nextAt).getMinutes() % 5).toBe(0)
  await desk.owner.query(`update workflows set next_at = now() - interval '1 minute' where id = $1`, [id])
  const [run] = await ended(id)
  expect(run).toMatchObject({ state: 'done', startedBy: 'schedule' })
  const after = (await org.call('GET', `/v1/workflows/${id}`)).body.data.attributes
  expect(new Date(after.nextAt).getTime()).toBeGreaterThan(Date.now())
})

test('two workflows that trigger each other are stopped within a second, and both are named', async () => {
  const step = (priority: number) => [
    { id: 'set', action: 'kustomer.conversation.update', params: { id: '/#steps.1.id', priority } },
  ]
  const on = (priority: number) => ({
    eventName: 'kustomer.conversation.update',
    transitions: [{ target: 'set', condition: when('steps.1.changes.attributes.priority.after', 'eq', priority) }],
  })
  const ping = await workflow({ name: 'Ping', trigger: on(1), steps: step(2) })
  const pong = await workflow({ name: 'Pong', trigger: on(2), steps: step(1) })
  const talk = await conversation()
  const begun = performance.now()
  await org.call('PUT', `/v1/conversations/${talk}`, { priority: 1 })
  const stopped = await vi.waitUntil(
    async () => [...(await runsOf(ping)), ...(await runsOf(pong))].find((it) => it.attributes.state === 'stopped'),
    { timeout: 10_000, interval: 10 },
  )
  const took = performance.now() - begun
  expect(stopped.attributes.error.message).toBe('Stopped: “Ping” and “Pong” start each other again and again.')
  expect(took).toBeLessThan(1_000)
  expect((await runsOf(ping)).length + (await runsOf(pong)).length).toBe(7)
  const { rows } = await desk.owner.query(
    `select title from notifications where org_id = $1 and kind = 'workflow_stopped'`,
    [org.id],
  )
  expect(rows).toEqual([{ title: 'The workflow Ping was stopped' }])
})

test('a workflow that goes round in itself is stopped by its limit of steps', async () => {
  const id = await workflow({
    trigger: { eventName: 'kustomer.customer.create', transitions: [{ target: 'a' }] },
    steps: [
      { id: 'a', params: {}, transitions: [{ target: 'b' }] },
      { id: 'b', params: {}, transitions: [{ target: 'a' }] },
    ],
  })
  await customer()
  const [run] = await ended(id)
  expect(run).toMatchObject({ state: 'stopped', stepsTaken: 1000 })
  expect(run.error.message).toContain('Stopped after 1000 steps')
})

test('a loop over a million rows is stopped by its limits', async () => {
  const hook = await make('/v1/hooks/form', { title: 'Rows' })
  const rows = '[' + '0,'.repeat(150_000) + '0]'
  const id = await workflow({
    trigger: { eventName: `kustomer.hooks.form.${hook.id}.receive`, transitions: [{ target: 'text' }] },
    steps: [
      {
        id: 'text',
        action: 'kustomer.regex-match.generic',
        params: {
          testString:
            '{{#steps.1.attributes.data.rows}}{{#steps.1.attributes.data.rows}}x{{/steps.1.attributes.data.rows}}{{/steps.1.attributes.data.rows}}',
          regex: 'x',
        },
      },
    ],
  })
  const begun = performance.now()
  expect((await post(hook.attributes.url, `{"rows":${rows}}`)).status).toBe(200)
  const [run] = await ended(id)
  expect(run.state).toBe('stopped')
  expect(run.error.message).toContain('A template gives more than')
  expect(performance.now() - begun).toBeLessThan(10_000)
})

test('a dry run shows the path and every effect and writes nothing', async () => {
  const { id } = await make('/v1/workflows', {
    name: 'Draft',
    trigger: {
      eventName: 'kustomer.conversation.create',
      transitions: [{ target: 'note', condition: when('steps.1.name', 'contains', 'tent') }],
    },
    steps: [
      {
        id: 'note',
        action: 'kustomer.note.create',
        params: { conversation: '/#steps.1.id', body: 'Hello {{{steps.1.name}}}' },
        meta: { displayName: 'Say hello' },
        transitions: [{ target: 'call' }],
      },
      {
        id: 'call',
        action: 'kustomer.rest-api.json',
        params: { uri: `${address}/never`, method: 'POST' },
        transitions: [{ target: 'wait' }],
      },
      {
        id: 'wait',
        action: 'tellback.wait.duration',
        params: { amount: 2, unit: 'days' },
        transitions: [{ target: 'done' }],
      },
      { id: 'done', action: 'tellback.conversation.done', params: { id: '/#steps.note.conversation' } },
    ],
  })
  const talk = await conversation({ name: 'Tent' })
  await conversation({ name: 'Boots' })
  const { body: past } = await org.call('GET', `/v1/workflows/${id}/past-events`)
  expect(past.data.map((it: Reply['body']) => [it.attributes.summary, it.attributes.customerName])).toEqual([
    ['Boots', 'Ana'],
    ['Tent', 'Ana'],
  ])
  const before = await counts()
  const tried = await org.call('POST', `/v1/workflows/${id}/dry-runs`, { event: past.data[1].id })
  expect(tried.status, JSON.stringify(tried.body)).toBe(200)
  expect(tried.body.data).toMatchObject({ matched: true, state: 'done', error: null })
  expect(tried.body.data.steps.map((it: Reply['body']) => [it.step, it.effect])).toEqual([
    ['note', 'Notes: Hello Tent'],
    ['call', `Would call POST ${address}/never. A dry run calls nobody.`],
    ['wait', 'Waits 2 days.'],
    ['done', 'Marks the conversation done.'],
  ])
  expect(tried.body.data.steps[0]).toMatchObject({
    name: 'Say hello',
    output: { body: 'Hello Tent', conversation: talk },
  })
  expect((await org.call('POST', `/v1/workflows/${id}/dry-runs`, { event: past.data[0].id })).body.data.matched).toBe(
    false,
  )
  expect(await counts()).toEqual(before)
  expect(received).toEqual([])
  expect((await org.call('GET', `/v1/conversations/${talk}`)).body.data.attributes.status).toBe('open')
})

async function counts() {
  const { rows } = await desk.owner.query(
    `select (select count(*) from notes where org_id = $1) notes, (select count(*) from events where org_id = $1) events,
       (select count(*) from workflow_runs where org_id = $1) runs, (select count(*) from users where org_id = $1) users, (select count(*) from audit_logs where org_id = $1) audits`,
    [org.id],
  )
  return rows[0]
}

/** A document as the platform has them, with what is this desk's own filled in. */
function fixture(name: string, own: Record<string, string>): object {
  const text = readFileSync(new URL(`fixtures/${name}.json`, import.meta.url), 'utf8')
  return JSON.parse(
    Object.entries(own).reduce((filled, [mark, value]) => filled.replaceAll(mark, value), text),
  ) as object
}

test('a document of the platform that a form starts: found or made, branched, matched, filed', async () => {
  await make('/v1/klasses', { name: 'order' })
  const hook = await make('/v1/hooks/form', { title: 'Orders' })
  const { id } = await make('/v1/workflows', fixture('order-form', { HOOK: hook.id }))
  const url = hook.attributes.url as string
  await post(url, { email: 'ana@example.com', first: 'Ana', last: 'Berg', number: 'No. 1042', total: '140.50' })
  const [first] = await ended(id, 1)
  expect(first.steps.map((it: Reply['body']) => [it.step, it.status])).toEqual([
    ['k3Xb_a91', 'failed'],
    ['mK9-zzT2', 'done'],
    ['k3Xb_a91', 'done'],
    ['Br4nch_01', 'done'],
    ['rGx_55aa', 'done'],
    ['c_updTag', 'done'],
    ['o_RD3r-1', 'done'],
  ])
  await post(url, { email: 'ana@example.com', number: 'No. 1043', total: '20' })
  await post(url, { number: 'No. 1044' })
  await ended(id, 3)
  const ana = (await org.call('GET', '/v1/customers/email=ana@example.com')).body.data
  expect(ana.attributes).toMatchObject({
    name: 'Ana Berg',
    custom: { lastLargeOrderStr: '1042', lastLargeOrderNum: 140.5 },
  })
  const orders = (await org.call('GET', '/v1/klasses/order')).body.data
  expect(orders.map((it: Reply['body']) => it.attributes.title).toSorted()).toEqual([
    'Order No. 1042',
    'Order No. 1043',
    'Order without an address',
  ])
})

test('a document of the platform that calls itself for page after page ends with the last one', async () => {
  await make('/v1/klasses', { name: 'order' })
  const ids: string[] = []
  for (let n = 1; n <= 4; n++) {
    ids.push((await make('/v1/klasses/order', { title: `Order ${n}`, externalId: `p-${n}` })).id)
  }
  answers = ids.map((id, index) => ({
    status: 200,
    body: JSON.stringify({ id, state: 'sent', ...(index < 3 ? { next: index + 2 } : {}) }),
  }))
  const { id } = await make('/v1/workflows', {
    ...fixture('bulk-pages', { ADDRESS: address, TOKEN: 'token', SELF: 'self' }),
    enabled: false,
  })
  await make(`/v1/workflows/${id}/variables`, { name: 'token', type: 'secret', value: 'a-secret' })
  const own = fixture('bulk-pages', { ADDRESS: address, TOKEN: 'token', SELF: id })
  expect((await org.call('PUT', `/v1/workflows/${id}`, own)).status).toBe(200)
  expect((await org.call('POST', `/v1/workflows/${id}/calls`, { inputs: { page: 1 } })).status).toBe(202)
  const runs = await ended(id, 4)
  expect(runs.map((it) => it.state)).toEqual(['done', 'done', 'done', 'done'])
  expect(received.map((it) => it.url)).toEqual([1, 2, 3, 4].map((n) => `/objects?page=${n}`))
  expect(received[0]?.headers['authorization']).toBe('Bearer a-secret')
  const orders = (await org.call('GET', '/v1/klasses/order')).body.data
  expect(orders.map((it: Reply['body']) => it.attributes.custom.stateStr)).toEqual(['sent', 'sent', 'sent', 'sent'])
})

test('drafts, versions, roll back, and switching off', async () => {
  const document = (body: string) => ({
    name: 'Greeting',
    trigger: { eventName: 'kustomer.conversation.create', transitions: [{ target: 'note' }] },
    steps: [{ id: 'note', action: 'kustomer.note.create', params: { conversation: '/#steps.1.id', body } }],
  })
  const { id, attributes } = await make('/v1/workflows', { ...document(''), enabled: false })
  expect(attributes).toMatchObject({
    enabled: false,
    version: null,
    isChanged: true,
    problems: [{ step: 'note', field: 'params.body', message: 'Fill this in.' }],
  })
  const refused = await org.call('POST', `/v1/workflows/${id}/publications`, {})
  expect(refused).toMatchObject({
    status: 422,
    body: { errors: [{ title: 'Fill this in.', source: { pointer: '/steps/0/params/body' } }] },
  })
  const saved = await org.call('PUT', `/v1/workflows/${id}/draft`, { document: document('One'), rev: 1 })
  expect(saved.body.data.attributes).toMatchObject({ problems: [], draftRev: 2 })
  expect((await org.call('PUT', `/v1/workflows/${id}/draft`, { document: document('Other'), rev: 1 })).status).toBe(409)
  expect(
    (await org.call('POST', `/v1/workflows/${id}/publications`, { note: 'First' })).body.data.attributes,
  ).toMatchObject({ version: 1, enabled: true, isChanged: false })
  await org.call('PUT', `/v1/workflows/${id}/draft`, { document: document('Two') })
  const first = await conversation()
  await ended(id)
  await org.call('POST', `/v1/workflows/${id}/publications`, {})
  const second = await conversation()
  await ended(id, 2)
  await org.call('POST', `/v1/workflows/${id}/roll-backs`, { version: 1 })
  const third = await conversation()
  await ended(id, 3)
  const said = async (of: string) =>
    (await org.call('GET', `/v1/conversations/${of}/notes`)).body.data[0].attributes.body
  expect([await said(first), await said(second), await said(third)]).toEqual(['One', 'Two', 'One'])
  const { body: versions } = await org.call('GET', `/v1/workflows/${id}/versions`)
  expect(versions.data.map((it: Reply['body']) => [it.attributes.version, it.attributes.note])).toEqual([
    [3, 'Back to version 1'],
    [2, null],
    [1, 'First'],
  ])
  await org.call('PUT', `/v1/workflows/${id}`, { enabled: false })
  await conversation()
  await new Promise((resolve) => setTimeout(resolve, 300))
  expect(await runsOf(id)).toHaveLength(3)
  expect((await org.call('DELETE', `/v1/workflows/${id}`)).status).toBe(204)
  expect((await org.call('GET', `/v1/workflows/${id}`)).status).toBe(404)
})

test('nothing of another organisation, of the machine or inside the network is reached', async () => {
  const other = await desk.newOrg('Other')
  const theirs = (
    await other.call('POST', '/v1/customers', { name: 'Theirs', emails: [{ email: 'theirs@example.com' }] })
  ).body.data.id
  const talk = (await other.call('POST', '/v1/conversations', { customer: theirs, name: 'Secret' })).body.data.id
  const hook = await make('/v1/hooks/form', { title: 'Try' })
  const trigger = { eventName: `kustomer.hooks.form.${hook.id}.receive`, transitions: [{ target: 'a' }] }
  const tries = [
    ['kustomer.customer.find', { identifier: theirs }],
    ['kustomer.customer.find', { identifier: 'theirs@example.com' }],
    ['kustomer.customer.update', { id: theirs, name: 'Ours' }],
    ['kustomer.conversation.find', { id: talk }],
    ['kustomer.note.create', { conversation: talk, body: 'Hi' }],
    ['kustomer.conversation.create', { customer: theirs, name: 'x' }],
    ['kustomer.rest-api.json', { uri: 'https://169.254.169.254/latest/meta-data' }],
    ['kustomer.rest-api.json', { uri: 'https://10.0.0.1/' }],
    ['kustomer.rest-api.json', { uri: 'https://[::ffff:10.0.0.1]/' }],
    ['kustomer.rest-api.json', { uri: 'https://[::1]/' }],
    ['kustomer.rest-api.json', { uri: 'file:///etc/passwd' }],
    ['kustomer.rest-api.json', { uri: 'http://example.com/' }],
    ['kustomer.rest-api.json', { uri: 'https://user:pass@example.com/' }],
    ['kustomer.rest-api.json', { uri: `${address}/x`, headers: { host: 'internal' } }],
    ['kustomer.rest-api.json', { uri: `${address}/x`, headers: { 'x-a': 'a\r\nx-b: b' } }],
  ] as const
  const ids: string[] = []
  for (const [action, params] of tries) {
    ids.push(
      await workflow({
        name: `${action} ${JSON.stringify(params).slice(0, 100)}`,
        trigger,
        steps: [{ id: 'a', action, params }],
      }),
    )
  }
  await post(hook.attributes.url, { any: 'thing' })
  for (const [index, id] of ids.entries()) {
    const [run] = await ended(id)
    expect(run.state, `${JSON.stringify(tries[index])} ${JSON.stringify(run.steps)}`).toBe('failed')
    expect(JSON.stringify(run)).not.toContain('root:')
  }
  expect(received).toEqual([])
  expect((await other.call('GET', `/v1/customers/${theirs}`)).body.data.attributes.name).toBe('Theirs')
  expect((await other.call('GET', '/v1/workflows')).body.data).toEqual([])
  expect((await other.call('GET', `/v1/workflows/${ids[0]}`)).status).toBe(404)
  const [{ id: run }] = await runsOf(ids[0] ?? '')
  expect((await other.call('GET', `/v1/workflow-runs/${run}`)).status).toBe(404)
  expect((await other.call('POST', `/v1/workflow-runs/${run}/retries`, {})).status).toBe(404)
}, 60_000)

test('roles: who may not, is refused', async () => {
  const id = await workflow({
    trigger: { eventName: 'kustomer.customer.create', transitions: [{ target: 'a' }] },
    steps: [{ id: 'a', transitions: [{ target: 'a' }] }],
  })
  const agent = await org.key(['org.user'])
  const reader = await org.key(['org.permission.workflow.read'])
  for (const [method, path] of [
    ['GET', '/v1/workflows'],
    ['PUT', `/v1/workflows/${id}`],
    ['POST', `/v1/workflows/${id}/dry-runs`],
    ['GET', '/v1/workflow-runs'],
  ] as const) {
    expect((await org.call(method, path, method === 'GET' ? undefined : {}, agent)).status, path).toBe(403)
  }
  expect((await org.call('GET', `/v1/workflows/${id}`, undefined, reader)).status).toBe(200)
  expect((await org.call('PUT', `/v1/workflows/${id}`, { enabled: false }, reader)).status).toBe(403)
})
