import type { Reader, Tx } from '../../platform/db/database.ts'
import { notFound } from '../../platform/http/errors.ts'
import type { Id } from '../../platform/ids.ts'
import type { CustomerRef, Feedback, Trust } from '../../sdk/domain.ts'
import { assignProfile, recordActivity } from '../customers/customers.ts'
import { sentimentOf } from './sentiment.ts'
import { assignFeedback, findFeedback, findLatestAttributes, latestScores } from './store.ts'
import type { FeedbackWrite, StoredFeedback } from './store.ts'

export type { FeedbackVersion, FeedbackWrite, StoredFeedback } from './store.ts'
export {
  addToRespondent,
  creditFeedback,
  eraseRows,
  findByConversation,
  findErasable,
  findFeedbackOf,
  findFeedbackAbout,
  findOpeners,
  findUnseen,
  latestScores,
  listFeedback,
  listVersions,
  markPresent,
  markRemoved,
  markSeen,
  setConversation,
  upsertFeedback,
} from './store.ts'

export interface FeedbackOrigin {
  objectId: Id
  app: string
  installationId: Id
  /** Undefined for what was fetched. */
  deliveryId: Id | undefined
  trust: Trust
  respondent: CustomerRef
  customerId: Id | undefined
  unmatchedReason: string | undefined
  respondedAt: Date
  versionAt: Date
}

/** What is kept of one answer: the score in its own scale for ever, and where it stands derived from it. */
export function feedbackRow(feedback: Feedback, origin: FeedbackOrigin): FeedbackWrite {
  const reply = feedback.reply === 'unknown' ? undefined : feedback.reply
  return {
    id: origin.objectId,
    app: origin.app,
    installation_id: origin.installationId,
    delivery_id: origin.deliveryId ?? null,
    trust: origin.trust,
    kind: feedback.kind,
    metric: feedback.metric,
    score: feedback.score ?? null,
    scale_min: feedback.scale.min,
    scale_max: feedback.scale.max,
    sentiment: sentimentOf(feedback.metric, feedback.score, feedback.scale) ?? null,
    customer_id: origin.customerId ?? null,
    unmatched_reason: origin.unmatchedReason ?? null,
    respondent: origin.respondent,
    title: feedback.title ?? null,
    body: feedback.text ?? null,
    product: feedback.product ?? null,
    permalink: feedback.permalink ?? null,
    verified: feedback.verified ?? null,
    reply_state: reply === undefined ? 'none' : 'published',
    reply_text: reply?.text ?? null,
    replied_at: reply?.at ?? null,
    test: feedback.test ?? false,
    latest_attribute: feedback.latestAttribute ?? null,
    responded_at: origin.respondedAt,
    version_at: origin.versionAt,
  }
}

export async function getFeedback(reader: Reader, id: Id): Promise<StoredFeedback> {
  const row = await findFeedback(reader, id)
  if (row === undefined) {
    throw notFound('Feedback')
  }
  return row
}

/** Moves feedback to another customer with its object; both customers' newest scores follow. */
export async function moveFeedback(tx: Tx, id: Id, customerId: Id | null): Promise<void> {
  const row = await findFeedback(tx, id)
  if (row === undefined || row.customer_id === customerId) {
    return
  }
  await assignFeedback(tx, id, customerId)
  if (row.respondent.profileId !== undefined) {
    await assignProfile(tx, row.respondent.profileId, customerId)
  }
  const attribute = row.latest_attribute
  const owners = attribute === null ? [] : [row.customer_id, customerId].filter((owner) => owner !== null)
  if (attribute !== null && owners.length > 0) {
    const scores = await latestScores(
      tx,
      owners.map((owner) => ({ customerId: owner, attribute })),
    )
    await recordActivity(
      tx,
      owners.map((owner) => ({
        customerId: owner,
        name: undefined,
        klasses: [],
        custom: scores.get(owner) ?? { [attribute]: null },
      })),
    )
  }
}

/** Reads back the newest scores that these customers show, after feedback went from the one to the other. */
export async function refreshScores(tx: Tx, customerIds: Id[]): Promise<void> {
  const attributes = await findLatestAttributes(tx, customerIds)
  if (attributes.length === 0) {
    return
  }
  const scores = await latestScores(
    tx,
    customerIds.flatMap((customerId) => attributes.map((attribute) => ({ customerId, attribute }))),
  )
  const none = Object.fromEntries(attributes.map((attribute) => [attribute, null]))
  await recordActivity(
    tx,
    customerIds.map((customerId) => ({
      customerId,
      name: undefined,
      klasses: [],
      custom: { ...none, ...scores.get(customerId) },
    })),
  )
}
