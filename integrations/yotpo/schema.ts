import { z } from 'zod'

export const Settings = z.object({
  keepOpen: z.number().int().min(0, 'must be 0 to 5').max(5, 'must be 0 to 5').default(0).meta({
    title: 'Conversations stay open up to so many stars',
    description:
      'The conversation about a review is marked done at once; 0: always. Reviews with at most this many stars stay open for somebody to deal with.',
  }),
})
export type Settings = z.infer<typeof Settings>
