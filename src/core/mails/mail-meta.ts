import type { Id } from '../../platform/ids.ts'
import type { AuthResult } from '../../platform/mail/authenticate-mail.ts'

/** What a message that came by mail keeps of that. */
export interface MailMeta {
  source: Id
  messageId: string
  /** The delivery that it came with; what we sent has none. */
  delivery?: Id
  /** Whether the domain that it is from stands behind it. */
  dmarc?: AuthResult
  /** Where its text begins to only repeat what it answers. */
  quotedFrom?: number
  /** Its HTML is kept as well, in which some of its files stand. */
  isHtml?: boolean
  inline?: Id[]
}
