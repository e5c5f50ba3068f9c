import { createHash, timingSafeEqual } from 'node:crypto'

import { defineIntegration, defineWebhook } from '#sdk'
import type { Context, Effect } from '#sdk'

import { history } from './history.ts'
import { replies } from './replies.ts'
import { reviewKlass, verifiedBuyer } from './review-words.ts'
import { npsAttributes, Payload, questionAttributes, Refusal, reviewAttributes, Settings } from './schema.ts'
import type { Nps, Question, Review } from './schema.ts'
import { simulator } from './simulator.ts'

/** The secret travels in clear; the second name is what receivers fall back to (facts B1). */
const secretHeaders = ['x-stamped-webhook-secret', 'x-secret-key']
const storeHeader = 'x-stamped-store-url'

/** The article's roles of an API key that may stand in for the secret. */
const keyRoles = ['org.user', 'org.admin', 'org.hooks']

/** Where customers' photos lie (seen in the widget API). */
const photoFolder = 'https://cdn1.stamped.io/uploads/photos/'

const reviews = defineWebhook<Settings, Payload>({
  title: 'Sync Stamped user reviews',
  description: 'Paste this address into Stamped.io under Settings > Webhooks as the Payload URL.',
  payload: Payload,
  secretHeaders,
  verify: async ({ headers }, { secret }, isApiKey) => {
    if (secret === undefined) {
      return 'secret' // the address alone is the secret; the article tells people to leave the field blank
    }
    const given = secretHeaders.map((name) => headers[name]).find((value) => value !== undefined && value !== '')
    const accepted = given !== undefined && (isEqual(given, secret) || (await isApiKey(given, keyRoles)))
    return accepted ? 'secret' : 'refused'
  },
  handle: (payload, context) => {
    switch (payload.kind) {
      case 'review':
        return [reviewEffect(payload, context)]
      case 'question':
        return [questionEffect(payload, context)]
      case 'nps':
        return [npsEffect(payload, context)]
    }
  },
})

function isEqual(left: string, right: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest()
  return timingSafeEqual(digest(left), digest(right))
}

function reviewEffect(review: Review, { headers }: Context<Settings>): Effect {
  const at = review.reviewDate ?? review.dateCreated
  const repliedAt = review.dateReplied ?? review.reviewReplyDate
  const photos = review.reviewUserPhotos.map((name) => (name.startsWith('http') ? name : photoFolder + name))
  const isSiteReview = review.productId === undefined
  return {
    kind: 'object',
    klass: reviewKlass,
    externalId: review.id,
    customer: { email: review.customerEmail, name: review.author },
    at,
    version: repliedAt ?? at, // there is no time of the last change; a reply is the only one that carries its own
    title: review.reviewTitle ?? `${review.reviewRating} of 5 stars`,
    description: review.reviewMessage,
    images: photos,
    fields: {
      ratingNum: review.reviewRating,
      titleStr: review.reviewTitle ?? null,
      bodyTxt: review.reviewMessage ?? null,
      authorStr: review.author ?? null,
      reviewAt: at.toISOString(),
      reviewKindStr: isSiteReview ? 'site' : 'product',
      verifiedBuyerBool: review.reviewVerifiedType === verifiedBuyer,
      productIdStr: review.productId ?? null,
      productNameStr: review.productName ?? null,
      productSkuStr: review.productSKU ?? null,
      productUrl: webAddress(review.productUrl),
      productImageUrl: webAddress(review.productImageUrl),
      photosNum: photos.length,
      videosNum: review.reviewUserVideos.length,
      replyTxt: review.reviewReply ?? null,
      repliedAt: repliedAt?.toISOString() ?? null,
      locationStr: review.location ?? null,
      votesUpNum: review.reviewVotesUp,
      votesDownNum: review.reviewVotesDown,
      storeUrl: storeAddress(headers),
    },
    feedback: {
      kind: 'review',
      metric: 'stars',
      score: review.reviewRating,
      scale: { min: 1, max: 5 },
      title: review.reviewTitle,
      text: review.reviewMessage,
      product: isSiteReview
        ? undefined
        : {
            id: review.productId,
            name: review.productName,
            url: webAddress(review.productUrl) ?? undefined,
            imageUrl: webAddress(review.productImageUrl) ?? undefined,
          },
      verified: review.reviewVerifiedType === verifiedBuyer,
      reply: review.reviewReply === undefined ? undefined : { text: review.reviewReply, at: repliedAt },
      latestAttribute: 'latestReviewRatingNum',
    },
  }
}

