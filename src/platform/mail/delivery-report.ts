import type { Email } from 'postal-mime'

/** What a server says of a mail that it was given: RFC 3464, and RFC 5965 for complaints. */
export interface DeliveryReport {
  kind: 'failed' | 'delayed' | 'complaint'
  /** Such as 5.1.1 (RFC 3463). */
  status: string | undefined
  recipient: string | undefined
  /** In the server's words. */
  diagnostic: string | undefined
  /** Ids of the mails that it repeats, without angle brackets. */
  about: string[]
}

const mostRead = 262_144
const mostIds = 10

/** The report that a mail is; undefined for one that is none, or that says all went well. */
export function deliveryReportOf(email: Email, raw: Uint8Array): DeliveryReport | undefined {
  const complaint = partOf(email, 'message/feedback-report')
  const status = partOf(email, 'message/delivery-status')
  const failed = email.headers.find(({ key }) => key === 'x-failed-recipients')?.value
  const about = idsIn(raw)
  if (complaint !== undefined) {
    const recipient = fieldOf(complaint, 'Original-Rcpt-To') ?? fieldOf(complaint, 'Original-Recipient')
    const diagnostic = fieldOf(complaint, 'Feedback-Type')
    return { kind: 'complaint', status: undefined, recipient: plain(recipient), diagnostic, about }
  }
  if (status !== undefined) {
    const action = fieldOf(status, 'Action')?.toLowerCase()
    const recipient = fieldOf(status, 'Original-Recipient') ?? fieldOf(status, 'Final-Recipient')
    const report = {
      status: /\d\.\d{1,3}\.\d{1,3}/.exec(fieldOf(status, 'Status') ?? '')?.[0],
      recipient: plain(recipient),
      diagnostic: plain(fieldOf(status, 'Diagnostic-Code')),
      about,
    }
    return action === 'failed' || action === 'delayed' ? { kind: action, ...report } : undefined
  }
  return failed === undefined
    ? undefined
    : { kind: 'failed', status: undefined, recipient: failed.split(',')[0]?.trim(), diagnostic: undefined, about }
}

function partOf(email: Email, type: string): string | undefined {
  const part = email.attachments.find((it) => it.mimeType === type)
  return part === undefined
    ? undefined
    : typeof part.content === 'string'
      ? part.content
      : Buffer.from(new Uint8Array(part.content)).toString('utf8')
}

/** A field's value, of which lines that begin with a space are part. */
function fieldOf(text: string, name: string): string | undefined {
  const found = new RegExp(`^${name}:[ \\t]*(.*(?:\\r?\\n[ \\t]+.*)*)`, 'im').exec(text)?.[1]
  return found
    ?.replaceAll(/\r?\n[ \t]+/g, ' ')
    .trim()
    .slice(0, 1_000)
}

/** Without the type that stands before it, as in `rfc822; mia@example.com`. */
function plain(value: string | undefined): string | undefined {
  return value?.replace(/^[\w-]+\s*;\s*/, '')
}

/** What it repeats of the mail is a part of it, or its text: either way the id stands in a line of its own. */
function idsIn(raw: Uint8Array): string[] {
  const text = Buffer.from(raw.subarray(0, mostRead)).toString('latin1')
  const body = text.slice(Math.max(0, text.search(/\r?\n\r?\n/)))
  const found = body.matchAll(/^(?:original-)?message-id:\s*<([^<>\s]{1,998})>/gim)
  return Array.from(found, ([, id]) => id ?? '').slice(0, mostIds)
}
