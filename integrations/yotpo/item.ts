import { createHash } from 'node:crypto'

import { z } from 'zod'

import type { CustomerRef, Mail, Taught } from '#sdk'

import { fieldOf } from './labels.ts'
import type { FieldName } from './labels.ts'

/** What a mail of Yotpo's is about. Yotpo documents no layout (facts 1.1): everything here is found by its look, and what is unsure says so. */
export interface MailItem {
  kind: 'review' | 'question' | 'test' | 'forwarding' | 'ignored' | 'unsure'
  /** Yotpo's own number, where a link or a line names it. */
  id: string | undefined
  customer: CustomerRef
  product: { name: string | undefined; url: string | undefined }
  rating: number | undefined
  title: string | undefined
  content: string | undefined
  orderNumber: string | undefined
  store: string | undefined
  /** Why nothing is made of it. */
  doubt: string | undefined
}

type Found = Partial<Record<FieldName, string>>

/**
 * Reads a mail: what an admin said of its shape first, then documents for programs, then lines with labels, then what looks like a rating,
 * a link, an address.
 */
export function itemOf(mail: Mail, taught?: Taught): MailItem {
  const lines = linesOf(mail.text)
  const found: Found = { ...labelled(lines), ...ofDocuments(mail), ...taught?.values }
  const links = linksIn(mail)
  const rating = ratingOf(found.rating) ?? ratingIn([mail.subject, ...lines])
  const content = found.content ?? found.question ?? quoted(lines)
  const product = { name: found.product, url: links.find((link) => !isYotpo(hostOf(link))) }
  const customer: CustomerRef = {
    email: emailOf(mail, found, lines),
    name: nameOf(mail, found),
    orderNumber: found.order,
  }
  const id = numberIn(found.reviewId ?? found.questionId) ?? idIn(links)
  const base = {
    id,
    customer,
    product,
    rating,
    title: found.title,
    content,
    orderNumber: found.order,
    store: found.store,
  }
  return { ...base, ...(taughtKind(taught, base) ?? kindOf(mail, found, base)) }
}

/** What an admin said it is, where it has what that takes. */
function taughtKind(
  taught: Taught | undefined,
  { rating, content, title }: Pick<MailItem, 'rating' | 'content' | 'title'>,
): Pick<MailItem, 'kind' | 'doubt'> | undefined {
  switch (taught?.kind) {
    case 'ignored':
      return { kind: 'ignored', doubt: undefined }
    case 'review':
      return rating === undefined || (content ?? title) === undefined ? undefined : { kind: 'review', doubt: undefined }
    case 'question':
      return content === undefined ? undefined : { kind: 'question', doubt: undefined }
    default:
      return undefined
  }
}

function kindOf(
  mail: Mail,
  found: Found,
  item: Pick<MailItem, 'rating' | 'content' | 'customer' | 'title'>,
): Pick<MailItem, 'kind' | 'doubt'> {
  const subject = mail.subject.toLowerCase()
  const { rating, content } = item
  if (
    /forwarding confirmation|weiterleitungsbestätigung/.test(subject) ||
    mail.from?.address.startsWith('forwarding-noreply@')
  ) {
    return { kind: 'forwarding', doubt: undefined }
  }
  if (rating !== undefined && (content !== undefined || item.title !== undefined || found.product !== undefined)) {
    return { kind: 'review', doubt: undefined }
  }
  const asks = found.question !== undefined || questionWords.test(subject) || content?.trimEnd().endsWith('?') === true
  if (rating === undefined && asks && content !== undefined) {
    return { kind: 'question', doubt: undefined }
  }
  if (/\btest\b/i.test(`${mail.subject} ${mail.text}`) && item.customer.email === undefined && rating === undefined) {
    return { kind: 'test', doubt: undefined }
  }
  return { kind: 'unsure', doubt: doubtOf(rating, content) }
}

const questionWords = /\b(question|q&a|asked|frage|pregunta|domanda|vraag|pergunta)\b/i

