import { escapeHtml, mailboxOf, simulatedMail } from '#sdk'

/** What a simulated mail is about: a shopper's review or question in some store. */
export interface SimulatedItem {
  kind: 'review' | 'question'
  store: string
  name: string
  email: string | undefined
  product: string
  productUrl: string
  rating: number
  title: string | undefined
  content: string
  order: string | undefined
  id: string | undefined
  at: Date
}

/** A review as tests vary it. */
export function sampleReview(at: Date): SimulatedItem {
  return {
    kind: 'review',
    store: 'Tents and more',
    name: 'Mia Berg',
    email: 'mia@example.com',
    product: 'Ridge tent',
    productUrl: 'https://shop.example/products/ridge-tent',
    rating: 2,
    title: 'Too small',
    content: 'Two sizes smaller than the table says.',
    order: '#1234',
    id: '100200',
    at,
  }
}

/** [inferred] Nobody has published such a mail: what is simulated is many ways in which it may look (facts 1.5). */
export const layouts = {
  lines: (item: SimulatedItem) => ({
    text: pairs(item)
      .map(([label, value]) => `${label}: ${value}`)
      .join('\n'),
  }),
  paragraphs: (item: SimulatedItem) => ({
    text: pairs(item)
      .map(([label, value]) => `${label}\n${value}`)
      .join('\n\n'),
  }),
  table: (item: SimulatedItem) => ({
    html: `<table>${pairs(item)
      .map(([label, value]) => `<tr><td><b>${label}</b></td><td>${escaped(value)}</td></tr>`)
      .join('')}</table><p>Sent by Yotpo</p>`,
  }),
  stars: (item: SimulatedItem) => ({
    html: `<div><p><b>Customer:</b> ${escaped(item.name)}</p>${addressLine(item)}<p><b>Product:</b> <a href="${item.productUrl}">${escaped(item.product)}</a></p>${
      item.kind === 'review' ? `<p>${'★'.repeat(item.rating)}${'☆'.repeat(5 - item.rating)}</p>` : ''
    }${item.title === undefined ? '' : `<p><b>Title:</b> ${escaped(item.title)}</p>`}<p><b>${contentLabel(item)}:</b> ${escaped(item.content)}</p><p><a href="${ownLink(item)}">Moderate in Yotpo</a></p></div>`,
  }),
  pictures: (item: SimulatedItem) => ({
    html: `<div><p><b>Name</b>: ${escaped(item.name)}</p>${addressLine(item)}<p><b>Product</b>: ${escaped(item.product)}</p>${
      item.kind === 'review'
        ? `<p><img src="https://img.example.com/s.png" alt="${item.rating} out of 5 stars"></p>`
        : ''
    }${item.title === undefined ? '' : `<p><b>Title</b>: ${escaped(item.title)}</p>`}<p><b>${contentLabel(item)}</b>: ${escaped(item.content)}</p></div>`,
  }),
  documents: (item: SimulatedItem) => ({
    html: `<script type="application/ld+json">${JSON.stringify(documentOf(item)).replaceAll('<', '\\u003c')}</script><p>${escaped(item.name)} wrote to ${escaped(item.store)}.</p>`,
  }),
  german: (item: SimulatedItem) => ({
    text: pairs(item)
      .map(([label, value]) => `${german[label] ?? label}: ${value}`)
      .join('\n'),
  }),
} satisfies Record<string, (item: SimulatedItem) => { text: string } | { html: string }>
export type Layout = keyof typeof layouts

/** Who a mail says it is from, and where an answer goes (facts 1.3). */
export const senders = {
  shopperAnswers: ({ name, email }: SimulatedItem) => ({
    from: 'Yotpo <noreply@yotpo.com>',
    replyTo: email === undefined ? undefined : mailboxOf(name, email),
  }),
  yotpoAnswers: ({ id }: SimulatedItem) => ({
    from: 'Yotpo <reviews@yotpo.com>',
    replyTo: `Yotpo <item-${id ?? 'x'}@reply.yotpo.com>`,
  }),
  nobodyAnswers: () => ({ from: 'noreply@yotpo.com', replyTo: undefined }),
  shopperByYotpo: ({ name, email }: SimulatedItem) => ({ from: mailboxOf(name, 'reviews@yotpo.com'), replyTo: email }),
} satisfies Record<string, (item: SimulatedItem) => { from: string; replyTo: string | undefined }>
export type Sender = keyof typeof senders

const german: Record<string, string> = {
  Name: 'Kunde',
  Product: 'Produkt',
  Rating: 'Bewertung',
  Title: 'Titel',
  Review: 'Rezension',
  Question: 'Frage',
  Order: 'Bestellnummer',
}

function contentLabel({ kind }: SimulatedItem): string {
  return kind === 'review' ? 'Review' : 'Question'
}

function pairs(item: SimulatedItem): [label: string, value: string][] {
  const { name, email, product, rating, title, content, order, id, kind } = item
  return [
    ['Name', name],
    ...(email === undefined ? [] : [['Email', email] as [string, string]]),
    ['Product', product],
    ...(kind === 'review' ? [['Rating', `${rating}/5`] as [string, string]] : []),
    ...(title === undefined ? [] : [['Title', title] as [string, string]]),
    [contentLabel(item), content],
    ...(order === undefined ? [] : [['Order', order] as [string, string]]),
    ...(id === undefined ? [] : [[`${contentLabel(item)} ID`, id] as [string, string]]),
  ]
}

function addressLine({ email }: SimulatedItem): string {
  return email === undefined ? '' : `<p><b>Email:</b> <a href="mailto:${email}">${email}</a></p>`
}

function ownLink({ kind, id }: SimulatedItem): string {
  return id === undefined ? 'https://yotpo.com/go/AbCd' : `https://my.yotpo.com/${kind}s/${id}`
}

function documentOf({ kind, name, email, product, rating, title, content, id }: SimulatedItem): object {
  const author = { '@type': 'Person', name, email }
  return kind === 'review'
    ? {
        '@type': 'Review',
        identifier: id,
        author,
        headline: title,
        reviewBody: content,
        itemReviewed: { name: product },
        reviewRating: { ratingValue: rating },
      }
    : { '@type': 'Question', identifier: id, author, text: content, about: { name: product } }
}

function escaped(text: string): string {
  return escapeHtml(text).replaceAll('\n', '<br>')
}

/** The mail as a server would bring it. */
export function mailAbout(
  item: SimulatedItem,
  layout: Layout,
  sender: Sender,
  more: { inReplyTo?: string; messageId: string },
): string {
  const { from, replyTo } = senders[sender](item)
  const content: { text?: string; html?: string } = layouts[layout](item)
  const subject = item.kind === 'review' ? `New ${item.rating} star review escalated` : 'A shopper asked a question'
  return simulatedMail({ from, replyTo, subject, at: item.at, ...more, ...content })
}
