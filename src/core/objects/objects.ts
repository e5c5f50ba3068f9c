import type { Reader, Tx } from '../../platform/db/database.ts'
import { databaseErrorCode } from '../../platform/db/database.ts'
import { adminOnly } from '../../platform/http/access.ts'
import type { Authorized } from '../../platform/http/access.ts'
import { checkRev } from '../../platform/http/conflict.ts'
import { ApiError, notFound } from '../../platform/http/errors.ts'
import { isId, newId } from '../../platform/ids.ts'
import type { Id } from '../../platform/ids.ts'
import { withoutNulls } from '../../platform/json.ts'
import { indexTexts, matchingIds, removeTexts, wholeWordsCondition } from '../../platform/words/word-index.ts'
import { checkedCompany } from '../companies/companies.ts'
import { getCustomer, recordActivity } from '../customers/customers.ts'
import { changesBetween, recordEvents } from '../events/events.ts'
import type { DomainEvent } from '../events/events.ts'
import { checkCustom, customTexts, declareAttributes } from '../metadata/metadata.ts'
import type { Custom } from '../metadata/schema.ts'
import type { KlassInput, KlassUpdate, KObjectInput, KObjectUpdate } from './schema.ts'
import { showObject } from './show.ts'
import {
  deleteKlassRow,
  eraseRows,
  findAnyObject,
  findKlass,
  findKlassById,
  findObject,
  findObjectByExternalId,
  findObjectsByIds,
  findOwnersSaying,
  hasObjects,
  insertKlass,
  insertObject,
  lockObject,
  saveKlass,
  saveObject,
  upsertObjects as upsertRows,
} from './store.ts'
import type { KlassRow, KObjectRow, UpsertedObject, VersionedObject } from './store.ts'

export type { KlassRow, KObjectRow, ObjectKey, UpsertedObject, VersionedObject } from './store.ts'
export { findObjectBySource, findObjectsByIds, findOwners, findVersions, listKlasses, listObjects } from './store.ts'

const uniqueViolation = '23505'

/** A klass by its name, singular or plural as paths have it; throws 404. */
export async function getKlass(reader: Reader, name: string): Promise<KlassRow> {
  const klass = await findKlass(reader, name.endsWith('s') ? [name, name.slice(0, -1)] : [name])
  if (klass === undefined) {
    throw notFound('Klass', 'name')
  }
  return klass
}

export async function getKlassById(reader: Reader, id: Id): Promise<KlassRow> {
  const klass = await findKlassById(reader, id)
  if (klass === undefined) {
    throw notFound('Klass')
  }
  return klass
}

export async function createKlass(tx: Tx, by: Authorized<'klass'>, input: KlassInput): Promise<KlassRow> {
  const added = await insertKlass(tx, {
    ...input,
    displayName: input.displayName ?? input.name,
    app: null,
    createdBy: by.userId,
  })
  if (!added) {
    throw new ApiError('conflict', `There is a klass named ${input.name} already.`, { pointer: '/name' })
  }
  const klass = await getKlass(tx, input.name)
  await klassEvent(tx, 'create', klass.id)
  return klass
}

/** What an app brings: its klass with attributes; an existing one keeps what admins made of it. */
export async function ensureKlass(
  tx: Tx,
  app: string,
  name: string,
  klass: { title: string; icon: string; color: string; attributes: Record<string, string | undefined> },
): Promise<void> {
  await insertKlass(tx, {
    name,
    displayName: klass.title,
    icon: klass.icon,
    color: klass.color,
    status: 'enabled',
    app,
    createdBy: null,
  })
  await declareAttributes(tx, `kobject.${name}`, klass.attributes)
}

export async function updateKlass(tx: Tx, by: Authorized<'klass'>, id: Id, change: KlassUpdate): Promise<KlassRow> {
  await getKlassById(tx, id)
  await saveKlass(tx, id, change, by.userId)
  await klassEvent(tx, 'update', id)
  return getKlassById(tx, id)
}

export async function deleteKlass(tx: Tx, _by: Authorized<'klass'>, id: Id): Promise<void> {
  const klass = await getKlassById(tx, id)
  if (await hasObjects(tx, klass.name)) {
    throw new ApiError(
      'unprocessable',
      `There are still ${klass.display_name} objects; a klass that is in use cannot be deleted.`,
    )
  }
  await deleteKlassRow(tx, id)
  await klassEvent(tx, 'delete', id)
}