function doubtOf(rating: number | undefined, content: string | undefined): string {
  return rating !== undefined
    ? `There is a rating of ${rating}, and neither a text nor a product to it.`
    : content === undefined
      ? 'There is neither a rating nor a text that somebody wrote.'
      : 'There is a text, and neither a rating nor a question.'
}

/** Lines as they read, without the marks of forwarding. */
function linesOf(text: string): string[] {
  return text.split(/\r?\n/).map((line) => line.replace(/^(?:>\s?)+/, '').trim())
}

/** `Label: value`, a label in one column and its value in the next, or a label with its value in the lines below. */
function labelled(lines: string[]): Found {
  const found: Found = {}
  const take = (field: FieldName, value: string) => {
    if (value !== '' && found[field] === undefined) {
      found[field] = value
    }
  }
  lines.forEach((line, at) => {
    const [, label = '', value = ''] = /^([^:：]{2,40}?)\s*[:：]\s*(.*)$/u.exec(line) ??
      /^(\S.{1,38}?)(?:\s{2,}|\t+)(\S.*)$/u.exec(line) ?? [undefined, line]
    const field = fieldOf(label)
    if (field !== undefined) {
      take(field, [value, ...below(lines, at)].filter((it) => it !== '').join('\n'))
    }
  })
  return found
}

/** The lines that go on with a value: up to an empty one or the next label. */
function below(lines: string[], at: number): string[] {
  const end = lines.findIndex((line, index) => index > at && (line === '' || startsField(line)))
  return lines.slice(at + 1, end === -1 ? lines.length : end)
}

function startsField(line: string): boolean {
  const label = /^([^:：]{2,40}?)\s*[:：]/u.exec(line)?.[1] ?? /^(\S.{1,38}?)(?:\s{2,}|\t+)\S/u.exec(line)?.[1] ?? line
  return fieldOf(label) !== undefined
}

const Text = z.string().optional().catch(undefined)
const Named = z
  .union([z.string(), z.object({ name: z.string() }).transform(({ name }) => name)])
  .optional()
  .catch(undefined)
/** schema.org, for what a mail may say to programs. */
const Document = z.object({
  '@type': z.enum(['Review', 'Question']),
  identifier: z.union([z.string(), z.number()]).transform(String).optional().catch(undefined),
  name: Text,
  headline: Text,
  reviewBody: Text,
  text: Text,
  author: z.object({ name: Text, email: Text }).optional().catch(undefined),
  itemReviewed: Named,
  about: Named,
  reviewRating: z
    .object({ ratingValue: z.union([z.string(), z.number()]).transform(String) })
    .optional()
    .catch(undefined),
})

function ofDocuments({ documents }: Mail): Found {
  const document = documents.flatMap(({ value }) => Document.safeParse(value).data ?? [])[0]
  if (document === undefined) {
    return {}
  }
  const isReview = document['@type'] === 'Review'
  const values = {
    name: document.author?.name,
    email: document.author?.email,
    product: document.itemReviewed ?? document.about,
    rating: document.reviewRating?.ratingValue,
    title: document.headline ?? document.name,
    [isReview ? 'content' : 'question']: document.reviewBody ?? document.text,
    [isReview ? 'reviewId' : 'questionId']: document.identifier,
  }
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined && value !== ''))
}

const patterns = [
  /(?<full>[★⭐]{1,5})️?(?<empty>[☆✩]{0,4})/u,
  /(?<value>[1-5])(?:\.0)?\s*(?:\/|out of|von|sur|de|su|van)\s*5\b/iu,
  /(?<value>[1-5])[\s-]*(?:stars?|sterne?|étoiles?|estrellas?|stelle|sterren|estrelas?)\b/iu,
  /\b(?:rated|rating|bewertet mit)\s*:?\s*(?<value>[1-5])\b/iu,
]

