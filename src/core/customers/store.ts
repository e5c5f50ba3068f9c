import { sql } from 'kysely'
import type { Selectable } from 'kysely'

import { batchStatement, qb } from '../../platform/db/database.ts'
import type { Reader, Tx } from '../../platform/db/database.ts'
import { jsonb } from '../../platform/db/json.ts'
import type { Customers } from '../../platform/db/types.generated.ts'
import type { Id } from '../../platform/ids.ts'
import { identityKey } from './identity.ts'
import type { Identity } from './identity.ts'
import type { CustomerEmail, CustomerPhone, Profile } from './schema.ts'

export type CustomerRow = Omit<Selectable<Customers>, 'emails' | 'phones' | 'custom' | 'profile'> & {
  emails: CustomerEmail[]
  phones: CustomerPhone[]
  custom: Record<string, string | number | boolean | string[]>
  profile: Profile
}

export interface IdentityMatch {
  customerId: Id
  verified: boolean
}

const customer = (reader: Reader) =>
  qb.selectFrom('customers').selectAll().where('org_id', '=', reader.orgId).where('deleted_at', 'is', null)

export async function findCustomer(reader: Reader, id: Id): Promise<CustomerRow | undefined> {
  return (await reader.first(customer(reader).where('id', '=', id))) as CustomerRow | undefined
}

/** The same, held against other writers until the transaction ends. */
export async function lockCustomer(tx: Tx, id: Id): Promise<CustomerRow | undefined> {
  return (await tx.first(customer(tx).where('id', '=', id).forUpdate())) as CustomerRow | undefined
}

export async function listCustomers(reader: Reader, limit: number, offset: number): Promise<CustomerRow[]> {
  const rows = await reader.all(
    customer(reader).orderBy('updated_at', 'desc').orderBy('id', 'desc').limit(limit).offset(offset),
  )
  return rows as CustomerRow[]
}

/** Customers by their ids, or by a condition on their words; most recently active first. */
export async function searchCustomers(
  reader: Reader,
  wanted: { ids: Id[] } | { condition: string },
  limit: number,
): Promise<CustomerRow[]> {
  const fits =
    'ids' in wanted
      ? sql<boolean>`id = any(${wanted.ids}::text[])`
      : sql<boolean>`exists (select from search_texts t where t.org_id = ${reader.orgId} and t.id = customers.id and t.words @@ ${wanted.condition}::tsquery)`
  const rows = await reader.all(
    customer(reader).where(fits).orderBy('updated_at', 'desc').orderBy('id', 'desc').limit(limit),
  )
  return rows as CustomerRow[]
}

const identitiesStatement = batchStatement<{
  kind: Identity['kind']
  value: string
  customer_id: Id
  verified: boolean
}>(
  `select i.* from unnest($2::text[], $3::text[]) as wanted (kind, value),
   lateral (select kind, value, customer_id, verified from customer_identities
            where org_id = $1 and kind = wanted.kind and value = wanted.value offset 0) i`,
)

/** Who has these identities, by `identityKey`. */
export async function findByIdentities(reader: Reader, identities: Identity[]): Promise<Map<string, IdentityMatch>> {
  if (identities.length === 0) {
    return new Map()
  }
  const rows = await reader.rows(identitiesStatement, [
    reader.orgId,
    identities.map((it) => it.kind),
    identities.map((it) => it.value),
  ])
  return new Map(rows.map((row) => [identityKey(row), { customerId: row.customer_id, verified: row.verified }]))
}

export interface NewCustomer {
  id: Id
  name: string
  externalId: string | null
  emails: CustomerEmail[]
  phones: CustomerPhone[]
  tags: string[]
  custom: object
  profile: Profile
  companyId: Id | null
  importedAt: string | null
  createdBy: Id | null
}

const insertStatement = batchStatement<never>(
  `insert into customers (org_id, id, name, external_id, emails, phones, tags, custom, profile, company_id, imported_at, created_by, modified_by)
   select $1, i.id, i.name, i.external_id, i.emails, i.phones, i.tags, i.custom, i.profile, i.company_id, i.imported_at, i.created_by, i.created_by
   from jsonb_to_recordset($2::jsonb) as i (id text, name text, external_id text, emails jsonb, phones jsonb, tags text[], custom jsonb, profile jsonb,
     company_id text, imported_at timestamptz, created_by text)`,
)

export async function insertCustomers(tx: Tx, customers: NewCustomer[]): Promise<void> {
  if (customers.length > 0) {
    const rows = customers.map(({ externalId, companyId, importedAt, createdBy, ...it }) => ({
      ...it,
      external_id: externalId,
      company_id: companyId,
      imported_at: importedAt,
      created_by: createdBy,
    }))
    await tx.rows(insertStatement, [tx.orgId, JSON.stringify(rows)])
  }
}

/** Removes customers that turned out to exist already, made in this same transaction. */
export async function removeCustomers(tx: Tx, ids: Id[]): Promise<void> {
  if (ids.length > 0) {
    await tx.all(qb.deleteFrom('customers').where('org_id', '=', tx.orgId).where('id', 'in', ids))
  }
}

export interface OwnedIdentity extends Identity {
  customerId: Id
  verified: boolean
}

const claimStatement = batchStatement<{ kind: Identity['kind']; value: string }>(
  `insert into customer_identities (org_id, kind, value, customer_id, verified)
   select $1, i.kind, i.value, i.customer_id, i.verified
   from unnest($2::text[], $3::text[], $4::text[], $5::boolean[]) as i (kind, value, customer_id, verified)
   on conflict (org_id, kind, value) do nothing returning kind, value`,
)

