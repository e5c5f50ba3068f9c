import { z } from 'zod'

import { secret } from '#sdk'
import type { AttributeName } from '#sdk'

export const Settings = z.object({
  apiKey: secret('API key', 'Of your application at Trustpilot, under Integrations > Developers > APIs.').optional(),
  apiSecret: secret('API secret', 'Shown beside the key.').optional(),
  businessUnitId: z
    .string()
    .max(64)
    .meta({
      title: 'Business unit',
      description: 'Whose reviews come here. Look for its domain once the app is connected.',
      choices: true,
    })
    .optional(),
  threshold: z.number().int().min(0).max(5).default(3).meta({
    title: 'Conversation review threshold',
    description: 'Reviews with this many stars or fewer open a conversation. 0: none does.',
  }),
  createObjects: z.boolean().default(true).meta({
    title: 'Create Review KObjects',
    description: 'Every review stands on the timeline, with its rating and details.',
  }),
  authorBusinessUserId: z
    .string()
    .max(64)
    .meta({
      title: 'Business user id for replies',
      description: 'Only where replies must name another business user than the one who connected.',
    })
    .optional(),
})
export type Settings = z.infer<typeof Settings>

export const attributes = {
  ratingNum: 'Rating',
  titleStr: 'Title',
  textTxt: 'Text',
  consumerStr: 'Reviewer',
  placeStr: 'Reviewer’s place',
  reviewKindStr: 'Kind of review',
  languageStr: 'Language',
  referenceIdStr: 'Reference number',
  isVerifiedBool: 'Verified',
  sourceStr: 'Collected by',
  statusStr: 'State at Trustpilot',
  locationStr: 'Location',
  tagsStr: 'Tags',
  experiencedAt: 'Date of experience',
  productNameStr: 'Product',
  productSkuStr: 'Product SKU',
  replyTxt: 'Reply',
  repliedAt: 'Replied',
  answerUrl: 'Answer at Trustpilot',
  canFindReviewerBool: 'Find Reviewer possible',
} as const satisfies Partial<Record<AttributeName, string>>

const Id = z.string().min(1).max(64)
const Text = z
  .string()
  .nullish()
  .transform((text) => (text === null || text === undefined || text.trim() === '' ? undefined : text))

/** UTC; documented samples lack the Z that real data has (facts 6). */
const Moment = z
  .string()
  .transform((text) => new Date(/(Z|[+-]\d\d:?\d\d)$/.test(text) ? text : `${text}Z`))
  .refine((date) => !Number.isNaN(date.getTime()), 'must be a date and time')
const OptionalMoment = z.union([Moment, z.null(), z.undefined()]).transform((date) => date ?? undefined)

/** `service-review-created` and its like; the payload is only a hint of what to read back (facts 2). */
export const Payload = z.object({
  events: z
    .array(z.object({ eventName: z.string().min(1), eventData: z.looseObject({ id: Id.optional() }).nullish() }))
    .min(1, 'must hold an event')
    .max(1000),
})
export type Payload = z.output<typeof Payload>

const Tag = z.object({ group: z.string().nullish(), value: z.string().nullish() })

export const CompanyReply = z
  .object({
    text: z.string(),
    authorBusinessUserName: Text,
    createdAt: OptionalMoment,
    updatedAt: OptionalMoment,
  })
  .nullish()

const FindReviewerRequest = z.object({
  id: Text,
  created: OptionalMoment,
  status: Text,
  consumerResponse: z
    .object({
      name: Text,
      email: Text,
      phoneNumber: Text,
      referenceId: Text,
      address: Text,
      message: Text,
      submittedAt: OptionalMoment,
    })
    .nullish(),
})

/** A private service review (facts 3.1). */
export const ServiceReview = z.object({
  id: Id,
  consumer: z.object({ id: Id, displayName: Text, displayLocation: Text }),
  businessUnit: z.object({ id: Id }),
  location: z.object({ name: Text }).nullish(),
  stars: z.number().int().min(1).max(5),
  title: Text,
  text: Text,
  language: Text,
  createdAt: Moment,
  updatedAt: OptionalMoment,
  experiencedAt: OptionalMoment,
  referralEmail: Text,
  referenceId: Text,
  source: Text,
  companyReply: CompanyReply,
  tags: z.array(Tag).nullish(),
  findReviewer: z
    .object({ isEligible: z.boolean().nullish(), requests: z.array(FindReviewerRequest).nullish() })
    .nullish(),
  isVerified: z.boolean().nullish(),
  status: Text,
})
export type ServiceReview = z.output<typeof ServiceReview>

/** A private product review (facts 4.1). */
export const ProductReview = z.object({
  id: Id,
  createdAt: Moment,
  updatedAt: OptionalMoment,
  businessUnitId: Id,
  stars: z.number().int().min(1).max(5),
  content: Text,
  language: Text,
  referenceId: Text,
  product: z.object({ id: Text, productUrl: Text, name: Text, sku: Text }).nullish(),
  consumer: z.object({ id: Id, email: Text, name: Text }),
  state: Text,
  conversationId: Text,
})
export type ProductReview = z.output<typeof ProductReview>

const Comment = z.object({
  commentId: z.string().optional(),
  id: z.string().optional(),
  createdAt: OptionalMoment,
  content: z.string(),
  author: z.object({ type: Text }).nullish(),
})

/** Of a product review (facts 4.2). */
export const Conversation = z.object({ id: Id, state: Text, comments: z.array(Comment).nullish() })
export const CreatedConversation = z.object({ conversationId: Id })
export const CreatedComment = z.object({ commentId: z.string().optional(), id: z.string().optional() }).nullish()

export const ServiceReviewPage = z.object({ reviews: z.array(ServiceReview) })
export const ProductReviewPage = z.object({ productReviews: z.array(ProductReview) })

/** Deletions (facts 8a); the name of the second list could not be read. [inferred] */
export const ConsumerDeletions = z.object({
  consumers: z.array(z.object({ consumerId: Id })),
  nextToken: Text,
})
export const ReviewDeletions = z.object({ reviews: z.array(z.object({ reviewId: Id })), nextToken: Text })

export const BusinessUnit = z.object({
  id: Id,
  displayName: Text,
  name: z.object({ identifying: Text }).nullish(),
  numberOfReviews: z.object({ total: z.number().nullish() }).nullish(),
})
export const BusinessUnits = z.object({ businessUnits: z.array(BusinessUnit) })

/** Two formats: the gateway's for credentials, the application's for everything else (facts 6). */
export const Refusal = z.union([
  z.object({ fault: z.object({ faultstring: z.string() }) }).transform(({ fault }) => fault.faultstring),
  z
    .object({ message: z.string(), correlationId: z.string().nullish() })
    .transform(({ message, correlationId }) =>
      correlationId === undefined || correlationId === null ? message : `${message} (${correlationId})`,
    ),
  z.object({ Error: z.string() }).transform((body) => body.Error),
])
