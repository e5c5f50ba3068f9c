import type { Reader } from '../../platform/db/database.ts'
import { metrics, replyStates, surveyStates, trustLevels } from '../../sdk/domain.ts'
import { Channel } from '../messages/schema.ts'
import { declaredAttributes } from '../metadata/metadata.ts'
import { findAttribute, listAttributes } from './attributes.ts'
import type { Attribute } from './attributes.ts'
import { legal } from './criteria.ts'
import type { SearchAttribute } from './schema.ts'

/** Everything that this organisation can search by: what the platform has, and what its admins and apps added. */
export async function searchAttributes(reader: Reader): Promise<(SearchAttribute & { name: string })[]> {
  const usual = listAttributes().map(([name, attribute]) => {
    const own = name.slice(attribute.object.length + 1)
    return describe(name, attribute, { label: labelOf(own), custom: false, values: valuesOf(attribute, own) })
  })
  const custom = (await declaredAttributes(reader)).flatMap(({ resource, name, label, choices }) => {
    const full = resource.startsWith('kobject.')
      ? `kobject_custom_${resource.slice('kobject.'.length)}_${name}`
      : `${resource}_custom_${name}`
    const attribute = findAttribute(full)
    return attribute === undefined ? [] : [describe(full, attribute, { label, custom: true, values: choices ?? null })]
  })
  return [...usual, ...custom]
}

function describe(
  name: string,
  { object, klass, kind }: Attribute,
  more: Pick<SearchAttribute, 'label' | 'custom' | 'values'>,
): SearchAttribute & { name: string } {
  const refersTo = more.custom ? null : referenceOf(name)
  return { name, object, klass: klass ?? null, kind, operators: [...legal[kind]], refersTo, ...more }
}

/** `last_message_at` becomes “Last message at”. */
function labelOf(name: string): string {
  const words = name
    .replaceAll('_', ' ')
    .replaceAll(/([a-z])([A-Z])/g, (_, a: string, b: string) => `${a} ${b.toLowerCase()}`)
  return words.charAt(0).toUpperCase() + words.slice(1)
}

const states = ['open', 'snoozed', 'done']
const channels = Channel.options
const directions = ['in', 'out']
const values: Record<string, readonly string[]> = {
  customer_status: states,
  customer_progressive_status: states,
  customer_sentiment: ['happy', 'indifferent', 'unhappy'],
  conversation_status: states,
  conversation_sentiment: ['happy', 'indifferent', 'unhappy'],
  conversation_channels: channels,
  conversation_reply_channel: channels,
  conversation_first_message_in_channel: channels,
  conversation_first_message_out_channel: channels,
  conversation_direction: directions,
  conversation_last_message_direction: directions,
  message_channel: channels,
  message_direction: directions,
  message_status: ['received', 'sent', 'error'],
  message_sentiment: ['happy', 'indifferent', 'unhappy'],
  feedback_kind: ['review', 'survey'],
  feedback_metric: metrics,
  feedback_sentiment: ['negative', 'neutral', 'positive'],
  feedback_trust: trustLevels,
  feedback_reply_state: ['none', ...replyStates],
  survey_state: surveyStates,
  survey_channel: channels,
}

function valuesOf({ object }: Attribute, name: string): string[] | null {
  const known = values[`${object}_${name}`]
  return known === undefined ? null : [...known]
}

const references: [RegExp, NonNullable<SearchAttribute['refersTo']>][] = [
  [/_teams$|_team_mentions$/, 'team'],
  [/_(created|modified)_by$|_assigned_users$|_user_mentions$|_sent_by$/, 'user'],
  [/^(conversation|survey)_tags$/, 'tag'], // everything else holds the words themselves
  [/_brand$/, 'brand'],
  [/^kobject_klass$/, 'klass'],
  [/^(feedback|survey)_installation$/, 'installation'],
  [/_customer_id$/, 'customer'],
  [/_conversation_id$/, 'conversation'],
]

function referenceOf(name: string): SearchAttribute['refersTo'] {
  return references.find(([pattern]) => pattern.test(name))?.[1] ?? null
}
