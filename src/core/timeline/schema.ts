import { z } from 'zod'

import { ConversationAttributes } from '../conversations/schema.ts'
import { FeedbackAttributes } from '../feedback/schema.ts'
import { NoteAttributes } from '../notes/schema.ts'
import { KObjectAttributes } from '../objects/schema.ts'
import { SurveyRequestAttributes } from '../surveys/schema.ts'

/** One card: a conversation where it began, a note, a survey that was asked for, or an object and what makes it feedback where it is. */
export const TimelineAttributes = z.object({
  at: z.string(),
  kind: z.enum(['kobject', 'conversation', 'note', 'survey']),
  pinnedAt: z.string().nullable(),
  klass: z.string().nullable(),
  object: KObjectAttributes.nullable(),
  feedback: FeedbackAttributes.nullable(),
  conversation: ConversationAttributes.nullable(),
  note: NoteAttributes.nullable(),
  survey: SurveyRequestAttributes.nullable(),
})
export type TimelineAttributes = z.infer<typeof TimelineAttributes>

const mostKinds = 50

/** Names of klasses, `conversation`, `note` and `survey`, with commas between. */
export const Kinds = z
  .string()
  .max(4000)
  .transform((text) => text.split(',').filter((kind) => kind !== ''))
  .pipe(z.array(z.string().max(150)).max(mostKinds))
  .describe('Only these: names of klasses, conversation, note and survey, with commas between.')

export const TimelineCounts = z.object({
  data: z.array(z.object({ kind: z.string().describe('A klass, conversation, note or survey.'), count: z.number() })),
})

export const TimelinePin = z.strictObject({ pinned: z.boolean() })
