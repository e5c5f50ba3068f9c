import { sql } from 'kysely'
import type { Selectable } from 'kysely'

import { batchStatement, qb } from '../../platform/db/database.ts'
import type { Reader, Tx } from '../../platform/db/database.ts'
import { jsonb } from '../../platform/db/json.ts'
import type { Klasses, Kobjects } from '../../platform/db/types.generated.ts'
import { newId } from '../../platform/ids.ts'
import type { Id } from '../../platform/ids.ts'
import type { Custom } from '../metadata/schema.ts'
import type { KlassInput, KlassUpdate } from './schema.ts'

export type KlassRow = Omit<Selectable<Klasses>, 'mixins'> & { mixins: Record<string, unknown> }
export type KObjectRow = Omit<Selectable<Kobjects>, 'custom' | 'data' | 'images'> & {
  custom: Custom
  data: Record<string, unknown>
  images: string[]
}

export async function findKlass(reader: Reader, names: string[]): Promise<KlassRow | undefined> {
  const rows = await reader.all(
    qb.selectFrom('klasses').selectAll().where('org_id', '=', reader.orgId).where('name', 'in', names),
  )
  const byName = names.map((name) => rows.find((row) => row.name === name)).find((row) => row !== undefined)
  return byName as KlassRow | undefined
}

export async function findKlassById(reader: Reader, id: Id): Promise<KlassRow | undefined> {
  return (await reader.first(
    qb.selectFrom('klasses').selectAll().where('org_id', '=', reader.orgId).where('id', '=', id),
  )) as KlassRow | undefined
}

export async function listKlasses(reader: Reader, status: string, limit: number, offset: number): Promise<KlassRow[]> {
  const rows = await reader.all(
    qb
      .selectFrom('klasses')
      .selectAll()
      .where('org_id', '=', reader.orgId)
      .where('status', '=', status)
      .orderBy('name')
      .limit(limit)
      .offset(offset),
  )
  return rows as KlassRow[]
}

/** Adds a klass; false when the name is taken. */
export async function insertKlass(
  tx: Tx,
  klass: KlassInput & { displayName: string; app: string | null; createdBy: Id | null },
): Promise<boolean> {
  const rows = await tx.all(
    qb
      .insertInto('klasses')
      .values({
        org_id: tx.orgId,
        id: newId(),
        name: klass.name,
        display_name: klass.displayName,
        icon: klass.icon ?? null,
        color: klass.color ?? null,
        status: klass.status,
        app: klass.app,
        mixins: jsonb(klass.mixins ?? {}),
        created_by: klass.createdBy,
        modified_by: klass.createdBy,
        json_schema: klass.jsonSchema === undefined || klass.jsonSchema === null ? null : jsonb(klass.jsonSchema),
      })
      .onConflict((conflict) => conflict.columns(['org_id', 'name']).doNothing())
      .returning('id'),
  )
  return rows.length > 0
}

export async function saveKlass(tx: Tx, id: Id, change: KlassUpdate, modifiedBy: Id): Promise<void> {
  await tx.all(
    qb
      .updateTable('klasses')
      .set({
        ...(change.displayName === undefined ? {} : { display_name: change.displayName }),
        ...(change.icon === undefined ? {} : { icon: change.icon }),
        ...(change.color === undefined ? {} : { color: change.color }),
        ...(change.status === undefined ? {} : { status: change.status }),
        ...(change.mixins === undefined ? {} : { mixins: jsonb(change.mixins) }),
        ...(change.jsonSchema === undefined || change.jsonSchema === null
          ? {}
          : { json_schema: jsonb(change.jsonSchema) }),
        modified_by: modifiedBy,
        updated_at: sql`now()`,
      })
      .where('org_id', '=', tx.orgId)
      .where('id', '=', id),
  )
}

export async function deleteKlassRow(tx: Tx, id: Id): Promise<void> {
  await tx.all(qb.deleteFrom('klasses').where('org_id', '=', tx.orgId).where('id', '=', id))
}

export async function hasObjects(reader: Reader, klass: string): Promise<boolean> {
  const row = await reader.first(
    qb
      .selectFrom('kobjects')
      .select('id')
      .where('org_id', '=', reader.orgId)
      .where('klass', '=', klass)
      .where('deleted_at', 'is', null)
      .limit(1),
  )
  return row !== undefined
}

const objects = (reader: Reader) =>
  qb.selectFrom('kobjects').selectAll().where('org_id', '=', reader.orgId).where('deleted_at', 'is', null)

export async function findObject(reader: Reader, klass: string, id: Id): Promise<KObjectRow | undefined> {
  return (await reader.first(objects(reader).where('id', '=', id).where('klass', '=', klass))) as KObjectRow | undefined
}

export async function findObjectsByIds(reader: Reader, ids: Id[]): Promise<KObjectRow[]> {
  return ids.length === 0 ? [] : ((await reader.all(objects(reader).where('id', 'in', ids))) as KObjectRow[])
}

