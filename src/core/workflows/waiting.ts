import type { Tx } from '../../platform/db/database.ts'
import type { Action, Wait } from './actions/action.ts'
import { inTransaction, openStep } from './flight.ts'
import type { Flight } from './flight.ts'
import { failure, inputOf, nextStep, scopeOf, settle } from './progress.ts'
import type { Progress } from './progress.ts'
import { insertWait, listSteps, removeWait, saveStep } from './run-store.ts'
import type { StepRow } from './run-store.ts'
import type { RunState, Step } from './schema.ts'

/** Puts a run aside until a time, or until something happens. */
export async function beginWait(
  { services, variables }: Flight,
  tx: Tx,
  progress: Progress,
  step: Step,
  action: Extract<Action, { kind: 'wait' }>,
): Promise<Progress> {
  let input: unknown
  let wait: Wait
  try {
    const parsed = inputOf(action, step.params, scopeOf(progress, variables.shown)) as Record<string, unknown>
    wait = action.wait(parsed, services.actions.now())
    input = parsed
  } catch (error) {
    const settled = settle(progress, step, failure(error, step), { input: null, ms: 0, variables: variables.shown })
    await saveStep(tx, settled.row)
    return settled.progress
  }
  const { run } = progress
  await saveStep(tx, {
    ...openStep(run, step),
    status: 'waiting',
    input,
    output: null,
    error: null,
    attempts: 1,
    ms: 0,
  })
  if (wait.event !== undefined) {
    const { name, objectId, condition } = wait.event
    await insertWait(tx, {
      run_id: run.id,
      event_name: name,
      object_id: objectId ?? null,
      condition: condition ?? null,
    })
  }
  const state: RunState = 'waiting'
  return { ...progress, run: { ...run, state, due_at: wait.until } }
}

/** What a run waited for has come, or its time is over. */
export async function endWait(flight: Flight, progress: Progress, waiting: StepRow): Promise<Progress | undefined> {
  const step = nextStep(flight.document, progress)
  if (step === undefined) {
    return progress
  }
  return inTransaction(flight, progress, async (tx, held) => {
    await removeWait(tx, held.run.id)
    // Read again under the lock: what it waited for may have come just when its time was over.
    const now = (await listSteps(tx, held.run.id)).find((it) => it.seq === waiting.seq)
    const output = now?.output ?? { timedOut: true, event: null }
    const settled = settle(
      held,
      step,
      { kind: 'done', output },
      { input: waiting.input, ms: 0, variables: flight.variables.shown },
    )
    await saveStep(tx, settled.row)
    return settled.progress
  })
}
