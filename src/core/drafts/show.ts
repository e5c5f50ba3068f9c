import { orgRelation, relationTo, userRelation } from '../../platform/http/envelope.ts'
import type { DraftRow } from './store.ts'

export function showDraft(row: DraftRow) {
  return {
    type: 'draft',
    id: row.id,
    attributes: {
      ...row.content,
      channel: row.channel,
      status: row.status,
      sendAt: row.send_at?.toISOString() ?? null,
      error: row.error,
      auto: row.auto,
      source: row.source,
      attachments: row.attachments,
      rev: row.rev,
      createdAt: row.created_at.toISOString(),
      updatedAt: row.updated_at.toISOString(),
      modifiedAt: row.modified_at.toISOString(),
    },
    relationships: {
      ...orgRelation(row.org_id),
      customer: relationTo('customer', row.customer_id),
      ...(row.conversation_id === null ? {} : { conversation: relationTo('conversation', row.conversation_id) }),
      ...(row.message_id === null ? {} : { message: relationTo('message', row.message_id) }),
      ...(row.note_id === null ? {} : { note: relationTo('note', row.note_id) }),
      ...userRelation('createdBy', row.created_by),
      ...userRelation('modifiedBy', row.modified_by),
    },
    links: { self: `/v1/drafts/${row.id}` },
  }
}
