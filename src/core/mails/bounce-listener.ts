import type { Database } from '../../platform/db/database.ts'
import { UnreadableMail } from '../../platform/mail/parse-mail.ts'
import type { MailParser } from '../../platform/mail/parse-mail.ts'
import type { ReceivedMail, SmtpListenerOptions } from '../../platform/mail/smtp-listener.ts'
import { noteReport } from './bounces.ts'
import { mailToken, readMailToken } from './mail-token.ts'
import type { MailRow } from './store.ts'

interface BounceServices {
  database: Database
  parser: MailParser
  key: Buffer
}

type MailReceiver = Pick<SmtpListenerOptions, 'isKnown' | 'take'>

const mark = 'b'

/** The address that servers send a mail back to: each mail has its own, so that a report needs not say which it is about (VERP). */
export function bounceAddress(key: Buffer, mail: Pick<MailRow, 'org_id' | 'id'>, domain: string): string {
  return `${mark}${mailToken(key, 'bounce', mail.org_id, mail.id)}@${domain}`
}

/** Takes what comes to the addresses of bounces, and leaves everything else to `others`. Acknowledged once it is written. */
export function takingBounces({ database, parser, key }: BounceServices, others: MailReceiver): MailReceiver {
  const mailAt = (address: string) => {
    const local = address.slice(0, address.lastIndexOf('@')).toLowerCase()
    return local.startsWith(mark) ? readMailToken(key, 'bounce', local.slice(mark.length)) : undefined
  }

  async function takeBounce(raw: Buffer, recipient: string): Promise<void> {
    const named = mailAt(recipient)
    const report = await parser.parse(raw).then(
      (mail) => mail.report,
      (error: unknown) => {
        if (error instanceof UnreadableMail) {
          return undefined
        }
        throw error
      },
    )
    if (named !== undefined && report !== undefined) {
      await database.forOrg(named.orgId).write((tx) => noteReport(tx, report, named.id))
    }
  }

  return {
    isKnown: async (address) => mailAt(address) !== undefined || others.isKnown(address),
    take: async (mail: ReceivedMail) => {
      const bounces = mail.recipients.filter((it) => mailAt(it) !== undefined)
      const recipients = mail.recipients.filter((it) => !bounces.includes(it))
      await Promise.all(bounces.map((recipient) => takeBounce(mail.raw, recipient)))
      return recipients.length === 0 ? 'a report' : others.take({ ...mail, recipients })
    },
  }
}
