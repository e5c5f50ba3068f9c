import type { z } from 'zod'

import { ProviderError } from '#sdk'
import type { Choice, Context, ProviderCall } from '#sdk'

import {
  BusinessUnit,
  BusinessUnits,
  ConsumerDeletions,
  Conversation,
  CreatedComment,
  CreatedConversation,
  ProductReview,
  ProductReviewPage,
  ReviewDeletions,
  ServiceReview,
  ServiceReviewPage,
} from './schema.ts'
import type { Settings } from './schema.ts'

type Calling = Pick<Context<Settings>, 'http' | 'settings'>

const notFound = 404
const forbidden = 403

/** Both credentials go with every call: documentation asks for one or the other, real clients send both (facts 1.1). */
async function send({ http, settings }: Calling, call: Omit<ProviderCall, 'host'>): Promise<unknown> {
  const headers = settings.apiKey === undefined ? {} : { apikey: settings.apiKey }
  return (await http.send({ host: 'api', ...call, path: `/v1${call.path}`, headers })).body
}

/** Undefined for what is not there, or not ours to see: a removed review and the documented sample answer alike. */
async function unlessMissing<T>(work: Promise<T>): Promise<T | undefined> {
  try {
    return await work
  } catch (error) {
    const status = error instanceof ProviderError ? error.details.status : undefined
    if (status === notFound || status === forbidden) {
      return undefined
    }
    throw error
  }
}

const part = encodeURIComponent

export async function readServiceReview(calling: Calling, id: string): Promise<ServiceReview | undefined> {
  const body = await unlessMissing(send(calling, { method: 'GET', path: `/private/reviews/${part(id)}` }))
  return body === undefined ? undefined : ServiceReview.parse(body)
}

export async function readProductReview(calling: Calling, id: string): Promise<ProductReview | undefined> {
  const body = await unlessMissing(send(calling, { method: 'GET', path: `/private/product-reviews/${part(id)}` }))
  return body === undefined ? undefined : ProductReview.parse(body)
}

const perPage = 100 // the most (facts 3.2)

/** A page of service reviews, the newest first; a short one is the last, as no total is documented. */
export async function listServiceReviews(calling: Calling, unit: string, page: number) {
  const query = { page, perPage, orderBy: 'createdat.desc' }
  const body = await send(calling, { method: 'GET', path: `/private/business-units/${part(unit)}/reviews`, query })
  const { reviews } = ServiceReviewPage.parse(body)
  return { reviews, isLast: reviews.length < perPage }
}

export async function listProductReviews(calling: Calling, unit: string, page: number) {
  const path = `/private/product-reviews/business-units/${part(unit)}/reviews`
  const { productReviews } = ProductReviewPage.parse(
    await send(calling, { method: 'GET', path, query: { page, perPage } }),
  )
  return { reviews: productReviews, isLast: productReviews.length < perPage }
}

const mostDeletions = 1000 // a page, the most (facts 8a)

/** Whose account and which reviews were deleted since a day: an integration has to erase them too (facts 8a). */
export async function listDeletions(calling: Calling, since: Date): Promise<{ objects: string[]; people: string[] }> {
  const day = (date: Date) => date.toISOString().slice(0, 10)
  const range = { startDate: day(since), endDate: day(new Date()), limit: mostDeletions }
  const objects: string[] = []
  const people: string[] = []
  let nextToken: string | undefined
  do {
    const page = ConsumerDeletions.parse(
      await send(calling, { method: 'GET', path: '/consumers/deletions', query: { ...range, nextToken } }),
    )
    people.push(...page.consumers.map((it) => it.consumerId))
    nextToken = page.nextToken
  } while (nextToken !== undefined)
  do {
    const page = ReviewDeletions.parse(
      await send(calling, { method: 'GET', path: '/reviews/deletions', query: { ...range, nextToken } }),
    )
    objects.push(...page.reviews.map((it) => it.reviewId))
    nextToken = page.nextToken
  } while (nextToken !== undefined)
  return { objects, people }
}

