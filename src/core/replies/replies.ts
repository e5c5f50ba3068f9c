import type { Reader, Tx } from '../../platform/db/database.ts'
import { covers } from '../../platform/http/access.ts'
import type { Actor, Authorized } from '../../platform/http/access.ts'
import { ApiError } from '../../platform/http/errors.ts'
import { newId } from '../../platform/ids.ts'
import type { Id } from '../../platform/ids.ts'
import { enqueue } from '../../platform/jobs/task.ts'
import type { AppServices } from '../apps/apps.ts'
import { recordEvents } from '../events/events.ts'
import { getFeedback } from '../feedback/feedback.ts'
import type { StoredFeedback } from '../feedback/feedback.ts'
import { notify } from '../notifications/notifications.ts'
import { findAdmins, getOrg, saveReplyRules } from '../orgs/orgs.ts'
import { answerable } from './capability.ts'
import { insertMove, lockReply, removeReply, saveReply } from './store.ts'
import type { ReplyRow } from './store.ts'

export type { ReplyMove, ReplyRow } from './store.ts'
export { findReply, listMoves } from './store.ts'

/** The job that carries a reply to its provider. */
export const publishTaskName = 'replies.publish'

/** Who may let a reply out that waits, and whose own replies do not wait. */
const approvers = ['org.admin.reply.approve', 'org.permission.reply.approve']

export function mayApprove(by: Actor): boolean {
  return approvers.some((role) => covers(by.roles, role))
}

export async function waitsForApproval(reader: Reader, by: Actor): Promise<boolean> {
  return !mayApprove(by) && (await getOrg(reader)).replies_need_approval
}

export async function updateReplyRules(
  tx: Tx,
  _by: Authorized<'reply_rules'>,
  rules: { needApproval: boolean },
): Promise<{ needApproval: boolean }> {
  await saveReplyRules(tx, rules.needApproval)
  await recordEvents(tx, [{ name: 'tellback.reply_rules.update', objectType: 'org', objectId: tx.orgId }])
  return { needApproval: (await getOrg(tx)).replies_need_approval }
}

/** Keeps what is written without anybody seeing it. What is on its way or stands there already stays as it is. */
export async function saveDraft(
  tx: Tx,
  services: AppServices,
  by: Authorized<'reply'>,
  feedbackId: Id,
  { body, rev, isPrivate }: { body: string; rev: number; isPrivate: boolean },
): Promise<ReplyRow> {
  const { feedback, before, privacy } = await held(tx, services, feedbackId, rev)
  if (before?.state === 'publishing') {
    throw new ApiError('conflict', 'A reply is on its way. Wait until it is there.')
  }
  return write(tx, by, {
    ...fresh(feedback, before, by),
    body: body.trim(),
    is_private: privacy(isPrivate),
    state: 'draft',
    reason: null,
  })
}

/** Sends a reply on its way, or to whoever has to approve it. `rev` undefined: whatever stands there is replaced. */
export async function publish(
  tx: Tx,
  services: AppServices,
  by: Authorized<'reply'>,
  feedbackId: Id,
  { body, rev, isPrivate = false }: { body: string; rev: number | undefined; isPrivate?: boolean },
): Promise<ReplyRow> {
  const { feedback, before, longest, privacy } = await held(tx, services, feedbackId, rev)
  const text = body.trim()
  if (longest !== undefined && text.length > longest) {
    throw new ApiError('badparam', `must not be longer than ${longest} characters; it has ${text.length}`, {
      pointer: '/body',
    })
  }
  const waits = await waitsForApproval(tx, by)
  const row = {
    ...fresh(feedback, before, by),
    body: text,
    is_private: privacy(isPrivate),
    reason: null,
    written_by: by.userId,
    approved_by: null,
  }
  if (!waits) {
    return send(tx, by, row)
  }
  await notify(tx, await findAdmins(tx), {
    kind: 'reply_awaits_approval',
    title: 'A public reply waits for approval',
    body: text,
    ...placeOf(feedback),
    by: by.userId,
  })
  return write(tx, by, { ...row, state: 'awaiting_approval' })
}

/** Lets out a reply that waits; its author may not be the one who approves. */
export async function approve(
  tx: Tx,
  services: AppServices,
  by: Authorized<'reply_approval'>,
  feedbackId: Id,
  { rev }: { rev: number },
): Promise<ReplyRow> {
  const { before } = await held(tx, services, feedbackId, rev)
  if (before?.state !== 'awaiting_approval') {
    throw new ApiError('unprocessable', 'There is no reply that waits for approval.')
  }
  if (before.written_by === by.userId) {
    throw new ApiError('forbidden', 'Somebody else has to approve what you wrote.')
  }
  return send(tx, by, { ...before, approved_by: by.userId })
}

/** Sends a reply that waits back to its author. */
export async function sendBack(
  tx: Tx,
  services: AppServices,
  by: Authorized<'reply_approval'>,
  feedbackId: Id,
  { rev, reason }: { rev: number; reason?: string | undefined },
): Promise<ReplyRow> {
  const { feedback, before } = await held(tx, services, feedbackId, rev)
  if (before?.state !== 'awaiting_approval') {
    throw new ApiError('unprocessable', 'There is no reply that waits for approval.')
  }
  const row = await write(tx, by, { ...before, state: 'draft', reason: reason ?? null })
  await notify(tx, [before.written_by], {
    kind: 'reply_sent_back',
    title: 'Your reply was not approved',
    body: reason,
    ...placeOf(feedback),
    by: by.userId,
  })
  return row
}

