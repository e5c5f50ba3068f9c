import type { FastifyInstance } from 'fastify'

import type { Database } from '../../platform/db/database.ts'
import { notFound } from '../../platform/http/errors.ts'
import { escapeHtml } from '../../sdk/index.ts'
import { takeRawBodies } from '../intake/raw-bodies.ts'
import { mailToken, readMailToken } from './mail-token.ts'
import { findMail } from './store.ts'
import type { MailRow } from './store.ts'
import { findSuppression, suppress } from './suppressions.ts'

const largestBody = 10_000

/** Where whoever got a mail says that they want no more of its kind. */
export function unsubscribeUrl(key: Buffer, mail: Pick<MailRow, 'org_id' | 'id'>, publicUrl: string): string {
  return `${publicUrl}/u/${mailToken(key, 'unsubscribe', mail.org_id, mail.id)}`
}

/**
 * One-click unsubscription (RFC 8058): a POST without sign-in, cookies or redirects, whatever its body. A GET changes nothing: programs
 * that look for harm follow every link of a mail.
 */
export function unsubscribeRoute({ database, key }: { database: Database; key: Buffer }) {
  return (app: FastifyInstance): void => {
    void app.register((scope, _options, done) => {
      takeRawBodies(scope, largestBody)

      async function mailOf(params: unknown): Promise<MailRow> {
        const named = readMailToken(key, 'unsubscribe', (params as { token: string }).token)
        const mail =
          named === undefined
            ? undefined
            : await database.forOrg(named.orgId).read((reader) => findMail(reader, named.id))
        if (mail === undefined) {
          throw notFound('Mail')
        }
        return mail
      }

      scope.get('/u/:token', { schema: { hide: true } }, async (request, reply) => {
        const mail = await mailOf(request.params)
        const known = await database
          .forOrg(mail.org_id)
          .read((reader) => findSuppression(reader, mail.recipient, 'notices'))
        return reply.type('text/html; charset=utf-8').send(known === undefined ? question(mail) : farewell(mail))
      })

      scope.post('/u/:token', { schema: { hide: true }, bodyLimit: largestBody }, async (request, reply) => {
        const mail = await mailOf(request.params)
        const entry = { address: mail.recipient, scope: 'notices', reason: 'unsubscribed' } as const
        await database.forOrg(mail.org_id).write((tx) => suppress(tx, entry))
        return reply.type('text/html; charset=utf-8').send(farewell(mail))
      })
      done()
    })
  }
}

function question({ sender, recipient }: MailRow): string {
  return page(
    'No more of these mails?',
    `<p>${escapeHtml(sender)} would send no more surveys and notices to <b>${escapeHtml(recipient)}</b>. Answers to what you write yourself still come.</p>
<form method="post"><button>Unsubscribe</button></form>`,
  )
}

function farewell({ sender, recipient }: MailRow): string {
  return page(
    'You are unsubscribed',
    `<p>${escapeHtml(sender)} sends no more surveys and notices to <b>${escapeHtml(recipient)}</b>.</p>`,
  )
}

function page(title: string, content: string): string {
  return `<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<meta name="robots" content="noindex"><title>${title}</title><style>${style}</style></head><body><main><h1>${title}</h1>${content}</main></body></html>`
}

const style = `body{margin:0;font:16px/1.5 system-ui,sans-serif;color:#1a1b1e;background:#f5f6f8;color-scheme:light dark}
main{max-width:30rem;margin:12vh auto 0;padding:2rem;border-radius:12px;background:#fff;overflow-wrap:anywhere}
h1{margin-top:0;font-size:1.4rem}button{padding:.6rem 1.4rem;border:0;border-radius:8px;background:#3b5bdb;color:#fff;font:inherit;font-weight:600}
@media (prefers-color-scheme:dark){body{color:#e9ecef;background:#141517}main{background:#25262b}}`
