import { z } from 'zod'

import { may } from '../../platform/http/access.ts'
import { endpoint } from '../../platform/http/endpoint.ts'
import type { Endpoint } from '../../platform/http/endpoint.ts'
import { document, relationTo } from '../../platform/http/envelope.ts'
import { ApiError, notFound } from '../../platform/http/errors.ts'
import { UnreadableMail } from '../../platform/mail/parse-mail.ts'
import type { MailParser } from '../../platform/mail/parse-mail.ts'
import type { Addresses } from '../attachments/addresses.ts'
import { findAttachments } from '../attachments/attachments.ts'
import { findBody } from './bodies.ts'
import { getMessage } from './messages.ts'

const MessageHtml = z.object({
  html: z
    .string()
    .describe(
      'A whole document that can stand in a frame without scripts. Addresses of its files last a quarter of an hour.',
    ),
  remoteImages: z.number().describe('How many pictures it would fetch from elsewhere.'),
})

/** How a message that came as HTML is shown. */
export function messageHtmlRoutes({ parser, addresses }: { parser: MailParser; addresses: Addresses }): Endpoint[] {
  return [
    endpoint({
      method: 'GET',
      path: '/v1/messages/:id/html',
      tag: 'Messages',
      summary: 'Read the HTML of a message, made safe; pictures from elsewhere are left out unless asked for',
      access: may('read', 'message'),
      params: z.object({ id: z.string().max(64) }),
      query: z.object({ images: z.enum(['none', 'remote']).default('none') }),
      status: 200,
      reply: document(MessageHtml),
      handle: async ({ db, params, query }) => {
        const { message, body, files } = await db.read(async (reader) => {
          const row = await getMessage(reader, params.id)
          const found = await findBody(reader, row.id)
          return { message: row, body: found, files: await findAttachments(reader, Object.values(found?.inline ?? {})) }
        })
        if (body === undefined) {
          throw notFound('HTML')
        }
        const readable = new Map(files.filter((it) => it.redacted_at === null).map((it) => [it.id, it]))
        const inline = Object.entries(body.inline).flatMap(([name, id]): [string, string][] => {
          const file = readable.get(id)
          return file === undefined ? [] : [[name, pathOf(addresses.download(file))]]
        })
        const remoteImages = query.images === 'remote'
        const safe = await parser
          .safeHtml(body.html, { remoteImages, inline: Object.fromEntries(inline) })
          .catch((error: unknown) => {
            throw error instanceof UnreadableMail ? new ApiError('unprocessable', error.message) : error
          })
        return {
          data: {
            type: 'message-html',
            id: message.id,
            attributes: { html: pageOf(safe.html, remoteImages), remoteImages: safe.remoteImages },
            relationships: { message: relationTo('message', message.id) },
            links: { self: `/v1/messages/${message.id}/html` },
          },
        }
      },
    }),
  ]
}

/** An address of this desk as a page of it calls it, by whatever name the desk is reached. */
function pathOf(address: string): string {
  const { pathname, search } = new URL(address)
  return pathname + search
}

/** The second wall: whatever the HTML holds, nothing in it runs, and nothing is fetched that was not asked for. */
function pageOf(html: string, remoteImages: boolean): string {
  const images = remoteImages ? "'self' data: http: https:" : "'self' data:"
  const policy = `default-src 'none'; img-src ${images}; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'`
  return `<!doctype html><html><head><meta charset="utf-8"><meta http-equiv="Content-Security-Policy" content="${policy}"><meta name="referrer" content="no-referrer"><style>${style}</style></head><body>${html}</body></html>`
}

const style = `html{color-scheme:light;background:#fff}
body{margin:0;padding:8px 10px;font:14px/1.5 system-ui,sans-serif;color:#1a1b1e;overflow-wrap:anywhere}
img{max-width:100%;height:auto}
img:not([src]){padding:2px 8px;border:1px dashed #ced4da;border-radius:6px;color:#495057}
blockquote{margin:0 0 0 6px;padding-left:10px;border-left:3px solid #ced4da;color:#495057}
pre{white-space:pre-wrap}
summary{display:inline-block;padding:0 8px;border-radius:8px;background:#e9ecef;cursor:pointer;list-style:none;font-size:11px}`
