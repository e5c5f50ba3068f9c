import { sql } from 'kysely'
import type { Selectable } from 'kysely'

import { qb } from '../../platform/db/database.ts'
import type { Reader, Tx } from '../../platform/db/database.ts'
import type { Tags } from '../../platform/db/types.generated.ts'
import { newId } from '../../platform/ids.ts'
import type { Id } from '../../platform/ids.ts'

export type TagRow = Selectable<Tags>

const tags = (reader: Reader) => qb.selectFrom('tags').selectAll().where('org_id', '=', reader.orgId)

export async function findTag(reader: Reader, id: Id): Promise<TagRow | undefined> {
  return reader.first(tags(reader).where('id', '=', id).where('deleted_at', 'is', null))
}

/** The same, deleted or not. */
export async function findAnyTag(reader: Reader, id: Id): Promise<TagRow | undefined> {
  return reader.first(tags(reader).where('id', '=', id))
}

export async function findTagsByIds(reader: Reader, ids: Id[]): Promise<TagRow[]> {
  return ids.length === 0 ? [] : reader.all(tags(reader).where('id', 'in', ids).where('deleted_at', 'is', null))
}

export async function listTags(reader: Reader, deleted: boolean, limit: number, offset: number): Promise<TagRow[]> {
  return reader.all(
    tags(reader)
      .where('deleted_at', deleted ? 'is not' : 'is', null)
      .orderBy(sql`lower(name)`)
      .orderBy('id')
      .limit(limit)
      .offset(offset),
  )
}

/** The tags of these names, whatever their case; those that are missing are made. */
export async function findOrInsertTags(tx: Tx, names: string[]): Promise<TagRow[]> {
  if (names.length === 0) {
    return []
  }
  const ordered = names.toSorted((a, b) => (a.toLowerCase() < b.toLowerCase() ? -1 : 1)) // one order for all writers
  await tx.all(
    qb
      .insertInto('tags')
      .values(ordered.map((name) => ({ org_id: tx.orgId, id: newId(), name })))
      .onConflict((conflict) => conflict.doNothing()),
  )
  return findTagsByNames(tx, names)
}

/** The tags of these names, whatever their case. */
export async function findTagsByNames(reader: Reader, names: string[]): Promise<TagRow[]> {
  const lower = names.map((name) => name.toLowerCase())
  return lower.length === 0
    ? []
    : reader.all(
        tags(reader)
          .where('deleted_at', 'is', null)
          .where(sql`lower(name)`, 'in', lower),
      )
}

/** Adds a tag; undefined when its name is taken. */
export async function insertTag(tx: Tx, tag: { name: string; color: string | null }): Promise<TagRow | undefined> {
  return tx.first(
    qb
      .insertInto('tags')
      .values({ org_id: tx.orgId, id: newId(), ...tag })
      .onConflict((conflict) => conflict.doNothing())
      .returningAll(),
  )
}

/** Saves what is given; throws the database's uniqueness error when the name is taken. */
export async function saveTag(
  tx: Tx,
  id: Id,
  change: { name?: string; color?: string | null; deleted_at?: Date | null },
): Promise<void> {
  await tx.all(
    qb
      .updateTable('tags')
      .set({ ...change, updated_at: sql`now()` })
      .where('org_id', '=', tx.orgId)
      .where('id', '=', id),
  )
}
