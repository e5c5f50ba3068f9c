import { z } from 'zod'

import { may, only } from '../../platform/http/access.ts'
import { endpoint } from '../../platform/http/endpoint.ts'
import type { Endpoint } from '../../platform/http/endpoint.ts'
import { document, page, pageOf, PageQuery } from '../../platform/http/envelope.ts'
import { getCustomer } from '../customers/customers.ts'
import { getCustomerEvent, listConversationEvents } from '../events/events.ts'
import {
  appendTags,
  createConversation,
  deleteConversation,
  getConversation,
  getConversationByExternalId,
  listConversations,
  removeTags,
  updateConversation,
} from './conversations.ts'
import { getRules, updateRules } from './rules.ts'
import {
  ConversationAttributes,
  ConversationInput,
  ConversationRules,
  ConversationUpdate,
  CustomerConversationInput,
  EventAttributes,
  TagList,
} from './schema.ts'
import { showConversation, showEvent } from './show.ts'

const tag = 'Conversations'
const reply = document(ConversationAttributes)
const list = page(ConversationAttributes)
const byId = z.object({ id: z.string().max(64) })
const sort = z.enum(['asc', 'desc']).default('desc').describe('By time: newest first, unless asc.')
const fromDate = z.iso.datetime({ offset: true }).or(z.iso.date()).optional()

const update = {
  path: '/v1/conversations/:id',
  tag,
  access: may('update', 'conversation'),
  params: byId,
  body: ConversationUpdate,
  status: 200,
  reply,
} as const

const tags = {
  path: '/v1/conversations/:id/tags',
  tag,
  access: may('update', 'conversation'),
  params: byId,
  body: TagList,
  status: 200,
  reply,
} as const