/** An object of any klass. */
export async function findAnyObject(reader: Reader, id: Id): Promise<KObjectRow | undefined> {
  return (await reader.first(objects(reader).where('id', '=', id))) as KObjectRow | undefined
}

export async function lockObject(tx: Tx, klass: string, id: Id): Promise<KObjectRow | undefined> {
  return (await tx.first(objects(tx).where('id', '=', id).where('klass', '=', klass).forUpdate())) as
    | KObjectRow
    | undefined
}

/** The object that an installation brought under an id of its provider. */
export async function findObjectBySource(reader: Reader, key: ObjectKey): Promise<KObjectRow | undefined> {
  const row = await reader.first(
    objects(reader)
      .where('klass', '=', key.klass)
      .where('external_id', '=', key.externalId)
      .where('source', '=', key.source),
  )
  return row as KObjectRow | undefined
}

const eraseStatement = batchStatement<never>(
  `update kobjects set title = $3, description = null, custom = '{}', data = '{}', images = '[]', rev = rev + 1, updated_at = now()
   where org_id = $1 and id = any($2::text[])`,
)

/** Takes everything out of objects but that they were there. */
export async function eraseRows(tx: Tx, ids: Id[], title: string): Promise<void> {
  await tx.rows(eraseStatement, [tx.orgId, ids, title])
}

/** External ids are an installation's own; a look-up without one prefers what the API made, then the newest. */
export async function findObjectByExternalId(
  reader: Reader,
  klass: string,
  externalId: string,
): Promise<KObjectRow | undefined> {
  const row = await reader.first(
    objects(reader)
      .where('klass', '=', klass)
      .where('external_id', '=', externalId)
      .orderBy(sql`source = ''`, 'desc')
      .orderBy('id', 'desc')
      .limit(1),
  )
  return row as KObjectRow | undefined
}

export async function listObjects(
  reader: Reader,
  filter: { klass: string; customerId?: Id | undefined; companyId?: Id | undefined; fromDate?: string | undefined },
  limit: number,
  offset: number,
): Promise<KObjectRow[]> {
  let query = objects(reader).where('klass', '=', filter.klass)
  if (filter.customerId !== undefined) {
    query = query.where('customer_id', '=', filter.customerId)
  }
  if (filter.companyId !== undefined) {
    query = query.where('company_id', '=', filter.companyId)
  }
  if (filter.fromDate !== undefined) {
    query = query.where('created_at', '>=', new Date(filter.fromDate))
  }
  return (await reader.all(
    query.orderBy('created_at', 'desc').orderBy('id', 'desc').limit(limit).offset(offset),
  )) as KObjectRow[]
}

/** Adds one object; undefined when its external id is taken. */
export async function insertObject(
  tx: Tx,
  row: Omit<KObjectRow, 'org_id' | 'deleted_at' | 'updated_at' | 'rev'>,
): Promise<void> {
  await tx.all(
    qb.insertInto('kobjects').values({
      ...row,
      org_id: tx.orgId,
      images: jsonb(row.images),
      data: jsonb(row.data),
      custom: jsonb(row.custom),
    }),
  )
}

export async function saveObject(tx: Tx, row: KObjectRow, modifiedBy: Id | null): Promise<void> {
  await tx.all(
    qb
      .updateTable('kobjects')
      .set({
        customer_id: row.customer_id,
        company_id: row.company_id,
        external_id: row.external_id,
        title: row.title,
        description: row.description,
        icon: row.icon,
        images: jsonb(row.images),
        data: jsonb(row.data),
        custom: jsonb(row.custom),
        tags: row.tags,
        imported_at: row.imported_at,
        deleted_at: row.deleted_at,
        modified_by: modifiedBy,
        rev: sql`rev + 1`,
        updated_at: sql`now()`,
      })
      .where('org_id', '=', tx.orgId)
      .where('id', '=', row.id),
  )
}

export interface ObjectKey {
  klass: string
  externalId: string
  source: Id
}

const knownStatement = batchStatement<{ klass: string; external_id: string; source: Id; customer_id: Id | null }>(
  // A look-up each by the whole unique key, whatever the planner believes about the tables.
  `select wanted.klass, wanted.external_id, wanted.source, o.customer_id
   from unnest($2::text[], $3::text[], $4::text[]) as wanted (klass, external_id, source),
   lateral (select customer_id from kobjects
            where org_id = $1 and klass = wanted.klass and external_id = wanted.external_id and source = wanted.source offset 0) o`,
)

/** Which of these objects exist already, and whose they are. */
export async function findOwners(
  reader: Reader,
  keys: ObjectKey[],
): Promise<(ObjectKey & { customerId: Id | undefined })[]> {
  const rows = await reader.rows(knownStatement, [
    reader.orgId,
    keys.map((it) => it.klass),
    keys.map((it) => it.externalId),
    keys.map((it) => it.source),
  ])
  return rows.map((row) => ({
    klass: row.klass,
    externalId: row.external_id,
    source: row.source,
    customerId: row.customer_id ?? undefined,
  }))
}

