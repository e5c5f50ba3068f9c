import type { Tx } from '../../platform/db/database.ts'
import type { Actor } from '../../platform/http/access.ts'
import { ApiError } from '../../platform/http/errors.ts'
import { findTeamsOf } from '../teams/teams.ts'
import { withTimeIn } from './milestones.ts'
import type { Credit } from './schema.ts'
import { mayMove } from './states.ts'
import type { ConversationStatus } from './states.ts'
import { insertCloseEvent } from './store.ts'
import type { ConversationRow } from './store.ts'

/** The row in another state, with what that move counts and remembers. Throws 422 for a move that the table does not have. */
export async function moved(
  tx: Tx,
  by: Actor | undefined,
  row: ConversationRow,
  to: ConversationStatus,
  until: Date | undefined,
): Promise<ConversationRow> {
  if (!mayMove(row.status, to)) {
    throw new ApiError('unprocessable', `A conversation that is ${row.status} cannot become ${to}.`, {
      pointer: '/status',
    })
  }
  const now = new Date()
  const elapsed = Math.max(0, now.getTime() - row.status_at.getTime())
  const spent = withTimeIn(row.milestones, row.status, elapsed)
  const at = { ...row, status: to, status_at: now, last_activity_at: now, milestones: spent }
  const unsnoozed = { snooze_status: row.snooze_status === 'scheduled' ? 'canceled' : row.snooze_status }
  switch (to) {
    case 'snoozed':
      return { ...at, snooze_at: until ?? null, snooze_status: 'scheduled', snooze_count: row.snooze_count + 1 }
    case 'done': {
      const done = {
        ...(await creditOf(tx, by, row)),
        createdAt: now.toISOString(),
        time: elapsed,
        businessTime: elapsed, // no business hours are kept: all time counts
        noteCount: row.note_count,
        messageCount: row.inbound_count + row.outbound_count,
        outboundMessageCount: row.outbound_count,
        lastMessageDirection: row.last_message_direction,
        lastMessageDirectionType: lastDirectionTypeOf(row),
        messageCountByChannel: spent.messageCountByChannel ?? {},
      }
      const { firstResponseSinceLastDone: _response, lastMessageUnrespondedToSinceLastDone: _question, ...kept } = spent
      const milestones = { ...kept, firstDone: kept.firstDone ?? done, lastDone: done }
      return { ...at, ...unsnoozed, done_count: row.done_count + 1, milestones }
    }
    case 'open':
      return {
        ...at,
        ...unsnoozed,
        reopen_count: row.reopen_count + 1,
        reopen_from_done_count: row.reopen_from_done_count + (row.status === 'done' ? 1 : 0),
      }
  }
}

function lastDirectionTypeOf({ milestones, last_message_direction: direction }: ConversationRow) {
  const last = direction === 'in' ? milestones.lastMessageIn : milestones.lastMessageOut
  return last?.directionType ?? null
}

/** To whom something that happens now is credited. */
export async function creditOf(tx: Tx, by: Actor | undefined, row: ConversationRow): Promise<Credit> {
  const teams = by === undefined ? [] : await findTeamsOf(tx, by.userId)
  return {
    createdBy: by?.userId ?? null,
    createdByTeams: teams.map((team) => team.id),
    assignedUsers: row.assigned_users,
    assignedTeams: row.assigned_teams,
  }
}

/** Records a close with whom it is credited to, as it is now. */
export async function recordClose(tx: Tx, by: Actor, row: ConversationRow, withoutSurvey: boolean): Promise<void> {
  await insertCloseEvent(tx, {
    conversation_id: row.id,
    customer_id: row.customer_id,
    closed_at: row.status_at,
    closed_by: by.userId,
    closed_by_type: by.userType,
    closed_how: howClosed(by, row),
    without_survey: withoutSurvey,
    closed_by_teams: row.milestones.lastDone?.createdByTeams ?? [],
    assigned_users: row.assigned_users,
    assigned_teams: row.assigned_teams,
    channels: row.channels,
    tags: row.tags,
    priority: row.priority,
    brand_id: row.brand_id,
  })
}

/** The reasons why a conversation ends that are no service to a customer; the platform leaves the words to its users. [inferred] */
const endedReasons: Record<string, 'spam' | 'merged'> = { spam: 'spam', merged: 'merged', merge: 'merged' }

function howClosed(by: Actor, { extra }: ConversationRow): 'agent' | 'automatic' | 'spam' | 'merged' {
  const ended = extra.endedReason ?? ''
  return endedReasons[ended.toLowerCase()] ?? (by.userType === 'user' ? 'agent' : 'automatic')
}
