import { z } from 'zod'

import type { FileStore } from '../../platform/files/file-store.ts'
import { may, only } from '../../platform/http/access.ts'
import { endpoint } from '../../platform/http/endpoint.ts'
import type { Endpoint } from '../../platform/http/endpoint.ts'
import { document, pageOf, PageQuery } from '../../platform/http/envelope.ts'
import { notFound } from '../../platform/http/errors.ts'
import type { Addresses } from '../attachments/addresses.ts'
import { findAttachments, getAttachment } from '../attachments/attachments.ts'
import { Attachment, showAttachment } from '../attachments/show.ts'
import { getConversation } from '../conversations/conversations.ts'
import { getMessage, listAttachmentIds, redactMessage } from './messages.ts'
import { MessageAttributes, Redaction } from './schema.ts'
import { showMessage } from './show.ts'

const tag = 'Messages'
const id = z.string().max(64)

/** What touches the files of messages. */
export function messageFilesRoutes({ files, addresses }: { files: FileStore; addresses: Addresses }): Endpoint[] {
  return [
    endpoint({
      method: 'POST',
      path: '/v1/messages/:id/redactions',
      tag,
      summary: 'Take the text, some files or the details out of a message for good',
      access: only('message', 'org.admin.message.write', 'org.permission.message_redaction.create'),
      params: z.object({ id }),
      body: Redaction,
      status: 201,
      reply: document(MessageAttributes),
      handle: ({ db, by, params, body }) =>
        db.write(async (tx) => ({ data: showMessage(await redactMessage(tx, files, by, params.id, body)) })),
    }),
    endpoint({
      method: 'GET',
      path: '/v1/messages/:message/attachments/:id',
      tag,
      summary: "Read one of a message's attachments",
      access: may('read', 'message'),
      params: z.object({ message: id, id }),
      status: 200,
      reply: z.object({ data: Attachment }),
      handle: ({ db, params }) =>
        db.read(async (reader) => {
          const message = await getMessage(reader, params.message)
          if (!message.attachments.some((it) => it._id === params.id)) {
            throw notFound('Attachment')
          }
          return { data: showAttachment(await getAttachment(reader, params.id), addresses) }
        }),
    }),
    endpoint({
      method: 'GET',
      path: '/v1/conversations/:id/attachments',
      tag,
      summary: 'List the files of a conversation, the newest first',
      access: may('read', 'conversation'),
      params: z.object({ id }),
      query: PageQuery,
      status: 200,
      reply: z.object({ meta: z.looseObject({}), data: z.array(Attachment), links: z.looseObject({}) }),
      handle: ({ db, params, query }) =>
        db.read(async (reader) => {
          const conversation = await getConversation(reader, params.id)
          const ids = await listAttachmentIds(
            reader,
            conversation.id,
            query.pageSize + 1,
            (query.page - 1) * query.pageSize,
          )
          const rows = new Map((await findAttachments(reader, ids)).map((row) => [row.id, row]))
          const shown = ids.flatMap((it) => rows.get(it) ?? []).map((row) => showAttachment(row, addresses))
          return pageOf(`/v1/conversations/${conversation.id}/attachments`, query, shown)
        }),
    }),
  ]
}
