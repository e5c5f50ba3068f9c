import type { OrgDb, Tx } from '../../platform/db/database.ts'
import { ApiError, notFound } from '../../platform/http/errors.ts'
import { isId } from '../../platform/ids.ts'
import type { Id } from '../../platform/ids.ts'
import { firstThatHolds, unmetIn } from './conditions.ts'
import { nameThoseIn } from './effect-names.ts'
import { actionOf, nameCause, takeInside } from './inside.ts'
import type { InsideServices } from './inside.ts'
import { machineOf } from './machine.ts'
import { prepareCall } from './outside.ts'
import { ended, failure, inputOf, limitReached, nextStep, scopeOf, settle } from './progress.ts'
import type { NewStep, Outcome, Progress } from './progress.ts'
import { findEvent } from './run-store.ts'
import type { RunRow } from './run-store.ts'
import { triggerStep } from './schema.ts'
import type { DryRunResult, Step, WorkflowDocument, WorkflowDryRunInput } from './schema.ts'
import { newRun } from './start.ts'
import { triggerDataOf } from './trigger-data.ts'
import { readVariables } from './variables.ts'
import type { Variables } from './variables.ts'
import { getWorkflow } from './workflows.ts'

const mostTriedSteps = 200
const longestMs = 5_000

interface Tried {
  row: NewStep
  effect: string | null
}

/** Carries the result out of a transaction that is undone. */
class Undone extends Error {
  override readonly name = 'Undone'
  readonly result: DryRunResult

  constructor(result: DryRunResult) {
    super('undone')
    this.result = result
  }
}

/**
 * Runs a workflow on something that happened, by the same rules as always, in a transaction that is undone: what it shows
 * would have been done, and nothing was. Calls to other systems are not made, and waits take no time.
 */
export async function dryRun(
  db: OrgDb,
  services: InsideServices,
  workflowId: Id,
  input: WorkflowDryRunInput,
): Promise<DryRunResult> {
  try {
    return await db.write(async (tx) => {
      throw new Undone(await tryOut(tx, services, workflowId, input))
    })
  } catch (error) {
    if (error instanceof Undone) {
      return error.result
    }
    throw error
  }
}

async function tryOut(
  tx: Tx,
  services: InsideServices,
  workflowId: Id,
  input: WorkflowDryRunInput,
): Promise<DryRunResult> {
  const workflow = await getWorkflow(tx, workflowId)
  const document = input.document ?? workflow.draft
  const variables = await readVariables(tx, services.actions.vault, workflowId)
  const { trigger, about } = await triggerOf(tx, input)
  const run: RunRow = {
    ...newRun({
      workflow_id: workflowId,
      version: 0,
      started_by: 'event',
      event_name: document.trigger.eventName,
      trigger,
      ...about,
    }),
    org_id: tx.orgId,
    steps_taken: 0,
    active_ms: 0,
    attempts: 0,
    claim: 0,
    created_at: services.actions.now(),
    ended_at: null,
  }
  let progress: Progress = { run, steps: { [triggerStep]: trigger }, error: undefined }
  const scope = scopeOf(progress, variables.shown)
  let first: string | undefined
  try {
    first = firstThatHolds(document.trigger.transitions, scope)?.target
  } catch (error) {
    const problem = { message: (error as Error).message, step: triggerStep }
    return { matched: false, state: 'failed', error: problem, trigger, unmet: [], steps: [] }
  }
  if (first === undefined) {
    const unmet = document.trigger.transitions.flatMap(({ condition, meta }) =>
      unmetIn(condition, scope).map((it) => ({ branch: meta?.name ?? null, ...it })),
    )
    return { matched: false, state: 'done', error: null, trigger, unmet, steps: [] }
  }
  progress = { ...progress, run: { ...run, next_step: first } }
  await nameCause(tx, run.id)
  const { actor } = await machineOf(tx)
  const tried: Tried[] = []
  const endsAt = performance.now() + longestMs
  while (progress.run.due_at !== null) {
    const limit =
      limitReached(progress, services.actions.now()) ??
      (tried.length >= mostTriedSteps || performance.now() > endsAt
        ? `The dry run was ended after ${tried.length} steps.`
        : undefined)
    const step = nextStep(document, progress)
    if (limit !== undefined || step === undefined) {
      progress = {
        ...progress,
        run: ended(progress.run, 'stopped', { message: limit ?? `There is no step ${progress.run.next_step ?? ''}.` }),
      }
      break
    }
    const taken = await tryStep(tx, services, { progress, step, variables, actor })
    const settled = settle(progress, step, taken.outcome, {
      input: taken.input,
      ms: taken.ms,
      variables: variables.shown,
    })
    tried.push({ row: settled.row, effect: taken.effect })
    progress = settled.progress
  }
  const at = services.actions.now().toISOString()
  return {
    matched: true,
    state: progress.run.state,
    error: progress.run.error,
    trigger,
    unmet: [],
    steps: (await nameThoseIn(tx, tried)).map((it) => ({ ...showTried(document, it), at })),
  }
}

