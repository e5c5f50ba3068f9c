import { setTimeout as sleep } from 'node:timers/promises'

import { afterAll, beforeAll, expect, test } from 'vitest'

import { createClient } from '../client/index.ts'
import type { Client } from '../client/index.ts'
import { newDesk } from './server.ts'
import type { DeskProcess } from './server.ts'
import { adminOf, connect, kidsShop, outdoorShop, trustpilotOf } from './trustpilot-world.ts'
import type { Installed } from './trustpilot-world.ts'

// Trustpilot whole, by its API and ours: two business units, notes with commands, edits, duties and limits.

let desk: DeskProcess
let api: Client
let token: string
let outdoor: Installed
let kids: Installed
/** What Trustpilot calls the review by Olga. */
let olga: string
const trustpilot = trustpilotOf(() => desk)

beforeAll(async () => {
  desk = await newDesk()
  await desk.start(['--simulators'])
  ;({ api, token } = await adminOf(desk))
  outdoor = await connect(api, token, outdoorShop)
  kids = await connect(api, token, kidsShop)
  await trustpilot.subscribe(outdoor.hook, outdoorShop)
  await trustpilot.subscribe(kids.hook, kidsShop)
}, 60_000)
afterAll(() => desk[Symbol.asyncDispose]())

const feedback = async () => (await api.call('GET /v1/feedback', { query: { pageSize: 100 } })).data
const byName = async (name: string) => (await feedback()).find((it) => it.attributes.respondent.name === name)
async function idOf(name: string): Promise<string> {
  await expect.poll(async () => (await byName(name))?.id).toBeDefined()
  return (await byName(name))?.id ?? ''
}
const reply = async (id: string) => (await api.call('GET /v1/feedback/{id}/reply', { params: { id } })).data.attributes
const conversationOf = async (name: string) => (await byName(name))?.attributes.conversation ?? ''
async function note(name: string, body: string): Promise<void> {
  await api.call('POST /v1/conversations/{id}/notes', { params: { id: await conversationOf(name) }, body: { body } })
}
async function messages(name: string): Promise<string[]> {
  const { data } = await api.call('GET /v1/conversations/{id}/messages', { params: { id: await conversationOf(name) } })
  return data.map((it) => it.attributes.preview ?? '')
}
/** What waits for its time is due now. */
const hurry = (key: string) =>
  desk.sql(`update graphile_worker._private_jobs set run_at = now() where key like $1 and locked_at is null`, [key])
const latestImport = async ({ id }: Installed) =>
  (await api.call('GET /v1/apps/installations/{id}/imports', { params: { id } })).data[0]?.attributes
async function reconcile(installed: Installed) {
  await api.call('POST /v1/apps/installations/{id}/imports', {
    params: { id: installed.id },
    body: { kind: 'reconciliation' },
  })
  await expect
    .poll(
      async () => {
        await hurry('import/%')
        return (await latestImport(installed))?.state
      },
      { timeout: 30_000 },
    )
    .toBe('done')
  return latestImport(installed)
}

test('two business units are two installations, and each hears and answers only of its own', async () => {
  olga = await trustpilot.write({ name: 'Olga', stars: '2', title: 'Slow', text: 'Twelve days.', unit: outdoorShop })
  await trustpilot.write({ name: 'Kim', stars: '1', title: 'Too small', text: 'It did not fit.', unit: kidsShop })
  await idOf('Olga')
  await idOf('Kim')
  expect((await byName('Olga'))?.attributes).toMatchObject({ installation: outdoor.id, trust: 'refetched' })
  expect((await byName('Kim'))?.attributes).toMatchObject({ installation: kids.id })
  // The address of one unit tells of a review of the other: it is left to the other.
  await trustpilot.subscribe(outdoor.hook, kidsShop)
  await trustpilot.write({ name: 'Kurt', stars: '1', title: 'Torn', text: 'After a day.', unit: kidsShop })
  expect((await byName((await idOf('Kurt')) === '' ? '' : 'Kurt'))?.attributes.installation).toBe(kids.id)
  const deliveries = async () => (await api.call('GET /v1/deliveries')).data
  await expect.poll(async () => (await deliveries()).every((it) => it.attributes.status === 'applied')).toBe(true)
  expect((await feedback()).filter((it) => it.attributes.respondent.name === 'Kurt')).toHaveLength(1)
})

