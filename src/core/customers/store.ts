import { sql } from 'kysely'
import type { Selectable } from 'kysely'

import { qb, statement } from '../../platform/db/database.ts'
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

/** Customers who have, for each of `prefixes`, a word that starts with it; most recently active first. */
export async function searchCustomers(reader: Reader, prefixes: string[], limit: number): Promise<CustomerRow[]> {
  let query = customer(reader)
  for (const prefix of prefixes) {
    query = query.where('id', 'in', (in_) =>
      in_
        .selectFrom('customer_words')
        .select('customer_id')
        .where('org_id', '=', reader.orgId)
        .where('word', '>=', prefix)
        .where('word', '<', `${prefix}\u{10FFFF}`),
    )
  }
  const rows = await reader.all(query.orderBy('updated_at', 'desc').orderBy('id', 'desc').limit(limit))
  return rows as CustomerRow[]
}

const identitiesStatement = statement<{ kind: Identity['kind']; value: string; customer_id: Id; verified: boolean }>(
  'customer-identities',
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
  importedAt: string | null
  createdBy: Id | null
}

export async function insertCustomers(tx: Tx, customers: NewCustomer[]): Promise<void> {
  if (customers.length === 0) {
    return
  }
  await tx.all(
    qb.insertInto('customers').values(
      customers.map((it) => ({
        org_id: tx.orgId,
        id: it.id,
        name: it.name,
        external_id: it.externalId,
        emails: jsonb(it.emails),
        phones: jsonb(it.phones),
        tags: it.tags,
        custom: jsonb(it.custom),
        profile: jsonb(it.profile),
        imported_at: it.importedAt,
        created_by: it.createdBy,
        modified_by: it.createdBy,
      })),
    ),
  )
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

/** Claims identities; returns the keys of those that were free. Waits for a concurrent claim of the same one. */
export async function claimIdentities(tx: Tx, identities: OwnedIdentity[]): Promise<Set<string>> {
  if (identities.length === 0) {
    return new Set()
  }
  // One order for all writers, so that two of them never wait for each other.
  const ordered = identities.toSorted((a, b) => (identityKey(a) < identityKey(b) ? -1 : 1))
  const rows = await tx.all(
    qb
      .insertInto('customer_identities')
      .values(
        ordered.map((it) => ({
          org_id: tx.orgId,
          kind: it.kind,
          value: it.value,
          customer_id: it.customerId,
          verified: it.verified,
        })),
      )
      .onConflict((conflict) => conflict.columns(['org_id', 'kind', 'value']).doNothing())
      .returning(['kind', 'value']),
  )
  return new Set(rows.map((row) => identityKey(row as Identity)))
}

export async function releaseIdentities(tx: Tx, customerId: Id): Promise<void> {
  await tx.all(
    qb.deleteFrom('customer_identities').where('org_id', '=', tx.orgId).where('customer_id', '=', customerId),
  )
}

export async function replaceWords(tx: Tx, customers: { id: Id; words: string[]; fresh: boolean }[]): Promise<void> {
  const known = customers.filter((it) => !it.fresh).map((it) => it.id)
  if (known.length > 0) {
    await tx.all(qb.deleteFrom('customer_words').where('org_id', '=', tx.orgId).where('customer_id', 'in', known))
  }
  const rows = customers.flatMap((it) => it.words.map((word) => ({ org_id: tx.orgId, word, customer_id: it.id })))
  if (rows.length > 0) {
    await tx.all(qb.insertInto('customer_words').values(rows))
  }
}

export async function saveCustomer(tx: Tx, row: CustomerRow, modifiedBy: Id | null): Promise<void> {
  await tx.all(
    qb
      .updateTable('customers')
      .set({
        name: row.name,
        external_id: row.external_id,
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

const touchStatement = statement<{ id: Id }>(
  'customers-touch',
  `update customers c set
     name = case when c.name = '' then coalesce(t.name, '') else c.name end,
     klasses = case when c.klasses @> t.klasses then c.klasses else (select array_agg(distinct k) from unnest(c.klasses || t.klasses) k) end,
     custom = jsonb_strip_nulls(c.custom || t.custom),
     rev = c.rev + 1, updated_at = now(), last_activity_at = now()
   from jsonb_to_recordset($2::jsonb) as t (id text, name text, klasses text[], custom jsonb)
   where c.org_id = $1 and c.id = any($3::text[]) and c.id = t.id
   returning c.id`,
)

/** What new activity does to customers: attributes, the kinds of objects they have, and their place in the list. */
export async function touchCustomers(tx: Tx, touches: CustomerTouch[]): Promise<void> {
  if (touches.length === 0) {
    return
  }
  const rows = touches.map((it) => ({
    id: it.customerId,
    name: it.name ?? null,
    klasses: it.klasses,
    custom: it.custom,
  }))
  await tx.rows(touchStatement, [tx.orgId, JSON.stringify(rows), touches.map((it) => it.customerId)])
}

const lockStatement = statement<{ id: Id }>(
  'customers-lock',
  `select id from customers where org_id = $1 and id = any($2::text[]) order by id for no key update`,
)

/** Holds customers against other writers, always in the same order. */
export async function lockCustomers(tx: Tx, ids: Id[]): Promise<void> {
  await tx.rows(lockStatement, [tx.orgId, ids])
}
