import { z } from 'zod'

import { AttachmentRef, AttachmentRefs } from '../attachments/schema.ts'

const text = (longest: number) => z.string().max(longest, `must not be longer than ${longest} characters`)
const moment = z.iso.datetime({ offset: true, error: 'must be an ISO 8601 date and time that exists' })

/** Who is called: a user or a team. */
export const Mention = z
  .strictObject({ user: text(64).optional(), team: text(64).optional() })
  .refine((mention) => (mention.user === undefined) !== (mention.team === undefined), {
    error: 'must name either a user or a team',
  })
export type Mention = z.infer<typeof Mention>

const changeable = {
  body: text(100_000).min(1, 'must not be empty'),
  externalId: text(255).min(1).nullish(),
  userMentions: z.array(Mention).max(50).optional(),
  attachments: AttachmentRefs.optional().describe('Ids of attachments, or objects with `_id`.'),
  lang: text(32).nullish(),
}

/** For the conversation's own path, which names the conversation. */
export const ConversationNoteInput = z.strictObject({
  ...changeable,
  createdAt: moment.optional(),
  importedAt: moment.nullish(),
})
export type ConversationNoteInput = z.infer<typeof ConversationNoteInput>

export const NoteInput = ConversationNoteInput.extend({ conversation: text(64) })

export const NoteUpdate = z.strictObject({
  ...changeable,
  body: changeable.body.optional(),
  /** The `rev` that was read; a write to an older one is refused with 409. */
  rev: z.number().int().optional(),
})
export type NoteUpdate = z.infer<typeof NoteUpdate>

export const NoteAttributes = z.object({
  body: z.string(),
  externalId: z.string().nullable(),
  userMentions: z.array(z.object({ user: z.string().optional(), team: z.string().optional() })),
  attachments: z.array(AttachmentRef),
  lang: z.string().nullable(),
  deleted: z.boolean(),
  rev: z.number(),
  createdAt: z.string(),
  updatedAt: z.string(),
  modifiedAt: z.string(),
  importedAt: z.string().nullable(),
})
