import type { Database } from '../../platform/db/database.ts'
import type { Id } from '../../platform/ids.ts'
import type { ReceivedMail, SmtpListenerOptions } from '../../platform/mail/smtp-listener.ts'
import { findHookByHash, orgOfHookHash, readLocalPart } from '../apps/hooks.ts'
import type { Intake } from './accept.ts'
import { mailContentType, mailHeaders } from './mail-delivery.ts'

interface MailHookServices {
  database: Database
  intake: Intake
}

/** Where mail comes to: the address alone opens it. A mail to several addresses of ours is as many deliveries. */
export function mailHookListener({
  database,
  intake,
}: MailHookServices): Pick<SmtpListenerOptions, 'isKnown' | 'take'> {
  return {
    isKnown: async (address) => {
      const hash = hashIn(address)
      const orgId = hash === undefined ? undefined : orgOfHookHash(hash)
      if (hash === undefined || orgId === undefined) {
        return false
      }
      const hook = await database.forOrg(orgId).read((reader) => findHookByHash(reader, hash))
      return hook?.type === 'email'
    },
    take: async (mail) => {
      const ids = await Promise.all(mail.recipients.map((recipient) => takeFor(intake, mail, recipient)))
      return ids.filter((id) => id !== undefined).join(' ')
    },
  }
}

async function takeFor(intake: Intake, mail: ReceivedMail, recipient: string): Promise<Id | undefined> {
  const hash = hashIn(recipient)
  if (hash === undefined) {
    return undefined
  }
  const headers = { 'content-type': mailContentType, ...mailHeaders(mail, recipient) }
  return (await intake.receive('email', hash, { headers, body: mail.raw })).id
}

function hashIn(address: string): string | undefined {
  return readLocalPart(address.slice(0, address.lastIndexOf('@')))?.hash
}
