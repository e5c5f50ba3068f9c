import { relatedId } from '../../api.ts'
import { inOrder, labelOf } from '../objects/use-klasses.ts'
import type { Properties } from '../objects/use-klasses.ts'
import { surveyStateNames } from '../surveys/survey-state.tsx'
import type { SurveyState } from '../surveys/survey-state.tsx'
import { objectOf } from './search-state.ts'

/** One thing that a search found, whatever it is. */
export interface Row {
  id: string
  type: string
  attributes: Record<string, unknown>
  relationships: Record<string, { data?: { id?: string } | null } | undefined>
}

/** How ids are called. */
export type NameOf = (id: string) => string

export interface Column {
  id: string
  label: string
  /** What its value is, for showing it; times are ISO 8601. */
  type: 'text' | 'time' | 'attribute'
  value: (row: Row, nameOf: NameOf) => string
  /** The attribute that the desk sorts by. */
  sort?: string
}

const text = (value: unknown): string =>
  typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'
    ? String(value)
    : Array.isArray(value)
      ? value.map(text).join(', ')
      : ''
const attribute = (name: string) => (row: Row) => text(row.attributes[name])
const capital = (word: string) => word.charAt(0).toUpperCase() + word.slice(1)
const names = (name: string) => (row: Row, nameOf: NameOf) =>
  Array.isArray(row.attributes[name]) ? (row.attributes[name] as string[]).map(nameOf).join(', ') : ''
const firstOf = (list: string, field: string) => (row: Row) =>
  text((row.attributes[list] as Record<string, unknown>[] | undefined)?.[0]?.[field])

const customer: Column = {
  id: 'customer',
  label: 'Customer',
  type: 'text',
  value: (row, nameOf) => {
    const id = relatedId(row, 'customer')
    return id === undefined ? '' : nameOf(id)
  },
}
const time = (id: string, label: string, sort: string): Column => ({
  id,
  label,
  type: 'time',
  value: attribute(id),
  sort,
})
const plain = (id: string, label: string, sort?: string): Column => ({
  id,
  label,
  type: 'text',
  value: attribute(id),
  ...(sort === undefined ? {} : { sort }),
})

