import nodemailer from 'nodemailer'
import type { SendMailOptions } from 'nodemailer'

/** What takes mails from here on; undefined where nobody has set a server. */
export interface MailServer {
  send: (mail: SendMailOptions) => Promise<unknown>
}

/** The key by which mails of a domain, and of those below it, are signed. */
export interface DkimKey {
  domain: string
  selector: string
  /** In PEM. */
  privateKey: string
}

/** What a signature covers: nodemailer's own list lacks `List-Unsubscribe-Post`, which RFC 8058 wants covered (facts on mail, 4.2). */
const signedHeaders = `From:Sender:Reply-To:Subject:Date:Message-ID:To:Cc:MIME-Version:Content-Type:Content-Transfer-Encoding:In-Reply-To:References:List-Id:List-Unsubscribe:List-Unsubscribe-Post`

/** The server at an address such as `smtps://user:password@mail.example.com`. */
export function mailServer(url: string, key?: DkimKey): MailServer {
  // What an attachment is comes from the desk's own files alone: no path and no address in a mail is ever followed.
  const transport = nodemailer.createTransport(url, { disableFileAccess: true, disableUrlAccess: true })
  const dkim =
    key === undefined
      ? undefined
      : {
          domainName: key.domain,
          keySelector: key.selector,
          privateKey: key.privateKey,
          headerFieldNames: signedHeaders,
        }
  return {
    send: (mail) => transport.sendMail(dkim !== undefined && isOf(mail, dkim.domainName) ? { ...mail, dkim } : mail),
  }
}

/** Only a signature by the sender's own domain says anything of a mail. */
function isOf({ from }: SendMailOptions, domain: string): boolean {
  const address = (typeof from === 'object' && !Array.isArray(from) ? from.address : undefined) ?? ''
  const host = address.slice(address.lastIndexOf('@') + 1).toLowerCase()
  return host === domain || host.endsWith(`.${domain}`)
}
