import { convert } from 'html-to-text'
import PostalMime from 'postal-mime'
import type { Address, Email } from 'postal-mime'

import { deliveryReportOf } from './delivery-report.ts'
import { documentsIn } from './documents.ts'
import { mailLimits } from './mail-limits.ts'
import type { MailAddress, MailAttachment, ParsedMail } from './parsed-mail.ts'
import { quotedFrom } from './quoted-text.ts'

/** Reads a mail in this thread; rejects for one that is nested too deep or whose header is too long. */
export async function readRaw(raw: Uint8Array): Promise<ParsedMail> {
  const email = await PostalMime.parse(raw, {
    maxNestingDepth: mailLimits.nesting,
    maxHeadersSize: mailLimits.headerBytes,
    maxRfc822NestingDepth: 3,
    attachmentEncoding: 'arraybuffer',
  })
  const html = email.html?.slice(0, mailLimits.htmlCharacters)
  const text = textOf(email, html)
  return {
    messageId: idsIn(email.messageId)[0],
    inReplyTo: idsIn(email.inReplyTo),
    references: idsIn(email.references),
    from: addressesOf([email.from])[0],
    replyTo: addressesOf(email.replyTo ?? []),
    to: addressesOf(email.to ?? []),
    cc: addressesOf(email.cc ?? []),
    subject: oneLine(email.subject ?? ''),
    date: dateOf(email.date),
    text,
    quotedFrom: quotedFrom(text),
    html,
    documents: html === undefined ? [] : documentsIn(html),
    report: deliveryReportOf(email, raw),
    headers: email.headers.map(({ key, value }) => [key, value]),
    attachments: email.attachments.slice(0, mailLimits.attachments).map((it) => attachmentOf(it)),
  }
}

/** The ids in a header that holds some, without their angle brackets. */
function idsIn(header: string | undefined): string[] {
  return Array.from((header ?? '').matchAll(/<([^<>\s]{1,998})>/g), ([, id]) => id ?? '')
}

function addressesOf(list: (Address | undefined)[]): MailAddress[] {
  return list
    .flatMap((it) => (it === undefined ? [] : (it.group ?? [it])))
    .flatMap(({ name, address }) => {
      const at = address.lastIndexOf('@')
      return at < 1 ? [] : [{ name: oneLine(name), address: address.slice(0, at) + address.slice(at).toLowerCase() }]
    })
}

function oneLine(text: string): string {
  return text.replaceAll(/\s+/g, ' ').trim()
}

function dateOf(date: string | undefined): Date | undefined {
  const parsed = new Date(date ?? '')
  return Number.isNaN(parsed.getTime()) ? undefined : parsed
}

function textOf(email: Email, html: string | undefined): string {
  const text = email.text?.trim() ?? ''
  const shown = text === '' && html !== undefined ? plainOf(html) : text
  return shown.slice(0, mailLimits.textCharacters).replaceAll('\0', '').toWellFormed()
}

function plainOf(html: string): string {
  return convert(html, {
    wordwrap: false,
    limits: { maxInputLength: mailLimits.htmlCharacters, maxDepth: 200, maxChildNodes: 20_000 },
    formatters: {
      alternative: (element, _walk, builder) => builder.addInline(element.attribs['alt'] ?? ''),
    },
    selectors: [
      { selector: 'a', options: { ignoreHref: true } },
      { selector: 'img', format: 'alternative' },
      // Two columns are a label and its value more often than not; they stay in one line, apart from each other.
      { selector: 'table', format: 'dataTable', options: { uppercaseHeaderCells: false, maxColumnWidth: 10_000 } },
      { selector: 'style', format: 'skip' },
      { selector: 'script', format: 'skip' },
    ],
  }).trim()
}

function attachmentOf(it: Email['attachments'][number]): MailAttachment {
  const content = typeof it.content === 'string' ? Buffer.from(it.content) : new Uint8Array(it.content)
  return {
    name: oneLine(it.filename ?? ''),
    type: it.mimeType,
    bytes: content.byteLength,
    contentId: it.contentId?.replaceAll(/[<>]/g, ''),
    isInline: it.disposition === 'inline' || it.related === true,
    content,
  }
}
