import { sql } from 'kysely'
import type { Selectable } from 'kysely'

import { batchStatement, qb, statement } from '../../platform/db/database.ts'
import type { Reader, Tx } from '../../platform/db/database.ts'
import type { WorkflowInbox, WorkflowRuns, WorkflowRunSteps, WorkflowWaits } from '../../platform/db/types.generated.ts'
import type { Id } from '../../platform/ids.ts'
import type { Condition, RunError, RunState } from './schema.ts'

export type RunRow = Omit<Selectable<WorkflowRuns>, 'state' | 'started_by' | 'trigger' | 'error'> & {
  state: RunState
  started_by: 'event' | 'call' | 'schedule'
  trigger: Record<string, unknown>
  error: RunError | null
}
export type StepRow = Omit<Selectable<WorkflowRunSteps>, 'status' | 'input' | 'output' | 'error'> & {
  status: 'done' | 'failed' | 'retrying' | 'waiting'
  input: unknown
  output: unknown
  error: RunError | null
}
export type InboxRow = Selectable<WorkflowInbox>
export type WaitRow = Omit<Selectable<WorkflowWaits>, 'condition'> & { condition: Condition | null }

const inboxStatement = batchStatement<
  InboxRow & { data: Record<string, unknown>; customer_id: Id | null; created_at: Date }
>(
  `with taken as (
     delete from workflow_inbox where (org_id, event_id, event_name) in (
       select org_id, event_id, event_name from workflow_inbox where org_id = $1 order by event_id, event_name limit $2 for update skip locked
     ) returning *
   )
   select t.*, e.data, e.customer_id, e.created_at
   from taken t, lateral (select data, customer_id, created_at from events where org_id = $1 and id = t.event_id offset 0) e
   order by t.event_id, t.event_name`,
)

/** Takes the oldest events that somebody listens for out of the inbox; what comes of them is the same commit. */
export async function takeInbox(tx: Tx, limit: number) {
  return tx.rows(inboxStatement, [tx.orgId, limit])
}

const triggersStatement = batchStatement<{ workflow_id: Id; event_name: string; version: number }>(
  'select workflow_id, event_name, version from workflow_triggers where org_id = $1 and event_name = any($2::text[])',
)

export async function findTriggers(reader: Reader, eventNames: string[]) {
  return reader.rows(triggersStatement, [reader.orgId, eventNames])
}

const waitsStatement = batchStatement<WaitRow>(
  `select distinct w.* from jsonb_to_recordset($2::jsonb) as e (name text, object_id text), lateral (
     select run_id, org_id, event_name, object_id, condition from workflow_waits
     where org_id = $1 and event_name = e.name and object_id = e.object_id
     union all
     select run_id, org_id, event_name, object_id, condition from workflow_waits
     where org_id = $1 and event_name = e.name and object_id is null
   ) w order by w.run_id`,
)

/** Runs that wait for one of these events. */
export async function findWaits(reader: Reader, events: { name: string; object_id: Id }[]): Promise<WaitRow[]> {
  return reader.rows(waitsStatement, [reader.orgId, JSON.stringify(events)])
}

export async function insertWait(tx: Tx, row: Omit<WaitRow, 'org_id'>): Promise<void> {
  const condition = row.condition === null ? null : JSON.stringify(row.condition)
  await tx.all(qb.insertInto('workflow_waits').values({ ...row, org_id: tx.orgId, condition }))
}

/** A run waits no more. Returns whether it did. */
export async function removeWait(tx: Tx, runId: Id): Promise<boolean> {
  const query = qb.deleteFrom('workflow_waits').where('org_id', '=', tx.orgId).where('run_id', '=', runId)
  return (await tx.all(query.returning('run_id'))).length > 0
}

const closeStatement = batchStatement<never>(
  `update workflow_run_steps set status = 'failed', error = jsonb_build_object('message', $3::text) where org_id = $1 and run_id = $2 and status in ('waiting', 'retrying')`,
)

/** Ends the step at which a run stands, for that reason. */
export async function closeSteps(tx: Tx, runId: Id, reason: string): Promise<void> {
  await tx.rows(closeStatement, [tx.orgId, runId, reason])
}

export type NewRun = Pick<
  RunRow,
  | 'id'
  | 'workflow_id'
  | 'version'
  | 'state'
  | 'started_by'
  | 'event_name'
  | 'event_id'
  | 'object_type'
  | 'object_id'
  | 'customer_id'
  | 'trigger'
  | 'chain'
  | 'calls'
  | 'next_step'
  | 'due_at'
  | 'error'
  | 'data_size'
