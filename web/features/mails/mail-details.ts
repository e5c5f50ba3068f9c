import type { Message } from '../conversations/thread-items.ts'

interface MailDetails {
  /** Where its text begins to only repeat what it answers. */
  quotedFrom: number | undefined
  isHtml: boolean
  /** Ids of the files that stand in the HTML. */
  inline: string[]
}

/** What a message that came by mail says of that. */
export function mailDetails({ attributes }: Message): MailDetails {
  const mail = attributes.meta['mail'] as Partial<MailDetails> | undefined
  return {
    quotedFrom: typeof mail?.quotedFrom === 'number' ? mail.quotedFrom : undefined,
    isHtml: mail?.isHtml === true && !attributes.redacted,
    inline: Array.isArray(mail?.inline) ? mail.inline : [],
  }
}
