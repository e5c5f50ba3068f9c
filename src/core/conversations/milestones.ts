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
  const after = { ...before }
  if (direction === 'in') {
    after.firstMessageIn ??= entry
    after.lastMessageIn = isNewer(before.lastMessageIn) ? entry : (before.lastMessageIn ?? entry)
    after.lastMessageUnrespondedTo ??= entry
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
    after.lastResponse = response
    delete after.lastMessageUnrespondedTo
  }
  return after
}
