import type { Reader, Tx } from '../../platform/db/database.ts'
import type { Authorized } from '../../platform/http/access.ts'
import { checkRev } from '../../platform/http/conflict.ts'
import { ApiError, notFound } from '../../platform/http/errors.ts'
import { newId } from '../../platform/ids.ts'
import type { Id } from '../../platform/ids.ts'
import { withoutNulls } from '../../platform/json.ts'
import { indexTexts, matchingIds, removeTexts, textCondition } from '../../platform/words/word-index.ts'
import type { CustomerRef } from '../../sdk/domain.ts'
import { checkedCompany } from '../companies/companies.ts'
import { changesBetween, recordEvents } from '../events/events.ts'
import type { Changes, DomainEvent } from '../events/events.ts'
import { checkCustom, customTexts } from '../metadata/metadata.ts'
import type { Custom } from '../metadata/schema.ts'
import {
  emailIdentity,
  externalIdentity,
  identitiesOf,
  identityKey,
  phoneIdentity,
  profileIdentity,
} from './identity.ts'
import type { Identity } from './identity.ts'
import type { CustomerInput, CustomerUpdate } from './schema.ts'
import {
  claimIdentities,
  findByIdentities,
  findCustomer,
  findCustomersByIds,
  findNameless,
  insertCustomers,
  lockCustomer,
  lockCustomers,
  releaseIdentities,
  releaseProfile,
  releaseProfiles,
  removeCustomers,
  saveCustomer,
  searchCustomers,
  touchCustomers,
} from './store.ts'
import type { CustomerRow, CustomerTouch, IdentityMatch, NewCustomer, OwnedIdentity } from './store.ts'
import { customerTexts } from './texts.ts'

export type { CustomerRow } from './store.ts'
export { findCustomersByIds, listCustomers, moveConversationCount } from './store.ts'

export async function getCustomer(reader: Reader, id: Id): Promise<CustomerRow> {
  const row = await findCustomer(reader, id)
  if (row === undefined) {
    throw notFound('Customer')
  }
  return row
}

/** The customer who has `identity`, verified or not; throws 404 naming the parameter. */
export async function getCustomerBy(reader: Reader, identity: Identity): Promise<CustomerRow> {
  const match = (await findByIdentities(reader, [identity])).get(identityKey(identity))
  const row = match === undefined ? undefined : await findCustomer(reader, match.customerId)
  if (row === undefined) {
    throw notFound('Customer', identity.kind)
  }
  return row
}

/** Finds customers by parts of words in their names, addresses, phones and external ids; most recently active first. */
export async function findCustomers(reader: Reader, text: string, limit: number): Promise<CustomerRow[]> {
  const condition = await textCondition(reader, 'customer', text)
  if (condition === undefined) {
    return []
  }
  const ids = await matchingIds(reader, 'customer', condition)
  return searchCustomers(reader, ids === undefined ? { condition: condition.query } : { ids }, limit)
}

export async function createCustomer(tx: Tx, by: Authorized<'customer'>, input: CustomerInput): Promise<CustomerRow> {
  const { name, externalId, emails, phones, tags, custom, company, importedAt, ...profile } = input
  checkCustom(custom ?? {})
  const customer: NewCustomer = {
    id: newId(),
    name: name ?? '',
    externalId: externalId ?? null,
    emails: emails ?? [],
    phones: phones ?? [],
    tags: tags ?? [],
    custom: withoutNulls(custom ?? {}),
    profile,
    companyId: await checkedCompany(tx, company),
    importedAt: importedAt ?? null,
    createdBy: by.userId,
  }
  await insertCustomers(tx, [customer])
  await claimAll(tx, customer.id, customer)
  await indexTexts(tx, 'customer', [{ id: customer.id, texts: customerTexts(customer) }])
  await recordEvents(tx, [customerEvent('create', customer.id)])
  return getCustomer(tx, customer.id)
}

/**
 * Changes a customer. What is left out stays, unless `replace`, which clears what is left out. Lists replace as a
 * whole, `custom` merges name by name, null clears.
 */
