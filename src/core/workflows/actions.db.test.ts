import { readFileSync } from 'node:fs'

import { expect, test } from 'vitest'

import { post } from '../../testing/desk.ts'
import type { Reply } from '../../testing/desk.ts'
import { when, workflowWorld } from '../../testing/workflow-world.ts'

const world = workflowWorld()
const { make, workflow, runsOf, ended, customer, conversation, connected, review } = world

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
  await world.org.call('PUT', `/v1/conversations/${talk}`, { priority: 4 })
  await world.org.call('PUT', `/v1/conversations/${talk}`, { status: 'done' })
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
  const notes = await world.org.call('GET', `/v1/conversations/${talk}/notes`)
  expect(notes.body.data.map((it: Reply['body']) => it.attributes.body)).toEqual(['Closed: Tent & pegs'])
  // What a workflow does is its machine user's in the audit log.
  const audit = await world.org.call('GET', `/v1/audit-logs?filter[objectId]=${talk}`)
  expect(audit.body.data.map((it: Reply['body']) => it.attributes.client)).toContain(`workflow ${id}`)
})

test('two stars or fewer: a conversation is opened, assigned, and somebody is notified', async () => {
  const user = await make('/v1/users', { name: 'Kim', email: `kim-${world.org.id}@example.com` })
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
  const [found] = (await world.org.call('GET', '/v1/conversations')).body.data
  expect(found.attributes).toMatchObject({ status: 'open', assignedUsers: [user.id] })
  const { rows } = await world.desk.owner.query(
    'select kind, title from notifications where org_id = $1 and user_id = $2 order by id',
    [world.org.id, user.id],
  )
  expect(rows).toContainEqual({ kind: 'workflow', title: '2 stars' })
})

test('a customer gets tags beside the others, and loses some; a hundred are enough', async () => {
  const id = await workflow({
    trigger: { eventName: 'kustomer.customer.create', transitions: [{ target: 'add' }] },
    steps: [
      {
        id: 'add',
        action: 'tellback.customer.append-tags',
        params: { id: '/#steps.1.id', tags: ['new', 'vip'] },
        transitions: [{ target: 'take' }],
      },
      {
        id: 'take',
        action: 'tellback.customer.remove-tags',
        params: { id: '/#steps.1.id', tags: ['old', 'never'] },
      },
    ],
  })
  const tagsOf = async (customerId: string) =>
    (await world.org.call('GET', `/v1/customers/${customerId}`)).body.data.attributes.tags
  const ana = await make('/v1/customers', { name: 'Ana', tags: ['old', 'vip'] })
  await ended(id)
  expect(await tagsOf(ana.id)).toEqual(['vip', 'new'])
  const many = Array.from({ length: 99 }, (_, n) => `t${n}`)
  const bo = await make('/v1/customers', { name: 'Bo', tags: many })
  const [run] = await ended(id, 2)
  expect(run.error).toMatchObject({ step: 'add', message: 'A customer has 100 tags at most.' })
  expect(await tagsOf(bo.id)).toEqual(many)
  // Merging made them more: what is taken away is taken, all the same.
  const taking = await workflow({
    trigger: { eventName: 'kustomer.conversation.create', transitions: [{ target: 'take' }] },
    steps: [{ id: 'take', action: 'tellback.customer.remove-tags', params: { id: bo.id, tags: ['t0'] } }],
  })
  await world.desk.owner.query(
    `update customers set tags = tags || array(select 'm' || n from generate_series(1, 20) n) where org_id = $1 and id = $2`,
    [world.org.id, bo.id],
  )
  await make('/v1/conversations', { customer: ana.id, name: 'Tent' })
  await ended(taking)
  expect(await tagsOf(bo.id)).toHaveLength(118)
})

test.each([
  [true, 'awaiting_approval'],
  [false, 'published'],
])('a public reply of a workflow, where approval is wanted: %s', async (needApproval, state) => {
  await world.org.call('PUT', '/v1/replies/rules', { needApproval })
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
  const reply = async () => (await world.org.call('GET', `/v1/feedback/${run.objectId}/reply`)).body.data.attributes
  await expect.poll(async () => (await reply()).state).toBe(state)
  expect((await reply()).body).toBe('Thank you, Ana.')
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
    (await world.org.call('GET', `/v1/conversations/${talk}/messages`)).body.data.filter(
      (it: Reply['body']) => it.attributes.direction === 'out',
    )
  await expect.poll(async () => (await sent()).length).toBe(1)
  expect((await sent())[0].attributes).toMatchObject({
    preview: 'Thank you for your message.',
    auto: true,
    status: 'error',
    error: { code: 'no_connection' },
  })
})

