import type { Database, OrgDb, Tx } from '../../platform/db/database.ts'
import type { Actor } from '../../platform/http/access.ts'
import { authorize, everybody } from '../../platform/http/access.ts'
import type { Id } from '../../platform/ids.ts'
import { enqueue } from '../../platform/jobs/task.ts'
import type { Log } from '../../platform/log.ts'
import { ProviderError } from '../../sdk/index.ts'
import { markNeedsReconnect } from '../apps/apps.ts'
import type { ConnectionServices } from '../connections/connections.ts'
import { contextOf } from '../connections/context.ts'
import { getFeedback } from '../feedback/feedback.ts'
import type { StoredFeedback } from '../feedback/feedback.ts'
import { createMessage } from '../messages/messages.ts'
import { notify } from '../notifications/notifications.ts'
import type { Notice } from '../notifications/notifications.ts'
import { answerable } from './capability.ts'
import type { Answerable } from './capability.ts'
import { placeOf, publishTaskName, write } from './replies.ts'
import { lockReply, saveReply } from './store.ts'
import type { ReplyRow } from './store.ts'

export interface PublishServices {
  database: Database
  providers: ConnectionServices
  log: Log
}

/** About three quarters of an hour with doubling delays; then a person has to look. */
const mostAttempts = 9
const firstDelayMs = 10_000
/** [inferred] The platform's channels know no reviews. */
const channel = 'form'

/**
 * Carries one reply to its provider. That it is being carried is written down before the call and what came of it after, so that
 * whoever finds it begun and not ended asks the provider first what stands there.
 */
export async function publishReply(services: PublishServices, orgId: Id, feedbackId: Id): Promise<void> {
  const db = services.database.forOrg(orgId)
  const begun = await db.write((tx) => begin(tx, services, feedbackId))
  if (begun === undefined) {
    return
  }
  try {
    const ref = await carry(services, db, begun)
    await db.write((tx) => succeed(tx, begun, ref))
  } catch (error) {
    if (!(error instanceof ProviderError)) {
      services.log.error({ err: error, feedback: feedbackId }, 'a reply could not be carried')
    }
    await db.write((tx) => fail(tx, begun, error))
  }
}

interface Begun extends Answerable {
  reply: ReplyRow
  /** Nobody knows what came of an earlier call. */
  isUncertain: boolean
}

async function begin(tx: Tx, { providers }: PublishServices, feedbackId: Id): Promise<Begun | undefined> {
  const reply = await lockReply(tx, feedbackId)
  if (reply?.state !== 'publishing') {
    return undefined
  }
  const found = await answerable(tx, providers, await getFeedback(tx, feedbackId), reply)
  if (found === undefined) {
    return undefined
  }
  await saveReply(tx, { ...reply, attempts: reply.attempts + 1, attempted_at: new Date() })
  return { ...found, reply, isUncertain: reply.attempted_at !== null }
}

/** Does what is due there; resolves to the provider's id of the reply. */
async function carry(
  { providers }: PublishServices,
  db: OrgDb,
  { reply, isUncertain, integration, installation, review, problem, whyNotWithdraw }: Begun,
): Promise<string | undefined> {
  const { replies } = integration
  if (replies === undefined || problem !== undefined) {
    throw new ProviderError('rejected', problem ?? `${integration.name} lets nobody answer reviews from here.`)
  }
  const context = contextOf(providers, db, integration, installation)
  if (reply.is_withdrawing) {
    if (replies.withdraw === undefined || whyNotWithdraw !== undefined) {
      throw new ProviderError('rejected', whyNotWithdraw ?? `${integration.name} lets nobody take a reply back.`)
    }
    await replies.withdraw(review, context)
    return undefined
  }
  if (isUncertain && replies.read !== undefined) {
    const there = await replies.read(review, context)
    if (there !== undefined && isSame(there.text, reply.body)) {
      return there.ref
    }
  }
  return (await replies.publish(reply.body, review, context, { isPrivate: reply.is_private })).ref
}

/** Providers trim, and write line ends in their own way. */
function isSame(a: string, b: string): boolean {
  const plain = (text: string) => text.replaceAll(/\s+/g, ' ').trim()
  return plain(a) === plain(b)
}