export const conversationsRoutes: Endpoint[] = [
  endpoint({
    method: 'GET',
    path: '/v1/customers/:customer/events/:id',
    tag: 'Customers',
    summary: 'Read one event of a customer',
    access: may('read', 'customer'),
    params: z.object({ customer: z.string().max(64), id: z.string().max(64) }),
    status: 200,
    reply: document(EventAttributes),
    handle: ({ db, params }) =>
      db.read(async (reader) => ({ data: showEvent(await getCustomerEvent(reader, params.customer, params.id)) })),
  }),
  endpoint({
    method: 'GET',
    path: '/v1/conversations/rules',
    tag,
    summary: 'Read what a conversation must have before it is done',
    access: may('read', 'conversation'),
    status: 200,
    reply: z.object({ data: ConversationRules }),
    handle: ({ db }) => db.read(async (reader) => ({ data: await getRules(reader) })),
  }),
  endpoint({
    method: 'PUT',
    path: '/v1/conversations/rules',
    tag,
    summary: 'Set what a conversation must have before it is done',
    access: only('conversation_rules', 'org.admin.setting.write', 'org.permission.setting.update'),
    body: ConversationRules,
    status: 200,
    reply: z.object({ data: ConversationRules }),
    handle: ({ db, by, body }) => db.write(async (tx) => ({ data: await updateRules(tx, by, body) })),
  }),
  endpoint({
    method: 'GET',
    path: '/v1/conversations',
    tag,
    summary: 'List conversations by their last change',
    access: may('read', 'conversation'),
    query: PageQuery.extend({ sort }),
    status: 200,
    reply: list,
    handle: ({ db, query }) =>
      db.read(async (reader) =>
        pageOf(
          '/v1/conversations',
          query,
          (
            await listConversations(reader, { sort: query.sort }, query.pageSize + 1, (query.page - 1) * query.pageSize)
          ).map(showConversation),
        ),
      ),
  }),
  endpoint({
    method: 'POST',
    path: '/v1/conversations',
    tag,
    summary: 'Create a conversation',
    access: may('create', 'conversation'),
    body: ConversationInput,
    status: 201,
    reply,
    handle: ({ db, by, body }) =>
      db.write(async (tx) => ({ data: showConversation(await createConversation(tx, by, body)) })),
  }),
  endpoint({
    method: 'GET',
    path: '/v1/conversations/:id',
    tag,
    summary: 'Read a conversation',
    access: may('read', 'conversation'),
    params: byId,
    status: 200,
    reply,
    handle: ({ db, params }) =>
      db.read(async (reader) => ({ data: showConversation(await getConversation(reader, params.id)) })),
  }),
  endpoint({
    method: 'GET',
    path: '/v1/conversations/externalId=:value',
    tag,
    summary: 'Find the conversation that has an external id',
    access: may('read', 'conversation'),
    params: z.object({ value: z.string().min(1).max(255) }),
    status: 200,
    reply,
    handle: ({ db, params }) =>
      db.read(async (reader) => ({ data: showConversation(await getConversationByExternalId(reader, params.value)) })),
  }),
  endpoint({
    ...update,
    method: 'PUT',
    summary: 'Change a conversation: what the body leaves out stays',
    query: z.object({ replace: z.stringbool().default(false).describe('Clears what the body leaves out.') }),
    handle: ({ db, by, params, query, body }) =>
      db.write(async (tx) => ({ data: showConversation(await updateConversation(tx, by, params.id, body, query)) })),
  }),
  endpoint({
    ...update,
    method: 'PATCH',
    summary: 'Change some fields of a conversation',
    handle: ({ db, by, params, body }) =>
      db.write(async (tx) => ({
        data: showConversation(await updateConversation(tx, by, params.id, body, { replace: false })),
      })),
  }),
  endpoint({
    method: 'DELETE',
    path: '/v1/conversations/:id',
    tag,
    summary: 'Delete a conversation',
    access: may('delete', 'conversation'),
    params: byId,
    status: 204,
    reply: z.void(),
    handle: ({ db, by, params }) => db.write((tx) => deleteConversation(tx, by, params.id)),
  }),
  endpoint({
    ...tags,
    method: 'POST',
    summary: 'Add tags by name or id; unknown names become tags',
    handle: ({ db, by, params, body }) =>
      db.write(async (tx) => ({ data: showConversation(await appendTags(tx, by, params.id, body)) })),
  }),
  endpoint({
    ...tags,
    method: 'DELETE',
    summary: 'Remove tags by name or id',
    handle: ({ db, by, params, body }) =>
      db.write(async (tx) => ({ data: showConversation(await removeTags(tx, by, params.id, body)) })),
  }),
  endpoint({
    method: 'GET',
    path: '/v1/conversations/:id/events',
    tag,
    summary: "Read a conversation's history: every change, with what was before and after",
    access: may('read', 'conversation'),
    params: byId,
    query: PageQuery.extend({ sort }),
    status: 200,
    reply: page(EventAttributes),
    handle: ({ db, params, query }) =>
      db.read(async (reader) => {
        const { id } = await getConversation(reader, params.id)
        const offset = (query.page - 1) * query.pageSize
        const rows = await listConversationEvents(reader, id, query.sort, query.pageSize + 1, offset)
        return pageOf(`/v1/conversations/${id}/events`, query, rows.map(showEvent))
      }),
  }),
  endpoint({
    method: 'GET',
    path: '/v1/customers/:id/conversations',
    tag,
    summary: "List a customer's conversations, newest first",
    access: may('read', 'conversation'),
    params: byId,
    query: PageQuery.extend({ fromDate }),
    status: 200,
    reply: list,
    handle: ({ db, params, query }) =>
      db.read(async (reader) => {
        const { id } = await getCustomer(reader, params.id)
        const filter = { customerId: id, fromDate: query.fromDate, sort: 'desc' as const }
        const rows = await listConversations(reader, filter, query.pageSize + 1, (query.page - 1) * query.pageSize)
        return pageOf(`/v1/customers/${id}/conversations`, query, rows.map(showConversation))
      }),
  }),
  endpoint({
    method: 'POST',
    path: '/v1/customers/:id/conversations',
    tag,
    summary: "Create a customer's conversation",
    access: may('create', 'conversation'),
    params: byId,
    body: CustomerConversationInput,
    status: 201,
    reply,
    handle: ({ db, by, params, body }) =>
      db.write(async (tx) => {
        const { id } = await getCustomer(tx, params.id)
        return { data: showConversation(await createConversation(tx, by, { ...body, customer: id })) }
      }),
  }),
]
