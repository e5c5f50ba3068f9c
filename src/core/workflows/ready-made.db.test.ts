import { beforeEach, expect, test } from 'vitest'

import { post } from '../../testing/desk.ts'
import type { Reply } from '../../testing/desk.ts'
import { workflowWorld } from '../../testing/workflow-world.ts'

const world = workflowWorld()
const { make, workflow, runsOf, ended, conversation, connected, review } = world

let kim: string

beforeEach(async () => {
  const user = await make('/v1/users', { name: 'Kim', email: `kim-${world.org.id}@example.com` })
  kim = user.id as string
})

/** Takes a template as the editor does: fills in what it leaves empty, in the steps named, and switches it on. */
async function take(id: string, params: Record<string, object> = {}, eventName?: string): Promise<string> {
  const { body } = await world.org.call('GET', '/v1/workflows/catalogue')
  const { document } = body.data.readyMade.find((it: Reply['body']) => it.id === id)
  return workflow({
    ...document,
    ...(eventName === undefined ? {} : { trigger: { ...document.trigger, eventName } }),
    steps: document.steps.map((it: Reply['body']) => ({ ...it, params: { ...it.params, ...params[it.id] } })),
  })
}

async function shown(path: string): Promise<Reply['body']> {
  const { status, body } = await world.org.call('GET', path)
  expect(status, JSON.stringify(body)).toBe(200)
  return body.data
}

/** Waits for the only run to be over, and for it to have gone well. */
async function done(id: string): Promise<Reply['body']> {
  const [run] = await ended(id)
  expect(run.state, JSON.stringify(run)).toBe('done')
  return run
}

const notified = async () =>
  (
    await world.desk.owner.query<{ title: string }>(
      `select title from notifications where org_id = $1 and user_id = $2 and kind = 'workflow'`,
      [world.org.id, kim],
    )
  ).rows.map((it) => it.title)

test('bad-review: a bad one is somebody’s at once, a good one is nobody’s', async () => {
  const id = await take('bad-review', { assign: { users: [kim] }, tell: { users: [kim] } })
  const url = await connected()
  await review(url, 'good', 3)
  await review(url, 'bad', 2)
  await done(id)
  expect((await shown('/v1/conversations')).map((it: Reply['body']) => it.attributes.assignedUsers)).toEqual([[kim]])
  expect(await notified()).toEqual(['A review with 2 stars'])
})

test('thank-promoters: the best are thanked in public', async () => {
  const id = await take('thank-promoters')
  const url = await connected()
  await review(url, 'better', 4)
  await review(url, 'best', 5)
  const { objectId } = await done(id)
  const reply = async () => (await shown(`/v1/feedback/${objectId}/reply`)).attributes
  await expect.poll(async () => (await reply()).state).toBe('published')
  expect(world.acme.provider.reviews.get('best')?.reply).toContain('Thank you very much!')
  expect(world.acme.provider.reviews.get('better')?.reply).toBeUndefined()
})

test('detractor-team: whoever would not recommend the shop is the team’s, with a tag', async () => {
  const team = (await make('/v1/teams', { name: 'Keepers', members: [kim] })).id
  const id = await take('detractor-team', { assign: { teams: [team] } })
  const url = await connected()
  const common = { stars: 1, text: 'Never again.', author: 'Ana', email: 'ana@example.com', at: '2026-11-20T10:00:00Z' }
  for (const [name, nps] of Object.entries({ passive: 7, detractor: 6 })) {
    world.acme.provider.reviews.set(name, { ...common, id: name, nps })
    await post(url, { id: name })
  }
  await done(id)
  const [talk] = await shown('/v1/conversations')
  const [tag] = (await shown('/v1/tags')).filter((it: Reply['body']) => it.attributes.name === 'detractor')
  expect(talk.attributes).toMatchObject({ assignedTeams: [team], tags: [tag.id] })
})

test('tag-unhappy: the tag comes beside those that the customer has', async () => {
  const ana = await make('/v1/customers', { name: 'Ana', emails: [{ email: 'ana@example.com' }], tags: ['vip'] })
  const id = await take('tag-unhappy')
  await review(await connected(), 'unhappy', 1)
  await done(id)
  expect((await shown(`/v1/customers/${ana.id}`)).attributes.tags).toEqual(['vip', 'unhappy'])
})

test('unanswered: a question that waits for a day is made urgent; an answer in time ends it', async () => {
  const id = await take('unanswered', { tell: { users: [kim] } })
  const [answered, forgotten] = [await conversation(), await conversation()]
  const said = { app: 'test', channel: 'email', preview: 'Hello' }
  for (const talk of [answered, forgotten]) {
    await make(`/v1/conversations/${talk}/messages`, { ...said, direction: 'in' })
  }
  const states = async () => (await runsOf(id)).map((it): string => it.attributes.state).toSorted()
  await expect.poll(states).toEqual(['waiting', 'waiting'])
  await make(`/v1/conversations/${forgotten}/messages`, { ...said, direction: 'in' })
  await make(`/v1/conversations/${answered}/messages`, { ...said, direction: 'out' })
  await expect.poll(states).toEqual(['done', 'waiting'])
  await world.desk.owner.query(
    `update workflow_runs set due_at = now() where org_id = $1 and state = 'waiting' and due_at > now() + interval '23 hours'`,
    [world.org.id],
  )
  await expect.poll(states).toEqual(['done', 'done'])
  expect(await notified()).toEqual(['A customer has waited for a day'])
  expect((await shown(`/v1/conversations/${forgotten}`)).attributes.tags).toHaveLength(1)
  expect((await shown(`/v1/conversations/${answered}`)).attributes.tags).toEqual([])
})

