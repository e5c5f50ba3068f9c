import { createHash } from 'node:crypto'

import type { CustomerRef, Fields, ObjectEffect } from '#sdk'

export const klass = 'yotpo-review'

/** A review, from whichever way it came; what is undefined was not said there, and stays as it is known. */
export interface Review {
  externalId: string
  /** The external id is made up of what the mail says, which names no number. */
  isProvisional: boolean
  /** Yotpo's number. */
  id: string | undefined
  customer: CustomerRef
  at: Date
  version: Date
  rating: number
  title: string | undefined
  content: string | undefined
  product: { name: string | undefined; url: string | undefined }
  sku?: string | undefined
  store?: string | undefined
  /** Yotpo's app key of it. */
  storeId?: string | undefined
  isVerified?: boolean
  /** Yotpo wants somebody to look at it: a conversation is opened. */
  isEscalated: boolean
}

export function reviewEffect(review: Review): ObjectEffect {
  const { externalId, isProvisional, id, customer, at, version, rating, title, content, product, sku, store } = review
  const heading = title ?? (product.name === undefined ? 'Yotpo review' : `Review of ${product.name}`)
  const fields: Fields = {
    ratingNum: rating,
    titleStr: title,
    contentTxt: content,
    productStr: product.name,
    productUrl: product.url,
    skuStr: sku,
    orderStr: customer.orderNumber,
    storeStr: store,
    storeIdStr: review.storeId,
    reviewStr: id,
  }
  return {
    kind: 'object',
    klass,
    externalId,
    aliases: [aliasOf(customer.email ?? customer.name, rating, content ?? title)],
    isProvisional,
    customer,
    at,
    version,
    title: heading,
    ...(content === undefined ? {} : { description: content }),
    fields,
    feedback: {
      kind: 'review',
      metric: 'stars',
      score: rating,
      scale: { min: 1, max: 5 },
      title,
      text: content,
      ...(product.name === undefined && product.url === undefined ? {} : { product }),
      ...(review.isVerified === undefined ? {} : { verified: review.isVerified }),
      reply: 'unknown', // neither mails nor the list of reviews say what the store commented
      latestAttribute: 'latestYotpoRatingNum',
    },
    ...(review.isEscalated
      ? {
          conversation: {
            name: `Yotpo review: ${rating} ${rating === 1 ? 'star' : 'stars'}`,
            message: [title, content].filter((part) => part !== undefined).join('\n\n') || heading,
          },
        }
      : {}),
  }
}

/** By who said what with how many stars: what a mail without a number and the API have in common (facts 1.5). */
function aliasOf(who: string | undefined, rating: number, text: string | undefined): string {
  const plain = (text ?? '').toLowerCase().replaceAll(/\s+/g, ' ').trim()
  const parts = JSON.stringify([who?.toLowerCase(), rating, plain])
  return `review~${createHash('sha256').update(parts).digest('hex').slice(0, 40)}`
}