async function klassEvent(tx: Tx, verb: 'create' | 'update' | 'delete', id: Id): Promise<void> {
  await recordEvents(tx, [{ name: `kustomer.klass.${verb}`, objectType: 'klass', objectId: id }])
}

export async function getObject(reader: Reader, klass: string, id: Id): Promise<KObjectRow> {
  const row = await findObject(reader, klass, id)
  if (row === undefined) {
    throw notFound('Object')
  }
  return row
}

/** An object of whatever klass; throws 404. */
export async function getAnyObject(reader: Reader, id: Id): Promise<KObjectRow> {
  const row = await findAnyObject(reader, id)
  if (row === undefined) {
    throw notFound('Object')
  }
  return row
}

export async function getObjectByExternalId(reader: Reader, klass: string, externalId: string): Promise<KObjectRow> {
  const row = await findObjectByExternalId(reader, klass, externalId)
  if (row === undefined) {
    throw notFound('Object', 'externalId')
  }
  return row
}

/** Creates an object; the caller puts it on the timeline. Only admins may say when it was created (facts 1.8). */
export async function createObject(
  tx: Tx,
  by: Authorized<'kobject'>,
  klass: KlassRow,
  input: KObjectInput,
): Promise<KObjectRow> {
  if (klass.status !== 'enabled') {
    throw new ApiError(
      'unprocessable',
      `${klass.display_name} takes no new objects: it is ${klass.status.replace('_', ' ')}.`,
    )
  }
  adminOnly(by, { createdAt: input.createdAt })
  checkCustom(input.custom ?? {})
  const customerId = await checkedCustomer(tx, input.customer)
  const companyId = await checkedCompany(tx, input.company)
  const now = new Date()
  const createdAt = input.createdAt === undefined ? now : new Date(input.createdAt)
  const id = newId()
  try {
    await insertObject(tx, {
      id,
      klass: klass.name,
      customer_id: customerId,
      company_id: companyId,
      external_id: input.externalId ?? null,
      source: '',
      title: input.title,
      description: input.description ?? null,
      icon: input.icon ?? klass.icon,
      images: input.images ?? [],
      data: input.data ?? {},
      custom: withoutNulls(input.custom ?? {}),
      tags: input.tags ?? [],
      version_at: now,
      created_at: createdAt,
      imported_at: input.importedAt === undefined || input.importedAt === null ? null : new Date(input.importedAt),
      created_by: by.userId,
      modified_by: by.userId,
    })
  } catch (error) {
    throw asConflict(error)
  }
  await touchOwner(tx, customerId, klass.name)
  await recordEvents(tx, [objectEvent('create', klass.name, id, customerId ?? undefined)])
  const row = await getObject(tx, klass.name, id)
  await indexTexts(tx, 'kobject', [{ id, texts: objectTexts(row) }])
  return row
}

export async function updateObject(
  tx: Tx,
  by: Authorized<'kobject'>,
  klass: KlassRow,
  id: Id,
  change: KObjectUpdate,
): Promise<{ before: KObjectRow; after: KObjectRow }> {
  const before = await lockObject(tx, klass.name, id)
  if (before === undefined) {
    throw notFound('Object')
  }
  checkRev('object', change.rev, before.rev)
  checkCustom(change.custom ?? {})
  const customerId = change.customer === undefined ? before.customer_id : await checkedCustomer(tx, change.customer)
  const row: KObjectRow = {
    ...before,
    customer_id: customerId,
    company_id: change.company === undefined ? before.company_id : await checkedCompany(tx, change.company),
    external_id: change.externalId === undefined ? before.external_id : change.externalId,
    title: change.title ?? before.title,
    description: change.description === undefined ? before.description : change.description,
    icon: change.icon === undefined ? before.icon : change.icon,
    images: change.images ?? before.images,
    data: { ...before.data, ...change.data },
    tags: change.tags ?? before.tags,
    custom: withoutNulls({ ...before.custom, ...change.custom }),
  }
  try {
    await saveObject(tx, row, by.userId)
  } catch (error) {
    throw asConflict(error)
  }
  await touchOwner(tx, customerId, klass.name)
  const after = await getObject(tx, klass.name, id)
  await indexTexts(tx, 'kobject', [{ id, texts: objectTexts(after) }])
  const changes = {
    attributes: changesBetween(showObject(before).attributes, showObject(after).attributes),
    relationships: changesBetween({ customer: before.customer_id }, { customer: after.customer_id }),
  }
  await recordEvents(tx, [
    { ...objectEvent('update', klass.name, id, customerId ?? undefined), data: { by: by.userId, changes } },
  ])
  return { before, after }
}

