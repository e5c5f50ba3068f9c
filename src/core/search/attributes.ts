import { sql } from 'kysely'
import type { RawBuilder } from 'kysely'

import { attributeTypeOf } from '../../sdk/domain.ts'
import type { AttributeType } from '../../sdk/domain.ts'

/** The things that have attributes to search by. `feedback` can be asked about, but is returned as its kobject. */
export type SearchObject = WordedObject | 'feedback' | 'survey'
/** Those whose words are kept: found by any word of theirs. */
export type WordedObject = 'customer' | 'company' | 'conversation' | 'message' | 'note' | 'kobject'

/** The operator type of an attribute (facts 8.2): `any` and `text` are looked through by words, `string` too, `exact` and `list` compared as they are. */
export type AttributeKind = 'any' | 'string' | 'text' | 'exact' | 'list' | 'number' | 'datetime' | 'boolean'

export type Expression = RawBuilder<unknown>

export interface Attribute {
  readonly object: SearchObject
  readonly kind: AttributeKind
  /** The value in a row of the object's table, called `row` in the query; many values as an array. */
  readonly value: (row: string) => Expression
  readonly isArray: boolean
  /** Never null, so that an index on the bare column can be walked in its order. */
  readonly notNull: boolean
  /** The objects of one klass only. */
  readonly klass: string | undefined
  /** Among the words by which its row is found. */
  readonly isIndexed: boolean
  /** Something of the platform that nothing here has: known, and empty in every row. */
  readonly isAbsent: boolean
  /** Finds rows by an identity that is unique in the organisation. */
  readonly identity: 'email' | 'phone' | 'externalId' | undefined
}

const base = {
  isArray: false,
  notNull: false,
  isIndexed: true,
  isAbsent: false,
  klass: undefined,
  identity: undefined,
} as const

type Definition = Omit<Attribute, 'object'>

const column =
  (name: string): Attribute['value'] =>
  (row) =>
    sql.ref(`${row}.${name}`)

function scalar(kind: AttributeKind, value: Attribute['value'] | string): Definition {
  return { ...base, kind, value: typeof value === 'string' ? column(value) : value }
}

function always(kind: AttributeKind, name: string): Definition {
  return { ...base, kind, value: column(name), notNull: true }
}

function many(kind: AttributeKind, value: Attribute['value'] | string): Definition {
  return { ...base, kind, value: typeof value === 'string' ? column(value) : value, isArray: true }
}

function absent(kind: AttributeKind): Definition {
  const nothing =
    kind === 'number'
      ? sql`null::numeric`
      : kind === 'datetime'
        ? sql`null::timestamptz`
        : kind === 'boolean'
          ? sql`null::boolean`
          : sql`null::text`
  return { ...scalar(kind, () => nothing), isAbsent: true }
}

const words = scalar('any', () => sql`null::text`)
const set = (name: string): Definition => scalar('boolean', (row) => sql`${sql.ref(`${row}.${name}`)} is not null`)

/** A text at `path` of a jsonb column. The path is ours, never the caller's. */
const json =
  (name: string, ...path: string[]): Attribute['value'] =>
  (row) =>
    sql`${sql.ref(`${row}.${name}`)} #>> ${sql.lit(`{${path.join(',')}}`)}`
const jsonMoment = (name: string, ...path: string[]) =>
  scalar('datetime', (row) => sql`moment_of(${json(name, ...path)(row)})`)
const jsonNumber = (name: string, ...path: string[]) =>
  scalar('number', (row) => sql`number_of(${sql.ref(`${row}.${name}`)} #> ${sql.lit(`{${path.join(',')}}`)})`)
const jsonBoolean = (name: string, ...path: string[]) =>
  scalar('boolean', (row) => sql`boolean_of(${sql.ref(`${row}.${name}`)} #> ${sql.lit(`{${path.join(',')}}`)})`)
const jsonList =
  (name: string, ...path: string[]): Attribute['value'] =>
  (row) =>
    sql`texts_of(${sql.ref(`${row}.${name}`)} #> ${sql.lit(`{${path.join(',')}}`)})`
/** One field of each item of a jsonb list. */
const jsonEach =
  (name: string, path: string[], field: string): Attribute['value'] =>
  (row) =>
    sql`array(select item ->> ${sql.lit(field)} from jsonb_array_elements(array_of(${sql.ref(`${row}.${name}`)} #> ${sql.lit(`{${path.join(',')}}`)})) item where item ->> ${sql.lit(field)} is not null)`
