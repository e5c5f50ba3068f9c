import { z } from 'zod'

import { metrics, replyStates, trustLevels } from '../../sdk/domain.ts'

export const Sentiment = z.enum(['negative', 'neutral', 'positive'])

export const FeedbackAttributes = z.object({
  app: z.string().describe('Which integration it came through.'),
  installation: z.string(),
  store: z.string().describe('The name of the installation: which store, brand or project.'),
  kind: z.enum(['review', 'survey']),
  metric: z.string(),
  score: z.number().nullable().describe("In the provider's own scale; 0 is a score, null is none."),
  scaleMin: z.number(),
  scaleMax: z.number(),
  sentiment: Sentiment.nullable(),
  title: z.string().nullable(),
  text: z.string().nullable(),
  product: z
    .object({
      id: z.string().optional(),
      name: z.string().optional(),
      url: z.string().optional(),
      imageUrl: z.string().optional(),
    })
    .nullable(),
  permalink: z.string().nullable(),
  verified: z.boolean().nullable().describe('Whether the provider vouches for the author; null when it does not say.'),
  replyState: z.enum(['none', ...replyStates]),
  replyText: z.string().nullable(),
  repliedAt: z.string().nullable(),
  trust: z.enum(trustLevels).describe('How this record was verified.'),
  test: z.boolean(),
  respondent: z.object({
    name: z.string().optional(),
    email: z.string().optional(),
    phone: z.string().optional(),
    externalId: z.string().optional(),
    orderNumber: z.string().optional(),
  }),
  unmatchedReason: z.string().nullable(),
  respondedAt: z.string(),
  editedAt: z.string().nullable().describe('When its author last changed what it says.'),
  removedAt: z.string().nullable().describe('Since when the provider does not have it any more.'),
  conversation: z.string().nullable().describe('The conversation that it opened.'),
  updatedAt: z.string(),
})
export type FeedbackAttributes = z.infer<typeof FeedbackAttributes>

/** What feedback said before its author changed it. */
export const FeedbackVersionAttributes = z.object({
  score: z.number().nullable(),
  title: z.string().nullable(),
  text: z.string().nullable(),
  at: z.string().describe('Since when it said so.'),
  replacedAt: z.string(),
})

export const FeedbackLink = z.strictObject({
  customer: z
    .string()
    .regex(/^[0-9a-f]{24}$/, 'must be the id of a customer')
    .nullable()
    .describe('Null takes it from its customer again.'),
})

/** Which feedback a list shows. */
export const FeedbackFilter = z.object({
  unmatched: z.stringbool().default(false).describe('Only what could not be matched to a customer.'),
  customer: z.string().max(24).optional(),
  conversation: z.string().max(24).optional().describe('What a conversation was opened about.'),
  app: z.string().max(64).optional(),
  installation: z.string().max(24).optional(),
  kind: z.enum(['review', 'survey']).optional(),
  sentiment: Sentiment.optional(),
  replyState: z.enum(['none', ...replyStates]).optional(),
  trust: z.enum(trustLevels).optional(),
  metric: z.enum(metrics).optional(),
  team: z.string().max(24).optional().describe('Credited to this team.'),
  agent: z.string().max(24).optional().describe('Credited to this user.'),
  channel: z.string().max(64).optional().describe('Of the conversation that was asked about.'),
  brand: z.string().max(24).optional(),
  from: z.iso.date().optional().describe('The first day, UTC.'),
  to: z.iso.date().optional().describe('The last day, UTC.'),
  scoreFrom: z.coerce.number({ error: 'must be a number' }).optional().describe("In the provider's own scale."),
  scoreTo: z.coerce.number({ error: 'must be a number' }).optional(),
})
export type FeedbackFilter = z.infer<typeof FeedbackFilter>
