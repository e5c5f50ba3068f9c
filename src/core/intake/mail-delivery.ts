import { sha256 } from '../../platform/crypto.ts'
import type { JsonValue } from '../../platform/json.ts'
import { storable } from '../../platform/json.ts'
import { authenticateMail } from '../../platform/mail/authenticate-mail.ts'
import type { DnsResolver, MailVerdict } from '../../platform/mail/authenticate-mail.ts'
import { endOfHeader } from '../../platform/mail/mail-limits.ts'
import type { MailParser } from '../../platform/mail/parse-mail.ts'
import type { ParsedMail } from '../../platform/mail/parsed-mail.ts'
import type { ReceivedMail } from '../../platform/mail/smtp-listener.ts'
import type { Mail } from '../../sdk/index.ts'
import { readLocalPart } from '../apps/hooks.ts'
import type { DeliveryRow } from './store.ts'

export const mailContentType = 'message/rfc822'

/** What reads mails, and what asks their senders' domains about them. */
export interface MailServices {
  parser: MailParser
  /** Undefined: the machine's own. */
  resolver?: DnsResolver | undefined
}

/** What a connection said of a mail, kept beside it as a request's headers are. */
export function mailHeaders(mail: ReceivedMail, recipient: string): Record<string, string> {
  return { 'mail-from': mail.sender, 'rcpt-to': recipient, 'client-address': mail.ip, 'client-name': mail.helo }
}

export function isMail(delivery: Pick<DeliveryRow, 'content_type'>): boolean {
  return delivery.content_type === mailContentType
}

/**
 * Tells whether a mail is one that came before: by its id and what it says, not by the lines that each server on its way puts above it.
 */
export function mailKey(raw: Buffer): string {
  const end = endOfHeader(raw)
  const header = raw
    .subarray(0, end)
    .toString('latin1')
    .replaceAll(/\r?\n[ \t]+/g, ' ')
  const lines = header.split(/\r?\n/).filter((line) => /^(?:message-id|from|date|subject):/i.test(line))
  return `mail:${sha256(Buffer.concat([Buffer.from(lines.join('\n').toLowerCase()), raw.subarray(end)])).toString('base64url')}`
}

/** A mail as integrations see it, with what its sender's domain says of it. Throws `UnreadableMail`. */
export async function readMail({ parser, resolver }: MailServices, delivery: DeliveryRow): Promise<Mail> {
  const { headers, body } = delivery
  const connection = {
    ip: headers['client-address'] ?? '',
    helo: headers['client-name'] ?? '',
    sender: headers['mail-from'] ?? '',
  }
  const [parsed, verdict] = await Promise.all([parser.parse(body), authenticateMail(body, connection, resolver)])
  const recipient = headers['rcpt-to'] ?? ''
  return mailOf(parsed, verdict, readLocalPart(recipient.slice(0, recipient.lastIndexOf('@')))?.tag)
}

/** A parsed mail as integrations see it. */
export function mailOf(
  mail: ParsedMail,
  verdict: Pick<MailVerdict, 'signedBy' | 'dmarc'>,
  tag: string | undefined,
): Mail {
  const { messageId, inReplyTo, references, from, replyTo, to, subject, date, text, html, documents } = mail
  return {
    messageId,
    inReplyTo,
    references,
    from,
    replyTo,
    to,
    subject,
    date,
    text,
    html,
    documents,
    headers: Object.fromEntries(mail.headers.toReversed()),
    signedBy: verdict.signedBy,
    isAuthentic: verdict.dmarc === 'pass',
    tag,
  }
}

/** [inferred] What an admin's own e-mail hook raises as an event; the platform's shape is not documented (facts, platform 3.3). */
export function mailEventData(mail: Mail): JsonValue {
  const { messageId, inReplyTo, references, from, replyTo, to, subject, date, text, html, documents, headers, tag } =
    mail
  const json = { messageId, inReplyTo, references, from, replyTo, to, subject, date, text, html, headers, tag }
  return storable(
    JSON.parse(JSON.stringify({ ...json, data: documents.map(({ key, value }) => ({ key, value })) })) as JsonValue,
  )
}
