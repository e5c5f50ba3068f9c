import { orgRelation, userRelation } from '../../platform/http/envelope.ts'
import type { TeamRow } from './store.ts'

export function showTeam(row: TeamRow) {
  return {
    type: 'team',
    id: row.id,
    attributes: {
      name: row.name,
      displayName: row.display_name ?? row.name,
      icon: row.icon,
      externalId: row.external_id,
      members: row.members,
      createdAt: row.created_at.toISOString(),
      updatedAt: row.updated_at.toISOString(),
      modifiedAt: row.updated_at.toISOString(),
    },
    relationships: {
      ...orgRelation(row.org_id),
      ...userRelation('createdBy', row.created_by),
      ...userRelation('modifiedBy', row.modified_by),
    },
    links: { self: `/v1/teams/${row.id}` },
  }
}