const usual: Record<string, Column[]> = {
  customer: [
    { ...plain('displayName', 'Name', 'customer_name') },
    { id: 'email', label: 'E-mail', type: 'text', value: firstOf('emails', 'email') },
    { id: 'phone', label: 'Phone', type: 'text', value: firstOf('phones', 'phone') },
    { id: 'tags', label: 'Tags', type: 'text', value: attribute('tags') },
    time('lastActivityAt', 'Last activity', 'customer_activity_at'),
    time('createdAt', 'Customer since', 'customer_created_at'),
    time('updatedAt', 'Changed', 'customer_updated_at'),
    plain('externalId', 'External id'),
  ],
  conversation: [
    {
      id: 'name',
      label: 'Conversation',
      type: 'text',
      value: (row) => text(row.attributes['name']) || text(row.attributes['preview']) || 'Conversation without a name',
    },
    customer,
    { id: 'status', label: 'State', type: 'text', value: (row) => capital(text(row.attributes['status'])) },
    { id: 'assignedUsers', label: 'Assigned to', type: 'text', value: names('assignedUsers') },
    { id: 'tags', label: 'Tags', type: 'text', value: names('tags') },
    plain('priority', 'Priority', 'conversation_priority'),
    time('lastActivityAt', 'Last activity', 'conversation_activity_at'),
    time('createdAt', 'Begun', 'conversation_created_at'),
    { id: 'channels', label: 'Channels', type: 'text', value: attribute('channels') },
    plain('messageCount', 'Messages'),
  ],
  message: [
    plain('preview', 'Message'),
    customer,
    plain('direction', 'Direction'),
    plain('channel', 'Channel'),
    time('sentAt', 'Sent', 'message_sent_at'),
    plain('subject', 'Subject'),
    plain('status', 'State'),
  ],
  note: [
    plain('body', 'Note'),
    customer,
    time('createdAt', 'Written', 'note_created_at'),
    time('updatedAt', 'Changed', 'note_updated_at'),
  ],
  company: [
    plain('name', 'Name', 'company_name'),
    plain('externalId', 'External id'),
    { id: 'tags', label: 'Tags', type: 'text', value: attribute('tags') },
    time('createdAt', 'Added', 'company_created_at'),
    time('updatedAt', 'Changed', 'company_updated_at'),
  ],
  kobject: [
    plain('title', 'Title', 'kobject_title'),
    customer,
    plain('description', 'Text'),
    time('createdAt', 'Created', 'kobject_created_at'),
    time('updatedAt', 'Changed', 'kobject_updated_at'),
    plain('externalId', 'External id'),
  ],
  survey: [
    {
      id: 'state',
      label: 'State',
      type: 'text',
      value: (row) => surveyStateNames[row.attributes['state'] as SurveyState],
    },
    customer,
    {
      id: 'installation',
      label: 'By',
      type: 'text',
      value: (row, nameOf) => nameOf(text(row.attributes['installation'])),
    },
    plain('reason', 'Why'),
    { id: 'assignedUsers', label: 'Closed for', type: 'text', value: names('assignedUsers') },
    time('closedAt', 'Closed', 'survey_closed_at'),
    time('answeredAt', 'Answered', 'survey_answered_at'),
    plain('address', 'Asked at', 'survey_address'),
    plain('channel', 'Channel', 'survey_channel'),
    { id: 'assignedTeams', label: 'Team', type: 'text', value: names('assignedTeams') },
    time('dueAt', 'To be asked', 'survey_due_at'),
    time('requestedAt', 'Asked', 'survey_requested_at'),
    time('sentAt', 'Sent', 'survey_sent_at'),
    time('openedAt', 'Opened', 'survey_opened_at'),
  ],
}
/** How many of the usual columns are shown until somebody chooses. */
const shownAtFirst: Record<string, number> = {
  customer: 5,
  conversation: 7,
  message: 5,
  note: 3,
  company: 5,
  kobject: 4,
  survey: 7,
}

/** Every column that what is shown can have: its usual ones, then the attributes that the organisation added. */
export function columnsFor(show: string, properties: Properties | undefined): Column[] {
  const object = objectOf(show)
  const prefix = show.startsWith('kobject_') ? `kobject_custom_${show.slice('kobject_'.length)}` : `${object}_custom`
  const custom = inOrder(properties ?? {}).map(([name]): Column => ({
    id: `custom.${name}`,
    label: labelOf(properties, name),
    type: 'attribute',
    value: (row) => text((row.attributes['custom'] as Record<string, unknown> | undefined)?.[name]),
    sort: `${prefix}_${name}`,
  }))
  return [...(usual[object] ?? []), ...custom]
}

export function columnsAtFirst(show: string, all: Column[]): string[] {
  const object = objectOf(show)
  const count = shownAtFirst[object] ?? 4
  const first = all.slice(0, count)
  // An object's attributes may repeat its title and its text under the same names.
  const isNew = ({ id, label }: Column) => id.startsWith('custom.') && first.every((it) => it.label !== label)
  const custom = object === 'kobject' ? all.filter(isNew).slice(0, 3) : []
  return [...first, ...custom].map(({ id }) => id)
}

/** Where a row leads; undefined for what has no page. */
export function addressOf(row: Row, show: string): string | undefined {
  const [customerId, conversationId] = [relatedId(row, 'customer'), relatedId(row, 'conversation')]
  switch (objectOf(show)) {
    case 'customer':
      return `/customers/${row.id}`
    case 'conversation':
      return `/conversations/${row.id}`
    case 'message':
    case 'note':
    case 'survey':
      return conversationId === undefined ? undefined : `/conversations/${conversationId}`
    default:
      return customerId === undefined ? undefined : `/customers/${customerId}`
  }
}