test('a secret of an app’s settings goes to the other system and is shown nowhere', async () => {
  await world.org.install('acme-reviews', { key: 'settings-s3cret' })
  const id = await workflow({
    trigger: { eventName: 'kustomer.customer.create', transitions: [{ target: 'call' }] },
    steps: [
      {
        id: 'call',
        action: 'kustomer.rest-api.json',
        params: {
          uri: `${world.address}/x`,
          appSettings: { authToken: { key: 'acme-reviews.default.key' } },
          headers: { 'x-key': '/#appSettings.authToken' },
        },
      },
    ],
  })
  await customer()
  const [run] = await ended(id)
  expect(world.received[0]?.headers['x-key']).toBe('settings-s3cret')
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
  const found = await world.org.call('GET', '/v1/customers/email=ana@example.com')
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
          uri: `${world.address}/customers/{{steps.1.id}}`,
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
  expect((await world.org.call('PUT', `/v1/workflows/${id}`, { enabled: true })).status).toBe(200)
  world.answers = [{ status: 200, body: JSON.stringify({ number: 7, echo: 'you said s3cr3t-"quoted"' }) }]
  const ana = await customer('Ana')
  const [run] = await ended(id)
  expect(run.state).toBe('done')
  expect(world.received).toHaveLength(1)
  expect(world.received[0]).toMatchObject({ method: 'POST', url: `/customers/${ana}?full=true` })
  expect(world.received[0]?.headers['authorization']).toBe('Bearer s3cr3t-"quoted"')
  expect(JSON.parse(world.received[0]?.body ?? '')).toEqual({ name: 'Ana', token: 's3cr3t-"quoted"' })
  expect(world.received[0]?.headers['idempotency-key']).toMatch(/^[0-9a-f]{24}\.call\.0$/)
  const shown = JSON.stringify([
    run,
    (await world.org.call('GET', `/v1/workflows/${id}`)).body,
    (await world.org.call('GET', `/v1/workflows/${id}/variables`)).body,
  ])
  expect(shown).not.toContain('s3cr3t')
  expect(run.steps[0].input.headers).toEqual({ authorization: 'Bearer ••••••••' })
  const { rows } = await world.desk.owner.query(
    `select count(*)::int as n from workflow_run_steps where org_id = $1 and (input::text || output::text) like '%s3cr3t%'`,
    [world.org.id],
  )
  expect(rows[0]).toEqual({ n: 0 })
})

test('whatever another system answers is kept, or says why not; none of it stops the run for good', async () => {
  const id = await workflow({
    trigger: { eventName: 'kustomer.customer.create', transitions: [{ target: 'call' }] },
    steps: [{ id: 'call', action: 'kustomer.rest-api.json', params: { uri: `${world.address}/odd` } }],
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
  world.answers = odd.map((body) => ({ status: 200, body }))
  for (const [index] of odd.entries()) {
    await customer(`C${index}`)
    await ended(id, index + 1)
  }
  expect((await runsOf(id)).map((it) => it.attributes.state)).toEqual(odd.map(() => 'done'))
}, 60_000)

test('what a step wrote before it failed is undone, and the run goes on by its error case', async () => {
  await make('/v1/customers', { name: 'Ana', emails: [{ email: 'ana@example.com' }] })
  const id = await workflow({
    trigger: { eventName: 'kustomer.conversation.create', transitions: [{ target: 'create' }] },
    steps: [
      {
        id: 'create',
        action: 'kustomer.customer.create',
        params: { name: 'Ana again', emails: [{ email: 'ana@example.com' }] },
        errorCases: [{ target: 'note' }],
      },
      {
        id: 'note',
        action: 'kustomer.note.create',
        params: { conversation: '/#steps.1.id', body: '{{error.code}}' },
      },
    ],
  })
  await conversation()
  const [run] = await ended(id)
  expect(run.state).toBe('done')
  expect(run.steps.map((it: Reply['body']) => [it.step, it.status])).toEqual([
    ['create', 'failed'],
    ['note', 'done'],
  ])
  const { rows } = await world.desk.owner.query(
    `select (select count(*)::int from customers where org_id = $1 and name = 'Ana again') as customers,
       (select count(*)::int from events where org_id = $1 and name = 'kustomer.customer.create') as told,
       (select body from notes where org_id = $1) as note`,
    [world.org.id],
  )
  expect(rows).toEqual([{ customers: 0, told: 2, note: 'conflict' }])
})

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
  const ana = (await world.org.call('GET', '/v1/customers/email=ana@example.com')).body.data
  expect(ana.attributes).toMatchObject({
    name: 'Ana Berg',
    custom: { lastLargeOrderStr: '1042', lastLargeOrderNum: 140.5 },
  })
  const orders = (await world.org.call('GET', '/v1/klasses/order')).body.data
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
  world.answers = ids.map((id, index) => ({
    status: 200,
    body: JSON.stringify({ id, state: 'sent', ...(index < 3 ? { next: index + 2 } : {}) }),
  }))
  const { id } = await make('/v1/workflows', {
    ...fixture('bulk-pages', { ADDRESS: world.address, TOKEN: 'token', SELF: 'self' }),
    enabled: false,
  })
  await make(`/v1/workflows/${id}/variables`, { name: 'token', type: 'secret', value: 'a-secret' })
  const own = fixture('bulk-pages', { ADDRESS: world.address, TOKEN: 'token', SELF: id })
  expect((await world.org.call('PUT', `/v1/workflows/${id}`, own)).status).toBe(200)
  expect((await world.org.call('POST', `/v1/workflows/${id}/calls`, { inputs: { page: 1 } })).status).toBe(202)
  const runs = await ended(id, 4)
  expect(runs.map((it) => it.state)).toEqual(['done', 'done', 'done', 'done'])
  expect(world.received.map((it) => it.url)).toEqual([1, 2, 3, 4].map((n) => `/objects?page=${n}`))
  expect(world.received[0]?.headers['authorization']).toBe('Bearer a-secret')
  const orders = (await world.org.call('GET', '/v1/klasses/order')).body.data
  expect(orders.map((it: Reply['body']) => it.attributes.custom.stateStr)).toEqual(['sent', 'sent', 'sent', 'sent'])
})

/** A document as the platform has them, with what is this desk's own filled in. */
function fixture(name: string, own: Record<string, string>): object {
  const text = readFileSync(new URL(`fixtures/${name}.json`, import.meta.url), 'utf8')
  return JSON.parse(
    Object.entries(own).reduce((filled, [mark, value]) => filled.replaceAll(mark, value), text),
  ) as object
}
