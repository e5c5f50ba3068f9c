import { z } from 'zod'

import { orgRelation, resource, userRelation } from '../../platform/http/envelope.ts'
import type { Addresses } from './addresses.ts'
import { AttachmentAttributes } from './schema.ts'
import type { AttachmentRow } from './store.ts'

/** `links.related` is where the file itself is, for a quarter of an hour. */
export const Attachment = resource(AttachmentAttributes).extend({
  links: z.object({ self: z.string(), related: z.string().optional() }),
})

export function showAttachment(row: AttachmentRow, addresses: Addresses) {
  const self = `/v1/attachments/${row.id}`
  const isThere = row.uploaded_at !== null && row.redacted_at === null
  return {
    type: 'attachment',
    id: row.id,
    attributes: {
      name: row.name,
      contentType: row.content_type,
      contentLength: row.content_length,
      detectedType: row.detected_type,
      uploaded: row.uploaded_at !== null,
      redacted: row.redacted_at !== null,
      createdAt: row.created_at.toISOString(),
      updatedAt: row.updated_at.toISOString(),
    },
    relationships: { ...orgRelation(row.org_id), ...userRelation('createdBy', row.created_by) },
    links: { self, ...(isThere ? { related: addresses.download(row) } : {}) },
  }
}
