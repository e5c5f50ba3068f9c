import { z } from 'zod'

import { may } from '../../platform/http/access.ts'
import { endpoint } from '../../platform/http/endpoint.ts'
import type { Endpoint } from '../../platform/http/endpoint.ts'
import { document, page, pageOf, PageQuery, withQuery } from '../../platform/http/envelope.ts'
import { createCompany, deleteCompany, getCompany, listCompanies, updateCompany } from './companies.ts'
import { CompanyAttributes, CompanyInput, CompanyUpdate } from './schema.ts'
import { showCompany } from './show.ts'

const tag = 'Companies'
const reply = document(CompanyAttributes)
const byId = z.object({ id: z.string().max(64) })

export const companiesRoutes: Endpoint[] = [
  endpoint({
    method: 'GET',
    path: '/v1/companies',
    tag,
    summary: 'List companies by their last change, newest first, or find one by its external id',
    access: may('read', 'company'),
    query: PageQuery.extend({ externalId: z.string().max(255).optional() }),
    status: 200,
    reply: page(CompanyAttributes),
    handle: ({ db, query }) =>
      db.read(async (reader) => {
        const rows = await listCompanies(reader, query, query.pageSize + 1, (query.page - 1) * query.pageSize)
        return pageOf(withQuery('/v1/companies', { externalId: query.externalId }), query, rows.map(showCompany))
      }),
  }),
  endpoint({
    method: 'POST',
    path: '/v1/companies',
    tag,
    summary: 'Create a company',
    access: may('create', 'company'),
    body: CompanyInput,
    status: 201,
    reply,
    handle: ({ db, by, body }) => db.write(async (tx) => ({ data: showCompany(await createCompany(tx, by, body)) })),
  }),
  endpoint({
    method: 'GET',
    path: '/v1/companies/:id',
    tag,
    summary: 'Read a company',
    access: may('read', 'company'),
    params: byId,
    status: 200,
    reply,
    handle: ({ db, params }) => db.read(async (reader) => ({ data: showCompany(await getCompany(reader, params.id)) })),
  }),
  endpoint({
    method: 'PUT',
    path: '/v1/companies/:id',
    tag,
    summary: 'Change a company: what the body leaves out stays',
    access: may('update', 'company'),
    params: byId,
    body: CompanyUpdate,
    status: 200,
    reply,
    handle: ({ db, by, params, body }) =>
      db.write(async (tx) => ({ data: showCompany(await updateCompany(tx, by, params.id, body)) })),
  }),
  endpoint({
    method: 'DELETE',
    path: '/v1/companies/:id',
    tag,
    summary: 'Delete a company',
    access: may('delete', 'company'),
    params: byId,
    status: 204,
    reply: z.void(),
    handle: ({ db, by, params }) => db.write((tx) => deleteCompany(tx, by, params.id)),
  }),
]
