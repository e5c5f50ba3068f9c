import { defineMailHook, ProviderError } from '#sdk'
import type { Context, Effect, Mail, MessageEffect, ObjectEffect } from '#sdk'

import { isYotpo, itemOf, keyOf } from './item.ts'
import type { MailItem } from './item.ts'
import type { Settings } from './schema.ts'

export const klass = 'yotpo-review'

/** Where Yotpo's help-desk mails come to. */
export const escalations = defineMailHook<Settings>({
  title: 'Yotpo escalations',
  description: 'Paste this address into Yotpo under Moderation > Help Desk as the Help Desk Email.',
  trustOf: (mail) => (mail.signedBy.some((domain) => isYotpo(domain)) ? 'signed' : 'secret'),
  handle: (mail, context) => [effectOf(mail, itemOf(mail), context)],
})

function effectOf(mail: Mail, item: MailItem, context: Context<Settings>): Effect {
  switch (item.kind) {
    case 'review':
      return reviewEffect(mail, item, context)
    case 'question':
      return questionEffect(mail, item, context)
    case 'test':
      return remark('This was a test mail: the address works.')
    case 'forwarding':
      return remark(`A mail provider asks whether mail may be forwarded here. It says: ${mail.text.slice(0, 1_000)}`)
    case 'unsure':
      throw new ProviderError(
        'rejected',
        `It is not clear what this mail is. ${item.doubt ?? ''} Nothing was made of it, and it is kept as it came.`,
      )
  }
}

function remark(text: string): Effect {
  return { kind: 'remark', text }
}

function reviewEffect(mail: Mail, item: MailItem, { settings, receivedAt }: Context<Settings>): ObjectEffect {
  const { customer, product, rating, title, content, orderNumber, store, id } = item
  const at = mail.date ?? receivedAt
  const stars = rating ?? 0
  const heading = title ?? (product.name === undefined ? 'Yotpo review' : `Review of ${product.name}`)
  return {
    kind: 'object',
    klass,
    externalId: keyOf(item),
    customer,
    at,
    version: at,
    title: heading,
    ...(content === undefined ? {} : { description: content }),
    fields: {
      ratingNum: stars,
      titleStr: title ?? null,
      contentTxt: content ?? null,
      productStr: product.name ?? null,
      productUrl: product.url ?? null,
      orderStr: orderNumber ?? null,
      storeStr: store ?? null,
      reviewStr: id ?? null,
    },
    feedback: {
      kind: 'review',
      metric: 'stars',
      score: stars,
      scale: { min: 1, max: 5 },
      title,
      text: content,
      product: { name: product.name, url: product.url },
      latestAttribute: 'latestYotpoRatingNum',
    },
    conversation: {
      name: `Yotpo review: ${stars} ${stars === 1 ? 'star' : 'stars'}`,
      message: [title, content].filter((part) => part !== undefined).join('\n\n') || heading,
      isDone: stars > settings.keepOpen,
    },
  }
}

function questionEffect(mail: Mail, item: MailItem, { receivedAt }: Context<Settings>): MessageEffect {
  const { customer, product, content } = item
  const key = keyOf(item)
  return {
    kind: 'message',
    // Somebody without an address is told from others by what they asked about.
    customer: customer.email === undefined ? { ...customer, profileId: key } : customer,
    externalId: mail.messageId ?? `${key}/${receivedAt.getTime()}`,
    threads: [key, ...mail.inReplyTo, ...mail.references.toReversed()],
    name: product.name === undefined ? 'Question' : `Question about ${product.name}`,
    subject: mail.subject,
    text: content ?? '',
    at: mail.date ?? receivedAt,
    files: mail.files.filter((file) => !file.isInline),
  }
}
