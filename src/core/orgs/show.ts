import { orgRelation } from '../../platform/http/envelope.ts'
import type { UserRow } from './store.ts'

export function showUser(row: UserRow) {
  return {
    type: 'user',
    id: row.id,
    attributes: {
      name: row.name,
      displayName: row.name,
      email: row.email,
      userType: row.user_type as 'user' | 'machine',
      roles: row.roles,
      roleGroups: [],
      createdAt: row.created_at.toISOString(),
      updatedAt: row.updated_at.toISOString(),
      deletedAt: row.deleted_at?.toISOString() ?? null,
    },
    relationships: orgRelation(row.org_id),
    links: { self: `/v1/users/${row.id}` },
  }
}
