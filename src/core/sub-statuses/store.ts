import type { Selectable } from 'kysely'

import { qb } from '../../platform/db/database.ts'
import type { Reader, Tx } from '../../platform/db/database.ts'
import type { SubStatuses } from '../../platform/db/types.generated.ts'
import type { Id } from '../../platform/ids.ts'

export type SubStatusRow = Omit<Selectable<SubStatuses>, 'status'> & { status: 'open' | 'snoozed' | 'done' }

const subStatuses = (reader: Reader) =>
  qb.selectFrom('sub_statuses').selectAll().where('org_id', '=', reader.orgId).where('deleted_at', 'is', null)

export async function findSubStatus(reader: Reader, id: Id): Promise<SubStatusRow | undefined> {
  return (await reader.first(subStatuses(reader).where('id', '=', id))) as SubStatusRow | undefined
}

export async function listSubStatuses(reader: Reader, limit: number, offset: number): Promise<SubStatusRow[]> {
  const query = subStatuses(reader).orderBy('status').orderBy('position').orderBy('id')
  return (await reader.all(query.limit(limit).offset(offset))) as SubStatusRow[]
}

/** Throws the database's uniqueness error when the name is taken. */
export async function insertSubStatus(tx: Tx, row: SubStatusRow): Promise<void> {
  await tx.all(qb.insertInto('sub_statuses').values(row))
}

/** Throws the database's uniqueness error when the name is taken. */
export async function saveSubStatus(tx: Tx, row: SubStatusRow): Promise<void> {
  const { name, position, updated_at, deleted_at } = row
  await tx.all(
    qb
      .updateTable('sub_statuses')
      .set({ name, position, updated_at, deleted_at })
      .where('org_id', '=', tx.orgId)
      .where('id', '=', row.id),
  )
}
