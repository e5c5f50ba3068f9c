import { batchStatement, databaseErrorCode } from '../../platform/db/database.ts'
import type { Tx } from '../../platform/db/database.ts'
import type { Actor } from '../../platform/http/access.ts'
import type { Log } from '../../platform/log.ts'
import type { Action, ActionServices } from './actions/action.ts'
import { findAction } from './actions/actions.ts'
import { failure, inputOf, isUnexpected, scopeOf } from './progress.ts'
import type { Outcome, Progress } from './progress.ts'
import type { Step } from './schema.ts'
import type { Variables } from './variables.ts'

const savepoint = batchStatement<never>('savepoint step')
const rollback = batchStatement<never>('rollback to savepoint step')
const causeStatement = batchStatement<never>(`select set_config('tellback.workflow_run', $1, true)`)

// What the server wants to be done again as a whole: the transaction is, by its handle.
const retryableCodes = new Set(['40001', '40P01', '25P02'])

/** Names the run as the cause of every event that this transaction records, so that loops are seen. */
export async function nameCause(tx: Tx, runId: string): Promise<void> {
  await tx.rows(causeStatement, [runId])
}

/** The action of a step; undefined for one that only decides. Throws for one that there is none of here. */
export function actionOf(step: Step): Action | undefined {
  if (step.action === undefined || step.action === '') {
    return undefined
  }
  const action = findAction(step.action)
  if (action === undefined) {
    throw new Error(`This desk has no action ${step.action}.`)
  }
  return action
}

export interface InsideServices {
  actions: ActionServices
  log: Log
}

/** Takes a step that calls nobody. What it wrote before it failed is undone. */
export async function takeInside(
  tx: Tx,
  { actions: services, log }: InsideServices,
  actor: Actor,
  progress: Progress,
  step: Step,
  variables: Variables,
): Promise<{ input: unknown; outcome: Outcome; ms: number }> {
  const begun = performance.now()
  const spent = () => Math.round(performance.now() - begun)
  let input: unknown = null
  await tx.rows(savepoint, [])
  try {
    const action = actionOf(step)
    if (action === undefined) {
      return { input, outcome: { kind: 'done', output: null }, ms: spent() }
    }
    if (action.kind !== 'inside') {
      throw new Error(`${action.name} is no action of the desk itself.`)
    }
    const parsed = inputOf(action, step.params, scopeOf(progress, variables.shown)) as Record<string, unknown>
    input = parsed
    const { run } = progress
    const place = { runId: run.id, workflowId: run.workflow_id, stepId: step.id, chain: run.chain, calls: run.calls }
    const output = await action.run({ tx, actor, services, place }, parsed)
    return { input, outcome: { kind: 'done', output }, ms: spent() }
  } catch (error) {
    if (retryableCodes.has(databaseErrorCode(error) ?? '')) {
      throw error
    }
    await tx.rows(rollback, [])
    const outcome = failure(error, step)
    if (isUnexpected(outcome)) {
      log.error({ err: error, org: tx.orgId, run: progress.run.id, step: step.id }, 'a step of a workflow failed')
    }
    return { input, outcome, ms: spent() }
  }
}