export async function updateCustomer(
  tx: Tx,
  by: Authorized<'customer'>,
  id: Id,
  input: CustomerUpdate,
  options: { replace: boolean },
): Promise<CustomerRow> {
  const row = await lockCustomer(tx, id)
  if (row === undefined) {
    throw notFound('Customer')
  }
  checkRev('customer', input.rev, row.rev)
  const { name, externalId, emails, phones, tags, custom, company, importedAt, rev: _rev, ...profile } = input
  checkCustom(custom ?? {})
  const left = options.replace
    ? {
        name: '',
        external_id: null,
        company_id: null,
        emails: [],
        phones: [],
        tags: [],
        custom: {},
        profile: {},
        imported_at: null,
      }
    : row
  const changed: CustomerRow = {
    ...row,
    name: name === undefined ? left.name : (name ?? ''),
    external_id: externalId === undefined ? left.external_id : externalId,
    company_id: company === undefined ? left.company_id : await checkedCompany(tx, company),
    emails: emails ?? left.emails,
    phones: phones ?? left.phones,
    tags: tags ?? left.tags,
    custom: withoutNulls({ ...left.custom, ...custom }),
    profile: withoutNulls({ ...left.profile, ...profile }),
    imported_at: importedAt === undefined ? left.imported_at : importedAt === null ? null : new Date(importedAt),
  }
  await saveCustomer(tx, changed, by.userId)
  await releaseIdentities(tx, id)
  await claimAll(tx, id, { ...changed, externalId: changed.external_id })
  await indexTexts(tx, 'customer', [{ id, texts: customerTexts({ ...changed, externalId: changed.external_id }) }])
  const after = await getCustomer(tx, id)
  await recordEvents(tx, [{ ...customerEvent('update', id), data: { by: by.userId, changes: changesOf(row, after) } }])
  return after
}

/** Writes a customer as a merge leaves it, with the addresses and words by which it is found; a deleted one is found no more. */
export async function rewriteCustomer(tx: Tx, by: Authorized<'customer'>, row: CustomerRow): Promise<void> {
  await saveCustomer(tx, row, by.userId)
  await releaseIdentities(tx, row.id)
  if (row.deleted_at === null) {
    await claimAll(tx, row.id, { ...row, externalId: row.external_id })
    await indexTexts(tx, 'customer', [{ id: row.id, texts: customerTexts({ ...row, externalId: row.external_id }) }])
  } else {
    await removeTexts(tx, [row.id])
  }
}

export async function deleteCustomer(tx: Tx, by: Authorized<'customer'>, id: Id): Promise<void> {
  const row = await lockCustomer(tx, id)
  if (row === undefined) {
    throw notFound('Customer')
  }
  await saveCustomer(tx, { ...row, deleted_at: new Date() }, by.userId)
  await releaseIdentities(tx, id)
  await releaseProfiles(tx, id)
  await removeTexts(tx, [id])
  await recordEvents(tx, [customerEvent('delete', id)])
}

/** What changed of what people and programs write; counters and times follow from other events. */
function changesOf(before: CustomerRow, after: CustomerRow): Changes {
  const written = ({ name, external_id: externalId, emails, phones, tags, custom, profile }: CustomerRow) => ({
    name,
    externalId,
    emails,
    phones,
    tags,
    custom,
    ...profile,
  })
  return {
    attributes: changesBetween(written(before), written(after)),
    relationships: changesBetween({ company: before.company_id }, { company: after.company_id }),
  }
}

export function customerEvent(verb: 'create' | 'update' | 'delete', id: Id): DomainEvent {
  return { name: `kustomer.customer.${verb}`, objectType: 'customer', objectId: id, customerId: id }
}

type Identified = Pick<NewCustomer, 'externalId' | 'emails' | 'phones'>

