import { z } from 'zod'

import { may } from '../../platform/http/access.ts'
import { endpoint } from '../../platform/http/endpoint.ts'
import type { Endpoint } from '../../platform/http/endpoint.ts'
import { document, page, pageOf, PageQuery } from '../../platform/http/envelope.ts'
import {
  createCustomer,
  deleteCustomer,
  findCustomers,
  getCustomer,
  getCustomerBy,
  listCustomers,
  updateCustomer,
} from './customers.ts'
import { emailIdentity, externalIdentity, phoneIdentity } from './identity.ts'
import { CustomerAttributes, CustomerInput, CustomerUpdate } from './schema.ts'
import { showCustomer } from './show.ts'

const tag = 'Customers'
const reply = document(CustomerAttributes)
const byId = z.object({ id: z.string().max(64) })
const replaceQuery = z.object({ replace: z.stringbool().default(false).describe('Clears what the body leaves out.') })

const update = {
  path: '/v1/customers/:id',
  tag,
  access: may('update', 'customer'),
  params: byId,
  query: replaceQuery,
  body: CustomerUpdate,
  status: 200,
  reply,
} as const

export const customersRoutes: Endpoint[] = [
  endpoint({
    method: 'GET',
    path: '/v1/customers',
    tag,
    summary: 'List customers, or find them by the beginnings of names and addresses',
    access: may('read', 'customer'),
    query: PageQuery.extend({ q: z.string().max(500).optional().describe('Words to look for; one page of results.') }),
    status: 200,
    reply: page(CustomerAttributes),
    handle: ({ db, query }) =>
      db.read(async (reader) => {
        const search = query.q?.trim() ?? ''
        if (search !== '') {
          const rows = await findCustomers(reader, search, query.pageSize)
          return pageOf(`/v1/customers?q=${encodeURIComponent(search)}`, { ...query, page: 1 }, rows.map(showCustomer))
        }
        const rows = await listCustomers(reader, query.pageSize + 1, (query.page - 1) * query.pageSize)
        return pageOf('/v1/customers', query, rows.map(showCustomer))
      }),
  }),
  endpoint({
    method: 'POST',
    path: '/v1/customers',
    tag,
    summary: 'Create a customer',
    access: may('create', 'customer'),
    body: CustomerInput,
    status: 201,
    reply,
    handle: ({ db, by, body }) => db.write(async (tx) => ({ data: showCustomer(await createCustomer(tx, by, body)) })),
  }),
  endpoint({
    method: 'GET',
    path: '/v1/customers/:id',
    tag,
    summary: 'Read a customer',
    access: may('read', 'customer'),
    params: byId,
    status: 200,
    reply,
    handle: ({ db, params }) =>
      db.read(async (reader) => ({ data: showCustomer(await getCustomer(reader, params.id)) })),
  }),
  endpoint({
    method: 'GET',
    path: '/v1/customers/id=:id',
    tag,
    summary: 'Read a customer, as the library for apps asks for one',
    access: may('read', 'customer'),
    params: byId,
    status: 200,
    reply,
    handle: ({ db, params }) =>
      db.read(async (reader) => ({ data: showCustomer(await getCustomer(reader, params.id)) })),
  }),
  lookup('email', 'Find the customer who has an e-mail address', emailIdentity),
  lookup('externalId', 'Find the customer who has an external id', externalIdentity),
  lookup('phone', 'Find the customer who has a phone number', phoneIdentity),
  endpoint({
    ...update,
    method: 'PUT',
    summary: 'Change a customer: what the body leaves out stays',
    handle: ({ db, by, params, query, body }) =>
      db.write(async (tx) => ({ data: showCustomer(await updateCustomer(tx, by, params.id, body, query)) })),
  }),
  endpoint({
    ...update,
    method: 'PATCH',
    summary: 'Change some fields of a customer',
    query: z.object({}),
    handle: ({ db, by, params, body }) =>
      db.write(async (tx) => ({
        data: showCustomer(await updateCustomer(tx, by, params.id, body, { replace: false })),
      })),
  }),
  endpoint({
    method: 'DELETE',
    path: '/v1/customers/:id',
    tag,
    summary: 'Delete a customer',
    access: may('delete', 'customer'),
    params: byId,
    status: 204,
    reply: z.void(),
    handle: ({ db, by, params }) => db.write((tx) => deleteCustomer(tx, by, params.id)),
  }),
]

function lookup(key: string, summary: string, identity: typeof emailIdentity): Endpoint {
  return endpoint({
    method: 'GET',
    path: `/v1/customers/${key}=:value`,
    tag,
    summary,
    access: may('read', 'customer'),
    params: z.object({ value: z.string().min(1).max(320) }),
    status: 200,
    reply,
    handle: ({ db, params }) =>
      db.read(async (reader) => ({ data: showCustomer(await getCustomerBy(reader, identity(params.value))) })),
  })
}
