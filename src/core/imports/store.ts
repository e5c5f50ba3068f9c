import { sql } from 'kysely'
import type { Selectable } from 'kysely'

import { qb } from '../../platform/db/database.ts'
import type { Reader, Tx } from '../../platform/db/database.ts'
import type { Imports } from '../../platform/db/types.generated.ts'
import type { Id } from '../../platform/ids.ts'

export type ImportRow = Omit<Selectable<Imports>, 'kind' | 'state'> & {
  kind: 'backfill' | 'reconciliation'
  state: 'running' | 'done' | 'canceled' | 'failed'
}

const imports = (reader: Reader) => qb.selectFrom('imports').selectAll().where('org_id', '=', reader.orgId)

export async function findImport(reader: Reader, id: Id): Promise<ImportRow | undefined> {
  return (await reader.first(imports(reader).where('id', '=', id))) as ImportRow | undefined
}

export async function lockImport(tx: Tx, id: Id): Promise<ImportRow | undefined> {
  return (await tx.first(imports(tx).where('id', '=', id).forUpdate())) as ImportRow | undefined
}

export async function listImports(reader: Reader, installationId: Id, limit: number): Promise<ImportRow[]> {
  return (await reader.all(
    imports(reader).where('installation_id', '=', installationId).orderBy('id', 'desc').limit(limit),
  )) as ImportRow[]
}

/** Adds one that runs; false when the installation has one already. */
export async function insertImport(
  tx: Tx,
  row: Pick<ImportRow, 'id' | 'installation_id' | 'kind' | 'started_by'>,
): Promise<boolean> {
  const rows = await tx.all(
    qb
      .insertInto('imports')
      .values({ org_id: tx.orgId, ...row })
      .onConflict((conflict) => conflict.doNothing())
      .returning('id'),
  )
  return rows.length > 0
}

export async function saveImport(tx: Tx, row: ImportRow): Promise<void> {
  const { org_id: _org, id: _id, started_at: _started, updated_at: _updated, ...values } = row
  await tx.all(
    qb
      .updateTable('imports')
      .set({ ...values, updated_at: sql`now()` })
      .where('org_id', '=', tx.orgId)
      .where('id', '=', row.id),
  )
}
