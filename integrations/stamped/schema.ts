import { z } from 'zod'

import { secret } from '#sdk'
import type { AttributeName } from '#sdk'

export const Settings = z.object({
  secret: secret(
    'Secret',
    'What you entered as Secret for the webhook. Leave it empty if you left it empty there.',
  ).optional(),
  publicKey: secret(
    'Public API key',
    'Begins with pubkey-. With both keys and the store hash, reviews are answered from here.',
  ).optional(),
  privateKey: secret('Private API key', 'Begins with key-.').optional(),
  storeHash: z
    .string()
    .max(64)
    .regex(/^\w+$/, 'must be the short number of the store')
    .meta({
      title: 'Store hash',
      description: 'The short number of your store, under Settings > API Keys in Stamped.io.',
    })
    .optional(),
})
export type Settings = z.infer<typeof Settings>

/** Whether the keys that the REST API takes are all there. */
export function hasKeys(
  settings: Settings,
): settings is Settings & Required<Pick<Settings, 'publicKey' | 'privateKey' | 'storeHash'>> {
  return settings.publicKey !== undefined && settings.privateKey !== undefined && settings.storeHash !== undefined
}

/** At most 20 attributes: a limit of the original article. */
export const reviewAttributes = {
  ratingNum: 'Rating',
  titleStr: 'Title',
  bodyTxt: 'Review',
  authorStr: 'Author',
  reviewAt: 'Written',
  reviewKindStr: 'Kind',
  verifiedBuyerBool: 'Verified buyer',
  productIdStr: 'Product id',
  productNameStr: 'Product',
  productSkuStr: 'SKU',
  productUrl: 'Product page',
  productImageUrl: 'Product image',
  photosNum: 'Photos',
  videosNum: 'Videos',
  replyTxt: 'Reply',
  repliedAt: 'Replied',
  locationStr: 'Location',
  votesUpNum: 'Votes up',
  votesDownNum: 'Votes down',
  storeUrl: 'Store',
} as const satisfies Partial<Record<AttributeName, string>>

export const questionAttributes = {
  questionTxt: 'Question',
  authorStr: 'Author',
  askedAt: 'Asked',
  productIdStr: 'Product id',
  productNameStr: 'Product',
  storeUrl: 'Store',
} as const satisfies Partial<Record<AttributeName, string>>

export const npsAttributes = {
  scoreNum: 'Score',
  commentTxt: 'Comment',
  replyTxt: 'Reply',
  answeredAt: 'Answered',
  sourceStr: 'Source',
  storeUrl: 'Store',
} as const satisfies Partial<Record<AttributeName, string>>

/** Keys are sometimes null and sometimes absent; an empty text says nothing either. */
const Text = z
  .string()
  .nullish()
  .transform((text) => (text === null || text === undefined || text.trim() === '' ? undefined : text))
/** Product ids exceed 32 bits and reach beyond what arithmetic keeps exact: an id is a text. */
const Id = z.union([z.string().min(1).max(100), z.number().transform(String)])
const OptionalId = Id.nullish().transform((id) => (id === null || id === undefined || id === '0' ? undefined : id))
const Count = z
  .number()
  .int()
  .min(0)
  .nullish()
  .transform((count) => count ?? 0)

const zoneless = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d+)?)?$/
const american = /^(\d{2})\/(\d{2})\/(\d{4})$/

/** `2019-06-05T09:30:14.963`, with a fraction of varying length and no zone: taken as UTC. [inferred] */
const Moment = z.string().transform((text, context) => {
  const [, month, day, year] = american.exec(text) ?? []
  const iso = year === undefined ? (zoneless.test(text) ? `${text}Z` : text) : `${year}-${month}-${day}T00:00:00Z`
  const moment = new Date(iso)
  const exists =
    !Number.isNaN(moment.getTime()) &&
    (year === undefined
      ? moment.toISOString().slice(8, 10) === iso.slice(8, 10) || !iso.endsWith('Z')
      : moment.getUTCDate() === Number(day))
  if (!exists) {
    context.addIssue({ code: 'custom', message: `${text} is not a date that exists` })
    return z.NEVER
  }
  return moment
})
const OptionalMoment = z
  .union([Moment, z.literal(''), z.null()])
  .optional()
  .transform((moment) => (moment instanceof Date ? moment : undefined))

/** A comma-separated list of file names; null, "" and [] all mean none. The format of videos is unknown. */
const FileNames = z
  .union([z.string(), z.array(z.string())])
  .nullish()
  .transform((value) =>
    [value ?? []]
      .flat()
      .flatMap((names) => names.split(','))
      .map((name) => name.trim())
      .filter((name) => name !== ''),
  )