>

const insertStatement = batchStatement<never>(
  `insert into workflow_runs (org_id, id, workflow_id, version, state, started_by, event_name, event_id, object_type, object_id, customer_id,
     trigger, chain, calls, next_step, due_at, error, data_size, ended_at)
   select $1, r.id, r.workflow_id, r.version, r.state, r.started_by, r.event_name, r.event_id, r.object_type, r.object_id, r.customer_id,
     r.trigger, r.chain, r.calls, r.next_step, r.due_at, r.error, r.data_size, case when r.due_at is null then now() end
   from jsonb_to_recordset($2::jsonb) as r (id text, workflow_id text, version int, state text, started_by text, event_name text, event_id text,
     object_type text, object_id text, customer_id text, trigger jsonb, chain text[], calls int, next_step text, due_at timestamptz, error jsonb, data_size int)`,
)

export async function insertRuns(tx: Tx, rows: NewRun[]): Promise<void> {
  if (rows.length > 0) {
    await tx.rows(insertStatement, [tx.orgId, JSON.stringify(rows)])
  }
}

const chainsStatement = batchStatement<{ id: Id; chain: string[] }>(
  'select id, chain from workflow_runs where org_id = $1 and id = any($2::text[])',
)

/** What led to each of these runs, with the workflow of each at its end. */
export async function findChains(reader: Reader, runIds: Id[]): Promise<Map<Id, string[]>> {
  const rows = runIds.length === 0 ? [] : await reader.rows(chainsStatement, [reader.orgId, runIds])
  return new Map(rows.map((row) => [row.id, row.chain]))
}

const paceStatement = batchStatement<{ workflow_id: Id; object_id: Id; runs: number }>(
  `select w.workflow_id, w.object_id, (
     select count(*)::int from (
       select from workflow_runs r where r.org_id = $1 and r.workflow_id = w.workflow_id and r.object_id = w.object_id
         and r.created_at > $3::timestamptz - interval '1 minute' limit $4
     ) recent
   ) as runs from jsonb_to_recordset($2::jsonb) as w (workflow_id text, object_id text)`,
)

/** How many runs each pair of workflow and object had in the last minute, as far as `most`. */
export async function countRecent(
  reader: Reader,
  pairs: { workflow_id: Id; object_id: Id }[],
  now: Date,
  most: number,
): Promise<Map<string, number>> {
  const rows =
    pairs.length === 0 ? [] : await reader.rows(paceStatement, [reader.orgId, JSON.stringify(pairs), now, most])
  return new Map(rows.map((row) => [`${row.workflow_id}/${row.object_id}`, row.runs]))
}

const claimStatement = batchStatement<RunRow>(
  `with due as (
     select id from workflow_runs where org_id = $1 and due_at <= now() order by due_at limit $2 for update skip locked
   )
   update workflow_runs r set claim = r.claim + 1, due_at = now() + $3::interval
   where r.org_id = $1 and r.id in (select id from due) returning r.*`,
)

/** Takes runs that are due; nobody else sees them due for so many seconds. A process that dies meanwhile loses nothing. */
export async function claimRuns(tx: Tx, limit: number, seconds: number): Promise<RunRow[]> {
  return tx.rows(claimStatement, [tx.orgId, limit, `${seconds} seconds`])
}

const runs = (reader: Reader) => qb.selectFrom('workflow_runs').selectAll().where('org_id', '=', reader.orgId)

export async function findRun(reader: Reader, id: Id): Promise<RunRow | undefined> {
  return (await reader.first(runs(reader).where('id', '=', id))) as RunRow | undefined
}

// One round trip names the run as the cause of every event that the transaction records, so that loops are seen.
const lockStatement = statement<RunRow>(
  'workflows.lock_run',
  `select *, set_config('tellback.workflow_run', $2, true) from workflow_runs where org_id = $1 and id = $2 for no key update`,
)

/** Holds a run; what the transaction does from here on is its doing. */
export async function lockRun(tx: Tx, id: Id): Promise<RunRow | undefined> {
  return (await tx.rows(lockStatement, [tx.orgId, id]))[0]
}

const saveStatement = statement<never>(
  'workflows.save_run',
  `update workflow_runs set state = $3, next_step = $4, steps_taken = $5, data_size = $6, active_ms = $7, attempts = $8, due_at = $9, error = $10, ended_at = $11,
     claim = $12
   where org_id = $1 and id = $2`,
)

