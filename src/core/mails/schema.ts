import { z } from 'zod'

export const mailStates = ['waiting', 'sent', 'failed'] as const

export const MailAttributes = z.object({
  status: z.enum(mailStates),
  reason: z.string().nullable().describe('Why it has not left yet.'),
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
