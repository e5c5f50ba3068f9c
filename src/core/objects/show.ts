import { orgRelation, relationTo, userRelation } from '../../platform/http/envelope.ts'
import type { KlassRow, KObjectRow } from './store.ts'

export function showKlass(row: KlassRow) {
  const self = `/v1/klasses/${row.id}`
  return {
    type: 'klass',
    id: row.id,
    attributes: {
      name: row.name,
      displayName: row.display_name,
      icon: row.icon,
      color: row.color,
      status: row.status,
      app: row.app,
      jsonSchema: row.json_schema,
      mixins: row.mixins,
      createdAt: row.created_at.toISOString(),
      updatedAt: row.updated_at.toISOString(),
    },
    relationships: { ...orgRelation(row.org_id), kobjects: { links: { self: `/v1/klasses/${row.name}` } } },
    links: { self },
  }
}

export function showObject(row: KObjectRow) {
  const custom = Object.fromEntries(Object.entries(row.custom).filter(([, value]) => value !== null))
  return {
    type: `kobject.${row.klass}`,
    id: row.id,
    attributes: {
      title: row.title,
      description: row.description,
      icon: row.icon,
      images: row.images,
      ...(row.external_id === null ? {} : { externalId: row.external_id }),
      data: row.data,
      custom,
      tags: row.tags,
      rev: row.rev,
      roleGroupVersions: [],
      createdAt: row.created_at.toISOString(),
      updatedAt: row.updated_at.toISOString(),
      importedAt: row.imported_at?.toISOString() ?? null,
    },
    relationships: {
      ...orgRelation(row.org_id),
      klass: { link: { self: `/v1/klasses/${row.klass}` }, data: { type: 'klass', id: row.klass } }, // singular and by name (facts 1.3)
      ...(row.customer_id === null ? {} : { customer: relationTo('customer', row.customer_id) }),
      ...(row.company_id === null
        ? {}
        : {
            company: {
              links: { self: `/v1/companies/${row.company_id}` },
              data: { type: 'company', id: row.company_id },
            },
          }),
      ...userRelation('createdBy', row.created_by),
      ...userRelation('modifiedBy', row.modified_by),
    },
    links: { self: `/v1/klasses/${row.klass}s/${row.id}` },
  }
}
