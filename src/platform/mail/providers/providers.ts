import type { MailProvider } from './mail-provider.ts'
import { mailgun } from './mailgun.ts'
import { postmark } from './postmark.ts'
import { sendgrid } from './sendgrid.ts'
import { ses } from './ses.ts'
import type { Fetch } from './ses.ts'

/** What each provider of mail is known by; undefined: it is not used. */
export interface MailProviderKeys {
  sendgrid?: string | undefined
  mailgun?: string | undefined
  postmark?: string | undefined
  ses?: string | undefined
}

/** The providers that are set, by the last part of the address that they post to. */
export function mailProviders(keys: MailProviderKeys, fetchText: Fetch): Record<string, MailProvider> {
  return {
    ...(keys.sendgrid === undefined ? {} : { sendgrid: sendgrid(keys.sendgrid) }),
    ...(keys.mailgun === undefined ? {} : { mailgun: mailgun(keys.mailgun) }),
    ...(keys.postmark === undefined ? {} : { postmark: postmark(keys.postmark) }),
    ...(keys.ses === undefined ? {} : { ses: ses(keys.ses, fetchText) }),
  }
}
