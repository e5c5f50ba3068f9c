import { afterAll, beforeAll, expect, test } from 'vitest'

import { startTestDesk } from '../../testing/desk.ts'
import type { TestDesk, TestOrg } from '../../testing/desk.ts'

let desk: TestDesk
let org: TestOrg
let ana: string
let bo: string

async function created(path: string, body: object): Promise<string> {
  const reply = await org.call('POST', path, body)
  expect(reply.status, JSON.stringify(reply.body)).toBeLessThan(300)
  return reply.body.data.id
}

async function timeline(customer: string, query = ''): Promise<string[]> {
  const { body } = await org.call('GET', `/v1/customers/${customer}/timeline${query}`)
  return body.data.map((item: { id: string }) => item.id)
}

beforeAll(async () => {
  desk = await startTestDesk({ integrations: [] })
  org = await desk.newOrg()
  ana = await created('/v1/customers', { name: 'Ana' })
  bo = await created('/v1/customers', { name: 'Bo' })
  await created('/v1/klasses', { name: 'order', displayName: 'Order' })
})
afterAll(() => desk[Symbol.asyncDispose]())

test('conversations and objects stand on one timeline by when they began, and can be asked for by kind', async () => {
  const first = await created('/v1/conversations', { customer: ana, name: 'Late', createdAt: '2026-01-01T10:00:00Z' })
  const order = await created(`/v1/customers/${ana}/klasses/order`, {
    title: 'Order 1',
    createdAt: '2026-01-02T10:00:00Z',
  })
  const second = await created('/v1/conversations', { customer: ana, name: 'Wet', createdAt: '2026-01-03T10:00:00Z' })
  expect(await timeline(ana)).toEqual([second, order, first])
  expect(await timeline(ana, '?kinds=conversation')).toEqual([second, first])
  expect(await timeline(ana, '?kinds=order')).toEqual([order])
  expect(await timeline(ana, '?kinds=order,conversation&pageSize=2')).toEqual([second, order])

  const { body } = await org.call('GET', `/v1/customers/${ana}/timeline?kinds=order,conversation&pageSize=2`)
  const rest = await org.call('GET', body.links.next)
  expect(rest.body.data.map((item: { id: string }) => item.id)).toEqual([first])
  expect(body.data[0].attributes).toMatchObject({ kind: 'conversation', klass: null, conversation: { name: 'Wet' } })
  expect(body.data[1].attributes).toMatchObject({ kind: 'kobject', klass: 'order', object: { title: 'Order 1' } })

  const counts = await org.call('GET', `/v1/customers/${ana}/timeline/counts`)
  expect(counts.body.data).toEqual([
    { kind: 'conversation', count: 2 },
    { kind: 'order', count: 1 },
  ])
})

test('a conversation leaves the timeline when it moves or is deleted, and goes with a merge and comes back with its undo', async () => {
  const talk = await created('/v1/conversations', { customer: bo, name: 'Size' })
  expect(await timeline(bo)).toEqual([talk])
  await org.call('PUT', `/v1/conversations/${talk}`, { customer: ana })
  expect(await timeline(bo)).toEqual([])
  expect(await timeline(ana)).toContain(talk)
  await org.call('PUT', `/v1/conversations/${talk}`, { customer: bo })

  const merge = await created('/v1/customers/merges', { source: bo, target: ana })
  expect(await timeline(ana)).toContain(talk)
  expect((await org.call('POST', `/v1/customers/merges/${merge}/undo`)).status).toBe(200)
  expect(await timeline(bo)).toEqual([talk])
  expect(await timeline(ana)).not.toContain(talk)

  await org.call('DELETE', `/v1/conversations/${talk}`)
  expect(await timeline(bo)).toEqual([])
})

test('a note stands on the timeline of whose conversation it is in, and leaves with it', async () => {
  const [cy, di] = [await created('/v1/customers', { name: 'Cy' }), await created('/v1/customers', { name: 'Di' })]
  const talk = await created('/v1/conversations', { customer: cy, name: 'Late' })
  const note = await created(`/v1/conversations/${talk}/notes`, { body: 'Called back.' })
  const { body } = await org.call('GET', `/v1/customers/${cy}/timeline?kinds=note`)
  expect(body.data).toMatchObject([
    {
      id: note,
      attributes: { kind: 'note', note: { body: 'Called back.' } },
      relationships: { conversation: { data: { id: talk } } },
      links: { self: `/v1/notes/${note}` },
    },
  ])
  await org.call('PUT', `/v1/conversations/${talk}`, { customer: di })
  expect(await timeline(cy)).toEqual([])
  expect(await timeline(di)).toEqual([note, talk])
  const merge = await created('/v1/customers/merges', { source: di, target: cy })
  expect(await timeline(cy)).toEqual([note, talk])
  await org.call('POST', `/v1/customers/merges/${merge}/undo`)
  expect(await timeline(cy)).toEqual([])
  expect(await timeline(di)).toEqual([note, talk])

  const second = await created(`/v1/conversations/${talk}/notes`, { body: 'Never mind.' })
  await org.call('DELETE', `/v1/notes/${second}`)
  expect(await timeline(di)).toEqual([note, talk])
  await org.call('DELETE', `/v1/conversations/${talk}`)
  expect(await timeline(di)).toEqual([])
})

test('a card is pinned and the pin taken off; a card of somebody else is not there to be pinned', async () => {
  const [newest] = await timeline(ana)
  const pinned = async () => (await org.call('GET', `/v1/customers/${ana}/timeline/pinned`)).body.data
  expect(await pinned()).toEqual([])
  expect((await org.call('PUT', `/v1/customers/${ana}/timeline/${newest}`, { pinned: true })).status).toBe(204)
  expect(await pinned()).toMatchObject([{ id: newest, attributes: { pinnedAt: expect.any(String) } }])
  expect(await timeline(ana)).toContain(newest)
  expect((await org.call('PUT', `/v1/customers/${bo}/timeline/${newest}`, { pinned: true })).status).toBe(404)
  expect((await org.call('PUT', `/v1/customers/${ana}/timeline/${newest}`, { pinned: 'yes' })).status).toBe(400)
  const stranger = await desk.newOrg()
  expect((await stranger.call('PUT', `/v1/customers/${ana}/timeline/${newest}`, { pinned: false })).status).toBe(404)
  await org.call('PUT', `/v1/customers/${ana}/timeline/${newest}`, { pinned: false })
  expect(await pinned()).toEqual([])
})
