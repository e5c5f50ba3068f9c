import type { DeliveryReport } from './delivery-report.ts'
import type { HtmlDocument } from './documents.ts'

export interface MailAddress {
  name: string
  /** Lower-case domain; as it was written otherwise. */
  address: string
}

export interface MailAttachment {
  name: string
  /** As the mail says; not to be trusted. */
  type: string
  bytes: number
  /** Without its angle brackets; what the HTML calls it. */
  contentId?: string | undefined
  isInline: boolean
  content: Uint8Array
}

/** A mail as its parts say; every text is what its sender wrote, and none of it is safe to show as it is. */
export interface ParsedMail {
  messageId?: string | undefined
  inReplyTo: string[]
  /** Oldest first. */
  references: string[]
  from?: MailAddress | undefined
  replyTo: MailAddress[]
  to: MailAddress[]
  cc: MailAddress[]
  subject: string
  date?: Date | undefined
  /** Plain text; made from the HTML where the mail has none. */
  text: string
  /** Where in the text that begins which only repeats what is answered. */
  quotedFrom?: number | undefined
  html?: string | undefined
  documents: HtmlDocument[]
  /** In their order, names in lower case. */
  /** What a server says of a mail of ours, where this is that. */
  report?: DeliveryReport | undefined
  headers: [name: string, value: string][]
  attachments: MailAttachment[]
}
