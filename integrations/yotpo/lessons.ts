import type { Lessons } from '#sdk'

import { addressPattern, itemOf, ratingOf } from './item.ts'

/** What an admin can say of a mail of Yotpo's that was not told for sure. */
export const lessons: Lessons = {
  kinds: {
    review: 'A review',
    question: 'A shopper’s question',
    ignored: 'Nothing to keep: leave such mails here',
  },
  fields: {
    rating: { title: 'Stars' },
    title: { title: 'Title' },
    content: { title: 'What they wrote', isLong: true },
    name: { title: 'Name of the shopper' },
    email: { title: 'E-mail of the shopper' },
    product: { title: 'Product' },
    order: { title: 'Order' },
    store: { title: 'Store' },
  },
  guess: (mail) => {
    const { kind, rating, title, content, customer, product, orderNumber, store } = itemOf(mail)
    const values = {
      rating: rating === undefined ? undefined : String(rating),
      title,
      content,
      name: customer.name,
      email: customer.email,
      product: product.name,
      order: orderNumber,
      store,
    }
    const known = Object.entries(values).flatMap(([name, value]): [string, string][] =>
      value === undefined ? [] : [[name, value]],
    )
    return { kind: kind === 'question' ? 'question' : 'review', values: Object.fromEntries(known) }
  },
  problemsOf: ({ kind, values }) => {
    const problems: Record<string, string> = {}
    const isGiven = (name: string) => (values[name] ?? '').trim() !== ''
    if (!Object.hasOwn(lessons.kinds, kind)) {
      problems['kind'] = 'must be one of the kinds that there are'
    }
    if (kind === 'review' && ratingOf(values['rating']) === undefined) {
      problems['rating'] = 'must say one to five stars, as the mail does'
    }
    if (kind === 'review' && !isGiven('content') && !isGiven('title')) {
      problems['content'] = 'is needed, or a title'
    }
    if (kind === 'question' && !isGiven('content')) {
      problems['content'] = 'is needed'
    }
    if (isGiven('email') && !addressPattern.test(values['email'] ?? '')) {
      problems['email'] = 'must be an e-mail address'
    }
    for (const name of Object.keys(values).filter((it) => !Object.hasOwn(lessons.fields, it))) {
      problems[name] = 'is not known'
    }
    return problems
  },
}
