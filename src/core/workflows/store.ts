import { sql } from 'kysely'
import type { Selectable } from 'kysely'

import { batchStatement, qb } from '../../platform/db/database.ts'
import type { Reader, Tx } from '../../platform/db/database.ts'
import { jsonb } from '../../platform/db/json.ts'
import type { Workflows, WorkflowVariables, WorkflowVersions } from '../../platform/db/types.generated.ts'
import type { Id } from '../../platform/ids.ts'
import type { Problem, WorkflowDocument } from './schema.ts'

/** What an app brings now, while what an admin made of it stays. */
export interface Upgrade {
  document: WorkflowDocument
  appVersion: string
}

export type WorkflowRow = Omit<Selectable<Workflows>, 'draft' | 'problems' | 'origin_document' | 'upgrade'> & {
  draft: WorkflowDocument
  problems: Problem[]
  origin_document: WorkflowDocument | null
  upgrade: Upgrade | null
}
export type VersionRow = Omit<Selectable<WorkflowVersions>, 'document'> & { document: WorkflowDocument }
export type VariableRow = Omit<Selectable<WorkflowVariables>, 'type' | 'value'> & {
  type: 'string' | 'number' | 'boolean' | 'secret'
  value: string | number | boolean | null
}

const workflows = (reader: Reader) =>
  qb.selectFrom('workflows').selectAll().where('org_id', '=', reader.orgId).where('deleted_at', 'is', null)

export async function findWorkflow(reader: Reader, id: Id): Promise<WorkflowRow | undefined> {
  return (await reader.first(workflows(reader).where('id', '=', id))) as WorkflowRow | undefined
}

export async function findWorkflows(reader: Reader, ids: Id[]): Promise<WorkflowRow[]> {
  return (ids.length === 0 ? [] : await reader.all(workflows(reader).where('id', 'in', ids))) as WorkflowRow[]
}

export async function lockWorkflow(tx: Tx, id: Id): Promise<WorkflowRow | undefined> {
  return (await tx.first(workflows(tx).where('id', '=', id).forNoKeyUpdate())) as WorkflowRow | undefined
}

export async function listWorkflows(reader: Reader, limit: number, offset: number): Promise<WorkflowRow[]> {
  const query = workflows(reader)
    .orderBy(sql`lower(name)`)
    .orderBy('id')
  return (await reader.all(query.limit(limit).offset(offset))) as WorkflowRow[]
}

/** What an installation brought, also what was deleted since. */
export async function listWorkflowsOf(reader: Reader, installationIds: Id[]): Promise<WorkflowRow[]> {
  const query = qb.selectFrom('workflows').selectAll().where('org_id', '=', reader.orgId)
  return (
    installationIds.length === 0
      ? []
      : await reader.all(query.where('installation_id', 'in', installationIds).orderBy('id'))
  ) as WorkflowRow[]
}

/** Whether the organisation was once given a workflow that is no app's; also when it was removed since. */
export async function wasBrought(reader: Reader, key: string): Promise<boolean> {
  const query = qb.selectFrom('workflows').select('id').where('org_id', '=', reader.orgId)
  return (await reader.first(query.where('installation_id', 'is', null).where('origin_key', '=', key))) !== undefined
}

export async function countWorkflows(reader: Reader): Promise<number> {
  const query = qb.selectFrom('workflows').select(sql<number>`count(*)`.as('n'))
  return (await reader.first(query.where('org_id', '=', reader.orgId).where('deleted_at', 'is', null)))?.n ?? 0
}

function valuesOf({ draft, problems, origin_document: origin, upgrade, ...row }: WorkflowRow) {
  return {
    ...row,
    draft: jsonb(draft),
    problems: jsonb(problems),
    origin_document: origin === null ? null : jsonb(origin),
    upgrade: upgrade === null ? null : jsonb(upgrade),
  }
}

export async function insertWorkflow(tx: Tx, row: WorkflowRow): Promise<void> {
  await tx.all(qb.insertInto('workflows').values(valuesOf(row)))
}

export async function saveWorkflow(tx: Tx, row: WorkflowRow): Promise<void> {
  const { org_id: _org, id: _id, created_at: _at, created_by: _by, ...values } = valuesOf(row)
  await tx.all(
    qb
      .updateTable('workflows')
      .set({ ...values, updated_at: sql`now()` })
      .where('org_id', '=', tx.orgId)
      .where('id', '=', row.id),
  )
}

/** Listens for an event by a version from now on, or for nothing any more. */
export async function saveTrigger(
  tx: Tx,
  workflowId: Id,
  trigger: { eventName: string; version: number } | undefined,
): Promise<void> {
  await tx.all(qb.deleteFrom('workflow_triggers').where('org_id', '=', tx.orgId).where('workflow_id', '=', workflowId))
  if (trigger !== undefined) {
    const row = { org_id: tx.orgId, workflow_id: workflowId, event_name: trigger.eventName, version: trigger.version }
    await tx.all(qb.insertInto('workflow_triggers').values(row))
  }
}

