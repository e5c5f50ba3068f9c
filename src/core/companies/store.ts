import type { Selectable } from 'kysely'

import { qb } from '../../platform/db/database.ts'
import type { Reader, Tx } from '../../platform/db/database.ts'
import { jsonb } from '../../platform/db/json.ts'
import type { Companies } from '../../platform/db/types.generated.ts'
import type { Id } from '../../platform/ids.ts'
import type { Custom } from '../metadata/schema.ts'
import type { Profile } from './schema.ts'

export type CompanyRow = Omit<Selectable<Companies>, 'emails' | 'phones' | 'custom' | 'profile'> & {
  emails: { type: string; email: string; verified: boolean }[]
  phones: { type: string; phone: string; verified: boolean }[]
  custom: Custom
  profile: Profile
}

const companies = (reader: Reader) =>
  qb.selectFrom('companies').selectAll().where('org_id', '=', reader.orgId).where('deleted_at', 'is', null)

export async function findCompany(reader: Reader, id: Id): Promise<CompanyRow | undefined> {
  return (await reader.first(companies(reader).where('id', '=', id))) as CompanyRow | undefined
}

export async function findCompaniesByIds(reader: Reader, ids: Id[]): Promise<CompanyRow[]> {
  return ids.length === 0 ? [] : ((await reader.all(companies(reader).where('id', 'in', ids))) as CompanyRow[])
}

export async function lockCompany(tx: Tx, id: Id): Promise<CompanyRow | undefined> {
  return (await tx.first(companies(tx).where('id', '=', id).forNoKeyUpdate())) as CompanyRow | undefined
}

/** By their last change, newest first. */
export async function listCompanies(
  reader: Reader,
  filter: { externalId?: string | undefined },
  limit: number,
  offset: number,
): Promise<CompanyRow[]> {
  let query = companies(reader)
  if (filter.externalId !== undefined) {
    query = query.where('external_id', '=', filter.externalId)
  }
  query = query.orderBy('updated_at', 'desc').orderBy('id', 'desc')
  return (await reader.all(query.limit(limit).offset(offset))) as CompanyRow[]
}

/** Throws the database's uniqueness error when the external id is taken. */
export async function insertCompany(tx: Tx, row: CompanyRow): Promise<void> {
  await tx.all(qb.insertInto('companies').values(valuesOf(row)))
}

/** Writes all of a row; throws the database's uniqueness error when the external id is taken. */
export async function saveCompany(tx: Tx, row: CompanyRow): Promise<void> {
  const { org_id: _org, id: _id, created_at: _at, created_by: _by, ...values } = valuesOf(row)
  await tx.all(qb.updateTable('companies').set(values).where('org_id', '=', tx.orgId).where('id', '=', row.id))
}

function valuesOf(row: CompanyRow) {
  return {
    ...row,
    emails: jsonb(row.emails),
    phones: jsonb(row.phones),
    custom: jsonb(row.custom),
    profile: jsonb(row.profile),
  }
}