/** Protocol-relative, with its query percent-encoded (documented example). */
const ImageAddress = Text.transform((address) => address?.replace(/^\/\//, 'https://').replaceAll(/%3F/gi, '?'))

export const Review = z
  .object({
    id: Id,
    customerEmail: Text,
    author: Text,
    reviewTitle: Text,
    reviewMessage: Text,
    reviewRating: z.number().min(1).max(5),
    reviewDate: OptionalMoment,
    dateCreated: Moment,
    reviewUserPhotos: FileNames,
    reviewUserVideos: FileNames,
    reviewVerifiedType: z.number().nullish(),
    reviewReply: Text,
    reviewReplyDate: OptionalMoment,
    dateReplied: OptionalMoment,
    productId: OptionalId,
    productName: Text,
    productSKU: Text,
    productUrl: Text,
    productImageUrl: ImageAddress,
    location: Text,
    reviewVotesUp: Count,
    reviewVotesDown: Count,
  })
  .transform((data) => ({ kind: 'review' as const, ...data }))
export type Review = z.output<typeof Review>

export const Question = z
  .object({
    id: Id,
    message: z.string().min(1),
    email: Text,
    name: Text,
    customer_email: Text,
    customer_name: Text,
    date_created: Moment,
    product_id: z.union([Id, z.null()]).transform((id) => id ?? undefined),
    product_name: Text,
  })
  .transform((data) => ({ kind: 'question' as const, ...data }))
export type Question = z.output<typeof Question>

/** Which key carries the address is not known: these are tried, whatever their case. [inferred, facts B1] */
const npsEmailKeys = ['email', 'customeremail']

export const Nps = z
  .looseObject({
    Id,
    Rating: z.number().int().min(0).max(10),
    Body: Text,
    Reply: Text,
    SurveySource: z.union([z.string(), z.number().transform(String)]).nullish(),
  })
  .transform((data) => ({
    kind: 'nps' as const,
    id: data.Id,
    score: data.Rating,
    comment: data.Body,
    reply: data.Reply,
    source: data.SurveySource ?? undefined,
    email: findEmail(data),
    createdAt: findCreated(data),
  }))
export type Nps = z.output<typeof Nps>

function findEmail(data: Record<string, unknown>): string | undefined {
  const lower = lowerKeys(data)
  const customer = lower['customer']
  const nested =
    typeof customer === 'object' && customer !== null
      ? lowerKeys(customer as Record<string, unknown>)['email']
      : undefined
  return [...npsEmailKeys.map((key) => lower[key]), nested].find(
    (value): value is string => typeof value === 'string' && value.includes('@'),
  )
}

/** The time's key is past the end of the only known example. [inferred] */
function findCreated(data: Record<string, unknown>): Date | undefined {
  return OptionalMoment.safeParse(lowerKeys(data)['datecreated']).data
}

function lowerKeys(record: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [key.toLowerCase(), value]))
}

/**
 * No body says what it is and the values of the topic header are not published, so the shape decides: `reviewRating`
 * is a review, `message` with `product_id` a question, capital `Rating` with `Id` an NPS answer. [inferred, facts B1]
 */
export const Payload = z.looseObject({}).transform((body, context) => {
  const schema =
    'reviewRating' in body
      ? Review
      : 'message' in body && 'product_id' in body
        ? Question
        : 'Rating' in body && 'Id' in body
          ? Nps
          : undefined
  const parsed = schema?.safeParse(body)
  if (parsed === undefined) {
    context.addIssue({
      code: 'custom',
      message: 'is neither a review (reviewRating), a question (message, product_id) nor an NPS answer (Id, Rating)',
    })
    return z.NEVER
  }
  if (!parsed.success) {
    for (const issue of parsed.error.issues) {
      context.addIssue({ code: 'custom', path: issue.path, message: issue.message })
    }
    return z.NEVER
  }
  return parsed.data
})
export type Payload = z.output<typeof Payload>

/** A review as the REST API has it, whose names differ from the webhook's, in the webhook's words (facts B2). */
export const RestReview = z
  .object({
    id: Id,
    author: Text,
    email: Text,
    title: Text,
    body: Text,
    rating: z.number().min(1).max(5),
    reply: Text,
    dateReplied: OptionalMoment,
    dateCreated: OptionalMoment,
    dateAdded: OptionalMoment,
    productId: OptionalId,
    productTitle: Text,
    verifiedType: z.number().nullish(),
    location: Text,
  })
  .transform((review, context) => {
    const created = review.dateCreated ?? review.dateAdded
    if (created === undefined) {
      context.addIssue({ code: 'custom', path: ['dateCreated'], message: 'is missing' })
      return z.NEVER
    }
    return { ...review, created }
  })
export type RestReview = z.output<typeof RestReview>

export const RestPage = z.object({
  page: z.number().nullish(),
  total: z.number().nullish(),
  totalPages: z.number().nullish(),
  results: z.array(z.object({ review: RestReview, customer: z.object({ email: Text }).nullish() })),
})

/** Seen of the newer API only; taken here too. [inferred, facts B2] */
export const Refusal = z.object({ message: z.string() })