const sentiment = (name: string): Definition =>
  scalar(
    'list',
    (row) =>
      sql`case ${json(name, 'sentiment', 'polarity')(row)} when '1' then 'happy' when '-1' then 'unhappy' when '0' then 'indifferent' end`,
  )

const stamps = {
  id: always('exact', 'id'),
  created_at: always('datetime', 'created_at'),
  updated_at: always('datetime', 'updated_at'),
}
const writing = {
  modified_at: always('datetime', 'modified_at'),
  created_by: scalar('list', 'created_by'),
  modified_by: scalar('list', 'modified_by'),
}
const importing = { imported_at: scalar('datetime', 'imported_at'), imported: set('imported_at') }

const ofConversations = (expression: (row: string) => Expression) =>
  scalar(
    'datetime',
    (row) =>
      sql`(select max(${expression('v')}) from conversations v where v.org_id = ${sql.ref(`${row}.org_id`)} and v.customer_id = ${sql.ref(`${row}.id`)} and v.deleted_at is null)`,
  )

const customer: Record<string, Definition> = {
  ...stamps,
  ...writing,
  ...importing,
  any_text: words,
  name: scalar('string', 'name'),
  email: { ...many('string', jsonEach('emails', [], 'email')), identity: 'email' },
  phone: { ...many('string', jsonEach('phones', [], 'phone')), identity: 'phone' },
  externalId: { ...scalar('exact', 'external_id'), identity: 'externalId' },
  company_id: scalar('exact', 'company_id'),
  shared_email: absent('string'),
  shared_phone: absent('string'),
  shared_externalId: absent('exact'),
  urls: many('string', jsonEach('profile', ['urls'], 'url')),
  address: many('string', jsonEach('profile', ['locations'], 'address')),
  locale: scalar('string', json('profile', 'locale')),
  default_lang: scalar('exact', json('profile', 'defaultLang')),
  social_userid: many('exact', jsonEach('profile', ['socials'], 'userid')),
  social_username: many('exact', jsonEach('profile', ['socials'], 'username')),
  social_type: many('list', jsonEach('profile', ['socials'], 'type')),
  shared_social_userid: absent('exact'),
  shared_social_username: absent('exact'),
  shared_social_type: absent('list'),
  gender: scalar('list', json('profile', 'gender')),
  presence: absent('list'),
  status: scalar('list', (row) => liveliest(row)),
  progressive_status: scalar('list', (row) => liveliest(row)),
  active_users: absent('list'),
  watchers: absent('list'),
  tags: many('list', 'tags'),
  sentiment: sentiment('profile'),
  activity_at: scalar('datetime', 'last_activity_at'),
  last_seen_at: jsonMoment('profile', 'lastSeenAt'),
  signed_up_at: jsonMoment('profile', 'signedUpAt'),
  last_message_at: ofConversations((row) => sql.ref(`${row}.last_message_at`)),
  last_message_sent_at: ofConversations((row) => sql.ref(`${row}.last_message_at`)),
  last_message_out_sent_at: ofConversations(
    (row) => sql`moment_of(${json('milestones', 'lastMessageOut', 'sentAt')(row)})`,
  ),
  last_message_unresponded_to_sent_at: ofConversations(
    (row) => sql`moment_of(${json('milestones', 'lastMessageUnrespondedTo', 'sentAt')(row)})`,
  ),
  satisfaction_avg_score: absent('number'),
  satisfaction_avg_rating: absent('number'),
  conversations_count: scalar(
    'number',
    (row) =>
      sql`${sql.ref(`${row}.open_conversations`)} + ${sql.ref(`${row}.snoozed_conversations`)} + ${sql.ref(`${row}.done_conversations`)}`,
  ),
  open: always('number', 'open_conversations'),
  snoozed: always('number', 'snoozed_conversations'),
  done: always('number', 'done_conversations'),
  lastmessage_preview: {
    ...scalar(
      'string',
      (row) =>
        sql`(select v.preview from conversations v where v.org_id = ${sql.ref(`${row}.org_id`)} and v.customer_id = ${sql.ref(`${row}.id`)} and v.deleted_at is null order by v.last_message_at desc nulls last limit 1)`,
    ),
    isIndexed: false,
  },
}

function liveliest(row: string): Expression {
  return sql`case when ${sql.ref(`${row}.open_conversations`)} > 0 then 'open' when ${sql.ref(`${row}.snoozed_conversations`)} > 0 then 'snoozed' when ${sql.ref(`${row}.done_conversations`)} > 0 then 'done' end`
}