/** Posting again replaces (facts 3.3). */
export async function postReply(calling: Calling, id: string, message: string): Promise<void> {
  const author = calling.settings.authorBusinessUserId
  await send(calling, {
    method: 'POST',
    path: `/private/reviews/${part(id)}/reply`,
    json: { message, ...(author === undefined ? {} : { authorBusinessUserId: author }) },
  })
}

/** Without a content type: with one Trustpilot answers 400 (facts 3.3). */
export async function deleteReply(calling: Calling, id: string): Promise<void> {
  await unlessMissing(send(calling, { method: 'DELETE', path: `/private/reviews/${part(id)}/reply` }))
}

/** 202 and nothing else; `null` gives Trustpilot's standard message (facts 5). */
export async function askReviewer(calling: Calling, id: string): Promise<void> {
  await send(calling, {
    method: 'POST',
    path: `/private/reviews/${part(id)}/find-reviewer`,
    json: { message: null, skipNotificationEmailToBusinessUser: false },
  })
}

export async function ensureConversation(calling: Calling, review: ProductReview): Promise<string> {
  if (review.conversationId !== undefined) {
    return review.conversationId
  }
  const path = `/private/product-reviews/${part(review.id)}/create-conversation`
  return CreatedConversation.parse(await send(calling, { method: 'POST', path })).conversationId
}

export async function readConversation(calling: Calling, id: string) {
  return Conversation.parse(await send(calling, { method: 'GET', path: `/private/conversations/${part(id)}` }))
}

/** [inferred] A conversation may begin private; then nobody sees the reply (facts 4.2). */
export async function makePublic(calling: Calling, id: string): Promise<void> {
  const path = `/private/conversations/${part(id)}/state`
  await send(calling, { method: 'POST', path, json: { state: 'public' } })
}

/** Comments are appended; the answer names the new one. */
export async function addComment(calling: Calling, id: string, content: string): Promise<string | undefined> {
  const path = `/private/conversations/${part(id)}/comments`
  const answer = CreatedComment.parse(await send(calling, { method: 'POST', path, json: { content } }))
  return answer?.commentId ?? answer?.id
}

export async function changeComment(calling: Calling, id: string, comment: string, content: string): Promise<void> {
  const path = `/private/conversations/${part(id)}/comments/${part(comment)}`
  await send(calling, { method: 'PUT', path, json: { content } })
}

/** Units by a domain, exactly, or by a part of a name (facts 7). */
export async function findBusinessUnits(search: string, calling: Calling): Promise<Choice[]> {
  const text = search
    .trim()
    .replace(/^https?:\/\//, '')
    .replace(/\/.*$/, '')
  if (text === '') {
    return []
  }
  if (/^[0-9a-f]{24}$/.test(text)) {
    const chosen = await unlessMissing(send(calling, { method: 'GET', path: `/private/business-units/${text}` }))
    return chosen === undefined ? [] : [choiceOf(BusinessUnit.parse(chosen))]
  }
  const exact = await unlessMissing(
    send(calling, { method: 'GET', path: '/business-units/find', query: { name: text } }),
  )
  const found = await unlessMissing(
    send(calling, { method: 'GET', path: '/business-units/search', query: { query: text, perpage: 20 } }),
  )
  const units = [
    ...(exact === undefined ? [] : [BusinessUnit.parse(exact)]),
    ...(found === undefined ? [] : BusinessUnits.parse(found).businessUnits),
  ]
  return [...new Map(units.map((unit) => [unit.id, unit])).values()].map(choiceOf)
}

function choiceOf({ id, displayName, name }: z.output<typeof BusinessUnit>): Choice {
  const domain = name?.identifying
  return { value: id, title: displayName ?? domain ?? id, ...(domain === undefined ? {} : { detail: domain }) }
}
