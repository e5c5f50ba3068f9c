import { createHmac, timingSafeEqual } from 'node:crypto'

import { fieldsOf, received, UntrustedMail, UnusableMail } from './mail-provider.ts'
import type { MailProvider } from './mail-provider.ts'

const longestAgeSeconds = 15 * 60 // [inferred] facts 3.4: the window is ours

/** Mailgun's routes, to an address that ends in `mime`, so that the mail comes as it was (facts 3.4). */
export function mailgun(signingKey: string, now: () => Date = () => new Date()): MailProvider {
  return {
    stop: 406,
    read: async (request) => {
      const fields = await fieldsOf(request)
      const [timestamp, token, signature] = ['timestamp', 'token', 'signature'].map((name) => fields.get(name) ?? '')
      const expected = createHmac('sha256', signingKey).update(`${timestamp}${token}`).digest()
      const given = Buffer.from(signature ?? '', 'hex')
      if (given.length !== expected.length || !timingSafeEqual(given, expected)) {
        throw new UntrustedMail('The signature is not one of the signing key’s.')
      }
      if (Math.abs(now().getTime() / 1000 - Number(timestamp)) > longestAgeSeconds) {
        throw new UntrustedMail('The signature is too old.')
      }
      const raw = fields.get('body-mime')
      if (raw === undefined) {
        throw new UnusableMail('The mail is not there as it was: let the route’s address end in mime.')
      }
      return received(raw, { sender: fields.get('sender') ?? '', recipients: [fields.get('recipient') ?? ''] })
    },
  }
}
