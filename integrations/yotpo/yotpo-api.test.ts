import { beforeEach, expect, test } from 'vitest'

import type { Context, ProviderCall, ProviderHttp } from '#sdk'
import { ProviderError } from '#sdk'
import { effectsOf, fixturesOf } from '#sdk/testing'
import { mailEffectsOf } from '#sdk/testing-mail'

import yotpo from './index.ts'
import { Settings } from './schema.ts'
import { answerApi, emptyStore, simulatedKeys } from './simulator-api.ts'
import type { SimulatedStore } from './simulator-api.ts'
import { mailAbout, sampleReview } from './simulator-mails.ts'
import { store as told } from './simulator.ts'

const at = new Date('2026-03-01T10:00:00.000Z')
const review = sampleReview(at)
const settings = Settings.parse(simulatedKeys)
let store: SimulatedStore
let calls: ProviderCall[]
let context: Context<Settings>

beforeEach(() => {
  store = emptyStore()
  calls = []
  store.reviews.set('100200', review)
  const http: ProviderHttp = {
    send: async (call) => {
      calls.push(call)
      const { method, host, path, query = {}, json } = call
      const given = Object.entries(query).map(([name, value]): [string, string] => [name, String(value)])
      const request = {
        method,
        host,
        path,
        headers: {},
        query: new URLSearchParams(given),
        body: JSON.stringify(json ?? null),
      }
      const { status, body } = answerApi(store, request)
      if (status >= 300) {
        throw new ProviderError(status >= 500 ? 'retry-later' : 'rejected', yotpo.reasonOf?.(status, body) ?? '', {
          status,
        })
      }
      return { status, body, headers: {} }
    },
  }
  context = { http, settings, headers: {}, receivedAt: at }
})

const payload = (data: object) => ({
  event: 'review_updated',
  data: {
    id: 100200,
    app_key: simulatedKeys.storeId,
    score: 5,
    created_at: at.toISOString(),
    content: 'Forged',
    ...data,
  },
})
const webhook = yotpo.webhooks['reviews']
const effectOf = async (data: object, given = context) => {
  const [effect] = (await webhook?.handle(webhook.payload.parse(payload(data)), given)) ?? []
  return effect
}

test('with keys a webhook’s review is what Yotpo itself says, by its number', async () => {
  const effect = await effectOf({ customer_email: 'somebody@else.example', escalated: true })
  expect(effect).toMatchObject({
    kind: 'object',
    externalId: 'review:100200',
    trust: 'refetched',
    customer: { email: 'mia@example.com', name: 'Mia Berg' },
    description: 'Two sizes smaller than the table says.',
    fields: { ratingNum: 2, reviewStr: '100200', skuStr: 'ridge-tent' },
    feedback: { score: 2, verified: true, reply: 'unknown' },
    conversation: { name: 'Yotpo review: 2 stars' },
  })
})

test('a review that Yotpo no longer has is removed; one of another store is refused', async () => {
  store.reviews.clear()
  expect(await effectOf({})).toMatchObject({ kind: 'removal', externalId: 'review:100200' })
  await expect(effectOf({ app_key: 'another' })).rejects.toThrow(/the store another/)
})

test('without keys both generations of webhooks are read, and only an escalated review opens a conversation', async () => {
  const bodies = fixturesOf(import.meta.dirname).map((it) => JSON.parse(it.body) as unknown)
  const [[first], [second]] = [
    await effectsOf(yotpo, 'reviews', bodies[0], Settings.parse({})),
    await effectsOf(yotpo, 'reviews', bodies[1], Settings.parse({})),
  ]
  expect(first).toMatchObject({
    at: new Date('2018-02-20T14:12:13Z'),
    customer: { email: 'mia@example.com' },
    fields: { ratingNum: 2 },
  })
  expect(first).not.toHaveProperty('conversation')
  expect(second).toMatchObject({
    customer: { name: 'Ben R.', orderNumber: '1042' },
    conversation: { name: expect.any(String) },
  })
})

