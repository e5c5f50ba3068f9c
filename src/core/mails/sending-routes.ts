import { createPublicKey } from 'node:crypto'

import { z } from 'zod'

import { only } from '../../platform/http/access.ts'
import { endpoint } from '../../platform/http/endpoint.ts'
import type { Endpoint } from '../../platform/http/endpoint.ts'
import type { DkimKey } from './mail-server.ts'
import { SendingAttributes } from './schema.ts'

interface Sending {
  /** The address of the server, with its password. */
  server: string | undefined
  dkim: DkimKey | undefined
  bounceDomain: string | undefined
}

/** How mail leaves this desk, for whoever sets it up. */
export function sendingRoutes({ server, dkim, bounceDomain }: Sending): Endpoint[] {
  return [
    endpoint({
      method: 'GET',
      path: '/v1/mail-sending',
      tag: 'Messages',
      summary: 'Read how mail leaves this desk, and what to publish in DNS for it',
      access: only('mail', 'org.admin'),
      status: 200,
      reply: z.object({ data: z.object({ type: z.string(), attributes: SendingAttributes }) }),
      handle: () =>
        Promise.resolve({
          data: {
            type: 'mail-sending',
            attributes: {
              server: server === undefined ? null : new URL(server).host,
              dkim: dkim === undefined ? null : recordOf(dkim),
              bounceDomain: bounceDomain ?? null,
            },
          },
        }),
    }),
  ]
}

function recordOf({ domain, selector, privateKey }: DkimKey) {
  const key = createPublicKey(privateKey).export({ type: 'spki', format: 'der' }).toString('base64')
  const value = `v=DKIM1; k=rsa; p=${key}`
  return { domain, record: `${selector}._domainkey.${domain}`, value }
}
