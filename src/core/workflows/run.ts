import type { OrgDb, Tx } from '../../platform/db/database.ts'
import type { Action } from './actions/action.ts'
import { callOutside } from './call.ts'
import { giveBack, inTransaction } from './flight.ts'
import type { Flight, RunServices } from './flight.ts'
import { actionOf, takeInside } from './inside.ts'
import { ended, leaveTrigger, limitReached, nextStep, progressOf, settle } from './progress.ts'
import type { Progress } from './progress.ts'
import { listSteps, saveRun, saveStep } from './run-store.ts'
import type { RunRow } from './run-store.ts'
import { triggerStep } from './schema.ts'
import type { Step } from './schema.ts'
import { namesVariables, noVariables, readVariables } from './variables.ts'
import { beginWait, endWait } from './waiting.ts'

const sliceMs = 5_000 // then others have their turn
const transactionMs = 200
const stepsPerTransaction = 25

/** Takes a claimed run as far as it goes now: to its end, to a wait, or until others have their turn. */
export async function advance(services: RunServices, claimed: RunRow, closing: AbortSignal): Promise<void> {
  const machine = await services.machine(claimed.org_id)
  const db = services.database.forOrg(claimed.org_id, machine.authorOf(claimed.workflow_id))
  const { document, variables, rows } = await preparation(services, db, claimed)
  if (document === undefined) {
    await db.write((tx) => saveRun(tx, ended(claimed, 'stopped', { message: 'The workflow was deleted.' })))
    return
  }
  const flight: Flight = { services, db, machine, document, variables, claim: claimed.claim }
  const sliceEnds = performance.now() + sliceMs
  let progress: Progress | undefined = progressOf(claimed, rows)
  const waiting = rows.findLast((row) => row.status === 'waiting')
  if (waiting !== undefined && waiting.step_id === claimed.next_step) {
    progress = await endWait(flight, progress, waiting)
  }
  while (progress !== undefined && isOurs(progress)) {
    if (closing.aborted || performance.now() > sliceEnds) {
      await giveBack(flight, progress)
      return
    }
    progress = await goOn(flight, progress)
  }
}

/** A run that just began, of a workflow without variables, needs nothing that is not at hand. */
async function preparation(services: RunServices, db: OrgDb, run: RunRow) {
  const known = services.documents.known(run.org_id, run.workflow_id, run.version)
  const isFresh = run.steps_taken === 0 && run.attempts === 0 && run.state === 'ready'
  if (known !== undefined && isFresh && !namesVariables(known)) {
    return { document: known, variables: noVariables, rows: [] }
  }
  return db.read(async (reader) => ({
    document: await services.documents.read(reader, run.workflow_id, run.version),
    variables: await readVariables(reader, services.actions.vault, run.workflow_id),
    rows: await listSteps(reader, run.id),
  }))
}

/** Until its lease ends nobody else takes the run up. */
function isOurs({ run }: Progress): boolean {
  return run.due_at !== null && run.due_at.getTime() > Date.now()
}

/** Takes the next steps; undefined: the run is over, waits, or is somebody else's. */
async function goOn(flight: Flight, progress: Progress): Promise<Progress | undefined> {
  const step = nextStep(flight.document, progress)
  const action = step === undefined ? undefined : findActionQuietly(step)
  if (step !== undefined && action?.kind === 'outside') {
    return callOutside(flight, progress, step, action)
  }
  return inTransaction(flight, progress, async (tx, held) => {
    const transactionEnds = performance.now() + transactionMs
    let current = held
    for (let taken = 0; taken < stepsPerTransaction && performance.now() < transactionEnds; taken++) {
      const after = await takeOne(flight, tx, current)
      current = after.progress
      if (!after.goesOn) {
        break
      }
    }
    return current
  })
}

function findActionQuietly(step: Step): Action | undefined {
  try {
    return actionOf(step)
  } catch {
    return undefined // taking the step says so
  }
}

async function takeOne(flight: Flight, tx: Tx, progress: Progress): Promise<{ progress: Progress; goesOn: boolean }> {
  const { services, document, variables, machine } = flight
  const limit = limitReached(progress, services.actions.now())
  if (limit !== undefined) {
    return {
      progress: { ...progress, run: ended(progress.run, 'stopped', { message: limit, code: 'limit' }) },
      goesOn: false,
    }
  }
  if (progress.run.next_step === triggerStep) {
    try {
      const left = leaveTrigger(document, progress, variables.shown)
      return { progress: left, goesOn: left.run.due_at !== null }
    } catch (error) {
      const { message } = error as Error
      return {
        progress: { ...progress, run: ended(progress.run, 'failed', { message, step: triggerStep }) },
        goesOn: false,
      }
    }
  }
  const step = nextStep(document, progress)
  if (step === undefined) {
    const message = `There is no step ${progress.run.next_step ?? ''}.`
    return { progress: { ...progress, run: ended(progress.run, 'failed', { message }) }, goesOn: false }
  }
  const action = findActionQuietly(step)
  if (action?.kind === 'outside') {
    return { progress, goesOn: false } // calls are made outside of transactions
  }
  if (action?.kind === 'wait') {
    return { progress: await beginWait(flight, tx, progress, step, action), goesOn: false }
  }
  const taken = await takeInside(
    tx,
    { actions: services.actions, log: services.log },
    machine.actor,
    progress,
    step,
    variables,
  )
  const settled = settle(progress, step, taken.outcome, { ...taken, variables: variables.shown })
  await saveStep(tx, settled.row)
  return { progress: settled.progress, goesOn: settled.progress.run.due_at !== null }
}
