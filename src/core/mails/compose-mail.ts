import type { SendMailOptions } from 'nodemailer'

import type { FileStore } from '../../platform/files/file-store.ts'
import type { MessageRow } from '../messages/messages.ts'
import { bounceAddress, replyAddress } from './return-listener.ts'
import type { MailRow } from './store.ts'
import { unsubscribeUrl } from './unsubscribe-route.ts'

export interface ComposeServices {
  files: FileStore
  /** Signs what is given to those who get mails. */
  key: Buffer
  publicUrl: () => string
  /** Whose mail comes here, for what comes back; without one it goes to the address that a mail is from. */
  bounceDomain: string | undefined
  /** Whose mail comes here, for answers; without one they go to the address that a mail is from. */
  replyDomain: string | undefined
}

/** A mail as it is given to the server. */
export async function composeMail(
  { files, key, publicUrl, bounceDomain, replyDomain }: ComposeServices,
  mail: MailRow,
  message: MessageRow,
): Promise<SendMailOptions> {
  const unsubscribe = mail.stream === 'notices' ? unsubscribeUrl(key, mail, publicUrl()) : undefined
  return {
    ...(bounceDomain === undefined
      ? {}
      : { envelope: { from: bounceAddress(key, mail, bounceDomain), to: mail.recipient } }),
    ...(replyDomain === undefined ? {} : { replyTo: { name: '', address: replyAddress(key, mail, replyDomain) } }),
    ...(unsubscribe === undefined ? {} : { headers: noticeHeaders(unsubscribe) }),
    // As parts, so that no comma in an address makes two of it.
    from: { name: '', address: mail.sender },
    to: { name: '', address: mail.recipient },
    subject: mail.subject,
    messageId: `<${mail.message_id}>`,
    ...(mail.in_reply_to === null ? {} : { inReplyTo: `<${mail.in_reply_to}>` }),
    references: mail.refs.map((ref) => `<${ref}>`),
    text:
      unsubscribe === undefined ? message.preview : `${message.preview}\n\n-- \nNo more of these mails: ${unsubscribe}`,
    attachments: await Promise.all(
      message.attachments.map(async (it) => ({
        filename: it.name,
        contentType: it.contentType,
        content: await files.read(mail.org_id, it._id),
      })),
    ),
  }
}

/** What tells programs that nobody awaits this mail, and how to have no more of them (RFC 3834, RFC 8058; facts on mail, 4.3). */
function noticeHeaders(unsubscribe: string): Record<string, string> {
  return {
    'List-Unsubscribe': `<${unsubscribe}>`,
    'List-Unsubscribe-Post': 'List-Unsubscribe=One-Click',
    'Auto-Submitted': 'auto-generated',
    'X-Auto-Response-Suppress': 'All',
  }
}