/** Claims identities; returns the keys of those that were free. Waits for a concurrent claim of the same one. */
export async function claimIdentities(tx: Tx, identities: OwnedIdentity[]): Promise<Set<string>> {
  if (identities.length === 0) {
    return new Set()
  }
  // One order for all writers, so that two of them never wait for each other.
  const ordered = identities.toSorted((a, b) => (identityKey(a) < identityKey(b) ? -1 : 1))
  const rows = await tx.rows(claimStatement, [
    tx.orgId,
    ordered.map((it) => it.kind),
    ordered.map((it) => it.value),
    ordered.map((it) => it.customerId),
    ordered.map((it) => it.verified),
  ])
  return new Set(rows.map(identityKey))
}

/** Lets go of what a customer's own row says; whose a provider's profile is stands nowhere else, and stays. */
export async function releaseIdentities(tx: Tx, customerId: Id): Promise<void> {
  await tx.all(
    qb
      .deleteFrom('customer_identities')
      .where('org_id', '=', tx.orgId)
      .where('customer_id', '=', customerId)
      .where('kind', '<>', 'profile'),
  )
}

export async function releaseProfiles(tx: Tx, customerId: Id): Promise<void> {
  await tx.all(
    qb
      .deleteFrom('customer_identities')
      .where('org_id', '=', tx.orgId)
      .where('customer_id', '=', customerId)
      .where('kind', '=', 'profile'),
  )
}

export async function releaseProfile(tx: Tx, profileId: string): Promise<void> {
  await tx.all(
    qb
      .deleteFrom('customer_identities')
      .where('org_id', '=', tx.orgId)
      .where('kind', '=', 'profile')
      .where('value', '=', profileId),
  )
}

export async function saveCustomer(tx: Tx, row: CustomerRow, modifiedBy: Id | null): Promise<void> {
  await tx.all(
    qb
      .updateTable('customers')
      .set({
        name: row.name,
        external_id: row.external_id,
        company_id: row.company_id,
        merged_into: row.merged_into,
        emails: jsonb(row.emails),
        phones: jsonb(row.phones),
        tags: row.tags,
        custom: jsonb(row.custom),
        profile: jsonb(row.profile),
        imported_at: row.imported_at,
        deleted_at: row.deleted_at,
        modified_by: modifiedBy,
        rev: sql`rev + 1`,
        updated_at: sql`now()`,
        modified_at: sql`now()`,
      })
      .where('org_id', '=', tx.orgId)
      .where('id', '=', row.id),
  )
}

export interface CustomerTouch {
  customerId: Id
  /** Name for a customer who has none yet. */
  name: string | undefined
  klasses: string[]
  /** Attributes to set; null removes one. */
  custom: object
}

// Each row picks its part by its id: a join of two lists without statistics would compare every pair.
const touchStatement = batchStatement<never>(
  `update customers c set rev = c.rev + 1, updated_at = now(), last_activity_at = now(), (name, klasses, custom) = (
     select case when c.name = '' then coalesce(t.name, '') else c.name end,
       case when c.klasses @> t.klasses then c.klasses else (select array_agg(distinct k) from unnest(c.klasses || t.klasses) k) end,
       jsonb_strip_nulls(c.custom || t.custom)
     from jsonb_to_record($2::jsonb -> c.id) as t (name text, klasses text[], custom jsonb))
   where c.org_id = $1 and c.id = any($3::text[])`,
)

/** What new activity does to customers: attributes, the kinds of objects they have, and their place in the list. */
export async function touchCustomers(tx: Tx, touches: CustomerTouch[]): Promise<void> {
  if (touches.length > 0) {
    const byId = Object.fromEntries(touches.map((it) => [it.customerId, it]))
    await tx.rows(touchStatement, [tx.orgId, JSON.stringify(byId), touches.map((it) => it.customerId)])
  }
}

const namelessStatement = batchStatement<{ id: Id }>(
  `select id from customers where org_id = $1 and id = any($2::text[]) and name = ''`,
)

/** Which of these have no name yet. */
export async function findNameless(reader: Reader, ids: Id[]): Promise<Id[]> {
  return ids.length === 0 ? [] : (await reader.rows(namelessStatement, [reader.orgId, ids])).map((row) => row.id)
}

export async function findCustomersByIds(reader: Reader, ids: Id[]): Promise<CustomerRow[]> {
  return ids.length === 0 ? [] : ((await reader.all(customer(reader).where('id', 'in', ids))) as CustomerRow[])
}

const conversationCounts = {
  open: 'open_conversations',
  snoozed: 'snoozed_conversations',
  done: 'done_conversations',
} as const
export type ConversationStatus = keyof typeof conversationCounts

/** Counts a conversation out of one state and into another; undefined is no state at all. */
export async function moveConversationCount(
  tx: Tx,
  customerId: Id,
  from: ConversationStatus | undefined,
  to: ConversationStatus | undefined,
): Promise<void> {
  await tx.all(
    qb
      .updateTable('customers')
      .set({
        ...(from === undefined ? {} : { [conversationCounts[from]]: sql`${sql.ref(conversationCounts[from])} - 1` }),
        ...(to === undefined ? {} : { [conversationCounts[to]]: sql`${sql.ref(conversationCounts[to])} + 1` }),
        rev: sql`rev + 1`,
        updated_at: sql`now()`,
        last_activity_at: sql`now()`,
      })
      .where('org_id', '=', tx.orgId)
      .where('id', '=', customerId),
  )
}

const lockStatement = batchStatement<{ id: Id }>(
  `select id from customers where org_id = $1 and id = any($2::text[]) order by id for no key update`,
)

/** Holds customers against other writers, always in the same order. */
export async function lockCustomers(tx: Tx, ids: Id[]): Promise<void> {
  if (ids.length > 0) {
    await tx.rows(lockStatement, [tx.orgId, ids])
  }
}
