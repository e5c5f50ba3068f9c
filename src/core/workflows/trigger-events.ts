import type { Reader } from '../../platform/db/database.ts'
import { listHooks } from '../apps/hooks.ts'
import { listKlasses } from '../objects/objects.ts'
import { callEvent, scheduleEvent } from './schema.ts'

/** Something that can start a workflow, with what its `steps.1` holds. */
export interface TriggerEvent {
  name: string
  title: string
  group: string
  /** What it is about; null where that is what came in. */
  object: string | null
  fields: string[]
}

const conversation = [
  'id',
  'customer',
  'name',
  'status',
  'tags',
  'assignedUsers',
  'assignedTeams',
  'channels',
  'priority',
  'custom',
  'firstMessageIn',
  'lastMessageIn',
]
const customer = [
  'id',
  'name',
  'displayName',
  'emails.0.email',
  'phones.0.phone',
  'tags',
  'custom',
  'company',
  'externalId',
]
const message = ['id', 'conversation', 'customer', 'preview', 'subject', 'channel', 'direction', 'directionType', 'app']
const feedback = [
  'id',
  'customer',
  'conversation',
  'app',
  'installation',
  'kind',
  'metric',
  'score',
  'scaleMin',
  'scaleMax',
  'sentiment',
  'title',
  'text',
  'product',
  'permalink',
  'verified',
  'test',
]
const survey = ['id', 'customer', 'conversation', 'state', 'reason']
const kobject = ['id', 'title', 'description', 'customer', 'externalId', 'custom', 'data', 'tags']
const changes = (...names: string[]) => names.map((it) => `changes.attributes.${it}.after`)

const fixed: TriggerEvent[] = [
  {
    name: 'tellback.feedback.create',
    title: 'Feedback came in',
    group: 'Feedback',
    object: 'feedback',
    fields: feedback,
  },
  {
    name: 'tellback.feedback.update',
    title: 'Feedback was changed',
    group: 'Feedback',
    object: 'feedback',
    fields: feedback,
  },
  {
    name: 'kustomer.conversation.create',
    title: 'A conversation was opened',
    group: 'Conversations',
    object: 'conversation',
    fields: conversation,
  },
  {
    name: 'kustomer.conversation.update',
    title: 'A conversation changed',
    group: 'Conversations',
    object: 'conversation',
    fields: [...conversation, ...changes('status', 'assignedUsers', 'assignedTeams', 'tags', 'priority')],
  },
  {
    name: 'kustomer.message.create',
    title: 'A message came or went',
    group: 'Conversations',
    object: 'message',
    fields: message,
  },
  {
    name: 'kustomer.message.update',
    title: 'A message changed',
    group: 'Conversations',
    object: 'message',
    fields: message,
  },
  {
    name: 'kustomer.note.create',
    title: 'A note was written',
    group: 'Conversations',
    object: 'note',
    fields: ['id', 'body', 'conversation', 'customer', 'userMentions'],
  },
  {
    name: 'kustomer.note.update',
    title: 'A note changed',
    group: 'Conversations',
    object: 'note',
    fields: ['id', 'body', 'conversation', 'customer'],
  },
  {
    name: 'kustomer.customer.create',
    title: 'A customer is new',
    group: 'Customers',
    object: 'customer',
    fields: customer,
  },
  {
    name: 'kustomer.customer.update',
    title: 'A customer changed',
    group: 'Customers',
    object: 'customer',
    fields: customer,
  },
  {
    name: 'kustomer.company.create',
    title: 'A company is new',
    group: 'Customers',
    object: 'company',
    fields: ['id', 'name', 'tags', 'custom', 'externalId'],
  },
  {
    name: 'kustomer.company.update',
    title: 'A company changed',
    group: 'Customers',
    object: 'company',
    fields: ['id', 'name', 'tags', 'custom', 'externalId'],
  },
  {
    name: 'tellback.survey.requested',
    title: 'A survey was asked for',
    group: 'Surveys',
    object: 'survey',
    fields: survey,
  },
  { name: 'tellback.survey.sent', title: 'A survey was sent', group: 'Surveys', object: 'survey', fields: survey },
  {
    name: 'tellback.survey.answered',
    title: 'A survey was answered',
    group: 'Surveys',
    object: 'survey',
    fields: survey,
  },
  {
    name: 'tellback.survey.skipped',
    title: 'A survey was not sent',
    group: 'Surveys',
    object: 'survey',
    fields: survey,
  },
  { name: 'tellback.survey.failed', title: 'A survey failed', group: 'Surveys', object: 'survey', fields: survey },
  {
    name: 'tellback.reply.update',
    title: 'A public reply moved on',
    group: 'Feedback',
    object: 'reply',
    fields: ['id', 'customer', 'state'],
  },
  { name: scheduleEvent, title: 'At certain times', group: 'Other', object: null, fields: ['at'] },
  { name: callEvent, title: 'When it is called', group: 'Other', object: null, fields: [] },
]

const verbs: Record<string, string> = { create: 'is new', update: 'changed', delete: 'was removed' }
const mostHooks = 500
const mostKlasses = 500

/** Every event that an organisation's workflows can listen for. */
export async function listTriggerEvents(reader: Reader): Promise<TriggerEvent[]> {
  const klasses = await listKlasses(reader, 'enabled', mostKlasses, 0)
  const received = []
  for (const type of ['form', 'web', 'email']) {
    received.push(...(await listHooks(reader, type, mostHooks, 0)))
  }
  return [
    ...fixed,
    ...klasses.flatMap(({ name, display_name: title }) =>
      Object.entries(verbs).map(([verb, said]) => ({
        name: `kustomer.kobject.${name}.${verb}`,
        title: `${title} ${said}`,
        group: 'Custom objects',
        object: 'kobject',
        fields: kobject,
      })),
    ),
    // What comes to an integration's own address becomes feedback and messages, which have events of their own.
    ...received
      .filter((hook) => hook.webhook === null)
      .map((hook) => ({
        name: hook.event_name,
        title: `Something came to “${hook.title}”`,
        group: 'Inbound webhooks',
        object: null,
        fields: ['attributes.data'],
      })),
  ]
}

const known = new Set(fixed.map((it) => it.name))
const patterns = [
  /^kustomer\.(?:conversation|customer|message|note|company|user|team|tag)\.(?:create|update|delete)$/,
  /^kustomer\.kobject\.[A-Za-z0-9_-]{1,128}\.(?:create|update|delete)$/,
  /^kustomer\.hooks\.(?:form|web|email)\.[0-9a-f]{24}\.receive$/,
  /^kustomer\.app\.[A-Za-z0-9_.-]{1,200}$/,
  /^kustomer\.workflow\.[0-9a-zA-Z_-]{1,64}\.call$/,
  /^tellback\.(?:feedback|survey|reply)\.[a-z_]{1,32}$/,
]

/** Whether anything here can raise an event of that name. */
export function isEventName(name: string): boolean {
  return known.has(name) || patterns.some((it) => it.test(name))
}
