import { z } from 'zod'

import { only } from '../../platform/http/access.ts'
import { endpoint } from '../../platform/http/endpoint.ts'
import type { Endpoint } from '../../platform/http/endpoint.ts'
import { pageOf } from '../../platform/http/envelope.ts'
import { isId } from '../../platform/ids.ts'
import type { Addresses } from './addresses.ts'
import { createAttachment, findAttachments, getAttachment, updateAttachment } from './attachments.ts'
import { AttachmentInput, AttachmentUpdate } from './schema.ts'
import { Attachment, showAttachment } from './show.ts'

const tag = 'Attachments'
const read = only(
  'attachment',
  'org.user.message.read',
  'org.permission.message.read',
  'org.permission.attachment.read',
)
const write = only(
  'attachment',
  'org.user.message.write',
  'org.permission.message.create',
  'org.permission.attachment.create',
)
const byId = z.object({ id: z.string().max(2500) })

const reply = z.object({ data: Attachment })
const Upload = z.object({ url: z.string(), fields: z.record(z.string(), z.string()) })

export function attachmentsRoutes(addresses: Addresses): Endpoint[] {
  return [
    endpoint({
      method: 'POST',
      path: '/v1/attachments',
      tag,
      summary:
        'Announce a file; then post its bytes as a form to `meta.upload.url`, all of `fields` first and `file` last',
      access: write,
      body: AttachmentInput,
      status: 201,
      isSecret: true,
      reply: reply.extend({ meta: z.object({ upload: Upload }) }),
      handle: ({ db, by, body }) =>
        db.write(async (tx) => {
          const row = await createAttachment(tx, by, body)
          return { data: showAttachment(row, addresses), meta: { upload: addresses.upload(row) } }
        }),
    }),
    endpoint({
      method: 'GET',
      path: '/v1/attachments/:id',
      tag,
      summary: 'Read one attachment, or several by ids with commas between',
      access: read,
      params: byId,
      status: 200,
      reply: z.union([
        reply,
        z.object({ meta: z.looseObject({}), data: z.array(Attachment), links: z.looseObject({}) }),
      ]),
      handle: ({ db, params }) =>
        db.read(async (reader) => {
          if (!params.id.includes(',')) {
            return { data: showAttachment(await getAttachment(reader, params.id), addresses) }
          }
          const rows = await findAttachments(reader, params.id.split(',').filter(isId))
          return pageOf(
            `/v1/attachments/${params.id}`,
            { page: 1, pageSize: 100 },
            rows.map((row) => showAttachment(row, addresses)),
          )
        }),
    }),
    endpoint({
      method: 'PUT',
      path: '/v1/attachments/:id',
      tag,
      summary: 'Rename an attachment',
      access: write,
      params: byId,
      body: AttachmentUpdate,
      status: 200,
      reply,
      handle: ({ db, by, params, body }) =>
        db.write(async (tx) => ({ data: showAttachment(await updateAttachment(tx, by, params.id, body), addresses) })),
    }),
  ]
}
