import { orgRelation, userRelation } from '../../platform/http/envelope.ts'
import type { CompanyRow } from './store.ts'

export function showCompany(row: CompanyRow) {
  return {
    type: 'company',
    id: row.id,
    attributes: {
      ...row.profile,
      name: row.name,
      displayName: row.name,
      externalId: row.external_id,
      emails: row.emails,
      phones: row.phones,
      domains: row.domains.map((domain) => ({ domain })),
      tags: row.tags,
      custom: row.custom,
      rev: row.rev,
      createdAt: row.created_at.toISOString(),
      updatedAt: row.updated_at.toISOString(),
      modifiedAt: row.modified_at.toISOString(),
      importedAt: row.imported_at?.toISOString() ?? null,
    },
    relationships: {
      ...orgRelation(row.org_id),
      ...userRelation('createdBy', row.created_by),
      ...userRelation('modifiedBy', row.modified_by),
    },
    links: { self: `/v1/companies/${row.id}` },
  }
}
