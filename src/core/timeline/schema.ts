import { z } from 'zod'

import { FeedbackAttributes } from '../feedback/schema.ts'
import { KObjectAttributes } from '../objects/schema.ts'

/** One card: the object, and what makes it feedback where it is. */
export const TimelineAttributes = z.object({
  at: z.string(),
  klass: z.string(),
  object: KObjectAttributes,
  feedback: FeedbackAttributes.nullable(),
})
export type TimelineAttributes = z.infer<typeof TimelineAttributes>
