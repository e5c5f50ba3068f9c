import { z } from 'zod'

import { may, only } from '../../platform/http/access.ts'
import { endpoint } from '../../platform/http/endpoint.ts'
import type { Endpoint } from '../../platform/http/endpoint.ts'
import { document, orgRelation, page, pageOf, PageQuery, userRelation } from '../../platform/http/envelope.ts'
import { getCustomer } from '../customers/customers.ts'
import { CustomerAttributes } from '../customers/schema.ts'
import { showCustomer } from '../customers/show.ts'
import { getMerge, listMerges, mergeCustomers, previewMerge, undoMerge } from './merges.ts'
import type { MergeRow } from './merges.ts'
import { MergeAttributes, MergeInput } from './schema.ts'

const tag = 'Customers'
/** Facts 7. */
const write = only(
  'customer',
  'org.user.customer.write',
  'org.admin.customer.merge.write',
  'org.permission.customer_merge.create',
)
const read = may('read', 'customer')
const reply = document(MergeAttributes)
const byId = z.object({ id: z.string().max(64) })

export const mergesRoutes: Endpoint[] = [
  endpoint({
    method: 'POST',
    path: '/v1/customers/merges',
    tag,
    summary: 'Make two customers one; it can be undone',
    access: write,
    body: MergeInput,
    status: 201,
    reply,
    handle: ({ db, by, body }) => db.write(async (tx) => ({ data: showMerge(await mergeCustomers(tx, by, body)) })),
  }),
  endpoint({
    method: 'POST',
    path: '/v1/customers/merges/preview',
    tag,
    summary: 'See what a merge would make of the target, without doing it',
    access: write,
    body: MergeInput,
    status: 200,
    reply: document(CustomerAttributes),
    handle: ({ db, body }) => db.read(async (reader) => ({ data: showCustomer(await previewMerge(reader, body)) })),
  }),
  endpoint({
    method: 'GET',
    path: '/v1/customers/merges/:id',
    tag,
    summary: 'Read a merge',
    access: read,
    params: byId,
    status: 200,
    reply,
    handle: ({ db, params }) => db.read(async (reader) => ({ data: showMerge(await getMerge(reader, params.id)) })),
  }),
  endpoint({
    method: 'POST',
    path: '/v1/customers/merges/:id/undo',
    tag,
    summary: 'Make two customers of one again; what has come since stays with the target',
    access: write,
    params: byId,
    status: 200,
    reply,
    handle: ({ db, by, params }) => db.write(async (tx) => ({ data: showMerge(await undoMerge(tx, by, params.id)) })),
  }),
  endpoint({
    method: 'GET',
    path: '/v1/customers/:id/merges',
    tag,
    summary: 'List the merges that a customer took part in, the newest first',
    access: read,
    params: byId,
    query: PageQuery,
    status: 200,
    reply: page(MergeAttributes),
    handle: ({ db, params, query }) =>
      db.read(async (reader) => {
        const rows = await listMerges(reader, params.id, query.pageSize + 1, (query.page - 1) * query.pageSize)
        if (rows.length === 0) {
          await getCustomer(reader, params.id) // one who was merged away has merges, but is not there
        }
        return pageOf(`/v1/customers/${params.id}/merges`, query, rows.map(showMerge))
      }),
  }),
]

function showMerge(row: MergeRow) {
  const customer = (id: string) => ({ links: { self: `/v1/customers/${id}` }, data: { type: 'customer', id } })
  return {
    type: 'customer_merge',
    id: row.id,
    attributes: {
      status: row.status,
      moved: {
        conversations: row.moved.conversations.length,
        kobjects: row.moved.kobjects.length,
        drafts: row.moved.drafts.length,
      },
      undoneAt: row.undone_at?.toISOString() ?? null,
      createdAt: row.created_at.toISOString(),
      updatedAt: row.updated_at.toISOString(),
    },
    relationships: {
      ...orgRelation(row.org_id),
      source: customer(row.source_id),
      target: customer(row.target_id),
      ...userRelation('createdBy', row.created_by),
    },
    links: { self: `/v1/customers/merges/${row.id}` },
  }
}
