import { expect, test } from 'vitest'

import { connect } from '../../testing/acme-reviews.ts'
import { workflowWorld } from '../../testing/workflow-world.ts'

const world = workflowWorld()
const { make, workflow, runsOf, ended, conversation } = world

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
  world.acme.provider.reviews.set('old', {
    id: 'old',
    stars: 1,
    text: 'Old.',
    author: 'Bo',
    email: 'bo@example.com',
    at: '2026-01-20T10:00:00Z',
  })
  const { id: installation } = await world.org.install('acme-reviews', { key: 'k', threshold: 0 })
  await connect(world.desk.desk, world.org, installation) // which fetches the past
  await expect
    .poll(async () => (await world.org.call('GET', '/v1/feedback')).body.data.length, { timeout: 10_000 })
    .toBe(world.acme.provider.reviews.size)
  const talk = await conversation()
  const message = { app: 'test', channel: 'email', direction: 'in', preview: 'Old' }
  await make(`/v1/conversations/${talk}/messages`, { ...message, importedAt: '2026-01-01T00:00:00Z' })
  await make(`/v1/conversations/${talk}/messages`, message)
  await ended(onMessage, 1)
  expect(await runsOf(onFeedback)).toEqual([])
})