const company: Record<string, Definition> = {
  ...stamps,
  ...writing,
  ...importing,
  any_text: words,
  name: scalar('string', 'name'),
  externalId: scalar('exact', 'external_id'),
  tags: many('list', 'tags'),
  default_lang: scalar('exact', json('profile', 'defaultLang')),
}

const absentOf = (kind: AttributeKind, names: string): Record<string, Definition> =>
  Object.fromEntries(names.split(' ').map((name) => [name, absent(kind)]))

const conversation: Record<string, Definition> = {
  ...stamps,
  ...writing,
  ...importing,
  any_text: words,
  name: scalar('string', 'name'),
  external_id: scalar('exact', 'external_id'),
  customer_id: always('exact', 'customer_id'),
  status: always('list', 'status'),
  sub_status: scalar('list', json('extra', 'subStatus')),
  priority: always('number', 'priority'),
  direction: scalar('list', 'direction'),
  channels: many('list', 'channels'),
  reply_channel: scalar('list', 'reply_channel'),
  tags: many('list', 'tags'),
  assigned_users: many('list', 'assigned_users'),
  assigned_teams: many('list', 'assigned_teams'),
  brand: scalar('list', 'brand_id'),
  default_lang: scalar('exact', 'default_lang'),
  sentiment: sentiment('extra'),
  snooze_at: scalar('datetime', 'snooze_at'),
  activity_at: always('datetime', 'last_activity_at'),
  message_count: scalar(
    'number',
    (row) => sql`${sql.ref(`${row}.inbound_count`)} + ${sql.ref(`${row}.outbound_count`)}`,
  ),
  outbound_message_count: always('number', 'outbound_count'),
  inbound_message_count: always('number', 'inbound_count'),
  note_count: always('number', 'note_count'),
  last_message_at: scalar('datetime', 'last_message_at'),
  last_message_sent_at: scalar('datetime', 'last_message_at'),
  last_message_direction: scalar('list', 'last_message_direction'),
  last_message_out_sent_at: jsonMoment('milestones', 'lastMessageOut', 'sentAt'),
  last_message_unresponded_to_sent_at: jsonMoment('milestones', 'lastMessageUnrespondedTo', 'sentAt'),
  first_message_in_sent_at: jsonMoment('milestones', 'firstMessageIn', 'sentAt'),
  first_message_in_direction_type: scalar('list', json('milestones', 'firstMessageIn', 'directionType')),
  first_message_in_channel: scalar('list', json('milestones', 'firstMessageIn', 'channel')),
  first_message_out_sent_at: jsonMoment('milestones', 'firstMessageOut', 'sentAt'),
  first_message_out_direction_type: scalar('list', json('milestones', 'firstMessageOut', 'directionType')),
  first_message_out_channel: scalar('list', json('milestones', 'firstMessageOut', 'channel')),
  first_response_sent_at: jsonMoment('milestones', 'firstResponse', 'sentAt'),
  first_response_time: jsonNumber('milestones', 'firstResponse', 'responseTime'),
  first_response_created_by: scalar('list', json('milestones', 'firstResponse', 'createdBy')),
  last_response_created_by: scalar('list', json('milestones', 'lastResponse', 'createdBy')),
  first_done_created_by: scalar('list', json('milestones', 'firstDone', 'createdBy')),
  last_done_created_at: jsonMoment('milestones', 'lastDone', 'createdAt'),
  last_done_created_by: scalar('list', json('milestones', 'lastDone', 'createdBy')),
  last_done_created_by_teams: many('list', jsonList('milestones', 'lastDone', 'createdByTeams')),
  satisfaction: jsonNumber('extra', 'satisfaction'),
  satisfaction_score: jsonNumber('extra', 'satisfactionLevel', 'score'),
  satisfaction_rating: jsonNumber('extra', 'satisfactionLevel', 'rating'),
  satisfaction_status: scalar('list', json('extra', 'satisfactionLevel', 'status')),
  satisfaction_created_at: jsonMoment('extra', 'satisfactionLevel', 'createdAt'),
  satisfaction_sent_by: scalar('list', json('extra', 'satisfactionLevel', 'sentBy')),
  satisfaction_sent_by_teams: many('list', jsonList('extra', 'satisfactionLevel', 'sentByTeams')),
  satisfaction_survey_id: scalar('exact', json('extra', 'satisfactionLevel', 'form')),
  queue: scalar('list', json('extra', 'queue', 'id')),
  external_queue: scalar('list', json('extra', 'queue', 'external')),
  ended: jsonBoolean('extra', 'ended'),
  ended_at: jsonMoment('extra', 'endedAt'),
  ended_reason: scalar('list', json('extra', 'endedReason')),
  campaign_id: absent('exact'),
  ...absentOf('exact', 'sla_version_id sla_id time_conversation_id'),
  ...absentOf(
    'list',
    'sla_status sla_breach_metric time_created_by_teams time_assigned_users time_assigned_teams time_channels',
  ),
  ...absentOf('datetime', 'sla_breach_at sla_satisfied_at time_created_at time_message_at time_note_at time_handle_at'),
  ...absentOf('number', 'time_message_time time_messages_sent time_note_time time_notes_sent time_handle_time'),
  ...absentOf('boolean', 'sla_breached time_touched time_reopened time_snoozed time_resolved'),
}

