export interface MailAddress {
  name: string
  address: string
}

/** A mail that came to one of the app's addresses. Every text is what its sender wrote; none of it is safe to show as it is. */
export interface Mail {
  /** Without angle brackets, as all ids here. */
  messageId: string | undefined
  inReplyTo: readonly string[]
  /** Oldest first. */
  references: readonly string[]
  from: MailAddress | undefined
  replyTo: readonly MailAddress[]
  to: readonly MailAddress[]
  subject: string
  date: Date | undefined
  /** Plain text; made from the HTML where the mail has none. */
  text: string
  /** Where in the text that begins which only repeats what it answers, in characters. */
  quotedFrom: number | undefined
  html: string | undefined
  /** Documents that stand in the HTML for programs (JSON-LD and JSON), with the key that their tag names. */
  documents: readonly MailDocument[]
  files: readonly MailFile[]
  /** Written by a machine: an answer from a holiday, a notice, a list. Nothing is to be answered to it. */
  isAutomatic: boolean
  /** Tells that a mail could not be delivered. */
  isBounce: boolean
  /** What a server says of a mail that was sent from here, where it says so in the form of RFC 3464 or 5965. */
  report: DeliveryReport | undefined
  /** The first value of each, names in lower case. */
  headers: Readonly<Record<string, string>>
  /** Domains whose DKIM signature is right, and whether the sender's domain stands behind the mail (DMARC). */
  signedBy: readonly string[]
  isAuthentic: boolean
  /** What somebody put behind a + in the address. */
  tag: string | undefined
}

/** A file that came with a mail; its bytes are the core's. */
export interface MailFile {
  name: string
  /** As the mail says; not to be trusted. */
  type: string
  bytes: number
  /** Part of the text rather than beside it. */
  isInline: boolean
  /** What the HTML calls it. */
  contentId: string | undefined
  /** Its place among the mail's files. */
  index: number
}

export interface MailDocument {
  key: string | undefined
  value: unknown
}

export interface DeliveryReport {
  kind: 'failed' | 'delayed' | 'complaint'
  /** Such as 5.1.1, where it is said (RFC 3463). */
  status: string | undefined
  recipient: string | undefined
  /** In the server's words. */
  diagnostic: string | undefined
  /** Ids of the mails that it repeats, without angle brackets. */
  about: readonly string[]
}