/** Tries again what failed. */
export async function retry(
  tx: Tx,
  services: AppServices,
  by: Authorized<'reply'>,
  feedbackId: Id,
  { rev }: { rev: number },
): Promise<ReplyRow> {
  const { before } = await held(tx, services, feedbackId, rev)
  if (before?.state !== 'failed') {
    throw new ApiError('unprocessable', 'There is no reply that failed.')
  }
  if (before.approved_by === null && before.written_by !== by.userId && (await waitsForApproval(tx, by))) {
    return write(tx, by, { ...before, state: 'awaiting_approval', reason: null })
  }
  return send(tx, by, before)
}

/** Takes back what stands there, at the provider; throws 422 with its reason where it cannot be. What never was out is dropped. */
export async function withdraw(
  tx: Tx,
  services: AppServices,
  by: Authorized<'reply'>,
  feedbackId: Id,
  { rev }: { rev: number },
): Promise<void> {
  const { before, whyNotWithdraw } = await held(tx, services, feedbackId, rev)
  if (before === undefined || before.state === 'withdrawn') {
    throw new ApiError('unprocessable', 'There is no reply.')
  }
  if (before.state === 'publishing') {
    throw new ApiError('conflict', 'A reply is on its way. Wait until it is there.')
  }
  if (before.published_body === null) {
    await removeReply(tx, before)
    await replyEvent(tx, 'delete', before)
    return
  }
  if (whyNotWithdraw !== undefined) {
    throw new ApiError('unprocessable', whyNotWithdraw)
  }
  await send(tx, by, { ...before, is_withdrawing: true })
}

/** Makes a reply due at its provider. */
async function send(tx: Tx, by: Actor, row: ReplyRow): Promise<ReplyRow> {
  const due: ReplyRow = { ...row, state: 'publishing', reason: null, attempts: 0, next_attempt_at: new Date() }
  const saved = await write(tx, by, due)
  await enqueue(
    tx,
    { name: publishTaskName },
    { orgId: tx.orgId, feedbackId: row.feedback_id },
    { key: `reply/${row.id}` },
  )
  return saved
}

/** Writes a state with its history. `by` undefined: the desk itself, or the provider. */
export async function write(tx: Tx, by: Actor | undefined, row: ReplyRow): Promise<ReplyRow> {
  const next = { ...row, rev: row.rev + 1 }
  await saveReply(tx, next)
  await insertMove(tx, next, by?.userId ?? null)
  await replyEvent(tx, 'update', next, by)
  return next
}

export async function replyEvent(tx: Tx, verb: 'update' | 'delete', row: ReplyRow, by?: Actor): Promise<void> {
  const feedback = await getFeedback(tx, row.feedback_id)
  await recordEvents(tx, [
    {
      name: `tellback.reply.${verb}`,
      objectType: 'reply',
      objectId: row.id,
      customerId: feedback.customer_id ?? undefined,
      data: { state: row.state, ...(by === undefined ? {} : { by: by.userId }) },
    },
  ])
}

/** Where people are led to from a notice about a reply. */
export function placeOf(feedback: StoredFeedback) {
  return {
    objectType: feedback.conversation_id === null ? 'feedback' : 'conversation',
    objectId: feedback.conversation_id ?? feedback.id,
    customerId: feedback.customer_id ?? undefined,
  }
}

async function held(tx: Tx, services: AppServices, feedbackId: Id, rev: number | undefined) {
  const feedback = await getFeedback(tx, feedbackId)
  const before = await lockReply(tx, feedbackId)
  if (rev !== undefined && rev !== (before?.rev ?? 0)) {
    throw new ApiError('conflict', 'Somebody else has changed this reply meanwhile. Look at it and decide again.', {
      pointer: '/rev',
    })
  }
  const found = await answerable(tx, services, feedback, before)
  const problem = found === undefined ? 'The app of this review is not on this desk any more.' : found.problem
  if (problem !== undefined) {
    throw new ApiError('unprocessable', problem)
  }
  const replies = found?.integration.replies
  const privacy = (isPrivate: boolean) => {
    if (isPrivate && replies?.privateHint === undefined) {
      throw new ApiError('badparam', 'every reply there is public', { pointer: '/isPrivate' })
    }
    return isPrivate
  }
  return { feedback, before, longest: replies?.longest, whyNotWithdraw: found?.whyNotWithdraw, privacy }
}

function fresh(feedback: StoredFeedback, before: ReplyRow | undefined, by: Actor): ReplyRow {
  const now = new Date()
  const answered = feedback.edited_at ?? feedback.responded_at
  if (before !== undefined) {
    return { ...before, answers_at: answered, is_withdrawing: false }
  }
  return {
    org_id: feedback.org_id,
    id: newId(),
    feedback_id: feedback.id,
    installation_id: feedback.installation_id,
    state: 'draft',
    body: '',
    reason: null,
    is_withdrawing: false,
    is_private: false,
    published_body: feedback.reply_text,
    published_at: feedback.replied_at,
    provider_ref: null,
    answers_at: answered,
    attempts: 0,
    next_attempt_at: null,
    attempted_at: null,
    written_by: by.userId,
    approved_by: null,
    rev: 0,
    created_at: now,
    updated_at: now,
  }
}
