import type { Message } from '../conversations/thread-items.ts'

interface MailDetails {
  /** Whose address it says it is from: anybody who was sent the mail can answer it. */
  from: string | undefined
  /** Where its text begins to only repeat what it answers. */
  quotedFrom: number | undefined
  /** The domain that it says it is from says that it is not. */
  isForged: boolean
  isHtml: boolean
  /** Ids of the files that stand in the HTML. */
  inline: string[]
}

/** What a message that came by mail says of that. */
export function mailDetails({ attributes }: Message): MailDetails {
  const mail = attributes.meta['mail'] as (Partial<MailDetails> & { dmarc?: string }) | undefined
  const from = attributes.meta['from']
  return {
    from: mail !== undefined && attributes.direction === 'in' && typeof from === 'string' ? from : undefined,
    quotedFrom: typeof mail?.quotedFrom === 'number' ? mail.quotedFrom : undefined,
    isForged: mail?.dmarc === 'fail',
    isHtml: mail?.isHtml === true && !attributes.redacted,
    inline: Array.isArray(mail?.inline) ? mail.inline : [],
  }
}
