import type { Tx } from '../../platform/db/database.ts'
import type { Action } from './actions/action.ts'
import { inTransaction, openStep } from './flight.ts'
import type { Flight } from './flight.ts'
import { makeCall, prepareCall } from './outside.ts'
import { ended, failure, limitReached, settle } from './progress.ts'
import type { Outcome, Progress } from './progress.ts'
import { listSteps, saveStep } from './run-store.ts'
import type { Step } from './schema.ts'

const mostAttempts = 5
const firstRetryMs = 1_000
const retryFactor = 5 // 1 s, 5 s, 25 s, 2 min

/** The key of a step’s effect: it stays the same for as long as the step is not done, whoever tries it and however often. */
function idempotencyKeyOf(progress: Progress, step: Step, doneBefore: number): string {
  return `${progress.run.id}.${step.id}.${doneBefore}`
}

/** Takes a step that calls another system: no transaction is open while it answers. Undefined: the run waits, or is somebody else's. */
export async function callOutside(
  flight: Flight,
  progress: Progress,
  step: Step,
  action: Extract<Action, { kind: 'outside' }>,
): Promise<Progress | undefined> {
  const { services, db, variables } = flight
  const limit = limitReached(progress, services.actions.now())
  if (limit !== undefined) {
    return inTransaction(flight, progress, (_tx, held) =>
      Promise.resolve({ ...held, run: ended(held.run, 'stopped', { message: limit, code: 'limit' }) }),
    )
  }
  const begun = performance.now()
  let shown: unknown = null
  let outcome: Outcome
  let mayPass = false
  try {
    const { prepared, doneBefore } = await db.read(async (reader) => ({
      prepared: await prepareCall(reader, services.actions, action, progress, step, variables),
      doneBefore: (await listSteps(reader, progress.run.id)).filter(
        (it) => it.step_id === step.id && it.status === 'done',
      ).length,
    }))
    ;({ shown } = prepared)
    const made = await makeCall(services.actions, action, step, prepared, idempotencyKeyOf(progress, step, doneBefore))
    outcome = made.outcome
    mayPass = made.mayPass
  } catch (error) {
    outcome = failure(error, step)
  }
  const ms = Math.round(performance.now() - begun)
  return inTransaction(flight, progress, async (tx, held) => {
    if (outcome.kind === 'failed' && mayPass && held.run.attempts + 1 < mostAttempts) {
      return retryLater(tx, held, step, outcome, shown, ms)
    }
    const settled = settle(held, step, outcome, { input: shown, ms, variables: variables.shown })
    await saveStep(tx, settled.row)
    return settled.progress
  })
}

async function retryLater(
  tx: Tx,
  progress: Progress,
  step: Step,
  { error }: Extract<Outcome, { kind: 'failed' }>,
  shown: unknown,
  ms: number,
): Promise<Progress> {
  const { run } = progress
  const attempts = run.attempts + 1
  await saveStep(tx, { ...openStep(run, step), status: 'retrying', input: shown, output: null, error, attempts, ms })
  const dueAt = new Date(Date.now() + firstRetryMs * retryFactor ** (attempts - 1))
  return { ...progress, run: { ...run, state: 'waiting', attempts, due_at: dueAt, active_ms: run.active_ms + ms } }
}
