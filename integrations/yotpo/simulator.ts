import { createRandom, simulatedMail } from '#sdk'
import type { CustomerRef, Random, SimulatedRequest, Simulator } from '#sdk'

import type { Settings } from './schema.ts'
import { answerApi, emptyStore, simulatedKeys } from './simulator-api.ts'
import { layouts, mailAbout, senders } from './simulator-mails.ts'
import type { Layout, Sender, SimulatedItem } from './simulator-mails.ts'

const dayMs = 24 * 60 * 60_000
const daysBack = 60

type SimulatedReview = Pick<SimulatedItem, 'rating' | 'title' | 'content'>

const products = ['Ridge tent', 'Trail boots', 'Down sleeping bag', 'Camp stove'] as const
const reviews: readonly [SimulatedReview, ...SimulatedReview[]] = [
  { rating: 1, title: 'Broke at once', content: 'The zipper broke on the first evening. Nobody answers my mails.' },
  { rating: 2, title: 'Too small', content: 'Two sizes smaller than the table says.' },
  { rating: 3, title: undefined, content: 'It is fine for what it costs.' },
]
const questions = [
  'Does the tent come with pegs?',
  'Can the boots be resoled?',
  'Is the stove allowed on planes?',
] as const

function escalation(raw: string): SimulatedRequest {
  return { webhook: 'escalations', headers: {}, body: raw }
}

function itemOf(random: Random, person: CustomerRef, at: Date, id: string): SimulatedItem {
  const product = random.pick(products)
  const { rating, title, content } = random.pick(reviews)
  const isReview = random.next() < 0.7
  return {
    kind: isReview ? 'review' : 'question',
    store: 'Tents and more',
    name: person.name ?? 'Somebody',
    email: person.email,
    product,
    productUrl: `https://shop.example/products/${product.toLowerCase().replaceAll(' ', '-')}`,
    rating,
    title: isReview ? title : undefined,
    content: isReview ? content : random.pick(questions),
    order: isReview ? `#${random.between(1_000, 9_999)}` : undefined,
    id,
    at,
  }
}

/** What `history` speaks of: the store has it, whoever asks. */
export const store = emptyStore()

/** Yotpo's help-desk mails, in as many layouts as they may have, and the store's API. */
export const simulator: Simulator<Settings> = {
  settings: { ...simulatedKeys, answersFrom: 'hello@tents.example' },
  provider: () => ({ handle: (request) => answerApi(store, request) }),
  test: (_settings, now) =>
    escalation(
      simulatedMail({
        from: 'Yotpo <noreply@yotpo.com>',
        subject: 'Yotpo Help Desk test',
        at: now,
        messageId: `test.${now.getTime()}@yotpo.com`,
        text: 'This is a test mail from Yotpo. If you can read it, your help desk is set up.',
      }),
    ),
  history: (_settings, { seed, people, until, perPerson }) => {
    const random = createRandom(seed + 7)
    const [layout, sender] = [
      Object.keys(layouts) as [Layout, ...Layout[]],
      Object.keys(senders) as [Sender, ...Sender[]],
    ]
    return people
      .flatMap((person, at) =>
        Array.from({ length: perPerson }, (_, index) => {
          const when = new Date(until.getTime() - random.between(1, daysBack) * dayMs - random.between(0, dayMs))
          return itemOf(random, person, when, `${100_000 + at * 100 + index}`)
        }),
      )
      .toSorted((a, b) => a.at.getTime() - b.at.getTime())
      .map((item) => {
        if (item.kind === 'review' && item.id !== undefined) {
          store.reviews.set(item.id, item)
        }
        return item
      })
      .map((item) =>
        escalation(
          mailAbout(item, random.pick(layout), random.pick(sender), { messageId: `${item.kind}.${item.id}@yotpo.com` }),
        ),
      )
  },
}
