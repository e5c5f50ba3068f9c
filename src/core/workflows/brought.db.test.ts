import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'

import type { BroughtWorkflow, Integration } from '../../sdk/index.ts'
import { acmeReviews } from '../../testing/acme-reviews.ts'
import { startTestDesk } from '../../testing/desk.ts'
import type { Reply, TestDesk, TestOrg } from '../../testing/desk.ts'
import { broughtWorkflows, renewInstallations } from './brought.ts'

let desk: TestDesk
let org: TestOrg
const { integration } = acmeReviews()

const brought = (body: string): Record<string, BroughtWorkflow> => ({
  greet: {
    name: 'Acme Reviews: greet',
    description: '',
    isOn: true,
    trigger: { eventName: 'kustomer.conversation.create', transitions: [{ target: 'note' }] },
    steps: [{ id: 'note', action: 'kustomer.note.create', params: { conversation: '/#steps.1.id', body } }],
  },
})

beforeAll(async () => {
  integration.workflows = brought('Hello')
  desk = await startTestDesk({ integrations: [integration] })
})
afterAll(() => desk[Symbol.asyncDispose]())
beforeEach(async () => {
  integration.workflows = brought('Hello')
  integration.version = '1.0.0'
  org = await desk.newOrg()
})

const workflows = async (): Promise<Reply['body'][]> => (await org.call('GET', '/v1/workflows')).body.data
const named = async (name: string) => (await workflows()).find((it) => it.attributes.name === name)

/** The desk starts again with a newer version of the app. */
async function renew(version: string, body: string): Promise<void> {
  const newer: Integration<unknown> = integration
  newer.version = version
  newer.workflows = brought(body)
  const { catalog, providers } = desk.desk
  await renewInstallations(desk.desk.database, { catalog, vault: providers.vault, workflows: broughtWorkflows() })
}

test('an app’s workflow arrives with it, switched on; the follow-up arrives once, as a draft that could be published', async () => {
  await org.install('acme-reviews', { key: 'k' })
  await org.install('acme-reviews', { key: 'k' }, 'Second shop')
  expect((await workflows()).map((it) => [it.attributes.name, it.attributes.enabled, it.attributes.app])).toEqual([
    ['Acme Reviews: greet', true, 'Acme Reviews'],
    ['Follow up low scores', false, null],
    ['Second shop: greet', true, 'Second shop'],
  ])
  const followUp = await named('Follow up low scores')
  expect(followUp.attributes).toMatchObject({ version: null, problems: [] })
  expect((await org.call('POST', `/v1/workflows/${followUp.id}/publications`, {})).status).toBe(200)
})

test('it stops while the app is switched off, comes back with it, and leaves with it', async () => {
  const { id } = await org.install('acme-reviews', { key: 'k' })
  await org.call('PUT', `/v1/apps/installations/${id}`, { status: 'disabled' })
  expect((await named('Acme Reviews: greet')).attributes).toMatchObject({
    enabled: false,
    systemDisabled: true,
    disabledReason: 'The app is switched off.',
  })
  await org.call('PUT', `/v1/apps/installations/${id}`, { status: 'active' })
  expect((await named('Acme Reviews: greet')).attributes).toMatchObject({ enabled: true, systemDisabled: false })
  await org.call('DELETE', `/v1/apps/installations/${id}`)
  expect((await workflows()).map((it) => it.attributes.name)).toEqual(['Follow up low scores']) // which is the organisation's
})

test('a newer version of the app replaces what nobody changed', async () => {
  await org.install('acme-reviews', { key: 'k' })
  await renew('2.0.0', 'Welcome')
  const { id, attributes } = await named('Acme Reviews: greet')
  expect(attributes).toMatchObject({
    version: 2,
    enabled: true,
    hasUpgrade: false,
    steps: [{ params: { body: 'Welcome' } }],
  })
  const { body } = await org.call('GET', `/v1/workflows/${id}/versions`)
  expect(body.data[0].attributes.note).toBe('Brought by version 2.0.0')
})