test('welcome: the first mail is answered at once, the next is not', async () => {
  const id = await take('welcome')
  const talk = await conversation()
  const said = { app: 'test', channel: 'email', direction: 'in', preview: 'Hello' }
  await make(`/v1/conversations/${talk}/messages`, said)
  await done(id)
  const messages = async () => shown(`/v1/conversations/${talk}/messages`)
  await expect.poll(async () => (await messages()).length).toBe(2)
  await make(`/v1/conversations/${talk}/messages`, { ...said, preview: 'Are you there?' })
  await world.org.settled()
  expect(await runsOf(id)).toHaveLength(1)
})

test('order-hook: whoever orders is made or found, and the order is on their timeline', async () => {
  await make('/v1/klasses', { name: 'order' })
  const hook = (await make('/v1/hooks/web', { title: 'Shop' })).attributes
  const id = await take('order-hook', {}, hook.eventName)
  const ordered = (number: string) =>
    world.org.call('POST', new URL(hook.url).pathname, { number, email: 'bo@example.com', name: 'Bo' })
  await ordered('A-1')
  await done(id)
  await ordered('A-2')
  const runs = await ended(id, 2)
  expect(runs.map((it) => it.steps.map((step: Reply['body']) => `${step.step} ${step.status}`))).toEqual([
    ['find done', 'order done'],
    ['find failed', 'create done', 'find done', 'order done'],
  ])
  const [bo, ...others] = await shown('/v1/customers')
  expect([bo.attributes.name, others]).toEqual(['Bo', []])
  const orders = await shown(`/v1/customers/${bo.id}/klasses/order`)
  expect(orders.map((it: Reply['body']) => it.attributes.title).toSorted()).toEqual(['Order A-1', 'Order A-2'])
})

test('call-out: another system hears what was closed', async () => {
  const id = await take('call-out', { call: { uri: `${world.address}/closed` } })
  const talk = await conversation()
  await world.org.call('PUT', `/v1/conversations/${talk}`, { priority: 5 })
  await world.org.call('PUT', `/v1/conversations/${talk}`, { status: 'done' })
  await done(id)
  expect(world.received.map((it) => [it.method, it.url])).toEqual([['POST', '/closed']])
  expect(JSON.parse(world.received[0]?.body ?? '')).toMatchObject({ conversation: talk, tags: [] })
})

test('survey-vip: customers are asked about what was important alone', async () => {
  await world.org.install('acme-surveys', { key: 'k', delay: 0 })
  await world.org.call('PUT', '/v1/survey-policy', { policy: { closedBy: ['agent', 'automatic'] } })
  const [brought] = (await shown('/v1/workflows')).filter((it: Reply['body']) => it.attributes.app !== null)
  await world.org.call('PUT', `/v1/workflows/${brought.id}`, { enabled: false })
  const id = await take('survey-vip')
  const ana = await make('/v1/customers', { name: 'Ana', emails: [{ email: 'ana@example.com' }] })
  const [usual, important] = await Promise.all(
    [3, 5].map(async (priority) => (await make('/v1/conversations', { customer: ana.id, name: 'Tent', priority })).id),
  )
  await world.org.call('PUT', `/v1/conversations/${usual}`, { status: 'done' })
  await world.org.call('PUT', `/v1/conversations/${important}`, { status: 'done' })
  await done(id)
  const stateOf = async (talk: string) =>
    (await shown(`/v1/survey-requests?conversation=${talk}`)).map((it: Reply['body']) => it.attributes.state)
  await expect.poll(() => stateOf(important)).toEqual(['requested'])
  await expect.poll(() => stateOf(usual)).toEqual(['skipped'])
})

test('monday: somebody is reminded when the time has come', async () => {
  const id = await take('monday', { tell: { users: [kim] } })
  const { nextAt } = (await shown(`/v1/workflows/${id}`)).attributes
  expect(new Date(nextAt).getUTCDay()).toBe(1)
  await world.desk.owner.query(`update workflows set next_at = now() - interval '1 minute' where id = $1`, [id])
  await done(id)
  expect(await notified()).toEqual(['Look at last week’s reviews'])
})

test('every template has a test here', async () => {
  const { body } = await world.org.call('GET', '/v1/workflows/catalogue')
  expect(body.data.readyMade.map((it: Reply['body']) => it.id)).toEqual([
    'bad-review',
    'thank-promoters',
    'detractor-team',
    'tag-unhappy',
    'unanswered',
    'welcome',
    'order-hook',
    'call-out',
    'survey-vip',
    'monday',
  ])
})
