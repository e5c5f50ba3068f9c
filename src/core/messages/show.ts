import { orgRelation, relationTo, userRelation } from '../../platform/http/envelope.ts'
import type { MessageRow } from './store.ts'

export function showMessage(row: MessageRow) {
  return {
    type: 'message',
    id: row.id,
    attributes: {
      ...row.extra,
      externalId: row.external_id,
      app: row.app,
      channel: row.channel,
      direction: row.direction,
      directionType: row.direction_type,
      preview: row.preview,
      subject: row.subject,
      size: row.size,
      status: row.status,
      error: row.error,
      errorAt: row.error_at?.toISOString() ?? null,
      auto: row.auto,
      source: row.source,
      sentAt: row.sent_at.toISOString(),
      responseTime: row.response_ms,
      meta: row.meta,
      custom: row.custom,
      lang: row.lang,
      attachments: row.attachments,
      redacted: row.redacted_at !== null,
      redactedAt: row.redacted_at?.toISOString() ?? null,
      rev: row.rev,
      createdAt: row.created_at.toISOString(),
      updatedAt: row.updated_at.toISOString(),
      modifiedAt: row.modified_at.toISOString(),
      importedAt: row.imported_at?.toISOString() ?? null,
    },
    relationships: {
      ...orgRelation(row.org_id),
      customer: relationTo('customer', row.customer_id),
      conversation: relationTo('conversation', row.conversation_id),
      ...userRelation('createdBy', row.created_by),
      ...userRelation('modifiedBy', row.modified_by),
    },
    links: { self: `/v1/messages/${row.id}` },
  }
}
