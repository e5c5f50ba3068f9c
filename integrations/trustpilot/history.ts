import { ProviderError } from '#sdk'
import type { Context, Effect, History } from '#sdk'

import { listProductReviews, listServiceReviews, readProductReview, readServiceReview } from './api.ts'
import { isWanted, klass, productReviewEffect, serviceReviewEffect } from './reviews.ts'
import type { Settings } from './schema.ts'

/** First the service reviews, then the product reviews: `service/3` is the third page of the first. */
export const history: History<Settings> = {
  problemOf: ({ businessUnitId }) =>
    businessUnitId === undefined ? 'Choose the business unit in the settings first.' : undefined,
  page: async (cursor, context) => {
    const [kind = 'service', number = '1'] = (cursor ?? 'service/1').split('/')
    const page = Number(number)
    const unit = unitOf(context)
    if (kind === 'service') {
      const { reviews, isLast } = await listServiceReviews(context, unit, page)
      const wanted = reviews.filter((it) => isWanted(context.settings, it.stars))
      return {
        effects: wanted.map((it) => serviceReviewEffect(it, context.settings)),
        next: isLast ? 'product/1' : `service/${page + 1}`,
      }
    }
    const { reviews, isLast } = await listProductReviews(context, unit, page)
    const wanted = reviews.filter((it) => isWanted(context.settings, it.stars))
    return {
      effects: wanted.map((it) => productReviewEffect(it, context.settings)),
      next: isLast ? undefined : `product/${page + 1}`,
    }
  },
  one: async (externalId, fields, context): Promise<Effect> => {
    const gone: Effect = { kind: 'removal', klass, externalId, at: context.receivedAt }
    if (fields['reviewKindStr'] === 'product') {
      const review = await readProductReview(context, externalId)
      return review === undefined ? gone : productReviewEffect(review, context.settings)
    }
    const review = await readServiceReview(context, externalId)
    return review === undefined ? gone : serviceReviewEffect(review, context.settings)
  },
}

function unitOf({ settings }: Context<Settings>): string {
  if (settings.businessUnitId === undefined) {
    throw new ProviderError('rejected', 'Choose the business unit in the settings first.')
  }
  return settings.businessUnitId
}
