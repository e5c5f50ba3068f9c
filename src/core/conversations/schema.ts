import { z } from 'zod'

import { Custom } from '../metadata/schema.ts'
import { TagName } from '../tags/schema.ts'

const text = (longest: number) => z.string().max(longest, `must not be longer than ${longest} characters`)
const moment = z.iso.datetime({ offset: true, error: 'must be an ISO 8601 date and time that exists' })
const assignees = z.array(text(64)).max(10, 'must not be more than 10')

/** What can be demanded before a conversation is done: an attribute of its own, or a custom one. */
export const RequiredField = z
  .string()
  .max(150)
  .regex(
    /^(?:name|subStatus|brand|tags|assignedUsers|assignedTeams|replyChannel|custom\.[A-Za-z0-9]+(?:Str|Txt|Num|At|Bool|Url|Id|Tree))$/,
    {
      error: 'must be name, subStatus, brand, tags, assignedUsers, assignedTeams, replyChannel or custom.<attribute>',
    },
  )

/** Fields of the platform that are kept and given back as they came; nothing here depends on them yet. */
const Extra = z.strictObject({
  queue: z.looseObject({ id: text(64).nullish(), external: text(64).optional() }).nullish(),
  /** The id of a sub-status of the status that the conversation has then. */
  subStatus: text(64).nullish(),
  satisfaction: z.number().nullish(),
  satisfactionLevel: z.looseObject({}).nullish(),
  suggestedShortcuts: z.array(z.looseObject({})).max(100).nullish(),
  suggestedTags: z.array(z.looseObject({})).max(100).nullish(),
  sentiment: z.looseObject({ polarity: z.number() }).nullish(),
  ended: z.boolean().nullish(),
  endedAt: moment.nullish(),
  endedReason: text(255).nullish(),
  endedBy: text(64).nullish(),
  endedByType: z.enum(['user', 'customer']).nullish(),
  locked: z.boolean().nullish(),
  /** What this one must have before it is done, beside what the organisation demands of all. */
  requiredForDone: z.array(RequiredField).max(10).nullish(),
})
export type Extra = z.infer<typeof Extra>

const common = {
  externalId: text(255).min(1).nullish(),
  name: text(255).nullish(),
  priority: z.number().int().min(1, 'must be 1 to 5').max(5, 'must be 1 to 5').optional(),
  direction: z.enum(['in', 'out']).nullish(),
  replyChannel: text(32).nullish(),
  /** Names or ids; a name that is no tag yet becomes one. */
  tags: z.array(TagName).max(100).optional(),
  assignedUsers: assignees.optional(),
  assignedTeams: assignees.optional(),
  custom: Custom.optional(),
  defaultLang: text(32).nullish(),
  brand: text(64).nullish().describe('The id of a brand; a new conversation has the default one.'),
  ...Extra.shape,
}

export const ConversationInput = z.strictObject({
  ...common,
  customer: text(64),
  status: z.enum(['open', 'done']).default('open'),
  createdAt: moment.optional(),
  importedAt: moment.nullish(),
})
export type ConversationInput = z.infer<typeof ConversationInput>

/** For the customer's own path, which names the customer. */
export const CustomerConversationInput = ConversationInput.omit({ customer: true })

export const ConversationUpdate = z.strictObject({
  ...common,
  /** Moves the conversation, with its messages and notes, to another customer. */
  customer: text(64).optional(),
  status: z.enum(['open', 'snoozed', 'done']).optional(),
  snooze: z.strictObject({ time: moment, status: text(32).optional() }).nullish(),
  withoutSurvey: z.boolean().optional().describe('With status done: nobody is to be asked about this close.'),
  /** The `rev` that was read; a write to an older one is refused with 409. */
  rev: z.number().int().optional(),
})
export type ConversationUpdate = z.infer<typeof ConversationUpdate>

export const ConversationRules = z.strictObject({
  requiredForDone: z.array(RequiredField).max(50).describe('What a conversation must have before it is done.'),
})

export const TagList = z.array(TagName).min(1, 'needs at least one tag').max(100)

const DirectionType = z.enum([
  'initial-in',
  'initial-out',
  'response-in',
  'response-out',
  'followup-in',
  'followup-out',
])

