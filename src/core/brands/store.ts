import type { Selectable } from 'kysely'

import { qb } from '../../platform/db/database.ts'
import type { Reader, Tx } from '../../platform/db/database.ts'
import { jsonb } from '../../platform/db/json.ts'
import type { Brands } from '../../platform/db/types.generated.ts'
import type { Id } from '../../platform/ids.ts'
import type { Custom } from '../metadata/schema.ts'

export type BrandRow = Omit<Selectable<Brands>, 'custom'> & { custom: Custom }

const brands = (reader: Reader) =>
  qb.selectFrom('brands').selectAll().where('org_id', '=', reader.orgId).where('deleted_at', 'is', null)

export async function findBrand(reader: Reader, id: Id): Promise<BrandRow | undefined> {
  return (await reader.first(brands(reader).where('id', '=', id))) as BrandRow | undefined
}

export async function findDefaultBrand(reader: Reader): Promise<BrandRow | undefined> {
  return (await reader.first(brands(reader).where('is_default', '=', true))) as BrandRow | undefined
}

export async function lockBrand(tx: Tx, id: Id): Promise<BrandRow | undefined> {
  return (await tx.first(brands(tx).where('id', '=', id).forNoKeyUpdate())) as BrandRow | undefined
}

export async function listBrands(reader: Reader, limit: number, offset: number): Promise<BrandRow[]> {
  return (await reader.all(brands(reader).orderBy('name').orderBy('id').limit(limit).offset(offset))) as BrandRow[]
}

/** Throws the database's uniqueness error when the name is taken. */
export async function insertBrand(tx: Tx, row: BrandRow): Promise<void> {
  await tx.all(qb.insertInto('brands').values({ ...row, custom: jsonb(row.custom) }))
}

/** Throws the database's uniqueness error when the name is taken. */
export async function saveBrand(tx: Tx, row: BrandRow): Promise<void> {
  const { org_id: _org, id: _id, created_at: _at, created_by: _by, ...values } = row
  const changed = { ...values, custom: jsonb(row.custom) }
  await tx.all(qb.updateTable('brands').set(changed).where('org_id', '=', tx.orgId).where('id', '=', row.id))
}

export async function clearDefault(tx: Tx): Promise<void> {
  await tx.all(
    qb.updateTable('brands').set({ is_default: false }).where('org_id', '=', tx.orgId).where('is_default', '=', true),
  )
}
