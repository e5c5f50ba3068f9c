import multipart from '@fastify/multipart'
import type { FastifyInstance } from 'fastify'
import { z } from 'zod'

import type { Database } from '../../platform/db/database.ts'
import type { FileStore } from '../../platform/files/file-store.ts'
import { ApiError, notFound } from '../../platform/http/errors.ts'
import { isGranted } from '../../platform/http/signed-path.ts'
import { isId } from '../../platform/ids.ts'
import { filePath } from './addresses.ts'
import { getAttachment, receiveFile } from './attachments.ts'
import { largestFile } from './schema.ts'
import type { AttachmentRow } from './store.ts'

const Path = z.object({ org: z.string().refine(isId), id: z.string().refine(isId) })
const Granted = z.object({ expires: z.coerce.number(), signature: z.string().max(128) }).partial()

/** Pictures that no browser runs anything in. Everything else is only ever saved, never shown in place. */
const shownInPlace = new Set(['image/png', 'image/jpeg', 'image/gif', 'image/webp', 'image/avif'])

/** Where files go in and out, by addresses that were signed for one file and a while. */
export function filesRoute(deps: { database: Database; files: FileStore; key: Buffer }) {
  return (app: FastifyInstance): void => {
    void app.register(async (scope) => {
      await scope.register(multipart, { limits: { fileSize: largestFile + 1, files: 1, fields: 20, fieldSize: 1024 } })

      scope.post(
        '/v1/files/:org/:id',
        { schema: { hide: true }, bodyLimit: largestFile + 64 * 1024 },
        async (request, reply) => {
          const { org, id } = pathOf(request.params)
          const fields: Record<string, unknown> = {}
          if (!request.isMultipart()) {
            throw new ApiError('unsupported_media_type', 'Post the file as multipart/form-data.')
          }
          // The request is read to its end before it is answered: its sender may not listen earlier.
          let received: Promise<void> | undefined
          for await (const part of request.parts()) {
            if (part.type === 'field') {
              fields[part.fieldname] = part.value
              continue
            }
            const given = Granted.safeParse(fields)
            const isAllowed = given.success && isGranted(deps.key, 'upload', filePath(org, id), given.data, new Date())
            received = isAllowed
              ? receiveFile(deps.database, deps.files, org, id, part.file)
              : Promise.reject(
                  new ApiError(
                    'forbidden',
                    'This upload was not announced, or too long ago. All fields must come before the file.',
                  ),
                )
            await received.catch(() => part.file.resume())
          }
          if (received !== undefined) {
            await received
            return reply.status(204).send()
          }
          throw new ApiError('bad_request', 'The form has no file.')
        },
      )

      scope.get('/v1/files/:org/:id', { schema: { hide: true }, helmet: false }, async (request, reply) => {
        const { org, id } = pathOf(request.params)
        const given = Granted.safeParse(request.query)
        if (!given.success || !isGranted(deps.key, 'download', filePath(org, id), given.data, new Date())) {
          throw new ApiError('forbidden', 'This address has expired. Read the attachment again for a new one.')
        }
        const row = await deps.database.forOrg(org).read((reader) => getAttachment(reader, id))
        if (row.uploaded_at === null || row.redacted_at !== null) {
          throw notFound('File')
        }
        const type = row.detected_type !== null && shownInPlace.has(row.detected_type) ? row.detected_type : undefined
        return reply
          .headers({
            'content-type': type ?? 'application/octet-stream',
            'content-length': row.content_length,
            'content-disposition': dispositionOf(row, type !== undefined),
            'content-security-policy': "default-src 'none'; sandbox",
            'x-content-type-options': 'nosniff',
            'cache-control': 'private, max-age=600',
          })
          .send(await deps.files.read(org, id))
      })
    })
  }
}

function pathOf(params: unknown): { org: string; id: string } {
  const path = Path.safeParse(params)
  if (!path.success) {
    throw notFound('File')
  }
  return path.data
}

/** The name in ASCII for old programs, and as it is for all others (RFC 6266). */
function dispositionOf({ name }: AttachmentRow, inPlace: boolean): string {
  const plain = name.replaceAll(/[^\x20-\x7E]|["\\]/g, '_')
  const encoded = encodeURIComponent(name.toWellFormed()).replaceAll(
    /['()*]/g,
    (it) => `%${it.codePointAt(0)?.toString(16).toUpperCase() ?? ''}`,
  )
  return `${inPlace ? 'inline' : 'attachment'}; filename="${plain}"; filename*=UTF-8''${encoded}`
}
