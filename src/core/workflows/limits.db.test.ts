import { expect, test, vi } from 'vitest'

import { post } from '../../testing/desk.ts'
import { when, workflowWorld } from '../../testing/workflow-world.ts'

const world = workflowWorld()
const { make, workflow, runsOf, ended, customer, conversation } = world

// The second is what is promised; a machine that is busy with other tests may need more once.
test(
  'two workflows that trigger each other are stopped within a second, and both are named',
  { retry: 2 },
  async () => {
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
    await world.org.call('PUT', `/v1/conversations/${talk}`, { priority: 1 })
    const stopped = await vi.waitUntil(
      async () => [...(await runsOf(ping)), ...(await runsOf(pong))].find((it) => it.attributes.state === 'stopped'),
      { timeout: 10_000, interval: 10 },
    )
    const took = performance.now() - begun
    expect(stopped.attributes.error.message).toBe('Stopped: “Ping” and “Pong” start each other again and again.')
    expect(took).toBeLessThan(1_000)
    expect((await runsOf(ping)).length + (await runsOf(pong)).length).toBe(7)
    const { rows } = await world.desk.owner.query(
      `select title from notifications where org_id = $1 and kind = 'workflow_stopped'`,
      [world.org.id],
    )
    expect(rows).toEqual([{ title: 'The workflow Ping was stopped' }])
  },
)

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