async function succeed(tx: Tx, { reply }: Begun, ref: string | undefined): Promise<void> {
  const now = await lockReply(tx, reply.feedback_id)
  if (now === undefined) {
    return
  }
  const feedback = await getFeedback(tx, reply.feedback_id)
  const settled: ReplyRow = {
    ...now,
    attempted_at: null,
    next_attempt_at: null,
    reason: null,
    provider_ref: ref ?? now.provider_ref,
  }
  if (now.rev !== reply.rev) {
    // Something else was said meanwhile: what got through stands there until that follows it.
    await saveReply(tx, {
      ...settled,
      published_body: reply.body,
      published_at: new Date(),
      next_attempt_at: new Date(),
    })
    await again(tx, reply, new Date())
    return
  }
  if (reply.is_withdrawing) {
    await write(tx, undefined, {
      ...settled,
      state: 'withdrawn',
      is_withdrawing: false,
      published_body: null,
      published_at: null,
      provider_ref: null,
    })
    return
  }
  const isEdited = feedback.edited_at !== null && feedback.edited_at > now.answers_at
  await write(tx, undefined, {
    ...settled,
    state: isEdited ? 'outdated' : 'published',
    published_body: reply.body,
    published_at: new Date(),
  })
  await sayInConversation(tx, feedback, reply)
  await tell(tx, feedback, reply, {
    kind: 'reply_published',
    title: reply.is_private ? 'Your reply is with the customer' : 'Your public reply is out',
    body: reply.body,
  })
}

/** The reply stands in the conversation as what was said to the customer, by whoever wrote it. */
async function sayInConversation(tx: Tx, feedback: StoredFeedback, reply: ReplyRow): Promise<void> {
  if (feedback.conversation_id === null) {
    return
  }
  const author: Actor = { orgId: tx.orgId, userId: reply.written_by, userType: 'user', roles: [] }
  await createMessage(tx, authorize(author, everybody('message')), feedback.conversation_id, {
    app: feedback.app,
    channel,
    direction: 'out',
    preview: reply.body,
    meta: { isPublicReply: !reply.is_private },
  })
}

async function fail(
  tx: Tx,
  { reply, installation, integration, isUncertain: wasUncertain }: Begun,
  error: unknown,
): Promise<void> {
  const now = await lockReply(tx, reply.feedback_id)
  if (now === undefined) {
    return
  }
  const known = error instanceof ProviderError ? error : undefined
  const reason = known?.message ?? 'Something went wrong here; the server log has the reason.'
  const mayPass = known === undefined || known.outcome === 'retry-later'
  // Failing to find out what came of an earlier call leaves that as unknown as it was.
  const isUncertain = wasUncertain || known?.details.isUncertain === true
  const attempted = isUncertain ? now.attempted_at : null
  if (mayPass && now.attempts < mostAttempts) {
    const usual = new Date(Date.now() + firstDelayMs * 2 ** (now.attempts - 1))
    const at = known?.details.retryAt !== undefined && known.details.retryAt > usual ? known.details.retryAt : usual
    await saveReply(tx, { ...now, attempted_at: attempted, next_attempt_at: at, reason })
    await again(tx, reply, at)
    return
  }
  if (known?.outcome === 'needs-reconnect') {
    await markNeedsReconnect(tx, installation.id, reason)
  }
  const doubt = isUncertain ? ` Whether it got through is not known: look at ${integration.name}.` : ''
  const failed: ReplyRow = {
    ...now,
    state: 'failed',
    attempted_at: attempted,
    next_attempt_at: null,
    reason: reason + doubt,
  }
  await write(tx, undefined, failed)
  const feedback = await getFeedback(tx, reply.feedback_id)
  await tell(tx, feedback, reply, {
    kind: 'reply_failed',
    title: 'Your public reply was not published',
    body: failed.reason ?? '',
  })
}

async function again(tx: Tx, reply: ReplyRow, runAt: Date): Promise<void> {
  const payload = { orgId: tx.orgId, feedbackId: reply.feedback_id }
  await enqueue(tx, { name: publishTaskName }, payload, { runAt, key: `reply/${reply.id}` })
}

async function tell(
  tx: Tx,
  feedback: StoredFeedback,
  reply: ReplyRow,
  notice: Pick<Notice, 'kind' | 'title' | 'body'>,
): Promise<void> {
  await notify(tx, [reply.written_by], { ...notice, ...placeOf(feedback) })
}
