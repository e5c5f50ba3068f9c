import type { Tx } from '../../platform/db/database.ts'
import type { Id } from '../../platform/ids.ts'
import type { SurveyState } from '../../sdk/domain.ts'
import type { SurveyEffect } from '../../sdk/index.ts'
import { creditFeedback } from '../feedback/feedback.ts'
import { insertOptOut } from './policy-store.ts'
import { move } from './requests.ts'
import { mayBecome } from './states.ts'
import { findByRefs, lockSurvey } from './store.ts'
import type { SurveyRow } from './store.ts'

/** Writes down what a provider tells of a request. Undefined: it is about none of ours, or says nothing new. */
export async function noteSurvey(tx: Tx, installationId: Id, effect: SurveyEffect): Promise<SurveyRow | undefined> {
  const [found] = await findByRefs(tx, installationId, [effect.ref])
  const row = found === undefined ? undefined : await lockSurvey(tx, found.id)
  if (row === undefined || !mayBecome(row.state, effect.state)) {
    return undefined
  }
  const { state, at, reason, isOptOut } = effect
  if (isOptOut === true && row.address !== null) {
    await insertOptOut(tx, { address: row.address }, reason ?? 'The provider says so.', undefined)
  }
  await move(tx, withTime(row, effect.ref, state, at), state, reason ?? null, undefined, at)
  return row
}

function withTime(row: SurveyRow, ref: string, state: SurveyState, at: Date): SurveyRow {
  const settled: SurveyRow = {
    ...row,
    due_at: null,
    provider_ref: row.provider_ref ?? ref,
    requested_at: row.requested_at ?? at,
  }
  switch (state) {
    case 'sent':
      return { ...settled, sent_at: at }
    case 'opened':
      return { ...settled, sent_at: row.sent_at ?? at, opened_at: at }
    case 'answered':
      return { ...settled, answered_at: at }
    default:
      return settled
  }
}

/** Whose requests these are, by what the provider calls them: an answer is from whoever was asked. */
export async function findAsked(tx: Tx, installationId: Id, refs: string[]): Promise<Map<string, Id>> {
  const rows = await findByRefs(tx, installationId, refs)
  const named = (row: SurveyRow) => [row.provider_ref, row.id, ...Object.values(row.progress)]
  return new Map(rows.flatMap((row) => named(row).flatMap((ref) => (ref === null ? [] : [[ref, row.customer_id]]))))
}

/** An answer came: it is its request's, and credited as the close was, whoever has the conversation now (invariant 4). */
export async function joinAnswer(tx: Tx, installationId: Id, ref: string, feedbackId: Id, at: Date): Promise<void> {
  const [found] = await findByRefs(tx, installationId, [ref])
  const row = found === undefined ? undefined : await lockSurvey(tx, found.id)
  if (row === undefined) {
    return
  }
  await creditFeedback(tx, feedbackId, {
    surveyRequestId: row.id,
    users: row.assigned_users,
    teams: row.assigned_teams,
    channel: row.channel,
    brandId: row.brand_id,
  })
  if (mayBecome(row.state, 'answered')) {
    const answered = { ...withTime(row, ref, 'answered', at), feedback_id: feedbackId }
    await move(tx, answered, 'answered', null, undefined, at)
  }
}
