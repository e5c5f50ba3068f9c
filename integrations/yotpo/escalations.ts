import { defineMailHook, ProviderError } from '#sdk'
import type { Context, Effect, Mail, MessageEffect } from '#sdk'

import { isYotpo, itemOf, keyOf } from './item.ts'
import type { MailItem } from './item.ts'
import { lessons } from './lessons.ts'
import { reviewEffect } from './review.ts'
import type { Settings } from './schema.ts'

/** Where Yotpo's help-desk mails come to. */
export const escalations = defineMailHook<Settings>({
  title: 'Yotpo escalations',
  description: 'Paste this address into Yotpo under Moderation > Help Desk as the Help Desk Email.',
  trustOf: (mail) => (mail.signedBy.some((domain) => isYotpo(domain)) ? 'signed' : 'secret'),
  lessons,
  handle: (mail, context) => [effectOf(mail, itemOf(mail, context.taught), context)],
  replyFrom: ({ answersFrom }) => (answersFrom === '' ? undefined : answersFrom),
})

function effectOf(mail: Mail, item: MailItem, context: Context<Settings>): Effect {
  switch (item.kind) {
    case 'review':
      return escalatedReview(mail, item, context)
    case 'question':
      return questionEffect(mail, item, context)
    case 'test':
      return remark('This was a test mail: the address works.')
    case 'forwarding':
      return remark(`A mail provider asks whether mail may be forwarded here. It says: ${mail.text.slice(0, 1_000)}`)
    case 'ignored':
      return remark('Mails like this are left here, as an admin said.')
    case 'unsure':
      throw new ProviderError(
        'rejected',
        `It is not clear what this mail is. ${item.doubt ?? ''} Nothing was made of it, and it is kept as it came. Say what it is, and the next of its kind is known.`,
      )
  }
}

function remark(text: string): Effect {
  return { kind: 'remark', text }
}

function escalatedReview(mail: Mail, item: MailItem, { receivedAt }: Context<Settings>): Effect {
  const { customer, product, rating, title, content, orderNumber, store, id } = item
  const at = mail.date ?? receivedAt
  return reviewEffect({
    externalId: keyOf(item),
    isProvisional: id === undefined,
    id,
    customer: { ...customer, orderNumber },
    at,
    version: at,
    rating: rating ?? 0,
    title,
    content,
    product,
    store,
    isEscalated: true,
  })
}

function questionEffect(mail: Mail, item: MailItem, { receivedAt }: Context<Settings>): MessageEffect {
  const { customer, product, content } = item
  const key = keyOf(item)
  return {
    kind: 'message',
    // Somebody without an address is told from others by what they asked about.
    customer: customer.email === undefined ? { ...customer, profileId: key } : customer,
    externalId: mail.messageId ?? `${key}/${receivedAt.getTime()}`,
    threads: [...(item.id === undefined ? [] : [key]), ...mail.inReplyTo, ...mail.references.toReversed()],
    // Who asked about what: the same shopper may ask about the same product another year.
    ...(item.id === undefined ? { recentThreads: [key] } : {}),
    name: product.name === undefined ? 'Question' : `Question about ${product.name}`,
    subject: mail.subject,
    text: content ?? '',
    at: mail.date ?? receivedAt,
    files: mail.files.filter((file) => !file.isInline),
  }
}
