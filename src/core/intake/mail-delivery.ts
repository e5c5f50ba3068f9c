import { sha256 } from '../../platform/crypto.ts'
import type { FileStore } from '../../platform/files/file-store.ts'
import type { Id } from '../../platform/ids.ts'
import type { JsonValue } from '../../platform/json.ts'
import { storable } from '../../platform/json.ts'
import { authenticateMail } from '../../platform/mail/authenticate-mail.ts'
import type { MailVerdict } from '../../platform/mail/authenticate-mail.ts'
import type { DnsResolver } from '../../platform/mail/dns-cache.ts'
import { endOfHeader, mailLimits } from '../../platform/mail/mail-limits.ts'
import type { MailParser } from '../../platform/mail/parse-mail.ts'
import type { MailAddress, MailAttachment, ParsedMail } from '../../platform/mail/parsed-mail.ts'
import type { ReceivedMail } from '../../platform/mail/smtp-listener.ts'
import type { Effect, Mail } from '../../sdk/index.ts'
import { readLocalPart } from '../apps/hooks.ts'
import { keepFile } from '../attachments/attachments.ts'
import type { KeptFile } from '../attachments/attachments.ts'
import type { DeliveryRow } from './store.ts'

export const mailContentType = 'message/rfc822'

/** Kept beside a mail that came to the address of one answer: the id of what it answers. */
export const answers = 'answers'

/** What reads mails, and what asks their senders' domains about them. */
export interface MailServices {
  parser: MailParser
  resolver: DnsResolver
  /** Where the files of mails are kept. */
  files: FileStore
}

/** What a connection said of a mail, kept beside it as a request's headers are. */
export function mailHeaders(mail: ReceivedMail, recipient: string): Record<string, string> {
  return { 'mail-from': mail.sender, 'rcpt-to': recipient, 'client-address': mail.ip, 'client-name': mail.helo }
}

/** By the hook that it came to: what a request says of its type is the sender's word. */
export function isMail(delivery: Pick<DeliveryRow, 'hook_type'>): boolean {
  return delivery.hook_type === 'email'
}

/**
 * Tells whether a mail is one that came before: by its id and what it says, not by the lines that each server on its way puts above it.
 */
export function mailKey(raw: Buffer): string {
  const end = Math.min(endOfHeader(raw), mailLimits.headerBytes)
  const header = raw
    .subarray(0, end)
    .toString('latin1')
    .replaceAll(/\r?\n[ \t]+/g, ' ')
  const lines = header.split(/\r?\n/).filter((line) => /^(?:message-id|from|date|subject):/i.test(line))
  return `mail:${sha256(Buffer.concat([Buffer.from(lines.join('\n').toLowerCase()), raw.subarray(end)])).toString('base64url')}`
}

/** A mail as integrations see it, with what its sender's domain says of it, and its files. Throws `UnreadableMail`. */
export async function readMail(
  { parser, resolver }: MailServices,
  delivery: DeliveryRow,
): Promise<{ mail: Mail; attachments: MailAttachment[]; verdict: MailVerdict }> {
  const { headers, body } = delivery
  const connection = {
    ip: headers['client-address'] ?? '',
    helo: headers['client-name'] ?? '',
    sender: headers['mail-from'] ?? '',
  }
  const [parsed, verdict] = await Promise.all([parser.parse(body), authenticateMail(body, connection, resolver)])
  const recipient = headers['rcpt-to'] ?? ''
  const tag = readLocalPart(recipient.slice(0, recipient.lastIndexOf('@')))?.tag
  const answered = headers[answers]
  const inReplyTo = [...(answered === undefined ? [] : [answered]), ...parsed.inReplyTo]
  return { mail: mailOf({ ...parsed, inReplyTo }, verdict, tag), attachments: parsed.attachments, verdict }
}

/** A parsed mail as integrations see it. */
export function mailOf(
  mail: ParsedMail,
  verdict: Pick<MailVerdict, 'signedBy' | 'dmarc'>,
  tag: string | undefined,
): Mail {
  const { messageId, inReplyTo, references, from, replyTo, to, subject, date, text, quotedFrom, html, documents } = mail
  const headers = Object.fromEntries(mail.headers.toReversed())
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
    quotedFrom,
    html,
    documents,
    files: mail.attachments.map(({ name, type, bytes, isInline, contentId }, index) => ({
      name,
      type,
      bytes,
      isInline,
      contentId,
      index,
    })),
    isAutomatic: isAutomatic(headers),
    isBounce: isBounce(headers, from),
    report: mail.report,
    headers,
    signedBy: verdict.signedBy,
    isAuthentic: verdict.dmarc === 'pass',
    tag,
  }
}

type Headers = Readonly<Record<string, string>>

/** RFC 3834 and what is used beside it (facts 5). `X-Auto-Response-Suppress` says nothing: some servers set it on every mail. */
function isAutomatic(headers: Headers): boolean {
  const submitted = headers['auto-submitted']?.trim().toLowerCase() ?? 'no'
  const precedence = (headers['precedence'] ?? headers['x-precedence'] ?? '').trim().toLowerCase()
  return (
    submitted !== 'no' ||
    ['bulk', 'junk', 'list', 'auto_reply'].includes(precedence) ||
    ['x-autoreply', 'x-autorespond', 'x-autoresponder', 'x-loop', 'list-id'].some(
      (name) => headers[name] !== undefined,
    ) ||
    automaticSubject.test(headers['subject'] ?? '')
  )
}

/** How programs of mail begin the subjects of answers that nobody wrote. */
const automaticSubject =
  /^\s*(?:automatic reply|auto(?:matische)?[ -]?(?:reply|antwort|response)|out of (?:the )?office|abwesenheitsnotiz|automatische antwort|réponse automatique|respuesta automática|risposta automatica|automatisch antwoord|resposta automática)\b/i

function isBounce(headers: Headers, from: MailAddress | undefined): boolean {
  return (
    /^\s*multipart\/report\b.*delivery-status/is.test(headers['content-type'] ?? '') ||
    headers['x-failed-recipients'] !== undefined ||
    /^(?:mailer-daemon|postmaster)@/i.test(from?.address ?? '')
  )
}

/** Keeps the files that messages of a mail refer to, each under an id that is the same whenever the mail is handled again. */
export async function keepMailFiles(
  files: FileStore,
  orgId: Id,
  deliveryId: Id,
  attachments: MailAttachment[],
  effects: Effect[],
): Promise<Map<number, KeptFile>> {
  const kept = new Map<number, KeptFile>()
  const wanted = effects.flatMap((effect) => (effect.kind === 'message' ? (effect.files ?? []) : []))
  for (const { index, name, type } of wanted) {
    const id = sha256(Buffer.from(`${deliveryId}/${index}`))
      .toString('hex')
      .slice(0, 24)
    const content = attachments[index]?.content
    const file =
      content === undefined || kept.has(index)
        ? undefined
        : await keepFile(files, orgId, id, { name: name || `file ${index + 1}`, type, content })
    if (file !== undefined) {
      kept.set(index, file)
    }
  }
  return kept
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
