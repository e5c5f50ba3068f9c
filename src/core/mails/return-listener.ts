import type { Database } from '../../platform/db/database.ts'
import type { Id } from '../../platform/ids.ts'
import type { DeliveryReport } from '../../platform/mail/delivery-report.ts'
import { UnreadableMail } from '../../platform/mail/parse-mail.ts'
import type { MailParser } from '../../platform/mail/parse-mail.ts'
import type { ReceivedMail, SmtpListenerOptions } from '../../platform/mail/smtp-listener.ts'
import { hooksOf } from '../apps/apps.ts'
import type { Intake } from '../intake/accept.ts'
import { answers, mailContentType, mailHeaders } from '../intake/mail-delivery.ts'
import { noteReport } from './bounces.ts'
import { mailToken, readMailToken } from './mail-token.ts'
import { findMail } from './store.ts'
import type { MailRow } from './store.ts'

interface ReturnServices {
  database: Database
  parser: MailParser
  intake: Intake
  key: Buffer
}

type MailReceiver = Pick<SmtpListenerOptions, 'isKnown' | 'take'>

const marks = { bounce: 'b', reply: 'r' } as const
type Return = keyof typeof marks

/** The address that servers send a mail back to: each mail has its own, so that a report needs not say which it is about (VERP). */
export function bounceAddress(key: Buffer, mail: Pick<MailRow, 'org_id' | 'id'>, domain: string): string {
  return `${marks.bounce}${mailToken(key, 'bounce', mail.org_id, mail.id)}@${domain}`
}

/** The address that an answer to a mail goes to: it leads to its conversation, whatever a program of mail does to the headers. */
export function replyAddress(key: Buffer, mail: Pick<MailRow, 'org_id' | 'id'>, domain: string): string {
  return `${marks.reply}${mailToken(key, 'reply', mail.org_id, mail.id)}@${domain}`
}

interface Named {
  kind: Return
  orgId: Id
  id: Id
}

/** Takes what comes to the addresses that were made for one mail, and leaves everything else to `others`. */
export function takingReturns({ database, parser, intake, key }: ReturnServices, others: MailReceiver): MailReceiver {
  const named = (address: string): Named | undefined => {
    const local = address.slice(0, address.lastIndexOf('@')).toLowerCase()
    const kind = (Object.keys(marks) as Return[]).find((it) => local.startsWith(marks[it]))
    const mail = kind === undefined ? undefined : readMailToken(key, kind, local.slice(1))
    return kind === undefined || mail === undefined ? undefined : { kind, ...mail }
  }

  /** The hook of the app that a mail of ours was written in, and the id of that mail; undefined once either is gone. */
  async function originOf({ orgId, id }: Named): Promise<{ hash: string; messageId: string } | undefined> {
    return database.forOrg(orgId).read(async (reader) => {
      const mail = await findMail(reader, id)
      const hooks = mail === undefined ? [] : await hooksOf(reader, [mail.source])
      const hook = hooks.find((it) => it.type === 'email')
      return mail === undefined || hook === undefined ? undefined : { hash: hook.hash, messageId: mail.message_id }
    })
  }

  async function reportIn(raw: Buffer): Promise<DeliveryReport | undefined> {
    try {
      return (await parser.parse(raw)).report
    } catch (error) {
      if (error instanceof UnreadableMail) {
        return undefined
      }
      throw error
    }
  }

  /** An answer is a delivery of the app that the conversation came by, with the id of what it answers. */
  async function takeReply(received: ReceivedMail, recipient: string, mail: Named): Promise<void> {
    const origin = await originOf(mail)
    if (origin === undefined) {
      throw new Error('The app of this address is gone.')
    }
    const headers = {
      ...mailHeaders(received, recipient),
      'content-type': mailContentType,
      [answers]: origin.messageId,
    }
    await intake.receive('email', origin.hash, { headers, body: received.raw })
  }

  /** A report is written before it is acknowledged; what else comes back, such as a holiday answer, is an answer. */
  async function takeBounce(received: ReceivedMail, recipient: string, mail: Named): Promise<void> {
    const report = await reportIn(received.raw)
    if (report === undefined) {
      await takeReply(received, recipient, mail)
    } else {
      await database.forOrg(mail.orgId).write((tx) => noteReport(tx, report, mail.id))
    }
  }

  return {
    isKnown: async (address) => {
      const mail = named(address)
      return mail === undefined ? others.isKnown(address) : (await originOf(mail)) !== undefined
    },
    take: async (mail: ReceivedMail) => {
      const returns = mail.recipients.flatMap((recipient) => {
        const it = named(recipient)
        return it === undefined ? [] : [{ recipient, it }]
      })
      const recipients = mail.recipients.filter((it) => named(it) === undefined)
      await Promise.all(
        returns.map(({ recipient, it }) =>
          it.kind === 'bounce' ? takeBounce(mail, recipient, it) : takeReply(mail, recipient, it),
        ),
      )
      return recipients.length === 0 ? 'a return' : others.take({ ...mail, recipients })
    },
  }
}
