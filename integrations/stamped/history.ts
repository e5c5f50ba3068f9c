import type { Effect, History } from '#sdk'

import { listReviews, readReview } from './api.ts'
import { reviewKlass, verifiedBuyer } from './review-words.ts'
import { hasKeys } from './schema.ts'
import type { RestReview, Settings } from './schema.ts'

export const history: History<Settings> = {
  problemOf: (settings) =>
    hasKeys(settings) ? undefined : 'Enter the API keys and the store hash in the settings first.',
  page: async (cursor, context) => {
    const page = Number(cursor ?? 1)
    const { reviews, isLast, total } = await listReviews(context, page)
    return { effects: reviews.map(restReviewEffect), next: isLast ? undefined : String(page + 1), total }
  },
  one: async (externalId, _fields, context) => {
    const review = await readReview(context, externalId)
    return review === undefined
      ? { kind: 'removal', klass: reviewKlass, externalId, at: context.receivedAt }
      : restReviewEffect(review)
  },
}

/** What the REST API says of a review; what only the webhook tells, such as photos, stays as it is. */
export function restReviewEffect(review: RestReview): Effect {
  const { id, created, rating, title, body, author, email, reply, dateReplied, productId, productTitle, location } =
    review
  const isVerified = review.verifiedType === verifiedBuyer
  return {
    kind: 'object',
    klass: reviewKlass,
    externalId: id,
    customer: { email, name: author },
    at: created,
    version: dateReplied ?? created,
    title: title ?? `${rating} of 5 stars`,
    description: body,
    fields: {
      ratingNum: rating,
      titleStr: title ?? null,
      bodyTxt: body ?? null,
      authorStr: author ?? null,
      reviewAt: created.toISOString(),
      reviewKindStr: productId === undefined ? 'site' : 'product',
      verifiedBuyerBool: isVerified,
      productIdStr: productId ?? null,
      productNameStr: productTitle ?? null,
      replyTxt: reply ?? null,
      repliedAt: dateReplied?.toISOString() ?? null,
      locationStr: location ?? null,
    },
    feedback: {
      kind: 'review',
      metric: 'stars',
      score: rating,
      scale: { min: 1, max: 5 },
      title,
      text: body,
      product: productId === undefined ? undefined : { id: productId, name: productTitle },
      verified: isVerified,
      reply: reply === undefined ? undefined : { text: reply, at: dateReplied },
      latestAttribute: 'latestReviewRatingNum',
    },
    trust: 'refetched',
  }
}
