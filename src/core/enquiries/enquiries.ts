import type { Database, OrgDb, Reader, Tx } from '../../platform/db/database.ts'
import { authorize, everybody } from '../../platform/http/access.ts'
import type { Actor, Authorized } from '../../platform/http/access.ts'
import { ApiError } from '../../platform/http/errors.ts'
import { newId } from '../../platform/ids.ts'
import type { Id } from '../../platform/ids.ts'
import { enqueue } from '../../platform/jobs/task.ts'
import type { Log } from '../../platform/log.ts'
import { ProviderError } from '../../sdk/index.ts'
import type { EnquiryAnswer } from '../../sdk/index.ts'
import { appUser, markNeedsReconnect } from '../apps/apps.ts'
import type { AppServices } from '../apps/apps.ts'
import { openSettings } from '../apps/settings.ts'
import type { ConnectionServices } from '../connections/connections.ts'
import { contextOf } from '../connections/context.ts'
import { recordEvents } from '../events/events.ts'
import { addToRespondent, getFeedback } from '../feedback/feedback.ts'
import type { StoredFeedback } from '../feedback/feedback.ts'
import { createMessage } from '../messages/messages.ts'
import { notify } from '../notifications/notifications.ts'
import { answerable } from '../replies/capability.ts'
import type { Answerable } from '../replies/capability.ts'
import { placeOf } from '../replies/replies.ts'
import { insertEnquiry, lockEnquiry, saveEnquiry } from './store.ts'
import type { EnquiryRow } from './store.ts'

export { findEnquiry } from './store.ts'

/** The job that asks, and looks for the answer. */
export const enquiryTaskName = 'enquiries.run'

const checkEveryMs = 20 * 60_000 // an answer appears within the hour, as the article has it
const firstDelayMs = 10_000
const mostAttempts = 8
/** [inferred] The platform's channels know no reviews. */
const channel = 'form'

export interface EnquiryServices {
  database: Database
  providers: ConnectionServices
  log: Log
}

/** What the author of a review can be asked by, and why not; undefined where the provider asks nobody. */
export async function enquiryFor(
  reader: Reader,
  services: AppServices,
  feedback: StoredFeedback,
): Promise<{ found: Answerable; name: string; command: string | undefined; problem: string | undefined } | undefined> {
  const found = await answerable(reader, services, feedback, undefined)
  const enquiries = found?.integration.enquiries
  if (found === undefined || enquiries === undefined) {
    return undefined
  }
  const settings: unknown = found.integration.settings.parse(openSettings(services.vault, found.installation))
  const gone = feedback.removed_at === null ? undefined : `The review is not at ${found.integration.name} any more.`
  return {
    found,
    name: enquiries.name,
    command: enquiries.command,
    problem: gone ?? enquiries.problemOf?.(found.review, settings),
  }
}

/** Asks the author of a review who they are; throws 422 where that cannot be, 409 while they are being asked. */
export async function ask(tx: Tx, services: AppServices, by: Authorized<'reply'>, feedbackId: Id): Promise<void> {
  const feedback = await getFeedback(tx, feedbackId)
  const enquiry = await enquiryFor(tx, services, feedback)
  if (enquiry === undefined || enquiry.problem !== undefined) {
    throw new ApiError('unprocessable', enquiry?.problem ?? 'The author of this review cannot be asked from here.')
  }
  const id = newId()
  const row = { id, feedback_id: feedback.id, installation_id: feedback.installation_id, asked_by: by.userId }
  if (!(await insertEnquiry(tx, row))) {
    throw new ApiError('conflict', 'The author has been asked already; the answer is looked for.')
  }
  await enqueueEnquiry(tx, id, undefined)
  await enquiryEvent(tx, feedback, id)
}

async function enqueueEnquiry(tx: Tx, id: Id, runAt: Date | undefined): Promise<void> {
  const options = { key: `enquiry/${id}`, ...(runAt === undefined ? {} : { runAt }) }
  await enqueue(tx, { name: enquiryTaskName }, { orgId: tx.orgId, id }, options)
}

async function enquiryEvent(tx: Tx, feedback: StoredFeedback, id: Id): Promise<void> {
  await recordEvents(tx, [
    {
      name: 'tellback.enquiry.update',
      objectType: 'enquiry',
      objectId: id,
      customerId: feedback.customer_id ?? undefined,
    },
  ])
}

/** Asks, or looks whether there is an answer by now. Where an earlier attempt did not end, the provider is asked first what came of it. */
export async function runEnquiry(services: EnquiryServices, orgId: Id, id: Id): Promise<void> {
  const db = services.database.forOrg(orgId)
  const begun = await db.write((tx) => begin(tx, services, id))
  if (begun === undefined) {
    return
  }
  try {
    await step(services, db, begun)
  } catch (error) {
    if (!(error instanceof ProviderError)) {
      services.log.error({ err: error, enquiry: id }, 'an enquiry failed')
    }
    await db.write((tx) => fail(tx, begun, error))
  }
}

interface Begun extends Answerable {
  row: EnquiryRow
  feedback: StoredFeedback
  /** The question may have gone out by an earlier attempt that did not end. */
  wasBegun: boolean
}

