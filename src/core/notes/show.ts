import { orgRelation, relationTo, userRelation } from '../../platform/http/envelope.ts'
import type { NoteRow } from './store.ts'

export function showNote(row: NoteRow) {
  return {
    type: 'note',
    id: row.id,
    attributes: {
      body: row.body,
      externalId: row.external_id,
      userMentions: row.user_mentions,
      attachments: row.attachments,
      lang: row.lang,
      deleted: row.deleted_at !== null,
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
    links: { self: `/v1/notes/${row.id}` },
  }
}