export async function saveRun(tx: Tx, row: RunRow): Promise<void> {
  await tx.rows(saveStatement, [
    tx.orgId,
    row.id,
    row.state,
    row.next_step,
    row.steps_taken,
    row.data_size,
    row.active_ms,
    row.attempts,
    row.due_at,
    row.error === null ? null : JSON.stringify(row.error),
    row.ended_at,
    row.claim,
  ])
}

const stepStatement = statement<never>(
  'workflows.save_step',
  `insert into workflow_run_steps (org_id, run_id, seq, step_id, action, status, input, output, error, next_step, attempts, ms)
   values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
   on conflict (org_id, run_id, seq) do update set status = excluded.status, input = coalesce(excluded.input, workflow_run_steps.input),
     output = excluded.output, error = excluded.error, next_step = excluded.next_step, attempts = excluded.attempts, ms = excluded.ms, at = now()`,
)

const asJson = (value: unknown) => (value === undefined || value === null ? null : JSON.stringify(value))

/** Writes how a step went; a step that was retrying or waiting is written over. */
export async function saveStep(tx: Tx, row: Omit<StepRow, 'org_id' | 'at'>): Promise<void> {
  await tx.rows(stepStatement, [
    tx.orgId,
    row.run_id,
    row.seq,
    row.step_id,
    row.action,
    row.status,
    asJson(row.input),
    asJson(row.output),
    asJson(row.error),
    row.next_step,
    row.attempts,
    row.ms,
  ])
}

const stepsStatement = statement<StepRow>(
  'workflows.steps',
  'select * from workflow_run_steps where org_id = $1 and run_id = $2 order by seq',
)

/** The steps of a run in the order in which they were taken. */
export async function listSteps(reader: Reader, runId: Id): Promise<StepRow[]> {
  return reader.rows(stepsStatement, [reader.orgId, runId])
}

export async function listRuns(
  reader: Reader,
  filter: { workflowId?: Id | undefined; states?: RunState[] | undefined; objectId?: Id | undefined },
  limit: number,
  after: Id | undefined,
): Promise<RunRow[]> {
  let query = runs(reader)
  if (filter.workflowId !== undefined) {
    query = query.where('workflow_id', '=', filter.workflowId)
  }
  if (filter.objectId !== undefined) {
    query = query.where('object_id', '=', filter.objectId)
  }
  if (filter.states !== undefined) {
    query = query.where('state', 'in', filter.states)
  }
  if (after !== undefined) {
    query = query.where('id', '<', after)
  }
  return (await reader.all(query.orderBy('id', 'desc').limit(limit))) as RunRow[]
}

/** The ids of a workflow's runs that have not ended. */
export async function findOpenRuns(reader: Reader, workflowId: Id): Promise<Id[]> {
  const rows = await reader.all(
    qb
      .selectFrom('workflow_runs')
      .select('id')
      .where('org_id', '=', reader.orgId)
      .where('workflow_id', '=', workflowId)
      .where('due_at', 'is not', null),
  )
  return rows.map((row) => row.id)
}

const forgetStatement = batchStatement<{ id: Id }>(
  `delete from workflow_runs where org_id = $1 and id in (
     select id from workflow_runs where org_id = $1 and ended_at < $2 order by ended_at limit $3
   ) returning id`,
)

/** Removes ended runs with their steps; returns how many. */
export async function forgetRuns(tx: Tx, endedBefore: Date, limit: number): Promise<number> {
  return (await tx.rows(forgetStatement, [tx.orgId, endedBefore, limit])).length
}

const pastStatement = batchStatement<{
  id: Id
  name: string
  object_type: string
  object_id: Id
  customer_id: Id | null
  data: Record<string, unknown>
  created_at: Date
}>(
  `select id, name, object_type, object_id, customer_id, data, created_at from events
   where org_id = $1 and id > $4 and (name = $2 or ($5 and data ? 'feedback' and name like 'kustomer.kobject.%.' || $6)) order by id desc limit $3`,
)

/** The last events of a kind, the newest first; feedback events are those of its objects that say so. */
export async function listPastEvents(reader: Reader, name: string, limit: number, since: Id) {
  const isFeedback = name.startsWith('tellback.feedback.')
  return reader.rows(pastStatement, [reader.orgId, name, limit, since, isFeedback, name.split('.').at(-1)])
}

export async function findEvent(reader: Reader, id: Id) {
  const query = qb.selectFrom('events').selectAll().where('org_id', '=', reader.orgId).where('id', '=', id)
  return reader.first(query.select(sql<null>`null`.as('cause')))
}
