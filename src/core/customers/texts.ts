import { textsIn } from '../../platform/json.ts'
import { customTexts } from '../metadata/metadata.ts'
import type { Custom } from '../metadata/schema.ts'
import { phoneIdentity } from './identity.ts'

/** The texts by which a customer is found. */
export function customerTexts(customer: {
  name: string
  externalId: string | null
  emails: { email: string }[]
  phones: { phone: string }[]
  custom: object
  profile: object
}): string[] {
  return [
    customer.name,
    customer.externalId ?? '',
    ...customer.emails.map((it) => it.email),
    ...customer.phones.flatMap((it) => [it.phone, phoneIdentity(it.phone).value]),
    ...customTexts(customer.custom as Custom),
    ...textsIn(customer.profile),
  ]
}