test('a search finds Trustpilot Reviews as a kind of its own, by Message App and by Conversation Name', async () => {
  const found = async (queryContext: string, and: Record<string, unknown>[]) => {
    const { data } = await api.call('POST /v1/customers/search', { body: { queryContext, and } })
    return data.map((it) => it.id)
  }
  const ids = async (...names: string[]) => (await Promise.all(names.map(idOf))).toSorted()
  await expect
    .poll(async () => (await found('kobject_trustpilot-review', [])).toSorted())
    .toEqual(await ids('Olga', 'Kim', 'Kurt'))
  expect(await found('conversation', [{ message_app: { equals: 'trustpilot' } }])).toHaveLength(3)
  expect(await found('conversation', [{ conversation_name: { contains: 'Trustpilot review by Kim' } }])).toEqual([
    await conversationOf('Kim'),
  ])
  const klass = (await api.call('GET /v1/klasses')).data.find((it) => it.attributes.name === 'trustpilot-review')
  expect(klass?.attributes.displayName).toBe('Trustpilot Review')
})

test('of several notes with !reply the last stands; the others stay notes', async () => {
  const id = await idOf('Olga')
  await note('Olga', 'She wrote to us in March already.')
  await note('Olga', '!reply We are sorry, Olga.')
  await expect.poll(async () => (await reply(id)).state).toBe('published')
  await note('Olga', 'We send you a new one, Olga. !reply')
  await expect.poll(async () => (await reply(id)).publishedBody).toBe('We send you a new one, Olga.')
  expect((await messages('Olga')).filter((it) => it.includes('Olga'))).toEqual(
    expect.arrayContaining(['We are sorry, Olga.', 'We send you a new one, Olga.']),
  )
})

test('a note with !findreviewer asks who it is; the answer is a message, a notice, and leads to the customer', async () => {
  const known = await api.call('POST /v1/customers', {
    body: { name: 'O. Petrova', phones: [{ phone: '+4930123456' }] },
  })
  await note('Olga', '!findreviewer')
  const enquiry = async () =>
    (await api.call('GET /v1/feedback/{id}/enquiry', { params: { id: await idOf('Olga') } })).data.attributes
  await expect.poll(async () => (await enquiry()).state).toBe('waiting')
  const next = Date.parse((await enquiry()).nextCheckAt ?? '')
  expect(next - Date.now()).toBeLessThanOrEqual(60 * 60_000)
  await trustpilot.submit(`/reviews/${olga}/answer`, {
    phone: '+4930123456',
    referenceId: '10477',
  })
  await hurry('enquiry/%')
  await expect.poll(async () => (await enquiry()).state).toBe('answered')
  expect((await messages('Olga')).join('\n')).toContain('Phone: +4930123456')
  const notices = (await api.call('GET /v1/notifications')).data.map((it) => it.attributes.kind)
  expect(notices).toContain('enquiry_answered')
  const { data } = await api.call('GET /v1/feedback/{id}/candidates', { params: { id: await idOf('Olga') } })
  expect(data[0]).toMatchObject({ id: known.data.id, attributes: { evidence: [{ kind: 'phone' }] } })
})

test('an edited product review keeps what it said, and its reply becomes outdated', async () => {
  const written = await trustpilot.writeAboutProduct({
    name: 'Noah',
    stars: '1',
    text: 'It leaks.',
    email: 'noah@example.com',
  })
  const id = await idOf('Noah')
  await note('Noah', '!reply Sorry, Noah.')
  await expect.poll(async () => (await reply(id)).state).toBe('published')
  await sleep(1_000) // times at Trustpilot have seconds
  await trustpilot.submit(`/products/${written.id}/edit`, { stars: '4', text: 'It leaks no more.' })
  await expect.poll(async () => (await reply(id)).state).toBe('outdated')
  const { data } = await api.call('GET /v1/feedback/{id}/versions', { params: { id } })
  expect(data.map((it) => it.attributes)).toMatchObject([{ score: 1, text: 'It leaks.' }])
  expect(await reply(id)).toMatchObject({
    canWithdraw: false,
    whyNotWithdraw: expect.stringContaining('cannot delete'),
  })
  expect(
    (await api.call('GET /v1/conversations')).data.filter((it) => it.attributes.name?.includes('Noah') === true),
  ).toHaveLength(1)
})

test('reconciliation fetches what no webhook told, and marks what is gone; both without a conversation or a notice', async () => {
  await trustpilot.control('webhooks', { isHeld: true })
  await trustpilot.write({ name: 'Lost', stars: '1', title: 'Lost', text: 'Nobody heard.' })
  const gone = await trustpilot.write({ name: 'Brief', stars: '4', title: 'Brief', text: 'Soon gone.' })
  expect(await reconcile(outdoor)).toMatchObject({ added: 2, removed: 0 })
  expect((await byName('Lost'))?.attributes).toMatchObject({ conversation: null, trust: 'refetched' })
  await trustpilot.submit(`/reviews/${gone}/hide`, {})
  expect(await reconcile(outdoor)).toMatchObject({ added: 0, removed: 1 })
  expect((await byName('Brief'))?.attributes.removedAt).not.toBeNull()
})