const versions = (reader: Reader, workflowId: Id) =>
  qb
    .selectFrom('workflow_versions')
    .selectAll()
    .where('org_id', '=', reader.orgId)
    .where('workflow_id', '=', workflowId)

export async function findVersion(reader: Reader, workflowId: Id, version: number): Promise<VersionRow | undefined> {
  return (await reader.first(versions(reader, workflowId).where('version', '=', version))) as VersionRow | undefined
}

export async function listVersions(
  reader: Reader,
  workflowId: Id,
  limit: number,
  before: number | undefined,
): Promise<VersionRow[]> {
  let query = versions(reader, workflowId).orderBy('version', 'desc').limit(limit)
  if (before !== undefined) {
    query = query.where('version', '<', before)
  }
  return (await reader.all(query)) as VersionRow[]
}

export async function insertVersion(
  tx: Tx,
  row: Pick<VersionRow, 'workflow_id' | 'version' | 'document' | 'note' | 'published_by'>,
): Promise<void> {
  await tx.all(qb.insertInto('workflow_versions').values({ ...row, org_id: tx.orgId, document: jsonb(row.document) }))
}

const countStatement = batchStatement<{
  workflow_id: Id
  done: number
  failed: number
  waiting: number
  last: Date | null
}>(
  `select w.id as workflow_id, coalesce(r.done, 0)::int as done, coalesce(r.failed, 0)::int as failed, coalesce(r.waiting, 0)::int as waiting, r.last
   from unnest($2::text[]) w (id), lateral (
     select count(*) filter (where state = 'done') as done, count(*) filter (where state in ('failed', 'stopped')) as failed,
       count(*) filter (where state in ('ready', 'waiting')) as waiting, max(created_at) as last
     from (select state, created_at from workflow_runs where org_id = $1 and workflow_id = w.id and created_at > $3
           order by id desc limit 1000) recent
   ) r`,
)

/** How the last thousand runs since a time went, workflow by workflow. */
export async function countRuns(reader: Reader, workflowIds: Id[], since: Date) {
  const rows = workflowIds.length === 0 ? [] : await reader.rows(countStatement, [reader.orgId, workflowIds, since])
  return new Map(rows.map((row) => [row.workflow_id, row]))
}

const variables = (reader: Reader) => qb.selectFrom('workflow_variables').selectAll().where('org_id', '=', reader.orgId)

export async function listVariables(reader: Reader, workflowId: Id): Promise<VariableRow[]> {
  return (await reader.all(variables(reader).where('workflow_id', '=', workflowId).orderBy('name'))) as VariableRow[]
}

export async function findVariable(reader: Reader, id: Id): Promise<VariableRow | undefined> {
  return (await reader.first(variables(reader).where('id', '=', id))) as VariableRow | undefined
}

export async function saveVariable(
  tx: Tx,
  row: Omit<VariableRow, 'org_id' | 'created_at' | 'updated_at'>,
): Promise<void> {
  const values = { ...row, org_id: tx.orgId, value: row.value === null ? null : jsonb(row.value) }
  await tx.all(
    qb
      .insertInto('workflow_variables')
      .values(values)
      .onConflict((it) =>
        it.columns(['org_id', 'id']).doUpdateSet({
          name: values.name,
          value: values.value,
          sealed: values.sealed,
          updated_at: sql`now()`,
        }),
      ),
  )
}

export async function removeVariable(tx: Tx, id: Id): Promise<void> {
  await tx.all(qb.deleteFrom('workflow_variables').where('org_id', '=', tx.orgId).where('id', '=', id))
}

const schedulesStatement = batchStatement<{ id: Id; version: number; next_at: Date }>(
  `select id, version, next_at from workflows where org_id = $1 and next_at <= $2 and enabled and deleted_at is null
   order by next_at limit $3 for no key update skip locked`,
)

/** Workflows whose schedule is due, held against others. */
export async function holdDueSchedules(tx: Tx, now: Date, limit: number) {
  return tx.rows(schedulesStatement, [tx.orgId, now, limit])
}

export async function saveNextAt(tx: Tx, id: Id, nextAt: Date | null): Promise<void> {
  await tx.all(qb.updateTable('workflows').set({ next_at: nextAt }).where('org_id', '=', tx.orgId).where('id', '=', id))
}

const tellStatement = batchStatement<{ id: Id }>(
  `update workflows set told_at = $3 where org_id = $1 and id = $2 and (told_at is null or told_at < $3::timestamptz - interval '1 hour') returning id`,
)

/** Whether it is time to tell somebody about a workflow: once an hour is enough, however often it goes wrong. */
export async function mayTell(tx: Tx, workflowId: Id, now: Date): Promise<boolean> {
  return (await tx.rows(tellStatement, [tx.orgId, workflowId, now])).length > 0
}
