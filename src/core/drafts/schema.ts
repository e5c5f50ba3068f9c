import { z } from 'zod'

import { AttachmentRef, AttachmentRefs } from '../attachments/schema.ts'
import { Channel } from '../messages/schema.ts'
import { Mention } from '../notes/schema.ts'

const text = (longest: number) => z.string().max(longest, `must not be longer than ${longest} characters`)
const moment = z.iso.datetime({ offset: true, error: 'must be an ISO 8601 date and time that exists' })
const body = text(100_000)
const Address = z.union([text(320), z.looseObject({ email: text(320) })])

/** What is said when the draft is sent, in the words of the channel (facts 1.12). */
const Email = z.strictObject({
  channel: z.literal('email'),
  to: z.union([Address, z.array(Address).max(50)]).optional(),
  from: Address.optional(),
  cc: z.array(Address).max(50).optional(),
  bcc: z.array(Address).max(50).optional(),
  replyTo: Address.optional(),
  subject: text(1024).optional(),
  body: body.optional(),
  htmlBody: body.optional(),
  headers: z.array(z.looseObject({})).max(50).optional(),
  template: text(255).optional(),
  templateType: text(64).optional(),
  payload: z.record(z.string(), z.unknown()).optional(),
  app: text(255).optional(),
})
const Note = z.strictObject({
  channel: z.literal('note'),
  body: body.optional(),
  userMentions: z.array(Mention).max(50).optional(),
})
const Other = z.strictObject({
  channel: Channel.exclude(['email']),
  to: z.union([Address, z.array(Address).max(50)]).optional(),
  from: Address.optional(),
  body: body.optional(),
  payload: z.record(z.string(), z.unknown()).optional(),
  app: text(255).optional(),
})

const common = {
  conversation: text(64).nullish().describe('Without one, sending makes one.'),
  sendAt: moment.nullish().describe('When it is sent; without it, it waits.'),
  auto: z.boolean().optional(),
  source: z.enum(['bulk', 'satisfaction', 'biz-rules']).nullish(),
  attachments: AttachmentRefs.optional(),
}

export const DraftInput = z.union([Email.extend(common), Note.extend(common), Other.extend(common)])
export type DraftInput = z.infer<typeof DraftInput>

const update = {
  sendAt: common.sendAt,
  /** False takes a draft back that was to be sent. */
  scheduled: z.boolean().optional(),
  attachments: common.attachments,
  /** The `rev` that was read; a write to an older one is refused with 409. */
  rev: z.number().int().optional(),
}
export const DraftUpdate = z.union([
  Email.extend({ channel: Email.shape.channel.optional(), ...update }),
  Note.extend({ channel: Note.shape.channel.optional(), ...update }),
  Other.extend({ channel: Other.shape.channel.optional(), ...update }),
])
export type DraftUpdate = z.infer<typeof DraftUpdate>

export const DraftAttachment = z.strictObject({ attachment: text(64).describe('The id of an attachment.') })

export const DraftAttributes = z.looseObject({
  channel: z.string(),
  status: z.enum(['draft', 'scheduled', 'sent', 'error', 'deleted']),
  sendAt: z.string().nullable(),
  error: z.string().nullable(),
  auto: z.boolean(),
  source: z.string().nullable(),
  attachments: z.array(AttachmentRef),
  rev: z.number(),
  createdAt: z.string(),
  updatedAt: z.string(),
  modifiedAt: z.string(),
})