test('who deletes their account is erased here too: words, names, messages and the search', async () => {
  const id = await idOf('Noah')
  const { data: before } = await api.call('GET /v1/feedback/{id}', { params: { id } })
  expect(before.attributes.text).toBe('It leaks no more.')
  const noah = await trustpilot.writeAboutProduct({
    name: 'Noah',
    stars: '5',
    text: 'Last words.',
    email: 'noah@example.com',
  })
  await trustpilot.submit(`/consumers/${noah.consumer.id}/delete`, {})
  await reconcile(outdoor)
  const { data } = await api.call('GET /v1/feedback/{id}', { params: { id } })
  expect(data.attributes).toMatchObject({ text: null, respondent: {} })
  expect(JSON.stringify(await feedback())).not.toContain('It leaks')
  const all = await api.call('GET /v1/messages', { query: { pageSize: 100 } })
  expect(JSON.stringify(all.data)).not.toContain('It leaks')
})

test.each([true, false])('more calls than the provider allows wait and go on; it says when: %s', async (saysWhen) => {
  await trustpilot.control('webhooks', { isHeld: false })
  const name = saysWhen ? 'Rita' : 'Rob'
  await trustpilot.control('limits', { perFiveMinutes: 0, saysWhen })
  await trustpilot.write({ name, stars: '3', title: 'Late', text: 'A bit.' })
  const waiting = async () =>
    (await api.call('GET /v1/deliveries')).data.find((it) => it.attributes.status === 'retrying')?.attributes
  await expect.poll(async () => (await waiting())?.error).toMatch(/429/)
  await trustpilot.control('limits', { perFiveMinutes: 833 })
  await hurry('%')
  await idOf(name)
})

test('an access that ends amid the work is renewed unseen; one that is taken back asks the admin', async () => {
  await trustpilot.control('expire')
  await trustpilot.write({ name: 'Vera', stars: '2', title: 'Hm', text: 'So so.' })
  const id = await idOf('Vera')
  await trustpilot.control('revoke')
  await note('Vera', '!reply Sorry, Vera.')
  await expect.poll(async () => (await reply(id)).state).toBe('failed')
  const { data } = await api.call('GET /v1/apps/installations/{id}', { params: { id: outdoor.id } })
  expect(data.attributes.status).toBe('needs_reconnect')
})

test('nobody without the role publishes, by the API or by a note', async () => {
  const { data } = await api.call('POST /v1/auth/api-keys', {
    body: {
      name: 'Reader',
      roles: ['org.user.reply.read', 'org.user.kobject.read', 'org.user.note', 'org.user.conversation'],
    },
  })
  const reader = createClient({ baseUrl: desk.address, token: data.attributes.token })
  const id = await idOf('Kim')
  const params = { id }
  await expect(
    reader.call('POST /v1/feedback/{id}/reply/publication', { params, body: { body: 'Mine', rev: 0 } }),
  ).rejects.toMatchObject({ status: 403 })
  expect((await reader.call('GET /v1/feedback/{id}/reply', { params })).data.attributes.mayWrite).toBe(false)
  await reader.call('POST /v1/conversations/{id}/notes', {
    params: { id: await conversationOf('Kim') },
    body: { body: '!reply Mine' },
  })
  await expect
    .poll(async () => (await reader.call('GET /v1/notifications')).data.map((it) => it.attributes.title))
    .toContain('Your public reply was not published')
  expect((await reply(id)).state).toBe('none')
})

test('where the provider drops `state`, nothing is connected, and the page says why', async () => {
  await trustpilot.control('consent', { isStateEchoed: false })
  const { data } = await api.call('POST /v1/apps/installations/{id}/connection', { params: { id: kids.id } })
  const consent = new URL(data.url)
  consent.pathname = `${consent.pathname.replace(/\/$/, '')}/allow`
  const back = (await fetch(consent, { redirect: 'manual' })).headers.get('location') ?? ''
  expect(back).not.toContain('state=')
  const end = await fetch(back, { redirect: 'manual', headers: { authorization: `Bearer ${token}` } })
  expect(decodeURIComponent(end.headers.get('location') ?? '')).toContain('you+began+this+here')
})
