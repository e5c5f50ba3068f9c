import type { Reader, Tx } from '../../platform/db/database.ts'
import type { Authorized } from '../../platform/http/access.ts'
import { checkRev, nameConflict } from '../../platform/http/conflict.ts'
import { ApiError, notFound } from '../../platform/http/errors.ts'
import { isId, newId } from '../../platform/ids.ts'
import type { Id } from '../../platform/ids.ts'
import { withoutNulls } from '../../platform/json.ts'
import { changesBetween, recordEvents } from '../events/events.ts'
import { checkCustom } from '../metadata/metadata.ts'
import type { BrandInput, BrandUpdate } from './schema.ts'
import { clearDefault, findBrand, findDefaultBrand, insertBrand, lockBrand, saveBrand } from './store.ts'
import type { BrandRow } from './store.ts'

export type { BrandRow } from './store.ts'
export { findDefaultBrand, listBrands } from './store.ts'

export async function getBrand(reader: Reader, id: Id): Promise<BrandRow> {
  const row = await findBrand(reader, id)
  if (row === undefined) {
    throw notFound('Brand')
  }
  return row
}

export async function getDefaultBrand(reader: Reader): Promise<BrandRow> {
  const row = await findDefaultBrand(reader)
  if (row === undefined) {
    throw notFound('Default brand')
  }
  return row
}

/** The id of a brand that somebody gave, or null for none; throws 400 for one that there is not. */
export async function checkedBrand(reader: Reader, brand: string | null): Promise<Id | null> {
  if (brand !== null && (!isId(brand) || (await findBrand(reader, brand)) === undefined)) {
    throw new ApiError('badparam', `There is no brand ${brand}.`, { pointer: '/brand' })
  }
  return brand
}

/** The first brand there is becomes the default one. */
export async function createBrand(tx: Tx, by: Authorized<'brand'>, input: BrandInput): Promise<BrandRow> {
  checkCustom(input.custom ?? {})
  const isDefault = input.default ?? (await findDefaultBrand(tx)) === undefined
  if (isDefault) {
    await clearDefault(tx)
  }
  const now = new Date()
  const row: BrandRow = {
    org_id: tx.orgId,
    id: newId(),
    name: input.name,
    display_name: input.displayName ?? null,
    icon_url: input.iconUrl ?? null,
    is_default: isDefault,
    custom: withoutNulls(input.custom ?? {}),
    rev: 1,
    created_by: by.userId,
    modified_by: by.userId,
    created_at: now,
    updated_at: now,
    deleted_at: null,
  }
  await nameConflict('brand', row.name, insertBrand(tx, row))
  await recordEvents(tx, [{ name: 'kustomer.brand.create', objectType: 'brand', objectId: row.id }])
  return row
}

/** Changes a brand: what is left out stays. The default one stays it until another is made so. */
export async function updateBrand(tx: Tx, by: Authorized<'brand'>, id: Id, change: BrandUpdate): Promise<BrandRow> {
  const before = await lockBrand(tx, id)
  if (before === undefined) {
    throw notFound('Brand')
  }
  checkRev('brand', change.rev, before.rev)
  checkCustom(change.custom ?? {})
  if (before.is_default && (change.default === false || change.deleted === true)) {
    throw new ApiError('unprocessable', 'Make another brand the default first.', { pointer: '/default' })
  }
  if (change.default === true && !before.is_default) {
    await clearDefault(tx)
  }
  const now = new Date()
  const row: BrandRow = {
    ...before,
    name: change.name ?? before.name,
    display_name: change.displayName === undefined ? before.display_name : change.displayName,
    icon_url: change.iconUrl === undefined ? before.icon_url : change.iconUrl,
    is_default: change.default ?? before.is_default,
    custom: withoutNulls({ ...before.custom, ...change.custom }),
    deleted_at: change.deleted === true ? now : null,
    rev: before.rev + 1,
    modified_by: by.userId,
    updated_at: now,
  }
  await nameConflict('brand', row.name, saveBrand(tx, row))
  const written = ({ name, display_name: displayName, icon_url: iconUrl, is_default, custom }: BrandRow) => ({
    name,
    displayName,
    iconUrl,
    default: is_default,
    custom,
  })
  const changes = { attributes: changesBetween(written(before), written(row)), relationships: {} }
  const verb = row.deleted_at === null ? 'update' : 'delete'
  await recordEvents(tx, [{ name: `kustomer.brand.${verb}`, objectType: 'brand', objectId: id, data: { changes } }])
  return row
}