async function claimAll(tx: Tx, customerId: Id, customer: Identified): Promise<void> {
  const wanted = new Map(ownedIdentities(customerId, customer).map((it) => [identityKey(it), it]))
  const claimed = await claimIdentities(tx, [...wanted.values()])
  for (const [key, identity] of wanted) {
    if (!claimed.has(key)) {
      throw new ApiError('conflict', `Another customer has the ${labels[identity.kind]} ${identity.value}.`, {
        pointer: pointers[identity.kind],
      })
    }
  }
}

const labels: Record<Identity['kind'], string> = {
  externalId: 'external id',
  email: 'e-mail address',
  phone: 'phone number',
  profile: 'profile',
}
const pointers: Record<Identity['kind'], string> = {
  externalId: '/externalId',
  email: '/emails',
  phone: '/phones',
  profile: '',
}

function ownedIdentities(customerId: Id, customer: Identified): OwnedIdentity[] {
  return [
    ...(customer.externalId === null ? [] : [{ ...externalIdentity(customer.externalId), customerId, verified: true }]),
    ...customer.emails.map((it) => ({ ...emailIdentity(it.email), customerId, verified: it.verified })),
    ...customer.phones.map((it) => ({ ...phoneIdentity(it.phone), customerId, verified: it.verified })),
  ]
}

/** Whom a reference means: a customer, found or just made, or nobody and why. */
export type Resolution = { customerId: Id; created: boolean } | { customerId: undefined; reason: string }

/** Whom something is about. `isWanted`: a conversation is to be opened, which needs a customer, however little is known. */
export interface WantedRef extends CustomerRef {
  isWanted?: boolean
}

/**
 * Finds or creates the customer of each reference, in order. Somebody without external id, e-mail and phone is nobody, unless
 * they are wanted or their profile was once said to be somebody's; an address that its owner has not verified is no proof,
 * so it finds nobody either.
 */
export async function findOrCreateCustomers(tx: Tx, refs: WantedRef[]): Promise<Resolution[]> {
  const wanted = new Map(refs.flatMap(identitiesOf).map((identity) => [identityKey(identity), identity]))
  const known = await findByIdentities(tx, [...wanted.values()])
  const missing = refs.filter((ref) => mayBeMade(ref) && matchIn(known, ref) === undefined)
  const created = await createMissing(tx, missing, known)
  await rememberProfiles(tx, refs, known)
  return refs.map((ref) => {
    if (!mayBeMade(ref) && matchIn(known, ref) === undefined) {
      return { customerId: undefined, reason: 'The answer names no e-mail address, phone number or customer id.' }
    }
    const match = matchIn(known, ref)
    if (match === undefined || !match.verified) {
      return {
        customerId: undefined,
        reason: `A customer has ${ref.email ?? ref.phone ?? 'this identity'}, but has not verified it.`,
      }
    }
    return { customerId: match.customerId, created: created.has(match.customerId) }
  })
}

function mayBeMade(ref: WantedRef): boolean {
  const identities = identitiesOf(ref)
  return identities.length > 0 && (ref.isWanted === true || identities.some((it) => it.kind !== 'profile'))
}

/** Who was found by an address is found by their profile alone from now on. */
async function rememberProfiles(tx: Tx, refs: CustomerRef[], known: Map<string, IdentityMatch>): Promise<void> {
  const learned = refs.flatMap((ref) => {
    const match = matchIn(known, ref)
    const profile = ref.profileId === undefined ? undefined : profileIdentity(ref.profileId)
    return profile === undefined || match?.verified !== true || known.has(identityKey(profile))
      ? []
      : [{ ...profile, customerId: match.customerId, verified: true }]
  })
  await claimIdentities(tx, learned)
}

/** Takes the name from a customer of whom nothing else is known: it came from whoever is to be forgotten. */
export async function forgetStranger(tx: Tx, id: Id): Promise<void> {
  const row = await lockCustomer(tx, id)
  const isKnown = row !== undefined && (row.emails.length > 0 || row.phones.length > 0 || row.external_id !== null)
  if (row === undefined || isKnown) {
    return
  }
  await saveCustomer(tx, { ...row, name: '' }, null)
  await indexTexts(tx, 'customer', [{ id, texts: customerTexts({ ...row, name: '', externalId: null }) }])
  await recordEvents(tx, [customerEvent('update', id)])
}

