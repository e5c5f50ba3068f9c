import type { Reader, Tx } from '../../platform/db/database.ts'
import type { Authorized } from '../../platform/http/access.ts'
import { ApiError, notFound } from '../../platform/http/errors.ts'
import type { Id } from '../../platform/ids.ts'
import { wakeOnCommit } from '../../platform/jobs/dispatcher.ts'
import { announce } from '../../platform/live.ts'
import { notify } from '../notifications/notifications.ts'
import { findAdmins } from '../orgs/orgs.ts'
import { closeSteps, findOpenRuns, findRun, listSteps, lockRun, removeWait, saveRun } from './run-store.ts'
import type { RunRow } from './run-store.ts'
import { triggerStep } from './schema.ts'
import { dueRuns } from './start.ts'
import { findVersion, findWorkflow, mayTell } from './store.ts'

export type { RunRow } from './run-store.ts'
export { listRuns, listSteps } from './run-store.ts'

export async function getRun(reader: Reader, id: Id): Promise<RunRow> {
  const row = await findRun(reader, id)
  if (row === undefined) {
    throw notFound('Run')
  }
  return row
}

/** Tells the admins, once an hour, that a workflow was stopped or failed. What went well needs no word. */
export async function tellOfRun(tx: Tx, run: RunRow, now: Date): Promise<void> {
  if ((run.state !== 'failed' && run.state !== 'stopped') || !(await mayTell(tx, run.workflow_id, now))) {
    return
  }
  const workflow = await findWorkflow(tx, run.workflow_id)
  await notify(tx, await findAdmins(tx), {
    kind: 'workflow_stopped',
    title: `The workflow ${workflow?.name ?? ''} ${run.state === 'failed' ? 'failed' : 'was stopped'}`,
    body: run.error?.message,
    objectType: 'workflow',
    objectId: run.workflow_id,
  })
}

/** Goes on with a run that ended badly, from the step that failed or from another. Steps that are taken again have their effect again. */
export async function retryRun(tx: Tx, _by: Authorized<'workflow'>, id: Id, step: string | undefined): Promise<RunRow> {
  const run = await lockRun(tx, id)
  if (run === undefined) {
    throw notFound('Run')
  }
  if (run.due_at !== null) {
    throw new ApiError('conflict', 'The run has not ended. Cancel it first.')
  }
  const from = step ?? (run.state === 'failed' ? (run.next_step ?? (await lastFailed(tx, id))) : undefined)
  if (from === undefined) {
    throw new ApiError('unprocessable', 'Nothing failed in this run; name the step to go on from.', {
      pointer: '/step',
    })
  }
  const document = (await findVersion(tx, run.workflow_id, run.version))?.document
  if (document === undefined || (from !== triggerStep && !document.steps.some((it) => it.id === from))) {
    throw new ApiError('badparam', 'There is no such step in the version that this run began with.', {
      pointer: '/step',
    })
  }
  await saveRun(tx, {
    ...run,
    state: 'ready',
    next_step: from,
    attempts: 0,
    active_ms: 0,
    due_at: new Date(),
    error: null,
    ended_at: null,
  })
  await wakeOnCommit(tx, dueRuns)
  await announce(tx, { names: ['tellback.workflow_run.update'], customers: [] })
  return getRun(tx, id)
}

async function lastFailed(reader: Reader, id: Id): Promise<string | undefined> {
  return (await listSteps(reader, id)).findLast((row) => row.status === 'failed')?.step_id
}

/** Ends a run where it is. A call that is under way is not called back. */
export async function cancelRun(tx: Tx, _by: Authorized<'workflow'>, id: Id): Promise<RunRow> {
  const run = await lockRun(tx, id)
  if (run === undefined) {
    throw notFound('Run')
  }
  if (run.due_at === null) {
    throw new ApiError('unprocessable', 'The run has ended already.')
  }
  await endRun(tx, run)
  return getRun(tx, id)
}

async function endRun(tx: Tx, run: RunRow): Promise<void> {
  await removeWait(tx, run.id)
  await closeSteps(tx, run.id, 'Canceled.')
  await saveRun(tx, { ...run, state: 'canceled', due_at: null, ended_at: new Date(), claim: run.claim + 1 })
  await announce(tx, { names: ['tellback.workflow_run.update'], customers: [] })
}

/** Ends everything of a workflow that is under way or waits. Returns how many runs that were. */
export async function cancelRunsOf(tx: Tx, workflowId: Id): Promise<number> {
  const ids = await findOpenRuns(tx, workflowId)
  for (const id of ids) {
    const run = await lockRun(tx, id)
    if (run !== undefined && run.due_at !== null) {
      await endRun(tx, run)
    }
  }
  return ids.length
}
