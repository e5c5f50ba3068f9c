import { expect, test } from 'vitest'

import { post } from '../../testing/desk.ts'
import { workflowWorld } from '../../testing/workflow-world.ts'

const world = workflowWorld()
const { make, workflow, runsOf, ended, conversation } = world

test('nothing of another organisation, of the machine or inside the network is reached', async () => {
  const other = await world.desk.newOrg('Other')
  const theirs = (
    await other.call('POST', '/v1/customers', { name: 'Theirs', emails: [{ email: 'theirs@example.com' }] })
  ).body.data.id
  const talk = (await other.call('POST', '/v1/conversations', { customer: theirs, name: 'Secret' })).body.data.id
  const user = (await other.call('POST', '/v1/users', { name: 'Their user', email: `u-${other.id}@example.com` })).body
    .data.id
  const team = (await other.call('POST', '/v1/teams', { name: 'Their team' })).body.data.id
  await other.call('POST', '/v1/klasses', { name: 'order' })
  const order = (await other.call('POST', `/v1/customers/${theirs}/klasses/order`, { title: 'Their order' })).body.data
    .id
  await make('/v1/klasses', { name: 'order' })
  const ours = await conversation()
  const hook = await make('/v1/hooks/form', { title: 'Try' })
  const trigger = { eventName: `kustomer.hooks.form.${hook.id}.receive`, transitions: [{ target: 'a' }] }
  const tries = [
    ['kustomer.customer.find', { identifier: theirs }],
    ['kustomer.customer.find', { identifier: 'theirs@example.com' }],
    ['kustomer.customer.update', { id: theirs, name: 'Ours' }],
    ['tellback.customer.append-tags', { id: theirs, tags: ['ours'] }],
    ['kustomer.conversation.find', { id: talk }],
    ['kustomer.conversation.append-tags', { id: talk, tags: ['ours'] }],
    ['tellback.conversation.done', { id: talk }],
    ['tellback.message.send', { conversation: talk, body: 'Hi' }],
    ['tellback.survey.ask', { conversation: talk }],
    ['tellback.conversation.assign', { id: ours, users: [user] }],
    ['tellback.conversation.assign', { id: ours, teams: [team] }],
    ['tellback.user.notify', { users: [user], title: 'Hi' }],
    ['tellback.user.notify', { users: [], teams: [team], title: 'Hi' }],
    ['kustomer.kobject.find', { klassName: 'order', id: order }],
    ['kustomer.kobject.update', { klassName: 'order', id: order, title: 'Ours' }],
    ['kustomer.kobject.create', { klassName: 'order', customer: theirs, title: 'Ours' }],
    ['kustomer.note.create', { conversation: talk, body: 'Hi' }],
    ['kustomer.conversation.create', { customer: theirs, name: 'x' }],
    ['kustomer.rest-api.json', { uri: 'https://169.254.169.254/latest/meta-data' }],
    ['kustomer.rest-api.json', { uri: 'https://10.0.0.1/' }],
    ['kustomer.rest-api.json', { uri: 'https://[::ffff:10.0.0.1]/' }],
    ['kustomer.rest-api.json', { uri: 'https://[::1]/' }],
    ['kustomer.rest-api.json', { uri: 'file:///etc/passwd' }],
    ['kustomer.rest-api.json', { uri: 'http://example.com/' }],
    ['kustomer.rest-api.json', { uri: 'https://user:pass@example.com/' }],
    ['kustomer.rest-api.json', { uri: `${world.address}/x`, headers: { host: 'internal' } }],
    ['kustomer.rest-api.json', { uri: `${world.address}/x`, headers: { 'x-a': 'a\r\nx-b: b' } }],
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
  expect(world.received).toEqual([])
  expect((await other.call('GET', `/v1/customers/${theirs}`)).body.data.attributes.name).toBe('Theirs')
  expect((await other.call('GET', '/v1/workflows')).body.data).toEqual([])
  expect((await other.call('GET', `/v1/workflows/${ids[0]}`)).status).toBe(404)
  const [{ id: run }] = await runsOf(ids[0] ?? '')
  expect((await other.call('GET', `/v1/workflow-runs/${run}`)).status).toBe(404)
  expect((await other.call('POST', `/v1/workflow-runs/${run}/retries`, {})).status).toBe(404)
}, 60_000)
