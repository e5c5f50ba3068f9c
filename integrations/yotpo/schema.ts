import { z } from 'zod'

import { secret } from '#sdk'

export const Settings = z.object({
  answersFrom: z
    .union([z.email('must be an e-mail address'), z.literal('')])
    .default('')
    .meta({
      title: 'Answers by e-mail leave from',
      description:
        'Your support address, such as support@example.com: an answer to a question goes from it to the shopper. Without it answers do not leave by e-mail.',
    }),
  storeId: z.string().trim().max(255).optional().meta({
    title: 'App key (store id)',
    description:
      'In Yotpo under Store Settings. With it and the secret key, reviews are read back from Yotpo, older ones are fetched, and reviews and questions are answered there.',
  }),
  apiSecret: secret('Secret key', 'In Yotpo under Store Settings > Get Secret Key; the code comes by mail.').optional(),
})
export type Settings = z.infer<typeof Settings>

export function hasKeys(settings: Settings): settings is Settings & { storeId: string; apiSecret: string } {
  return (settings.storeId ?? '') !== '' && (settings.apiSecret ?? '') !== ''
}

const Id = z.union([z.number(), z.string().regex(/^\d+$/, 'must be a number')]).transform(String)
const Text = z
  .string()
  .nullish()
  .transform((text) => (text === null || text === '' ? undefined : text))
/** Webhooks come in two generations: in the older one every value is a text (facts 2.4). */
const Flag = z
  .union([z.boolean(), z.enum(['true', 'false']).transform((text) => text === 'true')])
  .nullish()
  .transform((flag) => flag ?? false)
const Stars = z
  .union([z.number(), z.string().regex(/^[1-5]$/)])
  .transform(Number)
  .pipe(z.number().int().min(1, 'must be 1 to 5').max(5, 'must be 1 to 5'))
const Moment = z
  .string()
  .transform((text) => new Date(text.replace(/^(\S+) (\S+) UTC$/, '$1T$2Z')))
  .refine((date) => !Number.isNaN(date.getTime()), 'is not a date that exists')

/** A review of the store's list (facts 2.3). */
export const ListedReview = z.object({
  id: Id,
  title: Text,
  content: Text,
  score: Stars,
  created_at: Moment,
  updated_at: Moment.nullish(),
  sku: Text,
  name: Text,
  email: Text,
  reviewer_type: Text,
  deleted: Flag,
  escalated: Flag,
})
export type ListedReview = z.infer<typeof ListedReview>
export const ReviewPage = z.object({ reviews: z.array(ListedReview) })

/** One review, asked for by its number: without its author's address (facts 2.3). */
export const SingleReview = z.object({
  response: z.object({
    review: z.object({
      id: Id,
      title: Text,
      content: Text,
      score: Stars,
      created_at: Moment,
      deleted: Flag,
      verified_buyer: Flag,
      user: z.object({ display_name: Text }).nullish(),
    }),
  }),
})

export const Token = z.object({ access_token: z.string().min(1) })
export const CommentReply = z.object({ response: z.object({ comment: z.object({ id: Id }) }) })
/** [inferred] What a refusal says; the documents name a status with a message. */
export const Refusal = z.object({ status: z.object({ message: z.string() }) })

/** What a webhook says of a review. */
export const Payload = z.object({
  event: z.string().max(255),
  data: z.object({
    id: Id,
    app_key: z.string().nullish(),
    title: Text,
    content: Text,
    score: Stars,
    deleted: Flag,
    escalated: Flag,
    verified_buyer: Flag,
    created_at: Moment,
    updated_at: Moment.nullish(),
    sku: Text,
    customer_email: Text,
    reviewer_display_name: Text,
    external_order_id: z
      .union([z.string(), z.number()])
      .nullish()
      .transform((id) => (id === null || id === undefined || id === '' ? undefined : String(id))),
  }),
})
export type Payload = z.infer<typeof Payload>
