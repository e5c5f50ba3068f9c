import type { Context } from './context.ts'
import type { Trust } from './domain.ts'
import type { Effect } from './effects.ts'

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
  html: string | undefined
  /** Documents that stand in the HTML for programs (JSON-LD and JSON), with the key that their tag names. */
  documents: readonly MailDocument[]
  /** The first value of each, names in lower case. */
  headers: Readonly<Record<string, string>>
  /** Domains whose DKIM signature is right, and whether the sender's domain stands behind the mail (DMARC). */
  signedBy: readonly string[]
  isAuthentic: boolean
  /** What somebody put behind a + in the address. */
  tag: string | undefined
}

export interface MailDocument {
  key: string | undefined
  value: unknown
}

/** An address of the app's own that mail comes to. */
export interface MailHook<S> {
  /** Shown beside the address. */
  title: string
  description: string
  /** How sure it is who sent it; without it, only the unguessable address speaks for a mail. */
  trustOf?: (mail: Mail, settings: S) => Extract<Trust, 'signed' | 'secret'>
  handle: (mail: Mail, context: Context<S>) => Effect[] | Promise<Effect[]>
}

export function defineMailHook<S>(hook: MailHook<S>): MailHook<S> {
  return hook
}
