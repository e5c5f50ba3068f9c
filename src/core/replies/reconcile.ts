import type { Tx } from '../../platform/db/database.ts'
import type { Id } from '../../platform/ids.ts'
import { findFeedbackOf } from '../feedback/feedback.ts'
import { write } from './replies.ts'
import { lockReplies, saveReply } from './store.ts'
import type { ReplyRow } from './store.ts'

/** For so long after a reply went out, a provider may still show what was there before: it caches. */
const settlesMs = 15 * 60_000

/**
 * After feedback was written from its provider: what that says of the reply is laid against what we know. An edit of the review makes a
 * reply outdated; what somebody said or took away at the provider itself counts. Of `silent` ones what came said nothing of replies.
 */
export async function reconcileReplies(tx: Tx, feedbackIds: Id[], silent: ReadonlySet<Id>): Promise<void> {
  const replies = await lockReplies(tx, feedbackIds)
  const feedback = await findFeedbackOf(
    tx,
    replies.map((it) => it.feedback_id),
  )
  for (const reply of replies) {
    const now = feedback.get(reply.feedback_id)
    if (now === undefined) {
      continue
    }
    const edited = now.edited_at ?? now.responded_at
    const next = nextOf(reply, {
      there: now.reply_text,
      at: now.replied_at,
      edited,
      isTold: now.reply_state === 'published' && !silent.has(reply.feedback_id),
      isSilent: silent.has(reply.feedback_id),
    })
    if (next.state === reply.state && next.published_body === reply.published_body) {
      await saveReply(tx, next) // the provider's own word of its state was just written over ours
    } else {
      await write(tx, undefined, next)
    }
  }
}

interface There {
  there: string | null
  at: Date | null
  edited: Date
  /** Whether the provider says anything of a reply. */
  isTold: boolean
  /** Whether it could not have said anything. */
  isSilent: boolean
}

function nextOf(reply: ReplyRow, { there, at, edited, isTold, isSilent }: There): ReplyRow {
  const isOut = reply.state === 'published' || reply.state === 'outdated'
  if (isTold && there !== null && there !== reply.published_body && reply.state !== 'publishing' && !isRecent(reply)) {
    return {
      ...reply,
      state: 'published',
      body: there,
      published_body: there,
      published_at: at,
      answers_at: edited,
      reason: 'Changed at the provider',
    }
  }
  if (!isTold && !isSilent && isOut && !isRecent(reply)) {
    const gone = { published_body: null, published_at: null, provider_ref: null }
    return { ...reply, ...gone, state: 'withdrawn', reason: 'It is not there at the provider any more' }
  }
  return isOut && edited > reply.answers_at
    ? { ...reply, state: 'outdated', reason: 'The review was changed since' }
    : reply
}

function isRecent({ published_at: at }: ReplyRow): boolean {
  return at !== null && Date.now() - at.getTime() < settlesMs
}
