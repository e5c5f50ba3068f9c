import { orgRelation } from '../../platform/http/envelope.ts'
import type { StoredFeedback } from '../feedback/feedback.ts'
import type { Answerable } from './capability.ts'
import type { ReplyMove, ReplyRow } from './replies.ts'
import type { ReplyAttributes } from './schema.ts'

export interface ReplyView {
  feedback: StoredFeedback
  reply: ReplyRow | undefined
  answerable: Answerable | undefined
  mayWrite: boolean
  needsApproval: boolean
  mayApprove: boolean
}

export function showReply({ feedback, reply, answerable, mayWrite, needsApproval, mayApprove }: ReplyView) {
  const replies = answerable?.integration.replies
  const attributes: ReplyAttributes = {
    state: reply?.state ?? (feedback.reply_state as ReplyAttributes['state']),
    body: reply?.body ?? null,
    publishedBody: reply === undefined ? feedback.reply_text : reply.published_body,
    publishedAt: (reply === undefined ? feedback.replied_at : reply.published_at)?.toISOString() ?? null,
    reason: reply?.reason ?? null,
    nextAttemptAt: reply?.next_attempt_at?.toISOString() ?? null,
    writtenBy: reply?.written_by ?? null,
    approvedBy: reply?.approved_by ?? null,
    mayWrite,
    needsApproval,
    mayApprove,
    provider: answerable?.integration.name ?? feedback.app,
    problem:
      answerable === undefined ? 'The app of this review is not on this desk any more.' : (answerable.problem ?? null),
    canWithdraw: answerable !== undefined && answerable.whyNotWithdraw === undefined,
    whyNotWithdraw: answerable?.whyNotWithdraw ?? null,
    longest: replies?.longest ?? null,
    hint: replies?.hint ?? '',
    isPrivate: reply?.is_private ?? false,
    privateHint: replies?.privateHint ?? null,
    command: replies?.command ?? null,
    rev: reply?.rev ?? 0,
  }
  return {
    type: 'reply',
    id: feedback.id,
    attributes,
    relationships: orgRelation(feedback.org_id),
    links: { self: `/v1/feedback/${feedback.id}/reply` },
  }
}

export function showMove(feedbackId: string, row: ReplyMove) {
  return {
    type: 'reply_move',
    id: row.id,
    attributes: {
      state: row.state,
      body: row.body,
      reason: row.reason,
      by: row.created_by,
      at: row.created_at.toISOString(),
    },
    relationships: orgRelation(row.org_id),
    links: { self: `/v1/feedback/${feedbackId}/reply/history` },
  }
}
