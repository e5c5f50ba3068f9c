import { z } from 'zod'

import type { Reader } from '../../platform/db/database.ts'
import { endpoint } from '../../platform/http/endpoint.ts'
import type { Endpoint } from '../../platform/http/endpoint.ts'
import { CursorQuery, cursorPageOf, document, page, withQuery } from '../../platform/http/envelope.ts'
import type { Id } from '../../platform/ids.ts'
import { findCustomersByIds } from '../customers/customers.ts'
import { displayNameOf } from '../customers/show.ts'
import { workflowAccess } from './routes.ts'
import { cancelRun, getRun, listRuns, listSteps, retryRun } from './runs.ts'
import type { RunRow } from './runs.ts'
import { RetryInput, RunAttributes, RunState } from './schema.ts'
import { showRun } from './show.ts'
import { findVersion } from './store.ts'
import { findWorkflows, getWorkflow } from './workflows.ts'

const tag = 'Workflows'
const path = '/v1/workflow-runs'
const byId = z.object({ id: z.string().max(64) })
const reply = document(RunAttributes)
const filter = CursorQuery.extend({
  workflow: z.string().max(64).optional(),
  object: z.string().max(64).optional().describe('The id of what the event was about.'),
  state: RunState.optional(),
})

/** What the workflows of runs, and those whom they are about, are called. */
async function namesOf(reader: Reader, rows: RunRow[]) {
  const workflows = await findWorkflows(reader, [...new Set(rows.map((it) => it.workflow_id))])
  const customers = await findCustomersByIds(reader, [...new Set(rows.flatMap((it) => it.customer_id ?? []))])
  const names = new Map<Id, string>([
    ...workflows.map((it) => [it.id, it.name] as const),
    ...customers.map((it) => [it.id, displayNameOf(it)] as const),
  ])
  return (row: RunRow) => ({
    workflowName: names.get(row.workflow_id) ?? '',
    customerName: names.get(row.customer_id ?? '') ?? null,
  })
}

async function showWhole(reader: Reader, row: RunRow) {
  const names = (await namesOf(reader, [row]))(row)
  const live = await findVersion(reader, row.workflow_id, row.version)
  const detail = { steps: await listSteps(reader, row.id), document: live?.document }
  return { data: showRun(row, { ...names, workflowName: names.workflowName || (live?.document.name ?? '') }, detail) }
}

async function showPage(reader: Reader, rows: RunRow[], at: string, query: z.output<typeof CursorQuery>) {
  const names = await namesOf(reader, rows)
  return cursorPageOf(
    at,
    query,
    rows,
    (row) => showRun(row, names(row)),
    (row) => row.id,
  )
}

export const workflowRunsRoutes: Endpoint[] = [
  endpoint({
    method: 'GET',
    path,
    tag,
    summary: 'Read the log of runs, the newest first',
    access: workflowAccess('read'),
    query: filter,
    status: 200,
    reply: page(RunAttributes),
    handle: ({ db, query }) =>
      db.read(async (reader) => {
        const { workflow: workflowId, object: objectId, state } = query
        const states = state === undefined ? undefined : [state]
        const rows = await listRuns(reader, { workflowId, objectId, states }, query.pageSize + 1, query.after)
        return showPage(reader, rows, withQuery(path, { workflow: workflowId, object: objectId, state }), query)
      }),
  }),
  endpoint({
    method: 'GET',
    path: '/v1/workflows/:id/processes',
    tag,
    summary: 'List a workflow’s runs that failed or were stopped, the newest first',
    access: workflowAccess('read'),
    params: byId,
    query: CursorQuery,
    status: 200,
    reply: page(RunAttributes),
    handle: ({ db, params, query }) =>
      db.read(async (reader) => {
        const { id } = await getWorkflow(reader, params.id)
        const states: RunState[] = ['failed', 'stopped']
        const rows = await listRuns(reader, { workflowId: id, states }, query.pageSize + 1, query.after)
        return showPage(reader, rows, `/v1/workflows/${id}/processes`, query)
      }),
  }),
  endpoint({
    method: 'GET',
    path: `${path}/:id`,
    tag,
    summary: 'Read a run with what each step was given and gave',
    access: workflowAccess('read'),
    params: byId,
    status: 200,
    reply,
    handle: ({ db, params }) => db.read(async (reader) => showWhole(reader, await getRun(reader, params.id))),
  }),
  endpoint({
    method: 'POST',
    path: `${path}/:id/retries`,
    tag,
    summary: 'Go on with a run that ended badly, from the step that failed or from another',
    access: workflowAccess('update'),
    params: byId,
    body: RetryInput,
    status: 200,
    reply,
    handle: ({ db, by, params, body }) =>
      db.write(async (tx) => showWhole(tx, await retryRun(tx, by, params.id, body.step))),
  }),
  endpoint({
    method: 'POST',
    path: `${path}/:id/cancellations`,
    tag,
    summary: 'End a run where it is',
    access: workflowAccess('update'),
    params: byId,
    status: 200,
    reply,
    handle: ({ db, by, params }) => db.write(async (tx) => showWhole(tx, await cancelRun(tx, by, params.id))),
  }),
]