/** Says whose a profile is, or that it is nobody's any more. */
export async function assignProfile(tx: Tx, profileId: string, customerId: Id | null): Promise<void> {
  await releaseProfile(tx, profileId)
  if (customerId !== null) {
    await claimIdentities(tx, [{ ...profileIdentity(profileId), customerId, verified: true }])
  }
}

/** The strongest verified match; failing that, an unverified one. */
function matchIn(known: Map<string, IdentityMatch>, ref: CustomerRef): IdentityMatch | undefined {
  const matches = identitiesOf(ref)
    .map((identity) => known.get(identityKey(identity)))
    .filter((match) => match !== undefined)
  return matches.find((match) => match.verified) ?? matches[0]
}

/** Creates customers for `refs` and adds them to `known`. Where another transaction was faster, its customer counts. */
async function createMissing(tx: Tx, refs: WantedRef[], known: Map<string, IdentityMatch>): Promise<Set<Id>> {
  const drafts: NewCustomer[] = []
  const owners: OwnedIdentity[] = []
  for (const ref of refs) {
    if (matchIn(known, ref) !== undefined) {
      continue // an earlier reference of this batch meant the same person
    }
    const draft = draftOf(ref)
    drafts.push(draft)
    for (const identity of identitiesOf(ref)) {
      owners.push({ ...identity, customerId: draft.id, verified: true })
      known.set(identityKey(identity), { customerId: draft.id, verified: true })
    }
  }
  await insertCustomers(tx, drafts)
  const claimed = await claimIdentities(tx, owners)
  const lost = new Set(owners.filter((it) => !claimed.has(identityKey(it))).map((it) => it.customerId))
  if (lost.size > 0) {
    await removeCustomers(tx, [...lost])
    const lostOwners = owners.filter((it) => lost.has(it.customerId))
    const winners = await findByIdentities(tx, lostOwners)
    for (const identity of lostOwners) {
      known.delete(identityKey(identity))
    }
    for (const [key, match] of winners) {
      known.set(key, match)
    }
  }
  const kept = drafts.filter((draft) => !lost.has(draft.id))
  await indexTexts(
    tx,
    'customer',
    kept.map((draft) => ({ id: draft.id, texts: customerTexts(draft) })),
  )
  return new Set(kept.map((draft) => draft.id))
}

function draftOf(ref: CustomerRef): NewCustomer {
  return {
    id: newId(),
    name: (ref.name ?? '').slice(0, 255).toWellFormed(),
    externalId: ref.externalId ?? null,
    emails: ref.email?.includes('@') === true ? [{ type: 'home', email: ref.email.trim(), verified: true }] : [],
    phones:
      ref.phone === undefined || ref.phone === ''
        ? []
        : [{ type: 'mobile', phone: phoneIdentity(ref.phone).value, verified: true }],
    tags: [],
    custom: {},
    profile: {},
    companyId: null,
    importedAt: null,
    createdBy: null,
  }
}

/** Records activity on customers: attributes to set, kinds of objects they have, a name for those without one. */
export async function recordActivity(tx: Tx, touches: CustomerTouch[]): Promise<void> {
  const named = touches.filter((it) => it.name !== undefined && it.name !== '').map((it) => it.customerId)
  const described = touches.filter((it) => customTexts(it.custom as Custom).length > 0).map((it) => it.customerId)
  const changed = new Set([...(await findNameless(tx, named)), ...described])
  await touchCustomers(tx, touches)
  const rows = await findCustomersByIds(tx, [...changed])
  await indexTexts(
    tx,
    'customer',
    rows.map((row) => ({ id: row.id, texts: customerTexts({ ...row, externalId: row.external_id }) })),
  )
}

export async function holdCustomers(tx: Tx, ids: Id[]): Promise<void> {
  await lockCustomers(tx, ids)
}
