import { orgRelation } from '../../platform/http/envelope.ts'
import type { TagRow } from './store.ts'

export function showTag(row: TagRow) {
  return {
    type: 'tag',
    id: row.id,
    attributes: {
      name: row.name,
      color: row.color,
      deleted: row.deleted_at !== null,
      createdAt: row.created_at.toISOString(),
      updatedAt: row.updated_at.toISOString(),
      modifiedAt: row.updated_at.toISOString(),
      deletedAt: row.deleted_at?.toISOString() ?? null,
    },
    relationships: orgRelation(row.org_id),
    links: { self: `/v1/tags/${row.id}` },
  }
}
