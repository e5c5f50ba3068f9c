import type { Tx } from '../../platform/db/database.ts'
import { ApiError } from '../../platform/http/errors.ts'
import { newId } from '../../platform/ids.ts'
import type { Id } from '../../platform/ids.ts'
import type { Backlog } from '../../platform/jobs/dispatcher.ts'
import { wakeOnCommit } from '../../platform/jobs/dispatcher.ts'
import { LimitReached, mostCalls } from './limits.ts'
import { insertRuns } from './run-store.ts'
import type { NewRun } from './run-store.ts'
import { isCallable, triggerStep } from './schema.ts'
import { findVersion, findWorkflow } from './store.ts'

/** Runs whose time has come. */
export const dueRuns: Backlog = { channel: 'tellback_runs', findOrgs: 'orgs_with_due_runs', lockKind: 10 }

const mostChain = 50

/** The causes of a run, without the oldest of a very long chain. */
export function chainTo(workflowId: Id, causes: readonly string[]): string[] {
  return [...causes, workflowId].slice(-mostChain)
}

/** A run that is not begun yet: its trigger’s conditions are looked at when it is taken up. */
export function newRun(
  given: Pick<NewRun, 'workflow_id' | 'version' | 'started_by' | 'event_name' | 'trigger'> & Partial<NewRun>,
): NewRun {
  return {
    id: newId(),
    state: 'ready',
    event_id: null,
    object_type: null,
    object_id: null,
    customer_id: null,
    chain: [given.workflow_id],
    calls: 0,
    next_step: triggerStep,
    due_at: new Date(),
    error: null,
    data_size: JSON.stringify(given.trigger).length,
    ...given,
  }
}

/** Starts a workflow that can be called, now or later. Returns the id of the run. */
export async function startCall(
  tx: Tx,
  workflowId: Id,
  inputs: Record<string, unknown>,
  at: Date,
  cause: { chain: readonly string[]; calls: number } = { chain: [], calls: 0 },
): Promise<Id> {
  const workflow = await findWorkflow(tx, workflowId)
  if (workflow === undefined || workflow.version === null || !workflow.enabled) {
    throw new ApiError('unprocessable', 'There is no such workflow, or it is switched off.', { pointer: '/workflowId' })
  }
  const live = await findVersion(tx, workflowId, workflow.version)
  if (live === undefined || !isCallable(live.document)) {
    throw new ApiError(
      'unprocessable',
      `“${workflow.name}” cannot be called: choose “When it is called” as its trigger.`,
      {
        pointer: '/workflowId',
      },
    )
  }
  if (cause.calls > mostCalls) {
    throw new LimitReached(`More than ${mostCalls} calls in a row.`)
  }
  const run = newRun({
    workflow_id: workflowId,
    version: workflow.version,
    started_by: 'call',
    event_name: `kustomer.workflow.${workflowId}.call`,
    trigger: inputs,
    chain: chainTo(workflowId, cause.chain),
    calls: cause.calls,
    due_at: at,
  })
  await insertRuns(tx, [run])
  await wakeOnCommit(tx, dueRuns)
  return run.id
}
