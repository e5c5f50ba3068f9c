import { defineWebhook, ProviderError } from '#sdk'
import type { Context, Effect } from '#sdk'

import { readReview } from './api.ts'
import { listedEffect } from './history.ts'
import { klass, reviewEffect } from './review.ts'
import { hasKeys, Payload } from './schema.ts'
import type { Settings } from './schema.ts'

/** Yotpo signs no webhook (facts 2.4): with keys the review is read back by its number, and only what Yotpo itself says is kept. */
export const reviews = defineWebhook<Settings, Payload>({
  title: 'Yotpo reviews',
  description:
    'For stores whose webhooks Yotpo has switched on: enter this address for the events review_create and review_updated.',
  payload: Payload,
  handle: async ({ data }, context) => [await effectOf(data, context)],
})

async function effectOf(data: Payload['data'], context: Context<Settings>): Promise<Effect> {
  const { settings, receivedAt } = context
  const { id, app_key: store } = data
  if (hasKeys(settings) && store !== undefined && store !== null && store !== settings.storeId) {
    throw new ProviderError(
      'rejected',
      `This review is of the store ${store}, and the settings are those of another one.`,
    )
  }
  const removal: Effect = { kind: 'removal', klass, externalId: `review:${id}`, at: receivedAt }
  if (hasKeys(settings)) {
    const review = await readReview(context, id)
    if (review === undefined) {
      return removal
    }
    const known = {
      ...review,
      escalated: review.escalated || data.escalated,
      email: review.email ?? data.customer_email,
    }
    return listedEffect(known, context)
  }
  if (data.deleted) {
    return removal
  }
  return reviewEffect({
    externalId: `review:${id}`,
    isProvisional: false,
    id,
    customer: {
      email: data.customer_email,
      name: data.reviewer_display_name,
      orderNumber: data.external_order_id,
    },
    at: data.created_at,
    version: data.updated_at ?? data.created_at,
    rating: data.score,
    title: data.title,
    content: data.content,
    product: { name: undefined, url: undefined },
    sku: data.sku,
    storeId: store ?? undefined,
    isVerified: data.verified_buyer,
    isEscalated: data.escalated,
  })
}
