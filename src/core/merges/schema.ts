import { z } from 'zod'

export const MergeInput = z.strictObject({
  source: z.string().max(64).describe('Who is taken in; afterwards there is only the target.'),
  target: z.string().max(64).describe('Who stays.'),
})
export type MergeInput = z.infer<typeof MergeInput>

export const MergeAttributes = z.object({
  status: z.enum(['complete', 'undone']),
  moved: z.object({ conversations: z.number(), kobjects: z.number(), drafts: z.number() }),
  undoneAt: z.string().nullable(),
  createdAt: z.string(),
  updatedAt: z.string(),
})
