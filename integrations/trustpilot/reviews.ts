import type { Effect } from '#sdk'

import type { ProductReview, ServiceReview, Settings } from './schema.ts'

export const klass = 'trustpilot-review'

/** Where people answer in Trustpilot's own pages, and where everybody reads it (seen in client code, facts 3.3). */
const answerPage = 'https://businessapp.b2b.trustpilot.com/reviews/'
const publicPage = 'https://www.trustpilot.com/reviews/'

export function serviceReviewEffect(review: ServiceReview, settings: Settings): Effect {
  const reply = review.companyReply ?? undefined
  const repliedAt = reply?.updatedAt ?? reply?.createdAt
  const author = review.consumer.displayName ?? 'A reviewer'
  return {
    kind: 'object',
    klass,
    externalId: review.id,
    customer: {
      email: review.referralEmail,
      name: review.consumer.displayName,
      profileId: review.consumer.id,
      orderNumber: review.referenceId,
    },
    at: review.createdAt,
    version: latest(review.createdAt, review.updatedAt, repliedAt),
    title: review.title ?? starsOf(review.stars),
    description: review.text,
    fields: {
      ratingNum: review.stars,
      titleStr: review.title ?? null,
      textTxt: review.text ?? null,
      consumerStr: review.consumer.displayName ?? null,
      placeStr: review.consumer.displayLocation ?? null,
      reviewKindStr: 'service',
      languageStr: review.language ?? null,
      referenceIdStr: review.referenceId ?? null,
      isVerifiedBool: review.isVerified ?? null,
      sourceStr: review.source ?? null,
      statusStr: review.status ?? null,
      locationStr: review.location?.name ?? null,
      tagsStr: tagsOf(review) ?? null,
      experiencedAt: review.experiencedAt?.toISOString() ?? null,
      replyTxt: reply?.text ?? null,
      repliedAt: repliedAt?.toISOString() ?? null,
      answerUrl: answerPage + encodeURIComponent(review.id),
      canFindReviewerBool: review.findReviewer?.isEligible ?? null,
    },
    feedback: {
      kind: 'review',
      metric: 'stars',
      score: review.stars,
      scale: { min: 1, max: 5 },
      title: review.title,
      text: review.text,
      permalink: publicPage + encodeURIComponent(review.id),
      verified: review.isVerified ?? undefined,
      reply: reply === undefined ? undefined : { text: reply.text, at: repliedAt },
      latestAttribute: 'latestTrustpilotRatingNum',
    },
    trust: 'refetched',
    ...placing(settings, review.stars, {
      name: `Trustpilot review by ${author}: ${starsOf(review.stars)}`,
      message: [review.title, review.text].filter((it) => it !== undefined).join('\n\n') || starsOf(review.stars),
    }),
  }
}

export function productReviewEffect(review: ProductReview, settings: Settings): Effect {
  const author = review.consumer.name ?? 'A reviewer'
  const about = review.product?.name === undefined ? '' : ` of ${review.product.name}`
  return {
    kind: 'object',
    klass,
    externalId: review.id,
    customer: {
      email: review.consumer.email,
      name: review.consumer.name,
      profileId: review.consumer.id,
      orderNumber: review.referenceId,
    },
    at: review.createdAt,
    version: latest(review.createdAt, review.updatedAt),
    title: `${starsOf(review.stars)}${about}`.slice(0, 255),
    description: review.content,
    fields: {
      ratingNum: review.stars,
      textTxt: review.content ?? null,
      consumerStr: review.consumer.name ?? null,
      reviewKindStr: 'product',
      languageStr: review.language ?? null,
      referenceIdStr: review.referenceId ?? null,
      statusStr: review.state ?? null,
      productNameStr: review.product?.name ?? null,
      productSkuStr: review.product?.sku ?? null,
      answerUrl: answerPage + encodeURIComponent(review.id),
      canFindReviewerBool: false, // service and location reviews only (facts 5)
    },
    feedback: {
      kind: 'review',
      metric: 'stars',
      score: review.stars,
      scale: { min: 1, max: 5 },
      text: review.content,
      product: {
        id: review.product?.sku ?? review.product?.id,
        name: review.product?.name,
        url: webAddress(review.product?.productUrl),
      },
      latestAttribute: 'latestTrustpilotRatingNum',
    },
    trust: 'refetched',
    ...placing(settings, review.stars, {
      name: `Trustpilot review by ${author}: ${starsOf(review.stars)}${about}`.slice(0, 255),
      message: review.content ?? starsOf(review.stars),
    }),
  }
}

/** What the article's two settings make of a review. */
function placing(
  { threshold, createObjects }: Settings,
  stars: number,
  conversation: { name: string; message: string },
) {
  return { onTimeline: createObjects, ...(stars <= threshold ? { conversation } : {}) }
}

/** Whether a review leaves a trace at all. */
export function isWanted({ threshold, createObjects }: Settings, stars: number): boolean {
  return createObjects || stars <= threshold
}

function starsOf(stars: number): string {
  return stars === 1 ? '1 star' : `${stars} stars`
}

function tagsOf({ tags }: ServiceReview): string | undefined {
  const values = (tags ?? []).flatMap((tag) => tag.value ?? [])
  return values.length === 0 ? undefined : values.join(', ')
}

function latest(first: Date, ...others: (Date | undefined)[]): Date {
  return others.reduce<Date>((newest, it) => (it !== undefined && it > newest ? it : newest), first)
}

/** Only addresses that a browser may be sent to. */
function webAddress(address: string | undefined): string | undefined {
  const url = address === undefined ? null : URL.parse(address)
  return url !== null && (url.protocol === 'https:' || url.protocol === 'http:') ? url.href : undefined
}
