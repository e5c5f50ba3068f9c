import { describe, expect, test } from 'vitest'

import { simulatedMail } from '#sdk'
import { mailEffectsOf, mailFrom } from '#sdk/testing-mail'

import yotpo from './index.ts'
import { itemOf } from './item.ts'
import { Settings } from './schema.ts'
import { layouts, mailAbout, sampleReview, senders } from './simulator-mails.ts'
import type { Layout, Sender, SimulatedItem } from './simulator-mails.ts'
import { simulator } from './simulator.ts'

const settings = Settings.parse({})
const at = new Date('2026-03-01T10:00:00.000Z')
const review = sampleReview(at)
const question: SimulatedItem = {
  ...review,
  kind: 'question',
  title: undefined,
  order: undefined,
  content: 'Does it come with pegs?',
}
const everyWay = (Object.keys(layouts) as Layout[]).flatMap((layout) =>
  (Object.keys(senders) as Sender[]).map((sender) => [layout, sender] as const),
)
const raw = (item: SimulatedItem, layout: Layout, sender: Sender) =>
  mailAbout(item, layout, sender, { messageId: 'm1@yotpo.com' })
const plain = (subject: string, text: string, from = 'Yotpo <noreply@yotpo.com>') =>
  simulatedMail({ from, subject, text, at, messageId: 'm2@yotpo.com' })

describe.each(everyWay)('laid out as %s, sent as %s', (layout, sender) => {
  test.each([
    ['a review', review],
    ['a review without a title', { ...review, title: undefined }],
    ['a review of somebody with an odd name', { ...review, name: 'Ana-Sofía “Ani” O’Neil' }],
    ['a review from right to left', { ...review, name: 'דוד לוי', content: 'القماش رقيق جدا' }],
    ['a review with what looks like HTML', { ...review, content: 'I <b>hate</b> it <script>alert(1)</script>' }],
    ['a review with 10 kB', { ...review, content: 'It rained in. '.repeat(700).trim() }],
    ['one star', { ...review, rating: 1 }],
    ['five stars', { ...review, rating: 5 }],
  ])('%s is read whole', async (_, item) => {
    const read = itemOf(await mailFrom(raw(item, layout, sender)))
    expect(read).toMatchObject({
      kind: 'review',
      rating: item.rating,
      customer: { name: item.name, email: item.email },
    })
    expect(read.content).toBe(item.content)
    expect(read.title).toBe(item.title)
    expect(read.product.name).toBe(item.product)
  })

  test('a question is a message of whoever asked', async () => {
    const [effect] = await mailEffectsOf(yotpo, 'escalations', raw(question, layout, sender), settings)
    expect(effect).toMatchObject({
      kind: 'message',
      customer: { email: 'mia@example.com', name: 'Mia Berg' },
      name: 'Question about Ridge tent',
      text: 'Does it come with pegs?',
    })
  })

  test('without an address nobody’s address is taken for the shopper’s', async () => {
    const read = itemOf(await mailFrom(raw({ ...review, email: undefined }, layout, sender)))
    expect(read).toMatchObject({ kind: 'review', customer: { name: 'Mia Berg' } })
    expect(read.customer.email).toBeUndefined()
  })
})

test('the same review is the same record however it looks, and by its number when it has one', async () => {
  const keys = await Promise.all(
    everyWay
      .filter(([layout]) => layout !== 'pictures')
      .map(async ([layout, sender]) => {
        const [effect] = await mailEffectsOf(yotpo, 'escalations', raw(review, layout, sender), settings)
        return effect?.kind === 'object' ? effect.externalId : undefined
      }),
  )
  expect(new Set(keys)).toEqual(new Set(['review:100200']))
})

test('its conversations are marked done by a workflow that an admin can change', () => {
  expect(yotpo.workflows?.['mark-done']).toMatchObject({
    isOn: true,
    trigger: { eventName: 'kustomer.message.create' },
  })
})

test('Yotpo’s test mail is known, keeps nothing and says that the address works', async () => {
  const { body } = simulator.test(settings, at)
  expect(await mailEffectsOf(yotpo, 'escalations', body, settings)).toEqual([
    { kind: 'remark', text: 'This was a test mail: the address works.' },
  ])
})

test('what a mail provider asks before it forwards is shown', async () => {
  const asked = plain('Gmail Forwarding Confirmation', 'Confirmation code: 123456', 'forwarding-noreply@google.com')
  expect(await mailEffectsOf(yotpo, 'escalations', asked, settings)).toMatchObject([
    { kind: 'remark', text: expect.stringContaining('123456') },
  ])
})

test.each([
  ['a rating and nothing else', 'Escalated', 'Rating: 2/5', /a rating of 2, and neither a text nor a product/],
  ['nothing at all', 'Hello', '', /neither a rating nor a text/],
  [
    'news for merchants',
    'Your weekly summary',
    'You had 12 new orders. See them in your dashboard.',
    /neither a rating nor a text/,
  ],
])('%s is not guessed into anything', async (_, subject, text, doubt) => {
  await expect(mailEffectsOf(yotpo, 'escalations', plain(subject, text), settings)).rejects.toThrow(doubt)
})

test('a forwarded mail is read through its marks, and counts of reviews are no rating', async () => {
  const forwarded = plain(
    'Fwd: review',
    '> Name: Mia Berg\n> Email: mia@example.com\n> Product: Ridge tent\n> Rating: 3\n> Review: Fine',
    'a@shop.example',
  )
  expect(itemOf(await mailFrom(forwarded))).toMatchObject({
    kind: 'review',
    rating: 3,
    content: 'Fine',
    customer: { email: 'mia@example.com' },
  })
  expect(
    itemOf(await mailFrom(plain('Summary', 'Your product has 5 reviews, 31 of 50 answered.'))).rating,
  ).toBeUndefined()
})
