import { createPublicKey, verify } from 'node:crypto'

import { z } from 'zod'

import { fieldsOf, jsonOf, received, UntrustedMail, UnusableMail } from './mail-provider.ts'
import type { MailProvider } from './mail-provider.ts'

const Envelope = z.object({ to: z.array(z.string()).min(1), from: z.string().default('') })
const signatureHeader = 'x-twilio-email-event-webhook-signature'
const timestampHeader = 'x-twilio-email-event-webhook-timestamp'

/** SendGrid's Inbound Parse with `send_raw` and a security policy that signs (facts 3.4); `publicKey` is what its API returns. */
export function sendgrid(publicKey: string): MailProvider {
  const key = createPublicKey({ key: Buffer.from(publicKey, 'base64'), format: 'der', type: 'spki' })
  return {
    stop: 200, // it knows no other way
    read: async (request) => {
      const { headers, body } = request
      const signed = Buffer.concat([Buffer.from(headers[timestampHeader] ?? ''), body])
      const signature = Buffer.from(headers[signatureHeader] ?? '', 'base64')
      if (!verify('sha256', signed, { key, dsaEncoding: 'der' }, signature)) {
        throw new UntrustedMail('The signature is not one of the key’s in the settings.')
      }
      const fields = await fieldsOf(request)
      const raw = fields.get('email')
      const envelope = Envelope.safeParse(jsonOf(fields.get('envelope') ?? 'null'))
      if (raw === undefined || !envelope.success) {
        throw new UnusableMail('The mail is not there as it was: check “POST the raw, full MIME message”.')
      }
      const { from, to } = envelope.data
      return received(raw, { sender: from, recipients: to, ip: fields.get('sender_ip') ?? '' })
    },
  }
}
