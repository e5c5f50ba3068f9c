import { beforeEach, expect, test } from 'vitest'

import { workflowWorld } from '../../testing/workflow-world.ts'

const world = workflowWorld()
const { make, workflow, ended } = world

/** Of the app that asks. */
let afterClose: string

beforeEach(async () => {
  await world.org.install('acme-surveys', { key: 'k', delay: 0 })
  await change('/v1/survey-policy', { policy: { closedBy: ['agent', 'automatic'] } })
  const { body } = await world.org.call('GET', '/v1/workflows')
  afterClose = body.data.find((it: { attributes: { app: string | null } }) => it.attributes.app !== null).id
})

async function change(path: string, body: object): Promise<void> {
  const { status, body: reply } = await world.org.call('PUT', path, body)
  expect(status, JSON.stringify(reply)).toBe(200)
}

async function closed(emails: object[] = [{ email: 'ana@example.com' }]): Promise<string> {
  const person = await make('/v1/customers', { name: 'Ana', emails })
  const talk = await make('/v1/conversations', { customer: person.id, name: 'Tent' })
  await change(`/v1/conversations/${talk.id}`, { status: 'done' })
  return talk.id
}

/** States and reasons of the requests about a conversation. */
async function requests(conversation: string): Promise<[string, string | null][]> {
  const { body } = await world.org.call('GET', `/v1/survey-requests?conversation=${conversation}`)
  return body.data.map((it: { attributes: { state: string; reason: string | null } }) => [
    it.attributes.state,
    it.attributes.reason,
  ])
}

/** Another workflow asks about the conversation; returns what came of it. */
async function askedBy(conversation: string): Promise<string[]> {
  const id = await workflow({
    trigger: { eventName: 'kustomer.workflow.call', transitions: [{ target: 'ask' }] },
    steps: [{ id: 'ask', action: 'tellback.survey.ask', params: { conversation } }],
  })
  await make(`/v1/workflows/${id}/calls`, { inputs: {} })
  const [run] = await ended(id)
  return run.steps[0].output.requests.map((it: { state: string }) => it.state)
}

const offReason = 'The workflow “Acme Surveys: ask after a close” is switched off.'

test('the app’s own workflow asks after a close', async () => {
  const talk = await closed()
  await expect.poll(() => requests(talk)).toEqual([['requested', null]])
})

test('while it is off, a close says so', async () => {
  await change(`/v1/workflows/${afterClose}`, { enabled: false })
  const talk = await closed()
  await expect.poll(() => requests(talk)).toEqual([['skipped', offReason]])
})

test('what was left alone because it is off is asked when another workflow says so', async () => {
  await change(`/v1/workflows/${afterClose}`, { enabled: false })
  const talk = await closed()
  await expect.poll(() => requests(talk)).toEqual([['skipped', offReason]])
  expect(await askedBy(talk)).toEqual(['scheduled'])
  await expect.poll(() => requests(talk)).toEqual([['requested', null]])
  expect(await askedBy(talk)).toEqual(['requested'])
})

test('the rules decide about what was left alone, and their verdict stays', async () => {
  await change(`/v1/workflows/${afterClose}`, { enabled: false })
  const talk = await closed([])
  await expect.poll(() => requests(talk)).toEqual([['skipped', offReason]])
  const noAddress = [['skipped', 'The customer has no e-mail address.']]
  expect(await askedBy(talk)).toEqual(['skipped'])
  expect(await requests(talk)).toEqual(noAddress)
  expect(await askedBy(talk)).toEqual(['skipped'])
  expect(await requests(talk)).toEqual(noAddress)
})
