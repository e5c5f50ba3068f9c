import { afterAll, beforeAll, expect, test } from 'vitest'

import type { Client } from '../client/index.ts'
import { newDesk } from './server.ts'
import type { DeskProcess } from './server.ts'
import { adminOf, connect, outdoorShop, trustpilotOf } from './trustpilot-world.ts'

// A desk that is killed while its provider is at work. The provider is another process, so that it lives on.

let provider: DeskProcess
let desk: DeskProcess
let api: Client
let installation: string
const trustpilot = trustpilotOf(() => provider)

beforeAll(async () => {
  provider = await newDesk()
  desk = await newDesk()
  await provider.start(['--simulators'])
  await start()
  const admin = await adminOf(desk)
  api = admin.api
  const installed = await connect(api, admin.token)
  installation = installed.id
  await trustpilot.subscribe(installed.hook)
}, 60_000)
afterAll(async () => {
  await desk[Symbol.asyncDispose]()
  await provider[Symbol.asyncDispose]()
})

const start = () => desk.start(['--simulators', provider.address])
const feedback = async () => (await api.call('GET /v1/feedback')).data
const repliesSent = async () =>
  (await trustpilot.calls()).filter((it) => it.startsWith('POST') && it.endsWith('/reply')).length

test(
  'killed between the provider’s call and our commit, a reply is out once and shows as that',
  { timeout: 120_000 },
  async () => {
    await trustpilot.write({ name: 'Mia', stars: '2', title: 'Slow', text: 'Twelve days.' })
    await expect.poll(async () => (await feedback()).length).toBe(1)
    const id = (await feedback())[0]?.id ?? ''
    await trustpilot.control('misbehave', {
      call: '^POST .*/reply$',
      status: 0,
      isAfterwards: true,
      delay: 4_000,
      times: 1,
    })
    await api.call('POST /v1/feedback/{id}/reply/publication', {
      params: { id },
      body: { body: 'Sorry, Mia.', rev: 0 },
    })
    await expect.poll(repliesSent).toBe(1)
    await desk.kill() // the provider has the reply, and its answer is still on the way
    await start()
    const state = async () => (await api.call('GET /v1/feedback/{id}/reply', { params: { id } })).data.attributes
    await expect.poll(async () => (await state()).state, { timeout: 60_000 }).toBe('published')
    expect(await state()).toMatchObject({ publishedBody: 'Sorry, Mia.' })
    expect(await repliesSent()).toBe(1)
    const [conversation] = (await api.call('GET /v1/conversations')).data
    const { data } = await api.call('GET /v1/conversations/{id}/messages', { params: { id: conversation?.id ?? '' } })
    expect(data.filter((it) => it.attributes.direction === 'out')).toHaveLength(1)
  },
)

test(
  'when the provider takes the reply and answers too late, it is asked what stands there: once out, once shown',
  { timeout: 120_000 },
  async () => {
    await trustpilot.write({ name: 'Zoe', stars: '2', title: 'Too late', text: 'A week late.' })
    const ours = async () => (await feedback()).find((it) => it.attributes.title === 'Too late')
    await expect.poll(async () => (await ours())?.id).toBeDefined()
    const id = (await ours())?.id ?? ''
    const before = await repliesSent()
    await trustpilot.control('misbehave', {
      call: '^POST .*/reply$',
      status: 0,
      isAfterwards: true,
      delay: 12_000,
      times: 1,
    })
    await api.call('POST /v1/feedback/{id}/reply/publication', {
      params: { id },
      body: { body: 'Sorry, Zoe.', rev: 0 },
    })
    const state = async () => (await api.call('GET /v1/feedback/{id}/reply', { params: { id } })).data.attributes
    await expect.poll(async () => (await state()).reason, { timeout: 30_000 }).toMatch(/No answer within 10 s/)
    await expect.poll(async () => (await state()).state, { timeout: 60_000 }).toBe('published')
    expect(await repliesSent()).toBe(before + 1)
  },
)

test('told twice and in the wrong order, a review has one conversation and its newest words', async () => {
  await trustpilot.control('webhooks', { copies: 2, isHeld: true })
  const review = await trustpilot.write({ name: 'Ben', stars: '1', title: 'Late', text: 'First words.' })
  for (const text of ['Second words.', 'Third words.']) {
    await trustpilot.submit(`/reviews/${review}/edit`, { stars: '1', title: 'Late', text })
  }
  await trustpilot.control('webhooks', { isHeld: false })
  await trustpilot.control('webhooks', { copies: 1 })
  const ours = async () => (await feedback()).filter((it) => it.attributes.title === 'Late')
  await expect.poll(async () => (await ours()).map((it) => it.attributes.text)).toEqual(['Third words.'])
  const talks = (await api.call('GET /v1/conversations')).data.filter(
    (it) => it.attributes.name?.includes('Ben') === true,
  )
  expect(talks).toHaveLength(1)
})

test('killed amid the history, it goes on where it was and takes nothing twice', { timeout: 120_000 }, async () => {
  await trustpilot.control('fill', { count: 6000 })
  const params = { id: installation }
  const settings = { businessUnitId: outdoorShop }
  await api.call('PUT /v1/apps/installations/{id}', { params, body: { settings } }) // complete now, it begins by itself
  const latest = async () => (await api.call('GET /v1/apps/installations/{id}/imports', { params })).data[0]?.attributes
  for (let kill = 1; kill <= 3; kill++) {
    await expect
      .poll(async () => (await latest())?.seen ?? 0, { timeout: 60_000, interval: 20 })
      .toBeGreaterThan(kill * 800)
    await desk.kill()
    await start()
  }
  await expect.poll(async () => (await latest())?.state, { timeout: 90_000 }).toBe('done')
  expect(await latest()).toMatchObject({ seen: 6003, added: 6000 })
})