async function triggerOf(tx: Tx, { event: id, inputs }: WorkflowDryRunInput) {
  if (id === undefined) {
    return { trigger: inputs ?? {}, about: {} }
  }
  const event = isId(id) ? await findEvent(tx, id) : undefined
  if (event === undefined) {
    throw notFound('Event', 'event')
  }
  const data = event.data as Record<string, unknown>
  // Feedback is told of by the events of its object.
  const isFeedback = data['feedback'] === true
  const heard = { ...event, event_name: event.name, data, object_type: isFeedback ? 'feedback' : event.object_type }
  const [trigger] = await triggerDataOf(tx, [heard])
  if (trigger === undefined) {
    throw new ApiError('unprocessable', 'What it is about is gone.')
  }
  return {
    trigger,
    about: { object_type: heard.object_type, object_id: event.object_id, customer_id: event.customer_id },
  }
}

interface Trial {
  progress: Progress
  step: Step
  variables: Variables
  actor: Awaited<ReturnType<typeof machineOf>>['actor']
}

async function tryStep(
  tx: Tx,
  services: InsideServices,
  { progress, step, variables, actor }: Trial,
): Promise<{ input: unknown; outcome: Outcome; ms: number; effect: string | null }> {
  try {
    const action = actionOf(step)
    if (action === undefined) {
      return { input: null, outcome: { kind: 'done', output: null }, ms: 0, effect: null }
    }
    if (action.kind === 'outside') {
      const { shown } = await prepareCall(tx, services.actions, action, progress, step, variables)
      const output = { response: { statusCode: 200, headers: {} }, body: {} }
      return {
        input: shown,
        outcome: { kind: 'done', output },
        ms: 0,
        effect: action.effect(shown as Record<string, unknown>),
      }
    }
    if (action.kind === 'wait') {
      const input = inputOf(action, step.params, scopeOf(progress, variables.shown)) as Record<string, unknown>
      const output = { timedOut: true, event: null }
      return { input, outcome: { kind: 'done', output }, ms: 0, effect: action.effect(input) }
    }
    const taken = await takeInside(tx, services, actor, progress, step, variables)
    return { ...taken, effect: taken.input === null ? null : action.effect(taken.input as Record<string, unknown>) }
  } catch (error) {
    return { input: null, outcome: failure(error, step), ms: 0, effect: null }
  }
}

function showTried(document: WorkflowDocument, { row, effect }: Tried) {
  return {
    step: row.step_id,
    action: row.action,
    name: document.steps.find((it) => it.id === row.step_id)?.meta?.displayName ?? null,
    status: row.status,
    input: row.input,
    output: row.output,
    error: row.error,
    next: row.next_step,
    attempts: row.attempts,
    milliseconds: row.ms,
    effect,
  }
}
