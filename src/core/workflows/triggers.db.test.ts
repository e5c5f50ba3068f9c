import { expect, test, vi } from 'vitest'

import { connect } from '../../testing/acme-reviews.ts'
import { post } from '../../testing/desk.ts'
import type { Reply } from '../../testing/desk.ts'
import { workflowWorld } from '../../testing/workflow-world.ts'

const world = workflowWorld()
const { make, workflow, runsOf, ended, conversation, connected, review } = world

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
    .poll(async () => (await world.org.call('GET', '/v1/feedback')).body.data.length)
    .toBe(world.acme.provider.reviews.size)
  const talk = await conversation()
  const message = { app: 'test', channel: 'email', direction: 'in', preview: 'Old' }
  await make(`/v1/conversations/${talk}/messages`, { ...message, importedAt: '2026-01-01T00:00:00Z' })
  await make(`/v1/conversations/${talk}/messages`, message)
  await ended(onMessage, 1)
  expect(await runsOf(onFeedback)).toEqual([])
})

test('every event that the editor offers starts what listens for it, once for each time', async () => {
  await make('/v1/klasses', { name: 'order' })
  const score = { eventName: 'score', displayEventName: 'A score', type: 'form' }
  await make('/v1/apps/available', { app: 'plain', version: '1.0.0', title: 'Plain', hooks: [score] })
  const plain = await make('/v1/apps/install', { app: 'plain' })
  const [form, web] = [await make('/v1/hooks/form', { title: 'F' }), await make('/v1/hooks/web', { title: 'W' })]
  const acme = await connected()
  const asking = await world.org.install('acme-surveys', { key: 'k', delay: 0 })
  await change('/v1/survey-policy', { policy: { closedBy: ['agent', 'automatic'] } })

  const { body } = await world.org.call('GET', '/v1/workflows/catalogue')
  const offered: string[] = body.data.events
    .map((it: Reply['body']) => it.name)
    // The apps' own classes raise what any other does; time has a test of its own.
    .filter((name: string) => !name.includes('.kobject.acme-') && name !== 'tellback.schedule')
  const listening = new Map<string, string>()
  for (const eventName of offered) {
    const wait = { id: 'a', action: 'tellback.wait.duration', params: { amount: 0 } }
    const trigger = { eventName, transitions: [{ target: 'a' }] }
    listening.set(eventName, await workflow({ name: eventName, trigger, steps: [wait] }))
  }

  const company = await make('/v1/companies', { name: 'Tents' })
  await change(`/v1/companies/${company.id}`, { name: 'Tents and more' })
  const customer = await make('/v1/customers', { name: 'Ana', emails: [{ email: 'ana@example.com' }] })
  await change(`/v1/customers/${customer.id}`, { name: 'Ana B.' })
  const talk = (await make('/v1/conversations', { customer: customer.id, name: 'Tent' })).id
  const said = { app: 'test', channel: 'email', direction: 'in', preview: 'Hello' }
  const message = await make(`/v1/conversations/${talk}/messages`, said)
  await change(`/v1/messages/${message.id}`, { preview: 'Hello!' })
  const note = await make('/v1/notes', { conversation: talk, body: 'Look' })
  await change(`/v1/notes/${note.id}`, { body: 'Look again' })
  const order = await make(`/v1/customers/${customer.id}/klasses/order`, { title: 'One' })
  await change(`/v1/klasses/order/${order.id}`, { title: 'Two' })
  expect((await world.org.call('DELETE', `/v1/klasses/order/${order.id}`)).status).toBe(204)
  await post(form.attributes.url, { score: 1 })
  await post(plain.attributes.hooks[0].url, { score: 1 })
  await world.org.call('POST', new URL(web.attributes.url).pathname, { score: 1 }) // a key has to come with it
  await make(`/v1/workflows/${listening.get('kustomer.workflow.call') ?? ''}/calls`, { inputs: {} })

  await review(acme, 'r', 2)
  await world.org.settled()
  const written = world.acme.provider.reviews.get('r')
  Object.assign(written ?? {}, { text: 'It still leaks.', updated: '2026-11-21T10:00:00Z' })
  await post(acme, { id: 'r', event: 'changed' })
  await world.org.settled()
  const [feedback] = (await world.org.call('GET', '/v1/feedback')).body.data
  await change(`/v1/feedback/${feedback.id}/reply`, { body: 'Sorry.', rev: 0 })

  await change(`/v1/conversations/${talk}`, { status: 'done' }) // which asks, is sent and is answered
  const ref = await vi.waitUntil(() => [...world.surveys.drafts.keys()][0], { timeout: 15_000 })
  await survey(talk, 'requested')
  await post(asking.url, { event: 'sent', ref })
  await survey(talk, 'sent') // what comes at the same time may be taken up in any order
  await post(asking.url, { event: 'answered', ref, score: 2, id: 'a' })
  await survey(talk, 'answered')
  await survey(await closed(customer.id, 'no-survey'), 'skipped')
  await change('/v1/survey-policy', { policy: { closedBy: ['agent', 'automatic'], perCustomer: { most: 0, days: 1 } } })
  world.surveys.troubles.push({ call: /drafts$/, status: 400 })
  await survey(await closed(customer.id), 'failed')

  const silent = async () => {
    const started = (await world.org.call('GET', '/v1/workflow-runs?page[size]=100')).body.data
    const heard = new Set(started.map((it: Reply['body']) => it.attributes.workflow))
    return offered.filter((name) => !heard.has(listening.get(name)))
  }
  await expect.poll(silent).toEqual([])
  await ended(listening.get('kustomer.app.plain.score') ?? '', 1)
  await ended(listening.get('kustomer.customer.create') ?? '', 1)
})

async function change(path: string, body: object): Promise<void> {
  const reply = await world.org.call('PUT', path, body)
  expect(reply.status, JSON.stringify(reply.body)).toBe(200)
}

/** A conversation that is over. */
async function closed(customer: string, ...tags: string[]): Promise<string> {
  const talk = await make('/v1/conversations', { customer, name: 'Boots', tags })
  await change(`/v1/conversations/${talk.id}`, { status: 'done' })
  return talk.id
}

/** Waits for the survey about a conversation to have come so far. */
async function survey(talk: string, state: string): Promise<void> {
  const now = async () =>
    (await world.org.call('GET', `/v1/survey-requests?conversation=${talk}`)).body.data[0]?.attributes.state
  await expect.poll(now).toBe(state)
}
