import { sql } from 'kysely'
import type { Selectable } from 'kysely'

import { qb } from '../../platform/db/database.ts'
import type { Reader, Tx } from '../../platform/db/database.ts'
import { jsonb } from '../../platform/db/json.ts'
import type { Shortcuts } from '../../platform/db/types.generated.ts'
import type { Id } from '../../platform/ids.ts'
import type { Changes } from './schema.ts'

export type ShortcutRow = Omit<Selectable<Shortcuts>, 'changes'> & { changes: Changes }

/** Those a user has: the shared ones and their own. */
const shortcuts = (reader: Reader, userId: Id) =>
  qb
    .selectFrom('shortcuts')
    .selectAll()
    .where('org_id', '=', reader.orgId)
    .where('deleted_at', 'is', null)
    .where(sql<boolean>`(shared or owner_id = ${userId})`)

export async function findShortcut(reader: Reader, userId: Id, id: Id): Promise<ShortcutRow | undefined> {
  return (await reader.first(shortcuts(reader, userId).where('id', '=', id))) as ShortcutRow | undefined
}

export async function lockShortcut(tx: Tx, userId: Id, id: Id): Promise<ShortcutRow | undefined> {
  return (await tx.first(shortcuts(tx, userId).where('id', '=', id).forNoKeyUpdate())) as ShortcutRow | undefined
}

export async function listShortcuts(reader: Reader, userId: Id, limit: number, offset: number): Promise<ShortcutRow[]> {
  const query = shortcuts(reader, userId).orderBy('name').orderBy('id').limit(limit).offset(offset)
  return (await reader.all(query)) as ShortcutRow[]
}

/** Throws the database's uniqueness error when the keyword is taken. */
export async function insertShortcut(tx: Tx, row: ShortcutRow): Promise<void> {
  await tx.all(qb.insertInto('shortcuts').values({ ...row, changes: jsonb(row.changes) }))
}

/** Throws the database's uniqueness error when the keyword is taken. */
export async function saveShortcut(tx: Tx, row: ShortcutRow): Promise<void> {
  const { org_id: _org, id: _id, created_at: _at, created_by: _by, ...values } = row
  const changed = { ...values, changes: jsonb(row.changes) }
  await tx.all(qb.updateTable('shortcuts').set(changed).where('org_id', '=', tx.orgId).where('id', '=', row.id))
}
