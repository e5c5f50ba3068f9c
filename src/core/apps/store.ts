import { sql } from 'kysely'
import type { Selectable } from 'kysely'

import { qb, statement } from '../../platform/db/database.ts'
import type { Reader, Tx } from '../../platform/db/database.ts'
import { jsonb } from '../../platform/db/json.ts'
import type { Hooks, Installations } from '../../platform/db/types.generated.ts'
import type { Id } from '../../platform/ids.ts'

export type InstallationRow = Omit<Selectable<Installations>, 'settings'> & { settings: Record<string, unknown> }
export type HookRow = Selectable<Hooks>

/** Adds an installation; false when the app has one of that name. */
export async function insertInstallation(
  tx: Tx,
  row: {
    id: Id
    app: string
    name: string
    version: string
    settings: object
    secrets: Buffer | null
    createdBy: Id | null
  },
): Promise<boolean> {
  const rows = await tx.all(
    qb
      .insertInto('installations')
      .values({
        org_id: tx.orgId,
        id: row.id,
        app: row.app,
        name: row.name,
        version: row.version,
        settings: jsonb(row.settings),
        secrets: row.secrets,
        created_by: row.createdBy,
      })
      .onConflict((conflict) => conflict.doNothing())
      .returning('id'),
  )
  return rows.length > 0
}

const installations = (reader: Reader) => qb.selectFrom('installations').selectAll().where('org_id', '=', reader.orgId)

export async function findInstallation(reader: Reader, id: Id): Promise<InstallationRow | undefined> {
  return (await reader.first(installations(reader).where('id', '=', id))) as InstallationRow | undefined
}

export async function findInstallations(reader: Reader, ids: Id[]): Promise<InstallationRow[]> {
  return ids.length === 0 ? [] : ((await reader.all(installations(reader).where('id', 'in', ids))) as InstallationRow[])
}

export async function findInstallationsOf(reader: Reader, app: string): Promise<InstallationRow[]> {
  return (await reader.all(installations(reader).where('app', '=', app).orderBy('id'))) as InstallationRow[]
}

export async function lockInstallation(tx: Tx, id: Id): Promise<InstallationRow | undefined> {
  return (await tx.first(installations(tx).where('id', '=', id).forUpdate())) as InstallationRow | undefined
}

export async function listInstallations(reader: Reader, limit: number, offset: number): Promise<InstallationRow[]> {
  return (await reader.all(installations(reader).orderBy('id').limit(limit).offset(offset))) as InstallationRow[]
}

export async function installationNames(reader: Reader, app: string): Promise<string[]> {
  const rows = await reader.all(
    qb.selectFrom('installations').select('name').where('org_id', '=', reader.orgId).where('app', '=', app),
  )
  return rows.map((row) => row.name)
}

export async function countInstallations(reader: Reader): Promise<Map<string, number>> {
  const rows = await reader.all(
    qb
      .selectFrom('installations')
      .select(['app', sql<number>`count(*)`.as('count')])
      .where('org_id', '=', reader.orgId)
      .groupBy('app'),
  )
  return new Map(rows.map((row) => [row.app, row.count]))
}

export async function saveInstallation(tx: Tx, row: InstallationRow): Promise<void> {
  await tx.all(
    qb
      .updateTable('installations')
      .set({
        name: row.name,
        version: row.version,
        status: row.status,
        status_reason: row.status_reason,
        settings: jsonb(row.settings),
        secrets: row.secrets,
        rev: sql`rev + 1`,
        updated_at: sql`now()`,
      })
      .where('org_id', '=', tx.orgId)
      .where('id', '=', row.id),
  )
}

export async function saveUser(tx: Tx, id: Id, userId: Id): Promise<void> {
  await tx.all(
    qb.updateTable('installations').set({ user_id: userId }).where('org_id', '=', tx.orgId).where('id', '=', id),
  )
}

export async function deleteInstallationRow(tx: Tx, id: Id): Promise<void> {
  await tx.all(qb.deleteFrom('installations').where('org_id', '=', tx.orgId).where('id', '=', id))
}