/** Takes everything out of objects, and the words by which they are found. */
export async function eraseObjects(tx: Tx, ids: Id[], title: string): Promise<void> {
  await eraseRows(tx, ids, title)
  await removeTexts(tx, ids)
}

export async function deleteObject(tx: Tx, by: Authorized<'kobject'>, klass: KlassRow, id: Id): Promise<KObjectRow> {
  const row = await lockObject(tx, klass.name, id)
  if (row === undefined) {
    throw notFound('Object')
  }
  await saveObject(tx, { ...row, deleted_at: new Date() }, by.userId)
  await removeTexts(tx, [id])
  await recordEvents(tx, [objectEvent('delete', klass.name, id, row.customer_id ?? undefined)])
  return row
}

/** Writes what providers told, each object unless its row holds a newer state, with the words by which it is found. */
export async function upsertObjects(tx: Tx, rows: VersionedObject[]): Promise<UpsertedObject[]> {
  const written = await upsertRows(tx, rows)
  const given = new Map(rows.map((row) => [row.id, row]))
  const fresh = written.filter((it) => it.inserted).flatMap((it) => given.get(it.id) ?? [])
  // An update is merged with what was there, so its texts are read back.
  const merged = await findObjectsByIds(
    tx,
    written.filter((it) => !it.inserted).map((it) => it.id),
  )
  await indexTexts(tx, 'kobject', [
    ...fresh.map((it) => ({ id: it.id, texts: textsOf(it.title, it.description, it.externalId, it.custom) })),
    ...merged.map((it) => ({ id: it.id, texts: objectTexts(it) })),
  ])
  return written
}

/** The objects that have all words of `text` as whole words; none when they are too many to tell anything. */
export async function findObjectsSaying(reader: Reader, text: string, limit: number): Promise<KObjectRow[]> {
  const condition = wholeWordsCondition(reader.orgId, 'kobject', text)
  const ids = condition === undefined ? undefined : await matchingIds(reader, 'kobject', condition)
  return ids === undefined || ids.length > limit ? [] : findObjectsByIds(reader, ids)
}

/** Which of these customers have an object, but for one, that has all words of `text` as whole words. */
export async function findOwnersOfObjectsSaying(
  reader: Reader,
  text: string,
  customerIds: Id[],
  but: Id,
): Promise<Set<Id>> {
  const condition = wholeWordsCondition(reader.orgId, 'kobject', text)
  return condition === undefined ? new Set() : findOwnersSaying(reader, condition.query, customerIds, but)
}

/** The texts by which an object is found. */
export function objectTexts(row: KObjectRow): string[] {
  return textsOf(row.title, row.description, row.external_id, row.custom)
}

function textsOf(
  title: string,
  description: string | null | undefined,
  externalId: string | null,
  custom: Custom,
): string[] {
  return [title, description ?? '', externalId ?? '', ...customTexts(custom)]
}

export function objectEvent(
  verb: 'create' | 'update' | 'delete',
  klass: string,
  id: Id,
  customerId: Id | undefined,
): DomainEvent {
  return { name: `kustomer.kobject.${klass}.${verb}`, objectType: `kobject.${klass}`, objectId: id, customerId }
}

async function checkedCustomer(tx: Tx, customer: string | null | undefined): Promise<Id | null> {
  if (customer === null || customer === undefined) {
    return null
  }
  if (!isId(customer)) {
    throw new ApiError('badparam', 'customer must be the id of a customer', { pointer: '/customer' })
  }
  await getCustomer(tx, customer)
  return customer
}

async function touchOwner(tx: Tx, customerId: Id | null, klass: string): Promise<void> {
  if (customerId !== null) {
    await recordActivity(tx, [{ customerId, name: undefined, klasses: [klass], custom: {} }])
  }
}

function asConflict(error: unknown): unknown {
  return databaseErrorCode(error) === uniqueViolation
    ? new ApiError('conflict', 'There is an object with this external id already.', { pointer: '/externalId' })
    : error
}
