import type { Id } from '../../platform/ids.ts'
import type { Credit, Milestones } from './schema.ts'

export type DirectionType = `${'initial' | 'response' | 'followup'}-${'in' | 'out'}`

interface NewMessage {
  id: Id
  sentAt: Date
  channel: string
  direction: 'in' | 'out'
}

/** How a message stands to what came before: the first of all, an answer to the other side, or one more of the same side. */
export function directionTypeOf(direction: 'in' | 'out', last: 'in' | 'out' | null): DirectionType {
  if (last === null) {
    return `initial-${direction}`
  }
  return last === direction ? `followup-${direction}` : `response-${direction}`
}

/** What a message does to the milestones; one that is older than the newest, as imports bring them, is not the last. */
export function withMessage(
  before: Milestones,
  message: NewMessage,
  directionType: DirectionType,
  credit: Credit,
): Milestones {
  const { id, channel, direction } = message
  const entry = { id, channel, sentAt: message.sentAt.toISOString(), directionType }
  const isNewer = (last: { sentAt: string } | undefined) => last === undefined || entry.sentAt >= last.sentAt
  const channels = { ...before.messageCountByChannel }
  channels[channel] = (channels[channel] ?? 0) + 1
  const after: Milestones = { ...before, messageCountByChannel: channels }
  if (direction === 'in') {
    after.firstMessageIn ??= entry
    after.lastMessageIn = isNewer(before.lastMessageIn) ? entry : (before.lastMessageIn ?? entry)
    after.lastMessageUnrespondedTo ??= entry
    after.lastMessageUnrespondedToSinceLastDone ??= entry
    return after
  }
  after.firstMessageOut ??= entry
  after.lastMessageOut = isNewer(before.lastMessageOut) ? entry : (before.lastMessageOut ?? entry)
  const question = before.lastMessageUnrespondedTo
  if (question !== undefined && entry.sentAt >= question.sentAt) {
    const response = {
      ...credit,
      id,
      createdAt: entry.sentAt,
      sentAt: entry.sentAt,
      responseTime: message.sentAt.getTime() - Date.parse(question.sentAt),
    }
    after.firstResponse ??= response
    after.firstResponseSinceLastDone ??= response
    after.lastResponse = response
    delete after.lastMessageUnrespondedTo
    delete after.lastMessageUnrespondedToSinceLastDone
  }
  return after
}

const totals = { open: 'totalOpen', snoozed: 'totalSnooze', done: 'totalDone' } as const

/** Adds the time that a conversation was in a state which it now leaves, in milliseconds. No business hours are kept: all time counts. */
export function withTimeIn(before: Milestones, status: keyof typeof totals, milliseconds: number): Milestones {
  const name = totals[status]
  const time = (before[name]?.time ?? 0) + milliseconds
  return { ...before, [name]: { time, businessTime: time } }
}

const remembered = {
  name: 'nameAt',
  priority: 'priorityAt',
  replyChannel: 'channelAt',
  assignedTeams: 'assignedTeamsAt',
  assignedUsers: 'assignedUsersAt',
  brand: 'brandAt',
  defaultLang: 'defaultLangAt',
  status: 'statusAt',
  tags: 'tagsAt',
  custom: 'customAt',
} as const

/** Remembers when each attribute was changed last; `changed` are the names of those that change now. */
export function withModifications(before: Milestones, changed: readonly string[], now: Date): Milestones {
  const names = changed.flatMap((name) =>
    Object.hasOwn(remembered, name) ? [remembered[name as keyof typeof remembered]] : [],
  )
  if (names.length === 0) {
    return before
  }
  const times = Object.fromEntries(names.map((name) => [name, now.toISOString()]))
  return { ...before, modificationHistory: { ...before.modificationHistory, ...times } }
}