const MessageMilestone = z.object({
  id: z.string(),
  sentAt: z.string(),
  channel: z.string(),
  directionType: DirectionType,
})

/** To whom something is credited, as it was then. */
const Credit = z.object({
  createdBy: z.string().nullable(),
  createdByTeams: z.array(z.string()),
  assignedUsers: z.array(z.string()),
  assignedTeams: z.array(z.string()),
})
export type Credit = z.infer<typeof Credit>

const ResponseMilestone = Credit.extend({
  id: z.string(),
  createdAt: z.string(),
  sentAt: z.string(),
  responseTime: z.number().describe('Milliseconds since the message that it answers.'),
})

const DoneMilestone = Credit.extend({
  createdAt: z.string(),
  time: z.number().describe('Milliseconds since the conversation was opened, or opened again.'),
  businessTime: z.number().describe('The same: no business hours are kept.'),
  noteCount: z.number(),
  messageCount: z.number(),
  outboundMessageCount: z.number(),
  lastMessageDirection: z.enum(['in', 'out']).nullable(),
  lastMessageDirectionType: DirectionType.nullable(),
  messageCountByChannel: z.record(z.string(), z.number()),
})

const Total = z.object({ time: z.number().describe('Milliseconds.'), businessTime: z.number() })

/** What happened first and last in a conversation (facts 1.12). */
export const Milestones = z.object({
  firstMessageIn: MessageMilestone.optional(),
  firstMessageOut: MessageMilestone.optional(),
  lastMessageIn: MessageMilestone.optional(),
  lastMessageOut: MessageMilestone.optional(),
  lastMessageUnrespondedTo: MessageMilestone.optional().describe('The oldest message that nobody has answered.'),
  lastMessageUnrespondedToSinceLastDone: MessageMilestone.optional(),
  firstResponse: ResponseMilestone.optional(),
  firstResponseSinceLastDone: ResponseMilestone.optional(),
  lastResponse: ResponseMilestone.optional(),
  firstDone: DoneMilestone.optional(),
  lastDone: DoneMilestone.optional(),
  messageCountByChannel: z.record(z.string(), z.number()).optional(),
  totalOpen: Total.optional().describe('How long it was open, before now.'),
  totalSnooze: Total.optional(),
  totalDone: Total.optional(),
  modificationHistory: z.record(z.string(), z.string()).optional().describe('When each attribute was changed last.'),
})
export type Milestones = z.infer<typeof Milestones>

export const ConversationAttributes = z.looseObject({
  externalId: z.string().nullable(),
  name: z.string().nullable(),
  preview: z.string().nullable(),
  status: z.enum(['open', 'snoozed', 'done']),
  open: z.object({ statusAt: z.string() }).nullable(),
  snooze: z.object({ time: z.string(), status: z.string() }).nullable(),
  priority: z.number(),
  direction: z.string().nullable(),
  channels: z.array(z.string()),
  replyChannel: z.string().nullable(),
  tags: z.array(z.string()),
  assignedUsers: z.array(z.string()),
  assignedTeams: z.array(z.string()),
  custom: Custom,
  defaultLang: z.string().nullable(),
  messageCount: z.number(),
  inboundMessageCount: z.number(),
  outboundMessageCount: z.number(),
  noteCount: z.number(),
  doneCount: z.number(),
  reopenCount: z.number(),
  reopenFromDoneCount: z.number(),
  snoozeCount: z.number(),
  ...Milestones.shape,
  lastMessageAt: z.string().nullable(),
  lastMessageDirection: z.string().nullable(),
  deleted: z.boolean(),
  rev: z.number(),
  createdAt: z.string(),
  updatedAt: z.string(),
  modifiedAt: z.string(),
  lastActivityAt: z.string(),
  importedAt: z.string().nullable(),
})

const Change = z.object({ op: z.enum(['add', 'replace', 'remove']), before: z.unknown(), after: z.unknown() })

export const EventAttributes = z.object({
  name: z.string(),
  type: z.string(),
  changes: z
    .object({ attributes: z.record(z.string(), Change), relationships: z.record(z.string(), Change) })
    .nullable(),
  meta: z.record(z.string(), z.unknown()),
  createdAt: z.string(),
  publishedAt: z.string(),
})
