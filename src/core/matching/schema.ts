import { z } from 'zod'

/** What speaks for somebody, the weightiest first. */
export const evidenceKinds = [
  'email',
  'phone',
  'externalId',
  'orderNumber',
  'name',
  'product',
  'activityBefore',
  'partOfName',
] as const

export const CandidateAttributes = z.object({
  displayName: z.string(),
  email: z.string().nullable(),
  evidence: z.array(
    z.object({
      kind: z.enum(evidenceKinds),
      text: z.string().describe('What both have in common; of `activityBefore` the time of the last thing before it.'),
    }),
  ),
})
