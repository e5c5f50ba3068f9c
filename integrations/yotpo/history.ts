import type { Context, Effect, History } from '#sdk'

import { listReviews, missingKeys, readReview, verifiedBuyer } from './api.ts'
import { klass, reviewEffect } from './review.ts'
import { hasKeys } from './schema.ts'
import type { ListedReview, Settings } from './schema.ts'

export const history: History<Settings> = {
  problemOf: (settings) => (hasKeys(settings) ? undefined : missingKeys),
  page: async (cursor, context) => {
    const page = Number(cursor ?? 1)
    const reviews = await listReviews(context, { page })
    return {
      effects: reviews.map((review) => listedEffect(review, context)),
      next: reviews.length === 0 ? undefined : String(page + 1),
    }
  },
  one: async (externalId, fields, context) => {
    const id = numberOf(fields)
    const review = id === undefined ? undefined : await readReview(context, id)
    return review === undefined && id !== undefined
      ? { kind: 'removal', klass, externalId, at: context.receivedAt }
      : review === undefined
        ? { kind: 'remark', text: 'The mail that it came by names no number to ask Yotpo for.' }
        : listedEffect(review, context)
  },
}

/** Yotpo's number of a review, where something has said it. */
export function numberOf(fields: Readonly<Record<string, unknown>>): string | undefined {
  const { reviewStr } = fields
  return typeof reviewStr === 'string' && /^\d+$/.test(reviewStr) ? reviewStr : undefined
}

export function listedEffect(review: ListedReview, { settings, receivedAt }: Context<Settings>): Effect {
  const { id, created_at: at, updated_at: updated, name, email, sku, reviewer_type: type } = review
  const externalId = `review:${id}`
  if (review.deleted) {
    return { kind: 'removal', klass, externalId, at: updated ?? receivedAt }
  }
  const effect = reviewEffect({
    externalId,
    isProvisional: false,
    id,
    customer: { email, name },
    at,
    version: updated ?? at,
    rating: review.score,
    title: review.title,
    content: review.content,
    product: { name: undefined, url: undefined },
    sku,
    storeId: settings.storeId,
    isVerified: type === verifiedBuyer,
    isEscalated: review.escalated,
  })
  return { ...effect, trust: 'refetched' }
}
