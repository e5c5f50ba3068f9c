import type { Database } from '../../platform/db/database.ts'
import type { Id } from '../../platform/ids.ts'
import type { AddressQuota } from '../../platform/mail/address-quota.ts'
import type { ReceivedMail, SmtpListenerOptions } from '../../platform/mail/smtp-listener.ts'
import { findHookByHash, orgOfHookHash, readLocalPart } from '../apps/hooks.ts'
import type { Intake } from './accept.ts'
import { mailContentType, mailHeaders } from './mail-delivery.ts'

interface MailHookServices {
  database: Database
  intake: Intake
  quota: AddressQuota
}

/** Where mail comes to: the address alone opens it. A mail to several addresses of ours is as many deliveries. */
export function mailHookListener({
  database,
  intake,
  quota,
}: MailHookServices): Pick<SmtpListenerOptions, 'isKnown' | 'take'> {
  return {
    isKnown: async (address) => {
      const hash = hashIn(address)
      const orgId = hash === undefined ? undefined : orgOfHookHash(hash)
      if (hash === undefined || orgId === undefined) {
        return false
      }
      const hook = await database.forOrg(orgId).read((reader) => findHookByHash(reader, hash))
      return hook?.type === 'email' && (quota.isOpen(hash) || 'full')
    },
    take: async (mail) => {
      const ids = await Promise.all(mail.recipients.map((recipient) => takeFor(intake, quota, mail, recipient)))
      return ids.filter((id) => id !== undefined).join(' ')
    },
  }
}

async function takeFor(
  intake: Intake,
  quota: AddressQuota,
  mail: ReceivedMail,
  recipient: string,
): Promise<Id | undefined> {
  const hash = hashIn(recipient)
  if (hash === undefined) {
    return undefined
  }
  const headers = { 'content-type': mailContentType, ...mailHeaders(mail, recipient) }
  const { id } = await intake.receive('email', hash, { headers, body: mail.raw })
  quota.count(hash)
  return id
}

function hashIn(address: string): string | undefined {
  return readLocalPart(address.slice(0, address.lastIndexOf('@')))?.hash
}
