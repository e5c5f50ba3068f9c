import { z } from 'zod'

import { only } from '../../platform/http/access.ts'
import { endpoint } from '../../platform/http/endpoint.ts'
import type { Endpoint } from '../../platform/http/endpoint.ts'
import { document, orgRelation, page, pageOf, PageQuery } from '../../platform/http/envelope.ts'
import { createBrand, getBrand, getDefaultBrand, listBrands, updateBrand } from './brands.ts'
import type { BrandRow } from './brands.ts'
import { BrandAttributes, BrandInput, BrandUpdate } from './schema.ts'

const tag = 'Brands'
const read = only('brand', 'org.user.brand.read', 'org.permission.brand.read', 'org.admin.brand.read')
const write = (verb: 'create' | 'update') => only('brand', 'org.admin.brand.write', `org.permission.brand.${verb}`)
const reply = document(BrandAttributes)
const byId = z.object({ id: z.string().max(64) })

function updating(method: 'PUT' | 'PATCH'): Endpoint {
  return endpoint({
    method,
    path: '/v1/brands/:id',
    tag,
    summary: 'Change a brand: what the body leaves out stays',
    access: write('update'),
    params: byId,
    body: BrandUpdate,
    status: 200,
    reply,
    handle: ({ db, by, params, body }) =>
      db.write(async (tx) => ({ data: showBrand(await updateBrand(tx, by, params.id, body)) })),
  })
}

export const brandsRoutes: Endpoint[] = [
  endpoint({
    method: 'GET',
    path: '/v1/brands',
    tag,
    summary: 'List brands by name',
    access: read,
    query: PageQuery,
    status: 200,
    reply: page(BrandAttributes),
    handle: ({ db, query }) =>
      db.read(async (reader) => {
        const rows = await listBrands(reader, query.pageSize + 1, (query.page - 1) * query.pageSize)
        return pageOf('/v1/brands', query, rows.map(showBrand))
      }),
  }),
  endpoint({
    method: 'POST',
    path: '/v1/brands',
    tag,
    summary: 'Create a brand',
    access: write('create'),
    body: BrandInput,
    status: 201,
    reply,
    handle: ({ db, by, body }) => db.write(async (tx) => ({ data: showBrand(await createBrand(tx, by, body)) })),
  }),
  endpoint({
    method: 'GET',
    path: '/v1/brands/default',
    tag,
    summary: 'Read the brand of everything that names none',
    access: read,
    status: 200,
    reply,
    handle: ({ db }) => db.read(async (reader) => ({ data: showBrand(await getDefaultBrand(reader)) })),
  }),
  endpoint({
    method: 'GET',
    path: '/v1/brands/:id',
    tag,
    summary: 'Read a brand',
    access: read,
    params: byId,
    status: 200,
    reply,
    handle: ({ db, params }) => db.read(async (reader) => ({ data: showBrand(await getBrand(reader, params.id)) })),
  }),
  updating('PUT'),
  updating('PATCH'),
]

function showBrand(row: BrandRow) {
  return {
    type: 'brand',
    id: row.id,
    attributes: {
      name: row.name,
      displayName: row.display_name ?? row.name,
      iconUrl: row.icon_url,
      default: row.is_default,
      custom: row.custom,
      rev: row.rev,
      createdAt: row.created_at.toISOString(),
      updatedAt: row.updated_at.toISOString(),
    },
    relationships: orgRelation(row.org_id),
    links: { self: `/v1/brands/${row.id}` },
  }
}
