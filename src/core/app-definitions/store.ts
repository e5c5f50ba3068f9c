import { sql } from 'kysely'
import type { Selectable } from 'kysely'

import { qb } from '../../platform/db/database.ts'
import type { Reader, Tx } from '../../platform/db/database.ts'
import { jsonb } from '../../platform/db/json.ts'
import type { AppDefinitions, AppLogs, AppRegistrations } from '../../platform/db/types.generated.ts'
import { newId } from '../../platform/ids.ts'
import type { Id } from '../../platform/ids.ts'
import type { Definition, LogInput } from './schema.ts'

export type RegistrationRow = Selectable<AppRegistrations>
export type DefinitionRow = Omit<Selectable<AppDefinitions>, 'definition'> & { definition: Definition }
export type LogRow = Selectable<AppLogs>

const registrations = (reader: Reader) =>
  qb.selectFrom('app_registrations').selectAll().where('org_id', '=', reader.orgId)

export async function findRegistration(
  reader: Reader,
  by: { app: string } | { clientId: string },
): Promise<RegistrationRow | undefined> {
  return reader.first(
    'app' in by
      ? registrations(reader).where('app', '=', by.app)
      : registrations(reader).where('client_id', '=', by.clientId),
  )
}

/** Throws the database's uniqueness error when the name is taken. */
export async function insertRegistration(
  tx: Tx,
  row: Pick<RegistrationRow, 'id' | 'app' | 'url' | 'client_id' | 'sealed_secret' | 'created_by'>,
): Promise<void> {
  await tx.all(qb.insertInto('app_registrations').values({ ...row, org_id: tx.orgId }))
}

export async function saveSecret(tx: Tx, id: Id, sealedSecret: Buffer): Promise<void> {
  const change = { sealed_secret: sealedSecret, updated_at: sql<Date>`now()` }
  await tx.all(qb.updateTable('app_registrations').set(change).where('org_id', '=', tx.orgId).where('id', '=', id))
}

const definitions = (reader: Reader) => qb.selectFrom('app_definitions').selectAll().where('org_id', '=', reader.orgId)

/** The newest version of an app; undefined for one that is not published here. */
export async function findNewest(reader: Reader, app: string): Promise<DefinitionRow | undefined> {
  return (await reader.first(definitions(reader).where('app', '=', app).orderBy('id', 'desc').limit(1))) as
    | DefinitionRow
    | undefined
}

export async function findVersion(reader: Reader, app: string, version: string): Promise<DefinitionRow | undefined> {
  return (await reader.first(definitions(reader).where('app', '=', app).where('version', '=', version))) as
    | DefinitionRow
    | undefined
}

/** The newest version of every app. */
export async function listNewest(reader: Reader): Promise<DefinitionRow[]> {
  return (await reader.all(
    definitions(reader).distinctOn('app').orderBy('app').orderBy('id', 'desc'),
  )) as DefinitionRow[]
}

export async function insertDefinition(tx: Tx, definition: Definition, createdBy: Id | null): Promise<void> {
  await tx.all(
    qb.insertInto('app_definitions').values({
      org_id: tx.orgId,
      id: newId(),
      app: definition.app,
      version: definition.version,
      definition: jsonb(definition),
      created_by: createdBy,
    }),
  )
}

const keptDays = 30

export async function insertLog(tx: Tx, log: LogInput, createdBy: Id): Promise<LogRow> {
  await tx.all(
    qb
      .deleteFrom('app_logs')
      .where('org_id', '=', tx.orgId)
      .where('app', '=', log.app)
      .where('created_at', '<', sql<Date>`now() - make_interval(days => ${keptDays})`),
  )
  const [row] = await tx.all(
    qb
      .insertInto('app_logs')
      .values({
        org_id: tx.orgId,
        id: newId(),
        app: log.app,
        level: log.level,
        code: log.code ?? null,
        name: log.name ?? null,
        message: log.message,
        body: log.body === undefined ? null : jsonb(log.body as object),
        created_by: createdBy,
      })
      .returningAll(),
  )
  return row as LogRow
}

export async function listLogs(
  reader: Reader,
  app: string | undefined,
  limit: number,
  offset: number,
): Promise<LogRow[]> {
  let query = qb.selectFrom('app_logs').selectAll().where('org_id', '=', reader.orgId)
  if (app !== undefined) {
    query = query.where('app', '=', app)
  }
  return reader.all(query.orderBy('id', 'desc').limit(limit).offset(offset))
}