test('a mail without a number and the API’s review have a name in common, and the mail says that its own is made up', async () => {
  const raw = mailAbout({ ...review, id: undefined }, 'table', 'nobodyAnswers', { messageId: 'm@yotpo.com' })
  const [mail] = await mailEffectsOf(yotpo, 'escalations', raw, Settings.parse({}))
  const listed = await effectOf({})
  expect([mail, listed].map((it) => (it?.kind === 'object' ? it.isProvisional : undefined))).toEqual([true, false])
  const names = [mail, listed].map((it) => (it?.kind === 'object' ? it.aliases : []))
  expect(names[0]).toEqual(names[1])
})

test('pages of the store’s reviews are read up to the first empty one', async () => {
  for (let id = 1; id <= 150; id++) {
    store.reviews.set(String(id + 1_000), { ...review, id: String(id + 1_000) })
  }
  const sizes = []
  for (let cursor: string | undefined = '1'; cursor !== undefined;) {
    const page: { effects: unknown[]; next: string | undefined } | undefined = await yotpo.history?.page(
      cursor,
      context,
    )
    sizes.push(page?.effects.length)
    cursor = page?.next
  }
  expect(sizes).toEqual([100, 51, 0])
})

test('a comment is public or private, and saying it again edits it', async () => {
  const ref = { externalId: 'x', fields: { reviewStr: '100200' }, data: {}, reply: undefined }
  const published = await yotpo.replies?.publish('We are sorry.', ref, context, { isPrivate: false })
  const reply = { text: 'We are sorry.', ref: published?.ref }
  await yotpo.replies?.publish('We called you.', { ...ref, reply }, context, { isPrivate: true })
  expect(store.comments).toEqual([
    { kind: 'review', id: '100200', content: 'We called you.', isPublic: false, number: 7_000 },
  ])
  expect(yotpo.replies?.problemOf?.({ ...ref, fields: {} }, settings)).toMatch(/names no number/)
  expect(yotpo.replies?.problemOf?.(ref, Settings.parse({}))).toMatch(/Enter the app key/)
})

test('a question is answered by its number; what is refused says so in Yotpo’s words', async () => {
  const { answers } = yotpo
  await answers?.send('Yes, twelve.', ['q@yotpo.com', 'question:300400'], context, { isPrivate: false })
  expect(store.comments).toMatchObject([{ kind: 'question', id: '300400', content: 'Yes, twelve.', isPublic: true }])
  await expect(answers?.send('refuse me', ['question:300400'], context, { isPrivate: false })).rejects.toThrow(
    'The content was refused',
  )
  expect(answers?.problemOf(['q@yotpo.com', `question:${'ab12'.repeat(10)}`], settings)).toMatch(/names no number/)
})

test('a token is used again, and one that ended is made anew once', async () => {
  const count = () => calls.filter((call) => call.path === '/oauth/token').length
  await effectOf({})
  await effectOf({})
  const before = count()
  store.tokens.clear()
  expect(await effectOf({})).toMatchObject({ kind: 'object' })
  expect(count()).toBe(before + 1)
})

test('keys that Yotpo does not know, and half a pair, are said at their fields', async () => {
  const check = (given: object) => yotpo.check?.({ ...context, settings: Settings.parse(given) })
  expect(await check(simulatedKeys)).toEqual({})
  expect(await check({})).toEqual({})
  expect(await check({ storeId: 'a' })).toEqual({ apiSecret: 'is needed too: both, or none' })
  expect(await check({ ...simulatedKeys, apiSecret: 'wrong' })).toEqual({
    apiSecret: 'is not the secret key of this store, says Yotpo',
  })
})

test('what the simulated mails speak of is in the simulated store', () => {
  const people = [{ name: 'Ana', email: 'ana@example.com' }]
  const mails = yotpo.simulator.history(settings, { seed: 3, people, until: at, perPerson: 9 })
  expect(mails).toHaveLength(9)
  expect(told.reviews.size).toBeGreaterThan(0)
})
