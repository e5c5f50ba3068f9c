import { z } from 'zod'

import { replyStates } from '../../sdk/domain.ts'

const text = z
  .string()
  .max(20_000, 'must not be longer than 20000 characters')
  .refine((it) => it.trim() !== '', 'must not be empty')
/** The `rev` that was read; a write to an older one is refused with 409. 0: there is no reply yet. */
const rev = z.number().int().min(0)

const isPrivate = z
  .boolean()
  .default(false)
  .describe('For the customer alone, where the provider knows such replies; otherwise everybody reads it.')

export const ReplyDraft = z.strictObject({ body: text, rev, isPrivate })
export const ReplyPublication = z.strictObject({ body: text, rev, isPrivate })
export const ReplyDecision = z.strictObject({ rev, reason: z.string().max(1000).optional() })

export const ReplyAttributes = z.object({
  state: z.enum(['none', ...replyStates]),
  body: z.string().nullable().describe('What is written, or on its way.'),
  publishedBody: z.string().nullable().describe('What everybody reads there now.'),
  publishedAt: z.string().nullable(),
  reason: z.string().nullable().describe('Why it failed, or was sent back.'),
  nextAttemptAt: z.string().nullable(),
  writtenBy: z.string().nullable(),
  approvedBy: z.string().nullable(),
  mayWrite: z.boolean().describe('Whether your roles let you write, publish and withdraw it.'),
  needsApproval: z.boolean().describe('Whether what you publish waits for a second person.'),
  mayApprove: z.boolean(),
  provider: z.string().describe('What the provider is called.'),
  problem: z.string().nullable().describe('Why this review cannot be answered from here; null when it can.'),
  canWithdraw: z.boolean(),
  whyNotWithdraw: z.string().nullable(),
  longest: z.number().nullable(),
  hint: z.string(),
  isPrivate: z.boolean().describe('Whether what is written is for the customer alone.'),
  privateHint: z.string().nullable().describe('Null: every reply there is public.'),
  command: z.string().nullable().describe('A word in a note by which its text becomes the reply.'),
  rev: z.number(),
})
export type ReplyAttributes = z.infer<typeof ReplyAttributes>

export const ReplyMoveAttributes = z.object({
  state: z.enum(replyStates),
  body: z.string(),
  reason: z.string().nullable(),
  by: z.string().nullable().describe('The user; null for the desk itself, and for the provider.'),
  at: z.string(),
})

export const ReplyRules = z.strictObject({
  needApproval: z.boolean().describe('Whether a reply waits for somebody who may approve, unless its author may.'),
})