export async function isInUse(reader: Reader, installationId: Id): Promise<boolean> {
  const row = await reader.first(
    qb
      .selectFrom('feedback')
      .select('id')
      .where('org_id', '=', reader.orgId)
      .where('installation_id', '=', installationId)
      .limit(1),
  )
  return row !== undefined
}

export async function insertHooks(
  tx: Tx,
  rows: {
    id: Id
    type: 'form' | 'web' | 'email'
    hash: string
    title: string
    description: string
    eventName: string
    installationId: Id | null
    webhook: string | null
    createdBy: Id | null
  }[],
): Promise<void> {
  if (rows.length === 0) {
    return
  }
  await tx.all(
    qb.insertInto('hooks').values(
      rows.map((row) => ({
        org_id: tx.orgId,
        id: row.id,
        type: row.type,
        hash: row.hash,
        title: row.title,
        description: row.description,
        event_name: row.eventName,
        installation_id: row.installationId,
        webhook: row.webhook,
        created_by: row.createdBy,
      })),
    ),
  )
}

const hookStatement = statement<HookRow>(
  'hook-by-hash',
  `select * from hooks where org_id = $1 and hash = $2
   union all select * from hooks where org_id = $1 and previous_hash = $2 and previous_until > now() limit 1`,
)

/** By its address, or by the one that it had until not long ago. */
export async function findHookByHash(reader: Reader, hash: string): Promise<HookRow | undefined> {
  return (await reader.rows(hookStatement, [reader.orgId, hash]))[0]
}

export async function findHookById(reader: Reader, id: Id): Promise<HookRow | undefined> {
  return reader.first(qb.selectFrom('hooks').selectAll().where('org_id', '=', reader.orgId).where('id', '=', id))
}

/** Gives a hook another address; the one that it has goes on until `until`, the one before that ends. */
export async function saveHash(tx: Tx, id: Id, hash: string, until: Date): Promise<void> {
  await tx.all(
    qb
      .updateTable('hooks')
      .set({ previous_hash: sql.ref('hash'), previous_until: until, hash, updated_at: sql`now()` })
      .where('org_id', '=', tx.orgId)
      .where('id', '=', id),
  )
}

export async function findHook(reader: Reader, type: string, id: Id): Promise<HookRow | undefined> {
  return reader.first(
    qb.selectFrom('hooks').selectAll().where('org_id', '=', reader.orgId).where('type', '=', type).where('id', '=', id),
  )
}

export async function listHooks(
  reader: Reader,
  type: string,
  limit: number,
  offset: number,
): Promise<(HookRow & { app: string | null })[]> {
  return reader.all(
    qb
      .selectFrom('hooks')
      .leftJoin('installations', (join) =>
        join.onRef('installations.org_id', '=', 'hooks.org_id').onRef('installations.id', '=', 'hooks.installation_id'),
      )
      .selectAll('hooks')
      .select('installations.app')
      .where('hooks.org_id', '=', reader.orgId)
      .where('hooks.type', '=', type)
      .orderBy('hooks.id')
      .limit(limit)
      .offset(offset),
  )
}

export async function hooksOf(reader: Reader, installationIds: Id[]): Promise<HookRow[]> {
  return installationIds.length === 0
    ? []
    : reader.all(
        qb
          .selectFrom('hooks')
          .selectAll()
          .where('org_id', '=', reader.orgId)
          .where('installation_id', 'in', installationIds)
          .orderBy('id'),
      )
}

export async function saveHook(
  tx: Tx,
  id: Id,
  change: { title?: string | undefined; description?: string | undefined; debug?: boolean | undefined },
): Promise<void> {
  await tx.all(
    qb
      .updateTable('hooks')
      .set({
        ...(change.title === undefined ? {} : { title: change.title }),
        ...(change.description === undefined ? {} : { description: change.description }),
        ...(change.debug === undefined ? {} : { debug: change.debug }),
        updated_at: sql`now()`,
      })
      .where('org_id', '=', tx.orgId)
      .where('id', '=', id),
  )
}

export async function deleteHookRow(tx: Tx, id: Id): Promise<void> {
  await tx.all(qb.deleteFrom('hooks').where('org_id', '=', tx.orgId).where('id', '=', id))
}
