import { z } from 'zod'

export const ImportKind = z.enum(['backfill', 'reconciliation'])

export const ImportInput = z.strictObject({
  kind: ImportKind.describe('A backfill fetches the past; a reconciliation also finds what the provider has no more.'),
})

export const ImportAttributes = z.object({
  kind: ImportKind,
  state: z.enum(['running', 'done', 'canceled', 'failed']),
  total: z.number().nullable().describe('How many there are, where the provider says so.'),
  seen: z.number(),
  added: z.number(),
  changed: z.number(),
  removed: z.number().describe('How many the provider has no more.'),
  reason: z.string().nullable(),
  nextAttemptAt: z.string().nullable(),
  startedBy: z.string().nullable(),
  startedAt: z.string(),
  finishedAt: z.string().nullable(),
})