const message: Record<string, Definition> = {
  ...stamps,
  ...writing,
  ...importing,
  any_text: words,
  body: scalar('text', 'preview'),
  subject: scalar('text', 'subject'),
  app: scalar('list', 'app'),
  channel: always('list', 'channel'),
  status: always('list', 'status'),
  direction: always('list', 'direction'),
  direction_type: always('list', 'direction_type'),
  source: scalar('list', 'source'),
  sentiment: sentiment('extra'),
  size: always('number', 'size'),
  attachment_count: scalar('number', (row) => sql`jsonb_array_length(${sql.ref(`${row}.attachments`)})`),
  redacted: set('redacted_at'),
  redacted_at: scalar('datetime', 'redacted_at'),
  auto: always('boolean', 'auto'),
  sent_at: always('datetime', 'sent_at'),
  error_at: scalar('datetime', 'error_at'),
  error_title: scalar('string', json('error', 'title')),
  recipients: many('string', jsonEach('meta', ['to'], 'email')),
  sender: scalar('string', json('meta', 'from')),
  customer_id: always('exact', 'customer_id'),
  conversation_id: always('exact', 'conversation_id'),
  external_id: scalar('exact', 'external_id'),
  created_by_teams: absent('exact'),
  shortcuts: many('exact', jsonList('extra', 'shortcuts')),
  lang: scalar('exact', 'lang'),
}

const note: Record<string, Definition> = {
  ...stamps,
  ...writing,
  ...importing,
  any_text: words,
  body: scalar('text', 'body'),
  deleted: set('deleted_at'),
  user_mentions: many('list', jsonEach('user_mentions', [], 'user')),
  team_mentions: many('list', jsonEach('user_mentions', [], 'team')),
  attachment_count: scalar('number', (row) => sql`jsonb_array_length(${sql.ref(`${row}.attachments`)})`),
  external_id: scalar('exact', 'external_id'),
  customer_id: always('exact', 'customer_id'),
  conversation_id: always('exact', 'conversation_id'),
  lang: scalar('exact', 'lang'),
}

const kobject: Record<string, Definition> = {
  ...stamps,
  ...importing,
  any_text: words,
  title: scalar('string', 'title'),
  description: scalar('text', 'description'),
  klass: always('list', 'klass'),
  external_id: scalar('exact', 'external_id'),
  customer_id: scalar('exact', 'customer_id'),
  company_id: absent('exact'),
  tags: many('list', 'tags'),
  created_by: scalar('list', 'created_by'),
  modified_by: scalar('list', 'modified_by'),
}

/** What Tellback adds: a review's or answer's own fields, whatever the provider. */
const feedback: Record<string, Definition> = {
  app: always('list', 'app'),
  installation: always('list', 'installation_id'),
  kind: always('list', 'kind'),
  metric: scalar('list', 'metric'),
  score: scalar('number', 'score'),
  sentiment: scalar('list', 'sentiment'),
  trust: always('list', 'trust'),
  reply_state: always('list', 'reply_state'),
  responded_at: always('datetime', 'responded_at'),
}

const unindexed = (kind: AttributeKind, name: string): Definition => ({ ...scalar(kind, name), isIndexed: false })

