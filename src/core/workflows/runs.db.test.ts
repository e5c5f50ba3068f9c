import { expect, test, vi } from 'vitest'

import type { Reply } from '../../testing/desk.ts'
import { when, workflowWorld } from '../../testing/workflow-world.ts'

const world = workflowWorld()
const { workflow, runsOf, ended, customer, conversation } = world

test('a call that fails for now is tried again with the same key; one that is refused goes to its error case', async () => {
  const id = await workflow({
    trigger: { eventName: 'kustomer.customer.create', transitions: [{ target: 'call' }] },
    steps: [
      {
        id: 'call',
        action: 'kustomer.rest-api.json',
        params: { uri: `${world.address}/x`, method: 'POST' },
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
  world.answers = [
    { status: 503, body: 'busy' },
    { status: 422, body: '{"why":"short"}' },
  ]
  const ana = await customer('Ana')
  const [run] = await ended(id)
  expect(run.state).toBe('done')
  expect(world.received).toHaveLength(2)
  expect(world.received[0]?.headers['idempotency-key']).toBe(world.received[1]?.headers['idempotency-key'])
  expect(run.steps.map((it: Reply['body']) => [it.step, it.status, it.attempts])).toEqual([
    ['call', 'failed', 2],
    ['tag', 'done', 1],
  ])
  expect((await world.org.call('GET', `/v1/customers/${ana}`)).body.data.attributes.tags).toEqual(['refused-422-short'])
})

test('a run that failed goes on from where it failed, with the version that it began with', async () => {
  const parts = {
    name: 'Call',
    trigger: { eventName: 'kustomer.customer.create', transitions: [{ target: 'call' }] },
    steps: [
      {
        id: 'call',
        action: 'kustomer.rest-api.json',
        params: { uri: `${world.address}/first` },
        transitions: [{ target: 'tag' }],
      },
      { id: 'tag', action: 'kustomer.customer.update', params: { id: '/#steps.1.id', tags: ['first'] } },
    ],
  }
  const id = await workflow(parts)
  world.answers = [{ status: 400, body: '{}' }]
  const ana = await customer('Ana')
  const [run] = await ended(id)
  expect(run).toMatchObject({ state: 'failed', error: { message: 'Answered 400.', status: 400, step: 'call' } })
  const [{ id: runId }] = await runsOf(id)
  const failed = await world.org.call('GET', `/v1/workflows/${id}/processes`)
  expect(failed.body.data.map((it: Reply['body']) => it.id)).toEqual([runId])
  const changed = await world.org.call('PUT', `/v1/workflows/${id}`, {
    steps: [{ ...parts.steps[1], params: { id: '/#steps.1.id', tags: ['second'] } }],
    trigger: { ...parts.trigger, transitions: [{ target: 'tag' }] },
  })
  expect(changed.body.data.attributes).toMatchObject({ version: 2, enabled: true })
  expect((await world.org.call('POST', `/v1/workflow-runs/${runId}/retries`, {})).status).toBe(200)
  const [again] = await ended(id)
  expect(again.state).toBe('done')
  expect(world.received.map((it) => it.headers['idempotency-key'])).toEqual([`${runId}.call.0`, `${runId}.call.0`])
  expect((await world.org.call('GET', `/v1/customers/${ana}`)).body.data.attributes.tags).toEqual(['first'])
  // A step that was done is taken again when somebody asks for it.
  await world.org.call('POST', `/v1/workflow-runs/${runId}/retries`, { step: 'call' })
  await ended(id)
  expect(world.received.at(-1)?.headers['idempotency-key']).toBe(`${runId}.call.1`)
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
  await world.org.call('PUT', `/v1/conversations/${quick}`, { priority: 5 })
  await world.org.call('PUT', `/v1/conversations/${quick}`, { status: 'done' })
  const runs = await ended(id, 2)
  expect(runs.map((it) => it.state)).toEqual(['done', 'done'])
  const said = async (of: string) =>
    (await world.org.call('GET', `/v1/conversations/${of}/notes`)).body.data.map(
      (it: Reply['body']) => it.attributes.body,
    )
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
    const found = (await world.org.call('GET', `/v1/workflow-runs?workflow=${id}&state=waiting&pageSize=100`)).body.data
    return found.length === count ? found : undefined
  }
  const runs = await vi.waitUntil(() => waiting(talks.length), { timeout: 15_000 })
  await world.org.call('POST', `/v1/workflow-runs/${runs[0].id}/cancellations`)
  const canceled = (await world.org.call('GET', `/v1/workflow-runs/${runs[0].id}`)).body.data.attributes
  expect([canceled.state, canceled.steps[0].status, canceled.steps[0].error]).toEqual([
    'canceled',
    'failed',
    { message: 'Canceled.' },
  ])
  await world.org.call('POST', `/v1/workflow-runs/${runs[0].id}/retries`, { step: 'wait' })
  await vi.waitUntil(() => waiting(talks.length), { timeout: 15_000 })
  await Promise.all(talks.map((it) => world.org.call('PUT', `/v1/conversations/${it}`, { status: 'done' })))
  await vi.waitUntil(() => waiting(0), { timeout: 15_000 })
  const ends = (await world.org.call('GET', `/v1/workflow-runs?workflow=${id}&state=done&pageSize=100`)).body.data
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
  const notes = await world.org.call('GET', `/v1/conversations/${talk}/notes`)
  expect(notes.body.data[0].attributes.body).toBe('Called with hello')
  // By the API too; what cannot be called says so.
  expect(
    (await world.org.call('POST', `/v1/workflows/${callee}/calls`, { inputs: { conversation: talk, word: 'API' } }))
      .status,
  ).toBe(202)
  expect((await world.org.call('POST', `/v1/workflows/${id}/calls`, {})).body.errors[0].title).toContain(
    'cannot be called',
  )
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
  const { nextAt } = (await world.org.call('GET', `/v1/workflows/${id}`)).body.data.attributes
  expect(new Date(nextAt).getMinutes() % 5).toBe(0)
  await world.desk.owner.query(`update workflows set next_at = now() - interval '1 minute' where id = $1`, [id])
  const [run] = await ended(id)
  expect(run).toMatchObject({ state: 'done', startedBy: 'schedule' })
  const after = (await world.org.call('GET', `/v1/workflows/${id}`)).body.data.attributes
  expect(new Date(after.nextAt).getTime()).toBeGreaterThan(Date.now())
})
