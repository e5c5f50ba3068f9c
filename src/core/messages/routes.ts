import { z } from 'zod'

import type { Reader } from '../../platform/db/database.ts'
import { may } from '../../platform/http/access.ts'
import { endpoint } from '../../platform/http/endpoint.ts'
import type { Endpoint } from '../../platform/http/endpoint.ts'
import { document, page, pageOf, PageQuery, resource, withQuery } from '../../platform/http/envelope.ts'
import { getConversation } from '../conversations/conversations.ts'
import { getCustomer } from '../customers/customers.ts'
import { includedWith } from './include.ts'
import {
  createCustomerMessage,
  createMessage,
  getMessage,
  getMessageByExternalId,
  listMessages,
  updateMessage,
} from './messages.ts'
import {
  ConversationMessageInput,
  CustomerMessageInput,
  MessageAttributes,
  MessageInput,
  MessageUpdate,
} from './schema.ts'
import { showMessage } from './show.ts'
import type { MessageFilter } from './store.ts'

const tag = 'Messages'
const reply = document(MessageAttributes)
const list = page(MessageAttributes).extend({ included: z.array(resource(z.looseObject({}))).optional() })
const byId = z.object({ id: z.string().max(64) })
const ListQuery = PageQuery.extend({
  sort: z.enum(['asc', 'desc']).default('desc').describe('By time: newest first, unless asc.'),
  include: z
    .string()
    .max(200)
    .optional()
    .describe('What to add as `included`: conversation, customer, createdBy, modifiedBy.'),
})
const read = may('read', 'message')
const create = may('create', 'message')
const update = {
  path: '/v1/messages/:id',
  tag,
  access: may('update', 'message'),
  params: byId,
  body: MessageUpdate,
  status: 200,
  reply,
} as const

export const messagesRoutes: Endpoint[] = [
  endpoint({
    method: 'GET',
    path: '/v1/messages',
    tag,
    summary: 'List messages by their last change',
    access: read,
    query: ListQuery,
    status: 200,
    reply: list,
    handle: ({ db, query }) => db.read((reader) => messagePage(reader, '/v1/messages', {}, query)),
  }),
  endpoint({
    method: 'POST',
    path: '/v1/messages',
    tag,
    summary: 'Record a message of a conversation; nothing is sent',
    access: create,
    body: MessageInput,
    status: 201,
    reply,
    handle: ({ db, by, body: { conversation, ...body } }) =>
      db.write(async (tx) => ({ data: showMessage(await createMessage(tx, by, conversation, body)) })),
  }),
  endpoint({
    method: 'GET',
    path: '/v1/messages/:id',
    tag,
    summary: 'Read a message',
    access: read,
    params: byId,
    status: 200,
    reply,
    handle: ({ db, params }) => db.read(async (reader) => ({ data: showMessage(await getMessage(reader, params.id)) })),
  }),
  endpoint({
    method: 'GET',
    path: '/v1/messages/externalid=:value',
    tag,
    summary: 'Find the message that has an external id',
    access: read,
    params: z.object({ value: z.string().min(1).max(255) }),
    status: 200,
    reply,
    handle: ({ db, params }) =>
      db.read(async (reader) => ({ data: showMessage(await getMessageByExternalId(reader, params.value)) })),
  }),
  endpoint({
    ...update,
    method: 'PUT',
    summary: 'Change a message: what the body leaves out stays',
    query: z.object({ replace: z.stringbool().default(false).describe('Clears what the body leaves out.') }),
    handle: ({ db, by, params, query, body }) =>
      db.write(async (tx) => ({ data: showMessage(await updateMessage(tx, by, params.id, body, query)) })),
  }),
  endpoint({
    ...update,
    method: 'PATCH',
    summary: 'Change some fields of a message',
    handle: ({ db, by, params, body }) =>
      db.write(async (tx) => ({ data: showMessage(await updateMessage(tx, by, params.id, body, { replace: false })) })),
  }),
  endpoint({
    method: 'GET',
    path: '/v1/conversations/:id/messages',
    tag,
    summary: "List a conversation's messages, newest first",
    access: read,
    params: byId,
    query: ListQuery,
    status: 200,
    reply: list,
    handle: ({ db, params, query }) =>
      db.read(async (reader) => {
        const { id } = await getConversation(reader, params.id)
        return messagePage(reader, `/v1/conversations/${id}/messages`, { conversationId: id }, query)
      }),
  }),
  endpoint({
    method: 'POST',
    path: '/v1/conversations/:id/messages',
    tag,
    summary: 'Record a message of this conversation; nothing is sent',
    access: create,
    params: byId,
    body: ConversationMessageInput,
    status: 201,
    reply,
    handle: ({ db, by, params, body }) =>
      db.write(async (tx) => {
        const { id } = await getConversation(tx, params.id)
        return { data: showMessage(await createMessage(tx, by, id, body)) }
      }),
  }),
  endpoint({
    method: 'GET',
    path: '/v1/customers/:id/messages',
    tag,
    summary: "List a customer's messages, newest first",
    access: read,
    params: byId,
    query: ListQuery,
    status: 200,
    reply: list,
    handle: ({ db, params, query }) =>
      db.read(async (reader) => {
        const { id } = await getCustomer(reader, params.id)
        return messagePage(reader, `/v1/customers/${id}/messages`, { customerId: id }, query)
      }),
  }),
  endpoint({
    method: 'POST',
    path: '/v1/customers/:id/messages',
    tag,
    summary: 'Record a message of this customer; without a conversation, one is made',
    access: create,
    params: byId,
    body: CustomerMessageInput,
    status: 201,
    reply,
    handle: ({ db, by, params, body }) =>
      db.write(async (tx) => {
        const { id } = await getCustomer(tx, params.id)
        return { data: showMessage(await createCustomerMessage(tx, by, id, body)) }
      }),
  }),
]

async function messagePage(
  reader: Reader,
  path: string,
  filter: Omit<MessageFilter, 'sort'>,
  query: z.output<typeof ListQuery>,
) {
  const offset = (query.page - 1) * query.pageSize
  const rows = await listMessages(reader, { ...filter, sort: query.sort }, query.pageSize + 1, offset)
  const included = await includedWith(reader, query.include, rows.slice(0, query.pageSize))
  const address = withQuery(path, { include: query.include })
  return { ...pageOf(address, query, rows.map(showMessage)), ...included }
}