test('what an admin changed stays, and what the app brings waits to be compared', async () => {
  await org.install('acme-reviews', { key: 'k' })
  const { id } = await named('Acme Reviews: greet')
  const { steps } = brought('Mine')['greet'] ?? {}
  await org.call('PUT', `/v1/workflows/${id}`, { steps })
  await renew('2.0.0', 'Welcome')
  const kept = (await named('Acme Reviews: greet')).attributes
  expect(kept).toMatchObject({ version: 2, hasUpgrade: true, steps: [{ params: { body: 'Mine' } }] })
  const upgrade = (await org.call('GET', `/v1/workflows/${id}/upgrade`)).body.data
  expect(upgrade).toMatchObject({ appVersion: '2.0.0', document: { steps: [{ params: { body: 'Welcome' } }] } })
  // Kept: it is not asked about again. Taken: it is the draft, and nothing runs before it is published.
  await org.call('POST', `/v1/workflows/${id}/upgrade`, { take: false })
  expect((await named('Acme Reviews: greet')).attributes.hasUpgrade).toBe(false)
  await renew('3.0.0', 'Good day')
  const taken = (await org.call('POST', `/v1/workflows/${id}/upgrade`, { take: true })).body.data.attributes
  expect(taken).toMatchObject({ isChanged: true, hasUpgrade: false, steps: [{ params: { body: 'Mine' } }] })
  const draft = (await org.call('GET', `/v1/workflows/${id}/draft`)).body.data.document
  expect(draft.steps[0].params.body).toBe('Good day')
})

test('what an admin removed does not come back', async () => {
  await org.install('acme-reviews', { key: 'k' })
  const { id } = await named('Acme Reviews: greet')
  await org.call('DELETE', `/v1/workflows/${id}`)
  await renew('2.0.0', 'Welcome')
  expect(await named('Acme Reviews: greet')).toBeUndefined()
})

test('an app of others brings workflows that call each other by their ids in its definition', async () => {
  const note = {
    id: 'note',
    action: 'kustomer.note.create',
    params: { conversation: '/#steps.1.conversation', body: 'Closed.' },
  }
  const later = {
    id: 'later',
    action: 'kustomer.app.scheduler.schedule-workflow',
    params: { runAt: { value: 0, type: 'relative' }, workflowId: 'tell', inputs: { conversation: '/#steps.1.id' } },
  }
  const isDone = { op: 'eq', values: ['/#steps.1.changes.attributes.status.after', 'done'] }
  const definition = {
    app: 'pairs',
    version: '1.0.0',
    title: 'Pairs',
    workflows: [
      {
        id: 'close',
        name: 'After a close',
        trigger: { eventName: 'kustomer.conversation.update', transitions: [{ target: 'later', condition: isDone }] },
        steps: [later],
      },
      {
        id: 'tell',
        name: 'Tell',
        trigger: { eventName: 'kustomer.workflow.tell.call', callable: true, transitions: [{ target: 'note' }] },
        steps: [note],
      },
      {
        id: 'odd',
        name: 'Odd',
        trigger: { eventName: 'kustomer.note.create', transitions: [{ target: 'x' }] },
        steps: [{ id: 'x', action: 'kustomer.app.other.thing' }],
      },
    ],
  }
  expect((await org.call('POST', '/v1/apps/available', definition)).status).toBe(201)
  expect((await org.call('POST', '/v1/apps/install', { app: 'pairs' })).status).toBe(201)
  const [close, odd, tell] = [await named('After a close'), await named('Odd'), await named('Tell')]
  expect(close.attributes.steps[0].params.workflowId).toBe(tell.id)
  expect([close.attributes.enabled, tell.attributes.enabled, odd.attributes.enabled]).toEqual([true, true, false])
  expect(odd.attributes.problems[0].message).toBe('This desk has no action kustomer.app.other.thing.')
  const customer = (await org.call('POST', '/v1/customers', { name: 'Ana' })).body.data.id
  const talk = (await org.call('POST', '/v1/conversations', { customer, name: 'Tent' })).body.data.id
  await org.call('PUT', `/v1/conversations/${talk}`, { status: 'done' })
  const notes = async () =>
    (await org.call('GET', `/v1/conversations/${talk}/notes`)).body.data.map((it: Reply['body']) => it.attributes.body)
  await expect.poll(notes).toEqual(['Closed.'])
})