async function begin(tx: Tx, { providers }: EnquiryServices, id: Id): Promise<Begun | undefined> {
  const row = await lockEnquiry(tx, id)
  if (row === undefined || (row.state !== 'asking' && row.state !== 'waiting')) {
    return undefined
  }
  const feedback = await getFeedback(tx, row.feedback_id)
  const found = await answerable(tx, providers, feedback, undefined)
  if (found === undefined) {
    return undefined
  }
  const asked = row.asked_at ?? new Date()
  await saveEnquiry(tx, { ...row, attempts: row.attempts + 1, asked_at: asked })
  return { ...found, row: { ...row, asked_at: asked }, feedback, wasBegun: row.asked_at !== null }
}

async function step({ providers }: EnquiryServices, db: OrgDb, begun: Begun): Promise<void> {
  const { integration, installation, review, row, wasBegun } = begun
  const { enquiries } = integration
  if (enquiries === undefined || row.asked_at === null) {
    return
  }
  const context = contextOf(providers, db, integration, installation)
  if (row.state === 'asking' && !(wasBegun && (await enquiries.wasAsked(review, row.asked_at, context)))) {
    await enquiries.ask(review, context)
  }
  const answer = wasBegun ? await enquiries.answer(review, row.asked_at, context) : undefined
  const isOver = Date.now() - row.asked_at.getTime() > enquiries.lasts
  await db.write((tx) =>
    answer !== undefined ? succeed(tx, begun, enquiries.name, answer) : isOver ? lapse(tx, begun) : wait(tx, begun),
  )
}

async function wait(tx: Tx, { row, feedback }: Begun): Promise<void> {
  const held = await lockEnquiry(tx, row.id)
  if (held !== undefined) {
    const at = new Date(Date.now() + checkEveryMs)
    await saveEnquiry(tx, { ...held, state: 'waiting', attempts: 0, reason: null, next_check_at: at })
    await enqueueEnquiry(tx, row.id, at)
    await enquiryEvent(tx, feedback, row.id)
  }
}

async function lapse(tx: Tx, { row, feedback }: Begun): Promise<void> {
  const held = await lockEnquiry(tx, row.id)
  if (held !== undefined) {
    await saveEnquiry(tx, {
      ...held,
      state: 'lapsed',
      next_check_at: null,
      reason: 'The author did not answer in time.',
    })
    await enquiryEvent(tx, feedback, row.id)
  }
}

async function succeed(tx: Tx, { row, feedback }: Begun, name: string, answer: EnquiryAnswer): Promise<void> {
  const held = await lockEnquiry(tx, row.id)
  if (held === undefined || held.state === 'answered') {
    return
  }
  await saveEnquiry(tx, {
    ...held,
    state: 'answered',
    answer,
    answered_at: new Date(),
    next_check_at: null,
    reason: null,
  })
  const { message: _message, ...known } = answer
  await addToRespondent(tx, feedback.id, known)
  if (feedback.conversation_id !== null) {
    const userId = await appUser(tx, row.installation_id)
    const actor: Actor = { orgId: tx.orgId, userId, userType: 'machine', roles: ['org.admin', 'org.user'] }
    await createMessage(tx, authorize(actor, everybody('message')), feedback.conversation_id, {
      app: feedback.app,
      channel,
      direction: 'in',
      preview: linesOf(name, answer),
    })
  }
  await notify(tx, [row.asked_by], {
    kind: 'enquiry_answered',
    title: `${name}: there is an answer`,
    body: linesOf(name, answer),
    ...placeOf(feedback),
  })
  await enquiryEvent(tx, feedback, row.id)
}

function linesOf(name: string, answer: EnquiryAnswer): string {
  const lines = [
    ['Name', answer.name],
    ['E-mail', answer.email],
    ['Phone', answer.phone],
    ['Reference number', answer.orderNumber],
    ['Message', answer.message],
  ].flatMap(([label, value]) => (value === undefined ? [] : [`${label}: ${value}`]))
  return [`${name}: the reviewer’s answer`, ...lines].join('\n')
}

async function fail(
  tx: Tx,
  { row, feedback, installation, integration, wasBegun }: Begun,
  error: unknown,
): Promise<void> {
  const held = await lockEnquiry(tx, row.id)
  if (held === undefined) {
    return
  }
  const known = error instanceof ProviderError ? error : undefined
  const reason = known?.message ?? 'Something went wrong here; the server log has the reason.'
  const mayPass = known === undefined || known.outcome === 'retry-later'
  if (mayPass && held.attempts < mostAttempts) {
    const at = new Date(Date.now() + firstDelayMs * 2 ** (held.attempts - 1))
    const later = known?.details.retryAt !== undefined && known.details.retryAt > at ? known.details.retryAt : at
    // A question that surely did not go out is asked again; of any other the provider is asked first.
    const isUnasked = held.state === 'asking' && !wasBegun && known?.details.isUncertain !== true
    await saveEnquiry(tx, { ...held, reason, next_check_at: later, ...(isUnasked ? { asked_at: null } : {}) })
    await enqueueEnquiry(tx, row.id, later)
    await enquiryEvent(tx, feedback, row.id)
    return
  }
  await saveEnquiry(tx, { ...held, state: 'failed', reason, next_check_at: null })
  if (known?.outcome === 'needs-reconnect') {
    await markNeedsReconnect(tx, installation.id, reason)
  }
  await notify(tx, [row.asked_by], {
    kind: 'enquiry_failed',
    title: `${integration.enquiries?.name ?? 'The question'} failed`,
    body: reason,
    ...placeOf(feedback),
  })
  await enquiryEvent(tx, feedback, row.id)
}
