import { z } from 'zod'

import { may } from '../../platform/http/access.ts'
import { endpoint } from '../../platform/http/endpoint.ts'
import type { Endpoint } from '../../platform/http/endpoint.ts'
import { document, page, pageOf, PageQuery } from '../../platform/http/envelope.ts'
import { notFound } from '../../platform/http/errors.ts'
import type { Addresses } from '../attachments/addresses.ts'
import { findAttachments, getAttachment } from '../attachments/attachments.ts'
import { Attachment, showAttachment } from '../attachments/show.ts'
import { getConversation } from '../conversations/conversations.ts'
import { getCustomer } from '../customers/customers.ts'
import { changeAttachments, createDraft, deleteDraft, getDraft, listDrafts, updateDraft } from './drafts.ts'
import { DraftAttachment, DraftAttributes, DraftInput, DraftUpdate } from './schema.ts'
import { showDraft } from './show.ts'

const tag = 'Drafts'
const id = z.string().max(64)
const byId = z.object({ id })
const reply = document(DraftAttributes)
const list = page(DraftAttributes)
/** [inferred] Who may write messages may draft them. */
const read = may('read', 'draft', 'org.user.message.read', 'org.permission.message.read')
const write = may('create', 'draft', 'org.user.message.write', 'org.permission.message.create')
const change = may('update', 'draft', 'org.user.message.write', 'org.permission.message.update')
const remove = may('delete', 'draft', 'org.user.message.write', 'org.user.draft.write', 'org.permission.message.delete')

export function draftsRoutes(addresses: Addresses): Endpoint[] {
  return [
    endpoint({
      method: 'GET',
      path: '/v1/customers/:id/drafts',
      tag,
      summary: "List a customer's drafts that are not sent yet",
      access: read,
      params: byId,
      query: PageQuery,
      status: 200,
      reply: list,
      handle: ({ db, params, query }) =>
        db.read(async (reader) => {
          const customer = await getCustomer(reader, params.id)
          const filter = { customerId: customer.id }
          const rows = await listDrafts(reader, filter, query.pageSize + 1, (query.page - 1) * query.pageSize)
          return pageOf(`/v1/customers/${customer.id}/drafts`, query, rows.map(showDraft))
        }),
    }),
    endpoint({
      method: 'GET',
      path: '/v1/conversations/:id/drafts',
      tag,
      summary: "List a conversation's drafts that are not sent yet",
      access: read,
      params: byId,
      query: PageQuery,
      status: 200,
      reply: list,
      handle: ({ db, params, query }) =>
        db.read(async (reader) => {
          const conversation = await getConversation(reader, params.id)
          const filter = { customerId: conversation.customer_id, conversationId: conversation.id }
          const rows = await listDrafts(reader, filter, query.pageSize + 1, (query.page - 1) * query.pageSize)
          return pageOf(`/v1/conversations/${conversation.id}/drafts`, query, rows.map(showDraft))
        }),
    }),
    endpoint({
      method: 'POST',
      path: '/v1/customers/:id/drafts',
      tag,
      summary: 'Draft a message or a note, and say when it is sent',
      access: write,
      params: byId,
      body: DraftInput,
      status: 200,
      reply,
      handle: ({ db, by, params, body }) =>
        db.write(async (tx) => ({ data: showDraft(await createDraft(tx, by, params.id, body)) })),
    }),
    endpoint({
      method: 'GET',
      path: '/v1/drafts/:id',
      tag,
      summary: 'Read a draft',
      access: read,
      params: byId,
      status: 200,
      reply,
      handle: ({ db, params }) => db.read(async (reader) => ({ data: showDraft(await getDraft(reader, params.id)) })),
    }),
    endpoint({
      method: 'PUT',
      path: '/v1/drafts/:id',
      tag,
      summary: 'Change a draft: what the body leaves out stays',
      access: change,
      params: byId,
      body: DraftUpdate,
      status: 200,
      reply,
      handle: ({ db, by, params, body }) =>
        db.write(async (tx) => ({ data: showDraft(await updateDraft(tx, by, params.id, body)) })),
    }),
    endpoint({
      method: 'DELETE',
      path: '/v1/drafts/:id',
      tag,
      summary: 'Delete a draft that is not sent yet',
      access: remove,
      params: byId,
      status: 204,
      reply: z.void(),
      handle: ({ db, by, params }) => db.write((tx) => deleteDraft(tx, by, params.id)),
    }),
    endpoint({
      method: 'GET',
      path: '/v1/drafts/:id/attachments',
      tag,
      summary: "List a draft's files",
      access: read,
      params: byId,
      query: PageQuery,
      status: 200,
      reply: z.object({ meta: z.looseObject({}), data: z.array(Attachment), links: z.looseObject({}) }),
      handle: ({ db, params, query }) =>
        db.read(async (reader) => {
          const draft = await getDraft(reader, params.id)
          const rows = await findAttachments(
            reader,
            draft.attachments.map((it) => it._id),
          )
          return pageOf(
            `/v1/drafts/${draft.id}/attachments`,
            query,
            rows.map((row) => showAttachment(row, addresses)),
          )
        }),
    }),
    endpoint({
      method: 'POST',
      path: '/v1/drafts/:id/attachments',
      tag,
      summary: 'Put a file on a draft',
      access: change,
      params: byId,
      body: DraftAttachment,
      status: 201,
      reply,
      handle: ({ db, by, params, body }) =>
        db.write(async (tx) => ({
          data: showDraft(await changeAttachments(tx, by, params.id, (ids) => [...ids, body.attachment])),
        })),
    }),
    endpoint({
      method: 'GET',
      path: '/v1/drafts/:draft/attachments/:id',
      tag,
      summary: "Read one of a draft's files",
      access: read,
      params: z.object({ draft: id, id }),
      status: 200,
      reply: z.object({ data: Attachment }),
      handle: ({ db, params }) =>
        db.read(async (reader) => {
          const draft = await getDraft(reader, params.draft)
          if (!draft.attachments.some((it) => it._id === params.id)) {
            throw notFound('Attachment')
          }
          return { data: showAttachment(await getAttachment(reader, params.id), addresses) }
        }),
    }),
    endpoint({
      method: 'DELETE',
      path: '/v1/drafts/:draft/attachments/:id',
      tag,
      summary: 'Take a file off a draft',
      access: change,
      params: z.object({ draft: id, id }),
      status: 204,
      reply: z.void(),
      handle: ({ db, by, params }) =>
        db.write(async (tx) => {
          await changeAttachments(tx, by, params.draft, (ids) => ids.filter((it) => it !== params.id))
        }),
    }),
  ]
}
