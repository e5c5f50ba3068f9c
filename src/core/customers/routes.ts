import { z } from 'zod'

import { may } from '../../platform/http/access.ts'
import { endpoint } from '../../platform/http/endpoint.ts'
import type { Endpoint } from '../../platform/http/endpoint.ts'
import { document, orgRelation, page, pageOf, PageQuery, userRelation } from '../../platform/http/envelope.ts'
import type { Relationships } from '../../platform/http/envelope.ts'
import {
  createCustomer,
  deleteCustomer,
  findCustomers,
  getCustomer,
  getCustomerBy,
  listCustomers,
  updateCustomer,
} from './customers.ts'
import type { CustomerRow } from './customers.ts'
import { emailIdentity, externalIdentity, phoneIdentity } from './identity.ts'
import { CustomerAttributes, CustomerInput, CustomerUpdate } from './schema.ts'

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

/** The liveliest state of any conversation. */
function progressiveStatus(row: CustomerRow): 'open' | 'snoozed' | 'done' | null {
  if (row.open_conversations > 0) {
    return 'open'
  }
  return row.snoozed_conversations > 0 ? 'snoozed' : row.done_conversations > 0 ? 'done' : null
}

export function showCustomer(row: CustomerRow) {
  const self = `/v1/customers/${row.id}`
  const klasses: Relationships = Object.fromEntries(
    row.klasses.map((klass) => [
      `${klass}s`,
      { links: { self: `${self}/klasses/${klass}s` }, meta: { kobject: true } },
    ]),
  )
  const iso = (time: Date | null) => time?.toISOString() ?? null
  return {
    type: 'customer',
    id: row.id,
    attributes: {
      ...row.profile,
      name: row.name,
      displayName: row.name || (row.emails[0]?.email ?? row.phones[0]?.phone ?? 'Unknown'),
      displayColor: 'blue',
      displayIcon: 'plane', // what the platform gives every customer (facts 1.12)
      externalId: row.external_id,
      emails: row.emails,
      phones: row.phones,
      sharedEmails: [],
      sharedPhones: [],
      tags: row.tags,
      custom: row.custom,
      conversationCounts: {
        all: row.open_conversations + row.snoozed_conversations + row.done_conversations,
        open: row.open_conversations,
        snoozed: row.snoozed_conversations,
        done: row.done_conversations,
      },
      progressiveStatus: progressiveStatus(row),
      verified: row.emails.some((it) => it.verified),
      rev: row.rev,
      createdAt: row.created_at.toISOString(),
      updatedAt: row.updated_at.toISOString(),
      modifiedAt: row.modified_at.toISOString(),
      lastActivityAt: iso(row.last_activity_at),
      lastCustomerActivityAt: iso(row.last_activity_at),
      importedAt: iso(row.imported_at),
    },
    relationships: {
      ...orgRelation(row.org_id),
      messages: { links: { self: `${self}/messages` } },
      ...klasses,
      ...userRelation('createdBy', row.created_by),
      ...userRelation('modifiedBy', row.modified_by),
    },
    links: { self },
  }
}
