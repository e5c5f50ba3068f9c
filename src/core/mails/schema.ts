import { z } from 'zod'

export const mailStates = ['waiting', 'sent', 'failed', 'bounced'] as const

/** `answers` are to what somebody wrote; `notices` are what nobody asked for: surveys, and what goes out in bulk or by itself. */
export const mailStreams = ['answers', 'notices'] as const
export type MailStream = (typeof mailStreams)[number]

/** `mail`, or by the app that the conversation came by: for everybody to see, or for the customer alone. */
export const MailWay = z.enum(['mail', 'public', 'private'])
export type MailWay = z.infer<typeof MailWay>

export const MailAttributes = z.object({
  status: z.enum(mailStates),
  reason: z.string().nullable().describe('Why it has not left yet, or came back.'),
  stream: z.enum(mailStreams),
  way: MailWay.describe('By mail, or by the app that the conversation came by: in public or to the customer alone.'),
  from: z.string(),
  to: z.string(),
  subject: z.string(),
  messageId: z.string().describe('Its id among mails, without angle brackets.'),
  attempts: z.number(),
  nextAttemptAt: z.string().nullable(),
  sentAt: z.string().nullable(),
  createdAt: z.string(),
})

export const MailFilter = z.object({ status: z.enum(mailStates).optional() })
export type MailFilter = z.infer<typeof MailFilter>

export const suppressionReasons = ['bounced', 'complained', 'unsubscribed', 'added'] as const

export const SuppressionInput = z.strictObject({
  address: z.email('must be an e-mail address').max(320),
  scope: z.enum(['all', 'notices']).default('all').describe('`notices`: answers to what they write are sent still.'),
  detail: z.string().max(1000).optional(),
})
export type SuppressionInput = z.infer<typeof SuppressionInput>

export const SuppressionAttributes = z.object({
  address: z.string(),
  scope: z.enum(['all', 'notices']),
  reason: z.enum(suppressionReasons),
  detail: z.string().nullable(),
  createdAt: z.string(),
})

/** How mail leaves this desk. */
export const SendingAttributes = z.object({
  server: z.string().nullable().describe('The host that takes mails from here; null: none leave.'),
  dkim: z
    .object({ domain: z.string(), record: z.string(), value: z.string() })
    .nullable()
    .describe('The TXT record that mails of this domain are signed by.'),
  bounceDomain: z.string().nullable().describe('Where mails come back to; null: to the address that they are from.'),
})

export const AnswerWayAttributes = z.object({
  way: MailWay.describe('What a draft says as `payload.way`.'),
  title: z.string(),
  hint: z.string(),
  problem: z.string().nullable().describe('Why it is closed now; null when it is open.'),
})