/** Stars of five that a text names. */
function ratingIn(lines: string[]): number | undefined {
  for (const line of lines) {
    for (const pattern of patterns) {
      const groups = pattern.exec(line)?.groups
      if (groups !== undefined) {
        return groups['full'] === undefined
          ? Number(groups['value'])
          : Array.from(groups['full']).filter((it) => /[★⭐]/u.test(it)).length
      }
    }
  }
  return undefined
}

/** Stars of five that a value names. */
export function ratingOf(value: string | undefined): number | undefined {
  if (value === undefined) {
    return undefined
  }
  const alone = /^([1-5])(?:[.,]0)?$/.exec(value.split('\n')[0]?.trim() ?? '')
  return alone === null ? ratingIn([value]) : Number(alone[1])
}

/** What stands in quotation marks and is long enough to be said by somebody. */
function quoted(lines: string[]): string | undefined {
  return /[“"«„]([^“”"«»„]{3,5000})[”"»“]/u.exec(lines.join('\n'))?.[1]?.trim()
}

function linksIn({ text, html }: Mail): string[] {
  return Array.from(`${text}\n${html ?? ''}`.matchAll(/https?:\/\/[^\s"'<>)\]]+/g), ([link]) =>
    link.replaceAll('&amp;', '&'),
  )
}

function hostOf(link: string): string {
  return URL.canParse(link) ? new URL(link).hostname : ''
}

export function isYotpo(host: string): boolean {
  return host === 'yotpo.com' || host.endsWith('.yotpo.com')
}

/** [inferred] The number of an item in a link into Yotpo's own pages. */
function idIn(links: string[]): string | undefined {
  const own = links.filter((link) => isYotpo(hostOf(link)))
  return own.flatMap(
    (link) => /(?:review_id=|question_id=|\/reviews\/|\/questions\/)(\d{2,20})/.exec(link)?.[1] ?? [],
  )[0]
}

function numberIn(text: string | undefined): string | undefined {
  return /\d{2,20}/.exec(text ?? '')?.[0]
}

export const addressPattern = /[^\s<>"(),:;]+@[^\s<>"(),:;]+\.[^\s<>"(),:;.]+/u
const nobody = /^(?:no-?reply|do-?not-?reply|notifications?|mailer-daemon|postmaster|reviews?|support)@/i

/** The shopper's: what the mail says, else who wants the answers, else who sent it; never Yotpo's own or one that nobody reads. */
function emailOf(mail: Mail, found: Found, lines: string[]): string | undefined {
  const inLines = lines.flatMap((line) => (/mailto:|e-?mail/i.test(line) ? (addressPattern.exec(line)?.[0] ?? []) : []))
  const candidates = [
    addressPattern.exec(found.email ?? '')?.[0],
    ...inLines,
    ...mail.replyTo.map((it) => it.address),
    mail.from?.address,
  ]
  return candidates.find(
    (address) =>
      address !== undefined &&
      !isYotpo(address.slice(address.lastIndexOf('@') + 1).toLowerCase()) &&
      !nobody.test(address),
  )
}

function nameOf(mail: Mail, found: Found): string | undefined {
  const own = [...mail.replyTo, ...(mail.from === undefined ? [] : [mail.from])].find(
    ({ name, address }) =>
      name !== '' && !isYotpo(address.slice(address.lastIndexOf('@') + 1)) && !nobody.test(address),
  )
  return found.name?.split('\n')[0] ?? own?.name
}

/** The same item in another mail has the same key: by its number, else by who wrote about what. */
export function keyOf({ kind, id, customer, product, content }: MailItem): string {
  const who = customer.email?.toLowerCase() ?? customer.name ?? `text:${content ?? ''}`
  const what = product.name ?? product.url ?? `text:${content ?? ''}`
  return id === undefined
    ? `${kind}:${createHash('sha256')
        .update(JSON.stringify([who, what]))
        .digest('hex')
        .slice(0, 40)}`
    : `${kind}:${id}`
}