/** What Tellback adds: whom a close had asked, by whom, and what became of it. */
const survey: Record<string, Definition> = {
  id: always('exact', 'id'),
  state: always('list', 'state'),
  reason: unindexed('text', 'reason'),
  app: always('list', 'app'),
  installation: always('list', 'installation_id'),
  address: unindexed('string', 'address'),
  channel: scalar('list', 'channel'),
  brand: scalar('list', 'brand_id'),
  tags: many('list', 'tags'),
  assigned_users: many('list', 'assigned_users'),
  assigned_teams: many('list', 'assigned_teams'),
  customer_id: always('exact', 'customer_id'),
  conversation_id: always('exact', 'conversation_id'),
  closed_at: always('datetime', 'closed_at'),
  due_at: scalar('datetime', 'due_at'),
  requested_at: scalar('datetime', 'requested_at'),
  sent_at: scalar('datetime', 'sent_at'),
  opened_at: scalar('datetime', 'opened_at'),
  answered_at: scalar('datetime', 'answered_at'),
}

const attributes: Record<SearchObject, Record<string, Definition>> = {
  customer,
  company,
  conversation,
  message,
  note,
  kobject,
  feedback,
  survey,
}

const customKinds: Record<AttributeType, AttributeKind> = {
  string: 'string',
  text: 'text',
  number: 'number',
  date: 'datetime',
  boolean: 'boolean',
  url: 'string',
  id: 'list',
  tree: 'string',
}
const customObjects = new Set<string>(['customer', 'company', 'conversation', 'message'])

/** Every attribute that something can be found by and that no organisation made itself, by its name. */
export function listAttributes(): [name: string, attribute: Attribute][] {
  return Object.entries(attributes).flatMap(([object, definitions]) =>
    Object.entries(definitions)
      .filter(([, definition]) => !definition.isAbsent)
      .map(([name, definition]): [string, Attribute] => [
        `${object}_${name}`,
        { ...definition, object: object as SearchObject },
      ]),
  )
}

/** An attribute by the name that the platform gives it (facts 8.3), such as `conversation_custom_orderIdStr`; undefined for one there is not. */
export function findAttribute(name: string): Attribute | undefined {
  const separator = name.indexOf('_')
  const object = name.slice(0, separator)
  const rest = name.slice(separator + 1)
  if (separator < 1 || !isObject(object)) {
    return undefined
  }
  const known = own(attributes[object], rest)
  if (known !== undefined) {
    return { ...known, object }
  }
  if (rest.startsWith('custom_')) {
    const custom = rest.slice('custom_'.length)
    return object === 'kobject'
      ? kobjectCustom(custom)
      : customObjects.has(object)
        ? customAttribute(object, undefined, custom)
        : undefined
  }
  return object === 'kobject' ? ofKlass(rest) : undefined
}

function isObject(name: string): name is SearchObject {
  return Object.hasOwn(attributes, name)
}

function own<T>(record: Record<string, T>, name: string): T | undefined {
  return Object.hasOwn(record, name) ? record[name] : undefined
}

function kobjectCustom(rest: string): Attribute | undefined {
  const separator = rest.lastIndexOf('_') // the names of attributes have none, those of klasses may
  return separator < 1 ? undefined : customAttribute('kobject', rest.slice(0, separator), rest.slice(separator + 1))
}

const klassFields = ['created_at', 'updated_at', 'customer_id', 'company_id', 'any_text', 'external_id', 'title', 'id']

function ofKlass(rest: string): Attribute | undefined {
  const field = klassFields.find((it) => rest.endsWith(`_${it}`))
  const definition = field === undefined ? undefined : own(kobject, field)
  return field === undefined || definition === undefined
    ? undefined
    : { ...definition, object: 'kobject', klass: rest.slice(0, -field.length - 1) }
}

function customAttribute(object: SearchObject, klass: string | undefined, name: string): Attribute | undefined {
  const type = attributeTypeOf(name)
  if (type === undefined || name.length > 128) {
    return undefined
  }
  const kind = customKinds[type]
  // The name is the caller's: it travels as a parameter.
  const held = (row: string) => sql`${sql.ref(`${row}.custom`)} -> ${name}::text`
  const value: Record<AttributeKind, (row: string) => Expression> = {
    any: held,
    number: (row) => sql`number_of(${held(row)})`,
    datetime: (row) => sql`moment_of(${sql.ref(`${row}.custom`)} ->> ${name}::text)`,
    boolean: (row) => sql`boolean_of(${held(row)})`,
    list: (row) => sql`texts_of(${held(row)})`,
    string: (row) => sql`${sql.ref(`${row}.custom`)} ->> ${name}::text`,
    text: (row) => sql`${sql.ref(`${row}.custom`)} ->> ${name}::text`,
    exact: (row) => sql`${sql.ref(`${row}.custom`)} ->> ${name}::text`,
  }
  return { ...base, object, klass, kind, value: value[kind], isArray: kind === 'list' }
}
