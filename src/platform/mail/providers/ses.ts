import { verify, X509Certificate } from 'node:crypto'
import type { KeyObject } from 'node:crypto'

import { z } from 'zod'

import { jsonOf, received, UntrustedMail, UnusableMail } from './mail-provider.ts'
import type { MailProvider } from './mail-provider.ts'

const Envelope = z.object({
  Type: z.enum(['Notification', 'SubscriptionConfirmation', 'UnsubscribeConfirmation']),
  MessageId: z.string(),
  TopicArn: z.string(),
  Subject: z.string().optional(),
  Message: z.string(),
  Timestamp: z.string(),
  Token: z.string().optional(),
  SubscribeURL: z.string().optional(),
  SignatureVersion: z.enum(['1', '2']),
  Signature: z.string(),
  SigningCertURL: z.string(),
})
type Envelope = z.infer<typeof Envelope>

const Received = z.object({
  notificationType: z.literal('Received'),
  content: z.string(),
  mail: z.object({ source: z.string().default('') }),
  receipt: z.object({
    recipients: z.array(z.string()).min(1),
    action: z.object({ encoding: z.string().default('UTF8') }),
  }),
})

/** Reads what is at an address of Amazon's. */
export type Fetch = (url: string) => Promise<string>

// [inferred] The order of the lines that are signed (facts 3.4, open question 9).
const signedKeys: Record<Envelope['Type'], (keyof Envelope)[]> = {
  Notification: ['Message', 'MessageId', 'Subject', 'Timestamp', 'TopicArn', 'Type'],
  SubscriptionConfirmation: ['Message', 'MessageId', 'SubscribeURL', 'Timestamp', 'Token', 'TopicArn', 'Type'],
  UnsubscribeConfirmation: ['Message', 'MessageId', 'SubscribeURL', 'Timestamp', 'Token', 'TopicArn', 'Type'],
}
const amazon = /^sns\.[a-z0-9-]{3,32}\.amazonaws\.com(?:\.cn)?$/

/** Amazon SES by an SNS topic whose rule has the SNS action, encoding Base64; only this topic is heard (facts 3.4). */
export function ses(
  topicArn: string,
  fetchText: Fetch,
  keyIn: (certificate: string) => KeyObject = keyInCertificate,
): MailProvider {
  const keys = new Map<string, Promise<KeyObject>>()

  function keyAt(url: string): Promise<KeyObject> {
    const known = keys.get(url) ?? fetchText(url).then((certificate) => keyIn(certificate))
    keys.set(url, known)
    known.catch(() => keys.delete(url))
    return known
  }

  return {
    stop: 200, // a topic tries again for any other
    read: async ({ body }) => {
      const parsed = Envelope.safeParse(jsonOf(body.toString('utf8')))
      if (!parsed.success) {
        throw new UnusableMail('The request is none of a topic’s.')
      }
      const envelope = parsed.data
      // A stranger's topic is signed as rightly as ours.
      if (envelope.TopicArn !== topicArn || !isAmazons(envelope.SigningCertURL, '.pem')) {
        throw new UntrustedMail('The topic is not the one in the settings.')
      }
      const key = await keyAt(envelope.SigningCertURL)
      const lines = signedKeys[envelope.Type].flatMap((name) =>
        envelope[name] === undefined ? [] : [`${name}\n${envelope[name]}\n`],
      )
      const digest = envelope.SignatureVersion === '1' ? 'sha1' : 'sha256'
      if (!verify(digest, Buffer.from(lines.join('')), key, Buffer.from(envelope.Signature, 'base64'))) {
        throw new UntrustedMail('The signature is not the topic’s.')
      }
      if (envelope.Type === 'SubscriptionConfirmation' && isAmazons(envelope.SubscribeURL ?? '', '')) {
        await fetchText(envelope.SubscribeURL ?? '')
        return undefined
      }
      return envelope.Type === 'Notification' ? mailIn(envelope.Message) : undefined
    },
  }
}

function mailIn(message: string) {
  const parsed = Received.safeParse(jsonOf(message))
  if (!parsed.success) {
    throw new UnusableMail(
      'The notification has no mail in it: give the rule the SNS action, for mails of up to 150 kB.',
    )
  }
  const { content, mail, receipt } = parsed.data
  const isBase64 = receipt.action.encoding.toUpperCase() === 'BASE64'
  return received(Buffer.from(content, isBase64 ? 'base64' : 'utf8'), {
    sender: mail.source,
    recipients: receipt.recipients,
  })
}

function keyInCertificate(certificate: string): KeyObject {
  return new X509Certificate(certificate).publicKey
}

function isAmazons(url: string, ending: string): boolean {
  const parsed = URL.canParse(url) ? new URL(url) : undefined
  return parsed?.protocol === 'https:' && amazon.test(parsed.hostname) && parsed.pathname.endsWith(ending)
}
