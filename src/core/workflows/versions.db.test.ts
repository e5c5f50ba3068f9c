import { expect, test } from 'vitest'

import type { Reply } from '../../testing/desk.ts'
import { when, workflowWorld } from '../../testing/workflow-world.ts'

const world = workflowWorld()
const { make, workflow, runsOf, ended, conversation } = world

test('a dry run shows the path and every effect and writes nothing', async () => {
  const { id } = await make('/v1/workflows', {
    name: 'Draft',
    trigger: {
      eventName: 'kustomer.conversation.create',
      transitions: [{ target: 'note', condition: when('steps.1.name', 'contains', 'tent'), meta: { name: 'A tent' } }],
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
        params: { uri: `${world.address}/never`, method: 'POST' },
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
  const { body: past } = await world.org.call('GET', `/v1/workflows/${id}/past-events`)
  expect(past.data.map((it: Reply['body']) => [it.attributes.summary, it.attributes.customerName])).toEqual([
    ['Boots', 'Ana'],
    ['Tent', 'Ana'],
  ])
  const before = await counts()
  const tried = await world.org.call('POST', `/v1/workflows/${id}/dry-runs`, { event: past.data[1].id })
  expect(tried.status, JSON.stringify(tried.body)).toBe(200)
  expect(tried.body.data).toMatchObject({ matched: true, state: 'done', error: null })
  expect(tried.body.data.steps.map((it: Reply['body']) => [it.step, it.effect])).toEqual([
    ['note', 'Notes: Hello Tent'],
    ['call', `Would call POST ${world.address}/never. A dry run calls nobody.`],
    ['wait', 'Waits 2 days.'],
    ['done', 'Marks the conversation done.'],
  ])
  expect(tried.body.data.steps[0]).toMatchObject({
    name: 'Say hello',
    output: { body: 'Hello Tent', conversation: talk },
  })
  const other = await world.org.call('POST', `/v1/workflows/${id}/dry-runs`, { event: past.data[0].id })
  expect(other.body.data).toMatchObject({
    matched: false,
    steps: [],
    unmet: [{ branch: 'A tent', op: 'contains', looksAt: 'steps.1.name', found: 'Boots', wanted: 'tent' }],
  })
  expect(await counts()).toEqual(before)
  expect(world.received).toEqual([])
  expect((await world.org.call('GET', `/v1/conversations/${talk}`)).body.data.attributes.status).toBe('open')
})

test('what a dry run says calls people, teams, tags and workflows by their names', async () => {
  const kim = await make('/v1/users', { name: 'Kim', email: `kim-${world.org.id}@example.com` })
  const keepers = await make('/v1/teams', { name: 'Keepers' })
  const vip = await make('/v1/tags', { name: 'vip' })
  const { id } = await make('/v1/workflows', {
    name: 'Draft',
    trigger: { eventName: 'kustomer.conversation.create', transitions: [{ target: 'assign' }] },
    steps: [
      {
        id: 'assign',
        action: 'tellback.conversation.assign',
        params: { id: '/#steps.1.id', users: [kim.id], teams: [keepers.id] },
        transitions: [{ target: 'tag' }],
      },
      {
        id: 'tag',
        action: 'kustomer.conversation.append-tags',
        params: { id: '/#steps.1.id', tags: [vip.id] },
      },
    ],
  })
  await conversation()
  const [event] = (await world.org.call('GET', `/v1/workflows/${id}/past-events`)).body.data
  const tried = await world.org.call('POST', `/v1/workflows/${id}/dry-runs`, { event: event.id })
  expect(tried.body.data.steps.map((it: Reply['body']) => it.effect)).toEqual([
    'Assigns the conversation to Kim, Keepers.',
    'Adds vip.',
  ])
})

async function counts() {
  const { rows } = await world.desk.owner.query(
    `select (select count(*) from notes where org_id = $1) notes, (select count(*) from events where org_id = $1) events,
       (select count(*) from workflow_runs where org_id = $1) runs, (select count(*) from users where org_id = $1) users, (select count(*) from audit_logs where org_id = $1) audits`,
    [world.org.id],
  )
  return rows[0]
}

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
  const refused = await world.org.call('POST', `/v1/workflows/${id}/publications`, {})
  expect(refused).toMatchObject({
    status: 422,
    body: { errors: [{ title: 'Fill this in.', source: { pointer: '/steps/0/params/body' } }] },
  })
  const saved = await world.org.call('PUT', `/v1/workflows/${id}/draft`, { document: document('One'), rev: 1 })
  expect(saved.body.data.attributes).toMatchObject({ problems: [], draftRev: 2 })
  expect(
    (await world.org.call('PUT', `/v1/workflows/${id}/draft`, { document: document('Other'), rev: 1 })).status,
  ).toBe(409)
  expect(
    (await world.org.call('POST', `/v1/workflows/${id}/publications`, { note: 'First' })).body.data.attributes,
  ).toMatchObject({ version: 1, enabled: true, isChanged: false })
  await world.org.call('PUT', `/v1/workflows/${id}/draft`, { document: document('Two') })
  const first = await conversation()
  await ended(id)
  await world.org.call('POST', `/v1/workflows/${id}/publications`, {})
  const second = await conversation()
  await ended(id, 2)
  await world.org.call('POST', `/v1/workflows/${id}/roll-backs`, { version: 1 })
  const third = await conversation()
  await ended(id, 3)
  const said = async (of: string) =>
    (await world.org.call('GET', `/v1/conversations/${of}/notes`)).body.data[0].attributes.body
  expect([await said(first), await said(second), await said(third)]).toEqual(['One', 'Two', 'One'])
  const { body: versions } = await world.org.call('GET', `/v1/workflows/${id}/versions`)
  expect(versions.data.map((it: Reply['body']) => [it.attributes.version, it.attributes.note])).toEqual([
    [3, 'Back to version 1'],
    [2, null],
    [1, 'First'],
  ])
  await world.org.call('PUT', `/v1/workflows/${id}`, { enabled: false })
  await conversation()
  await new Promise((resolve) => setTimeout(resolve, 300))
  expect(await runsOf(id)).toHaveLength(3)
  expect((await world.org.call('DELETE', `/v1/workflows/${id}`)).status).toBe(204)
  expect((await world.org.call('GET', `/v1/workflows/${id}`)).status).toBe(404)
})

test('roles: who may not, is refused', async () => {
  const id = await workflow({
    trigger: { eventName: 'kustomer.customer.create', transitions: [{ target: 'a' }] },
    steps: [{ id: 'a', transitions: [{ target: 'a' }] }],
  })
  const agent = await world.org.key(['org.user'])
  const reader = await world.org.key(['org.permission.workflow.read'])
  for (const [method, path] of [
    ['GET', '/v1/workflows'],
    ['PUT', `/v1/workflows/${id}`],
    ['POST', `/v1/workflows/${id}/dry-runs`],
    ['GET', '/v1/workflow-runs'],
  ] as const) {
    expect((await world.org.call(method, path, method === 'GET' ? undefined : {}, agent)).status, path).toBe(403)
  }
  expect((await world.org.call('GET', `/v1/workflows/${id}`, undefined, reader)).status).toBe(200)
  expect((await world.org.call('PUT', `/v1/workflows/${id}`, { enabled: false }, reader)).status).toBe(403)
})