function questionEffect(question: Question, { headers }: Context<Settings>): Effect {
  const author = question.customer_name ?? question.name
  return {
    kind: 'object',
    klass: 'stamped-io-question',
    externalId: question.id,
    customer: { email: question.customer_email ?? question.email, name: author },
    at: question.date_created,
    version: question.date_created,
    title: question.product_name === undefined ? 'Question' : `Question about ${question.product_name}`.slice(0, 255),
    description: question.message,
    fields: {
      questionTxt: question.message,
      authorStr: author ?? null,
      askedAt: question.date_created.toISOString(),
      productIdStr: question.product_id ?? null,
      productNameStr: question.product_name ?? null,
      storeUrl: storeAddress(headers),
    },
  }
}

function npsEffect(nps: Nps, { headers, receivedAt }: Context<Settings>): Effect {
  const at = nps.createdAt ?? receivedAt
  return {
    kind: 'object',
    klass: 'stamped-io-nps',
    externalId: nps.id,
    customer: { email: nps.email },
    at,
    version: at,
    title: `NPS ${nps.score}`,
    description: nps.comment,
    fields: {
      scoreNum: nps.score,
      commentTxt: nps.comment ?? null,
      replyTxt: nps.reply ?? null,
      answeredAt: at.toISOString(),
      sourceStr: nps.source ?? null,
      storeUrl: storeAddress(headers),
    },
    feedback: {
      kind: 'survey',
      metric: 'nps',
      score: nps.score,
      scale: { min: 0, max: 10 },
      text: nps.comment,
      reply: nps.reply === undefined ? undefined : { text: nps.reply, at: undefined },
      latestAttribute: 'latestNpsNum',
    },
  }
}

/** The header holds a bare domain. */
function storeAddress(headers: Readonly<Record<string, string>>): string | null {
  const store = headers[storeHeader]
  return store === undefined || store === '' ? null : webAddress(store.includes('://') ? store : `https://${store}`)
}

/** Only addresses that a browser may be sent to. */
function webAddress(address: string | undefined): string | null {
  const url = address === undefined ? null : URL.parse(address)
  return url !== null && (url.protocol === 'https:' || url.protocol === 'http:') ? url.href : null
}

export default defineIntegration<Settings>({
  id: 'stamped',
  name: 'Stamped.io',
  version: '1.0.0',
  category: 'reviews',
  summary: 'Shows product and site reviews, shoppers’ questions and NPS answers on the customer’s timeline.',
  developer: 'Tellback',
  website: 'https://stamped.io',
  settings: Settings,
  klasses: {
    [reviewKlass]: { title: 'Stamped.io Review', icon: 'star', color: '#0F9D7A', attributes: reviewAttributes },
    'stamped-io-question': {
      title: 'Stamped.io Question',
      icon: 'question',
      color: '#1971C2',
      attributes: questionAttributes,
    },
    'stamped-io-nps': { title: 'Stamped.io NPS', icon: 'scoreboard', color: '#7048E8', attributes: npsAttributes },
  },
  customerAttributes: { latestReviewRatingNum: 'Latest review rating', latestNpsNum: 'Latest NPS' },
  webhooks: { reviews },
  hosts: { api: 'https://stamped.io' },
  replies,
  history,
  reasonOf: (_status, body) => Refusal.safeParse(body).data?.message,
  simulator,
})