const versionsStatement = batchStatement<{ id: Id; klass: string; external_id: string; version_at: Date }>(
  `select o.* from unnest($2::text[], $3::text[]) as k (klass, external_id),
   lateral (select id, klass, external_id, version_at from kobjects
            where org_id = $1 and klass = k.klass and external_id = k.external_id and source = $4 offset 0) o`,
)

/** The state of each of these that is here, by klass and external id. */
export async function findVersions(
  reader: Reader,
  source: Id,
  keys: { klass: string; externalId: string }[],
): Promise<Map<string, { id: Id; versionAt: Date }>> {
  const rows = await reader.rows(versionsStatement, [
    reader.orgId,
    keys.map((it) => it.klass),
    keys.map((it) => it.externalId),
    source,
  ])
  return new Map(rows.map((row) => [`${row.klass}/${row.external_id}`, { id: row.id, versionAt: row.version_at }]))
}

export interface VersionedObject extends ObjectKey {
  id: Id
  customerId: Id | undefined
  title: string
  description: string | undefined
  images: string[]
  data: object
  custom: Custom
  versionAt: Date
  createdAt: Date
}

export interface UpsertedObject extends ObjectKey {
  id: Id
  customerId: Id | undefined
  createdAt: Date
  inserted: boolean
}

// On equal versions the fuller state wins: some providers count time in whole seconds, and what comes later in a second
// has more in it. Only a row that did change is returned.
const upsertStatement = batchStatement<{
  id: Id
  klass: string
  external_id: string
  source: Id
  customer_id: Id | null
  created_at: Date
  inserted: boolean
}>(
  `insert into kobjects as o (org_id, id, klass, customer_id, external_id, source, title, description, icon, images, data, custom, version_at, created_at)
   select $1, i.id, i.klass, i.customer_id, i.external_id, i.source, i.title, i.description, k.icon, i.images, i.data, i.custom, i.version_at, i.created_at
   from jsonb_to_recordset($2::jsonb) as i (id text, klass text, customer_id text, external_id text, source text, title text, description text,
     images jsonb, data jsonb, custom jsonb, version_at timestamptz, created_at timestamptz)
   left join klasses k on k.org_id = $1 and k.name = i.klass
   on conflict (org_id, klass, external_id, source) do update set
     customer_id = coalesce(o.customer_id, excluded.customer_id), title = excluded.title, description = excluded.description,
     images = case when excluded.images = '[]'::jsonb then o.images else excluded.images end, data = o.data || excluded.data, custom = jsonb_strip_nulls(o.custom || excluded.custom),
     version_at = excluded.version_at, rev = o.rev + 1, updated_at = now(), deleted_at = null
   where (excluded.version_at, length(excluded.custom::text) + length(coalesce(excluded.description, '')) + length(excluded.images::text))
      >= (o.version_at, length(o.custom::text) + length(coalesce(o.description, '')) + length(o.images::text))
   returning o.id, o.klass, o.external_id, o.source, o.customer_id, o.created_at, (xmax = 0) as inserted`,
)

/** Writes each object unless the row holds a newer state; one that names no pictures says nothing of them. Two entries of one call must not share a key. */
export async function upsertObjects(tx: Tx, rows: VersionedObject[]): Promise<UpsertedObject[]> {
  const values = rows
    .toSorted((a, b) => (a.klass + a.externalId < b.klass + b.externalId ? -1 : 1)) // one order for all writers
    .map((it) => ({
      id: it.id,
      klass: it.klass,
      customer_id: it.customerId ?? null,
      external_id: it.externalId,
      source: it.source,
      title: it.title,
      description: it.description ?? null,
      images: it.images,
      data: it.data,
      custom: it.custom,
      version_at: it.versionAt.toISOString(),
      created_at: it.createdAt.toISOString(),
    }))
  const written = await tx.rows(upsertStatement, [tx.orgId, JSON.stringify(values)])
  return written.map((row) => ({
    id: row.id,
    klass: row.klass,
    externalId: row.external_id,
    source: row.source,
    customerId: row.customer_id ?? undefined,
    createdAt: row.created_at,
    inserted: row.inserted,
  }))
}

const ownersSayingStatement = batchStatement<{ customer_id: Id }>(
  `select c.id as customer_id from unnest($2::text[]) as c (id)
   where exists (select from kobjects o join search_texts s on s.org_id = o.org_id and s.id = o.id
                 where o.org_id = $1 and o.customer_id = c.id and o.id <> $4 and o.deleted_at is null and s.words @@ $3::tsquery)`,
)

/** Which of these customers have an object, but for one, whose words fulfil a condition of the word index. */
export async function findOwnersSaying(reader: Reader, query: string, customerIds: Id[], but: Id): Promise<Set<Id>> {
  const rows = await reader.rows(ownersSayingStatement, [reader.orgId, customerIds, query, but])
  return new Set(rows.map((row) => row.customer_id))
}
