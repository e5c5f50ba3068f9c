import { attributeLabel } from '../../../src/sdk/domain.ts'
import type { ItemOf } from '../../api.ts'
import { formatDateTime } from '../../ui/time.tsx'
import { priorities } from './names.ts'

type HistoryEvent = ItemOf<'GET /v1/conversations/{id}/events'>

/** How ids are called: people, teams and tags. */
export type NameOf = (id: string) => string

/** What follows from a message that stands beside it. */
const unsaid = new Set(['direction'])

/** One event as sentences: “marked it done”, “assigned it to Ada”. */
export function sentencesOf(event: HistoryEvent, nameOf: NameOf): string[] {
  const { changes, name } = event.attributes
  if (name.endsWith('.create')) {
    return ['opened the conversation']
  }
  if (name.endsWith('.delete')) {
    return ['deleted the conversation']
  }
  const attributes = Object.entries(changes?.attributes ?? {})
    .filter(([attribute]) => !unsaid.has(attribute))
    .filter(([attribute]) => attribute !== 'snooze' || changes?.attributes['status'] === undefined)
    .map(([attribute, { before, after }]) =>
      attribute === 'status'
        ? stateSentence(after, changes?.attributes['snooze']?.after)
        : sentence(attribute, before, after, nameOf),
    )
  const relationships = Object.keys(changes?.relationships ?? {}).map((relationship) =>
    relationship === 'customer' ? 'moved it to another customer' : `changed the ${relationship}`,
  )
  return [...attributes, ...relationships]
}

function stateSentence(status: unknown, snooze: unknown): string {
  if (status === 'done') {
    return 'marked it done'
  }
  if (status === 'snoozed') {
    const time = (snooze as { time?: string } | null | undefined)?.time
    return time === undefined ? 'snoozed it' : `snoozed it until ${formatDateTime(time)}`
  }
  return 'opened it again'
}

function sentence(attribute: string, before: unknown, after: unknown, nameOf: NameOf): string {
  const [was, is] = [listOf(before), listOf(after)]
  const [added, removed] = [is.filter((it) => !was.includes(it)), was.filter((it) => !is.includes(it))]
  const names = (ids: string[]) => ids.map(nameOf).join(', ')
  switch (attribute) {
    case 'assignedUsers':
    case 'assignedTeams':
      return added.length > 0 ? `assigned it to ${names(added)}` : `took it from ${names(removed)}`
    case 'tags':
      return [
        ...(added.length > 0 ? [`added the tag ${names(added)}`] : []),
        ...(removed.length > 0 ? [`removed the tag ${names(removed)}`] : []),
      ].join(' and ')
    case 'priority':
      return `set the priority to ${priorities.find(({ value }) => value === after)?.label.toLowerCase() ?? String(after)}`
    case 'name':
      return after === null ? 'removed the name' : `named it “${typeof after === 'string' ? after : ''}”`
    case 'snooze':
      return stateSentence('snoozed', after)
    case 'custom':
      return 'changed attributes'
    default:
      return `changed ${attributeLabel(attribute).toLowerCase()}`
  }
}

function listOf(value: unknown): string[] {
  return Array.isArray(value) ? (value as string[]) : []
}
