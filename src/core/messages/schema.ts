import { z } from 'zod'

import { AttachmentRef, AttachmentRefs } from '../attachments/schema.ts'
import { Custom } from '../metadata/schema.ts'

const text = (longest: number) => z.string().max(longest, `must not be longer than ${longest} characters`)
const moment = z.iso.datetime({ offset: true, error: 'must be an ISO 8601 date and time that exists' })

/** Where a message came or goes by; the first nine are the API's, the others appear in its client library (facts 1.12). */
export const Channel = z.enum([
  'email',
  'sms',
  'chat',
  'facebook',
  'twitter-dm',
  'twitter-tweet',
  'voice',
  'instagram',
  'whatsapp',
  'instagram-comment',
  'form',
  'portal',
])

/** Fields of the platform that are kept and given back as they came; nothing here depends on them. */
const Extra = z.strictObject({
  related: text(255).nullish(),
  shortcuts: z.array(text(64)).max(100).nullish(),
  kbArticles: z.array(text(64)).max(100).nullish(),
  location: z.looseObject({}).nullish(),
  sentiment: z.looseObject({ polarity: z.number() }).nullish(),
  reference: z.looseObject({ message: text(64), type: z.enum(['reply', 'replyAll', 'forward']) }).nullish(),
})
export type Extra = z.infer<typeof Extra>

const changeable = {
  externalId: text(255).min(1).nullish(),
  preview: text(100_000).optional(),
  subject: text(1024).nullish(),
  status: z.enum(['sent', 'received', 'error']).optional(),
  error: z.looseObject({ title: text(1024).optional() }).nullish(),
  errorAt: moment.nullish(),
  sentAt: moment.optional(),
  meta: z.record(z.string(), z.unknown()).optional(),
  custom: Custom.optional(),
  lang: text(32).nullish(),
  attachments: AttachmentRefs.optional().describe('Ids of attachments, or objects with `_id`.'),
  auto: z.boolean().optional(),
  source: z.enum(['bulk', 'satisfaction']).nullish(),
  ...Extra.shape,
}

/** For the conversation's own path, which names the conversation. */
export const ConversationMessageInput = z.strictObject({
  ...changeable,
  app: text(255).min(1, 'must name where the message comes from'),
  channel: Channel,
  direction: z.enum(['in', 'out']),
  size: z.number().int().min(0).optional(),
  createdAt: moment.optional(),
  importedAt: moment.nullish(),
})
export type ConversationMessageInput = z.infer<typeof ConversationMessageInput>

export const MessageInput = ConversationMessageInput.extend({ conversation: text(64) })

/** For the customer's own path: without a conversation, one is made. */
export const CustomerMessageInput = ConversationMessageInput.extend({ conversation: text(64).optional() })
export type CustomerMessageInput = z.infer<typeof CustomerMessageInput>

export const MessageUpdate = z.strictObject({
  ...changeable,
  /** The `rev` that was read; a write to an older one is refused with 409. */
  rev: z.number().int().optional(),
})
export type MessageUpdate = z.infer<typeof MessageUpdate>

/** Takes one thing out of a message for good (facts 1.12). */
export const Redaction = z.union([
  z.strictObject({ preview: changeable.preview.unwrap().describe('What the text is from now on.') }),
  z.strictObject({ attachments: z.array(text(64)).min(1).max(50).describe('Ids of the files to remove.') }),
  z.strictObject({ meta: z.record(z.string(), z.unknown()).describe('What the details are from now on.') }),
])
export type Redaction = z.infer<typeof Redaction>

export const MessageAttributes = z.looseObject({
  externalId: z.string().nullable(),
  app: z.string(),
  channel: z.string(),
  direction: z.string(),
  directionType: z.string(),
  preview: z.string(),
  subject: z.string().nullable(),
  size: z.number(),
  status: z.string(),
  error: z.record(z.string(), z.unknown()).nullable(),
  errorAt: z.string().nullable(),
  auto: z.boolean(),
  source: z.string().nullable(),
  sentAt: z.string(),
  responseTime: z.number().nullable(),
  meta: z.record(z.string(), z.unknown()),
  custom: Custom,
  lang: z.string().nullable(),
  attachments: z.array(AttachmentRef),
  redacted: z.boolean(),
  redactedAt: z.string().nullable(),
  rev: z.number(),
  createdAt: z.string(),
  updatedAt: z.string(),
  modifiedAt: z.string(),
  importedAt: z.string().nullable(),
})
