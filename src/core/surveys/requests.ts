import type { Reader, Tx } from '../../platform/db/database.ts'
import type { Authorized } from '../../platform/http/access.ts'
import { ApiError, notFound } from '../../platform/http/errors.ts'
import type { Id } from '../../platform/ids.ts'
import type { Backlog } from '../../platform/jobs/dispatcher.ts'
import { wakeOnCommit } from '../../platform/jobs/dispatcher.ts'
import type { SurveyState } from '../../sdk/domain.ts'
import { recordEvents } from '../events/events.ts'
import type { DomainEvent } from '../events/events.ts'
import { getPolicy } from './policies.ts'
import { findSurvey, holdScheduled, lockSurvey, noteMove, saveSurvey } from './store.ts'
import type { SurveyRow } from './store.ts'

export type { SurveyMove, SurveyRow } from './store.ts'
export { findSurveysByIds, listSurveyMoves, listSurveys } from './store.ts'

export const reopenedReason = 'The conversation was opened again.'

/** Requests whose time has come. */
export const dueSurveys: Backlog = {
  channel: 'tellback_surveys',
  findOrgs: 'orgs_with_due_surveys',
  lockKind: 5,
}

export async function getSurvey(reader: Reader, id: Id): Promise<SurveyRow> {
  const row = await findSurvey(reader, id)
  if (row === undefined) {
    throw notFound('Survey request')
  }
  return row
}

/** Keeps a survey from going out; throws 422 when it is out or over. */
export async function cancelSurvey(tx: Tx, by: Authorized<'survey'>, id: Id, now: Date): Promise<SurveyRow> {
  const row = await held(tx, id)
  if (row.state !== 'scheduled') {
    throw new ApiError('unprocessable', `It is ${row.state} already; only what is scheduled can be stopped.`)
  }
  if (row.attempted_at !== null) {
    throw new ApiError('conflict', 'The provider is being asked right now. Look again in a moment.')
  }
  await cancel(tx, row, 'Stopped by hand.', by.userId, now)
  return getSurvey(tx, id)
}

/** Asks the provider again about what failed. */
export async function retrySurvey(tx: Tx, by: Authorized<'survey'>, id: Id, now: Date): Promise<SurveyRow> {
  const row = await held(tx, id)
  if (row.state !== 'failed') {
    throw new ApiError('unprocessable', `It is ${row.state}; only what failed can be tried again.`)
  }
  await move(tx, { ...row, due_at: now, attempts: 0 }, 'scheduled', 'Tried again by hand.', by.userId, now)
  await wakeOnCommit(tx, dueSurveys)
  return getSurvey(tx, id)
}

async function held(tx: Tx, id: Id): Promise<SurveyRow> {
  const row = await lockSurvey(tx, id)
  if (row === undefined) {
    throw notFound('Survey request')
  }
  return row
}

/** A conversation that was opened again is not asked about, where the policy says so. */
export async function followReopened(tx: Tx, conversationId: Id, at: Date, now: Date): Promise<void> {
  const { policy } = await getPolicy(tx)
  if (policy.cancelOnReopen) {
    const rows = await holdScheduled(tx, [conversationId])
    // It may have been closed once more by now: that close stands.
    for (const row of rows.filter((it) => it.closed_at <= at)) {
      await cancel(tx, row, reopenedReason, undefined, now)
    }
  }
}

/** Cancels a request that is held. What the provider is being asked right now is left to whoever asks. */
export async function cancel(tx: Tx, row: SurveyRow, reason: string, by: Id | undefined, now: Date): Promise<void> {
  if (row.attempted_at === null) {
    await move(tx, { ...row, due_at: null }, 'canceled', reason, by, now)
  }
}

/** Writes a request in another state, with its history. */
export async function move(
  tx: Tx,
  row: SurveyRow,
  state: SurveyState,
  reason: string | null,
  by: Id | undefined,
  now: Date,
): Promise<void> {
  const next: SurveyRow = { ...row, state, reason }
  await saveSurvey(tx, next, now)
  await noteMove(tx, next, by, now)
  await recordEvents(tx, [surveyEvent(next)])
}

export function surveyEvent(row: Pick<SurveyRow, 'id' | 'state' | 'customer_id' | 'conversation_id'>): DomainEvent {
  return {
    name: `tellback.survey.${row.state}`,
    objectType: 'survey',
    objectId: row.id,
    customerId: row.customer_id,
    data: { conversation: row.conversation_id },
  }
}
