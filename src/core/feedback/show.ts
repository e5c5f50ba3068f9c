import { orgRelation } from '../../platform/http/envelope.ts'
import type { Trust } from '../../sdk/domain.ts'
import type { FeedbackVersion, StoredFeedback } from './feedback.ts'
import type { FeedbackAttributes } from './schema.ts'

export function feedbackAttributes(row: StoredFeedback): FeedbackAttributes {
  return {
    app: row.app,
    installation: row.installation_id,
    store: row.store,
    kind: row.kind as 'review' | 'survey',
    metric: row.metric,
    score: row.score,
    scaleMin: row.scale_min,
    scaleMax: row.scale_max,
    sentiment: row.sentiment as FeedbackAttributes['sentiment'],
    title: row.title,
    text: row.body,
    product: row.product,
    permalink: row.permalink,
    verified: row.verified,
    replyState: row.reply_state as FeedbackAttributes['replyState'],
    replyText: row.reply_text,
    repliedAt: row.replied_at?.toISOString() ?? null,
    trust: row.trust as Trust,
    test: row.test,
    respondent: row.respondent,
    unmatchedReason: row.unmatched_reason,
    respondedAt: row.responded_at.toISOString(),
    editedAt: row.edited_at?.toISOString() ?? null,
    removedAt: row.removed_at?.toISOString() ?? null,
    conversation: row.conversation_id,
    updatedAt: row.version_at.toISOString(),
  }
}

export function showFeedback(row: StoredFeedback) {
  return {
    type: 'feedback',
    id: row.id,
    attributes: feedbackAttributes(row),
    relationships: {
      ...orgRelation(row.org_id),
      ...(row.delivery_id === null
        ? {}
        : {
            delivery: {
              links: { self: `/v1/deliveries/${row.delivery_id}` },
              data: { type: 'delivery', id: row.delivery_id },
            },
          }),
      ...(row.customer_id === null
        ? {}
        : {
            customer: {
              links: { self: `/v1/customers/${row.customer_id}` },
              data: { type: 'customer', id: row.customer_id },
            },
          }),
    },
    links: { self: `/v1/feedback/${row.id}` },
  }
}

export function showVersion(row: FeedbackVersion) {
  return {
    type: 'feedback_version',
    id: `${row.feedback_id}.${row.version_at.getTime()}`,
    attributes: {
      score: row.score,
      title: row.title,
      text: row.body,
      at: row.version_at.toISOString(),
      replacedAt: row.replaced_at.toISOString(),
    },
    relationships: orgRelation(row.org_id),
    links: { self: `/v1/feedback/${row.feedback_id}/versions` },
  }
}
