import { parsePhoneNumberFromString } from 'libphonenumber-js/min'

import type { CustomerRef } from '../../sdk/domain.ts'

/** What finds a customer, in the order of its strength. */
export interface Identity {
  kind: 'externalId' | 'email' | 'phone' | 'profile'
  value: string
}

/** Addresses are compared without regard to case; a plus part makes a different address (facts on identity). */
export function emailIdentity(email: string): Identity {
  return { kind: 'email', value: email.trim().toLowerCase() }
}

/** E.164 where the number says its country; otherwise the digits as they are, so that equal spellings still meet. */
export function phoneIdentity(phone: string): Identity {
  const parsed = parsePhoneNumberFromString(phone)
  return { kind: 'phone', value: parsed?.isPossible() === true ? parsed.number : phone.replaceAll(/[^\d+]/g, '') }
}

export function externalIdentity(externalId: string): Identity {
  return { kind: 'externalId', value: externalId }
}

/** A provider's own id of a person, with the app before it. */
export function profileIdentity(profileId: string): Identity {
  return { kind: 'profile', value: profileId }
}

/** Everything that may find the customer meant by `ref`, strongest first; empty for somebody unknown. */
export function identitiesOf(ref: CustomerRef): Identity[] {
  const identities: Identity[] = []
  if (ref.externalId !== undefined && ref.externalId !== '') {
    identities.push(externalIdentity(ref.externalId))
  }
  if (ref.email !== undefined && ref.email.includes('@')) {
    identities.push(emailIdentity(ref.email))
  }
  if (ref.phone !== undefined && /\d{4}/.test(ref.phone)) {
    identities.push(phoneIdentity(ref.phone))
  }
  if (ref.profileId !== undefined && ref.profileId !== '') {
    identities.push(profileIdentity(ref.profileId))
  }
  return identities
}

/** One text for a map's key. */
export function identityKey(identity: Identity): string {
  return `${identity.kind}:${identity.value}`
}
