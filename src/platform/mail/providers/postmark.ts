import { timingSafeEqual } from 'node:crypto'

import { z } from 'zod'

import { jsonOf, received, UntrustedMail, UnusableMail } from './mail-provider.ts'
import type { MailProvider } from './mail-provider.ts'

const Inbound = z.object({
  RawEmail: z.string().min(1),
  OriginalRecipient: z.string().min(3),
  Headers: z.array(z.object({ Name: z.string(), Value: z.string() })).default([]),
})

/** Postmark's inbound webhook with *Include raw email content*; it signs nothing, so `user:password` stands in its address (facts 3.4). */
export function postmark(credentials: string): MailProvider {
  const expected = Buffer.from(`Basic ${Buffer.from(credentials).toString('base64')}`)
  return {
    stop: 403,
    read: async ({ headers, body }) => {
      const given = Buffer.from(headers['authorization'] ?? '')
      if (given.length !== expected.length || !timingSafeEqual(given, expected)) {
        throw new UntrustedMail('The name and password in the address are not those of the settings.')
      }
      const parsed = Inbound.safeParse(jsonOf(body.toString('utf8')))
      if (!parsed.success) {
        throw new UnusableMail('The mail is not there as it was: switch on “Include raw email content”.')
      }
      const { RawEmail, OriginalRecipient, Headers: list } = parsed.data
      // Its own is the first; what stands further down came with the mail.
      const sender = list[0]?.Name === 'Return-Path' ? list[0].Value.replaceAll(/[<>]/g, '') : ''
      return received(RawEmail, { sender, recipients: [OriginalRecipient] })
    },
  }
}
