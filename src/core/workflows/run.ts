import { setTimeout as sleep } from 'node:timers/promises'

import type { Database, OrgDb, Tx } from '../../platform/db/database.ts'
import type { Id } from '../../platform/ids.ts'
import { wakeOnCommit } from '../../platform/jobs/dispatcher.ts'
import { announce } from '../../platform/live.ts'
import type { Log } from '../../platform/log.ts'
import type { Action, ActionServices, Wait } from './actions/action.ts'
import type { Documents } from './documents.ts'
import { actionOf, takeInside } from './inside.ts'
import type { Machine } from './machine.ts'
import { makeCall, prepareCall } from './outside.ts'
import {
  ended,
  failure,
  inputOf,
  leaveTrigger,
  limitReached,
  nextStep,
  progressOf,
  scopeOf,
  settle,
} from './progress.ts'
import type { NewStep, Outcome, Progress } from './progress.ts'
import { claimRuns, insertWait, listSteps, lockRun, removeWait, saveRun, saveStep } from './run-store.ts'
import type { RunRow, StepRow } from './run-store.ts'
import { tellOfRun } from './runs.ts'
import { forgetOldRuns } from './schedule.ts'
import { triggerStep } from './schema.ts'
import type { RunState, Step, WorkflowDocument } from './schema.ts'
import { dueRuns } from './start.ts'
import { namesVariables, noVariables, readVariables } from './variables.ts'
import type { Variables } from './variables.ts'

export interface RunServices {
  database: Database
  documents: Documents
  machine: (orgId: Id) => Promise<Machine>
  actions: ActionServices
  log: Log
}

const mostInFlight = 32
const claimedAtOnce = 8
const reservedPauseMs = 5
/** Whoever has a run writes at least this often; after that their process is taken for dead. A call takes 10 s at most. */
const leaseSeconds = 20
const sliceMs = 5_000 // then others have their turn
const transactionMs = 200
const stepsPerTransaction = 25
const forgetEveryMs = 60 * 60_000
const mostAttempts = 5
const mostInterruptions = 8
const interruptedPauseMs = 2_000
const firstRetryMs = 1_000
const retryFactor = 5 // 1 s, 5 s, 25 s, 2 min

/** Takes runs further. Disposing of it ends each at its next step; another process, or the next start, goes on from there. */
export interface RunExecutor extends AsyncDisposable {
  /** Takes up runs that are due and returns how many. */
  run: (orgId: Id) => Promise<number>
}

/** A call to somebody slow holds up no other run: so many are under way at once, whoever they wait for. */
export function createRunExecutor(services: RunServices): RunExecutor {
  const inFlight = new Set<Promise<void>>()
  let reserved = 0 // claimed in a moment, by a call beside this one
  const closing = new AbortController()
  const forgotten = new Map<Id, number>()
  return {
    run: async (orgId) => {
      while (inFlight.size + reserved >= mostInFlight) {
        await (inFlight.size === 0 ? sleep(reservedPauseMs) : Promise.race(inFlight))
      }
      if (closing.signal.aborted) {
        return 0
      }
      const wanted = Math.min(claimedAtOnce, mostInFlight - inFlight.size - reserved)
      reserved += wanted
      const db = services.database.forOrg(orgId)
      const isTimeToForget = (forgotten.get(orgId) ?? 0) < Date.now() - forgetEveryMs
      if (isTimeToForget) {
        forgotten.set(orgId, Date.now())
      }
      const claimed = await db
        .write(async (tx) => {
          if (isTimeToForget) {
            await forgetOldRuns(tx, services.actions.now())
          }
          return claimRuns(tx, wanted, leaseSeconds)
        })
        .finally(() => {
          reserved -= wanted
        })
      for (const run of claimed) {
        const flight = advance(services, run, closing.signal)
          .catch((error: unknown) => interrupted(services, run, error))
          .catch((error: unknown) =>
            services.log.warn({ reason: String(error), run: run.id }, 'a run waits for its lease'),
          )
          .finally(() => inFlight.delete(flight))
        inFlight.add(flight)
      }
      return claimed.length
    },
    [Symbol.asyncDispose]: async () => {
      closing.abort()
      await Promise.allSettled(inFlight)
    },
  }
}

/** Something broke outside of any step. It is tried again, later each time, and not for ever. */
async function interrupted(services: RunServices, { org_id: orgId, id, claim }: RunRow, error: unknown): Promise<void> {
  services.log.error({ err: error, org: orgId, run: id }, 'a workflow run was interrupted')
  await services.database.forOrg(orgId).write(async (tx) => {
    const run = await lockRun(tx, id)
    if (run?.claim !== claim || run.due_at === null) {
      return
    }
    const attempts = run.attempts + 1
    const message = 'Something went wrong here again and again; the server log has the reason.'
    const given =
      attempts >= mostInterruptions
        ? ended(run, 'failed', { message, code: 'internal' })
        : { ...run, attempts, due_at: new Date(Date.now() + interruptedPauseMs * attempts) }
    await saveRun(tx, given)
    await tellOfRun(tx, given, services.actions.now())
  })
}

/** What stays the same while one process has a run. */
interface Flight {
  services: RunServices
  db: OrgDb
  machine: Machine
  document: WorkflowDocument
  variables: Variables
  claim: number
}

async function advance(services: RunServices, claimed: RunRow, closing: AbortSignal): Promise<void> {
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

/** Writes under the run's own lock, and only while it is still ours. */
async function inTransaction(
  { services, db, claim }: Flight,
  progress: Progress,
  work: (tx: Tx, progress: Progress) => Promise<Progress>,
): Promise<Progress | undefined> {
  return db.write(async (tx) => {
    const held = await lockRun(tx, progress.run.id)
    if (held?.claim !== claim) {
      return undefined
    }
    const after = await work(tx, progress)
    const run =
      after.run.state === 'ready' && after.run.due_at !== null ? { ...after.run, due_at: leaseEnd() } : after.run
    await saveRun(tx, run)
    if (run.due_at === null) {
      await tellOfRun(tx, run, services.actions.now())
    }
    await announce(tx, { names: ['tellback.workflow_run.update'], customers: [] })
    return run.state === 'waiting' ? undefined : { ...after, run }
  })
}

function leaseEnd(): Date {
  return new Date(Date.now() + leaseSeconds * 1000)
}

async function giveBack({ db, claim }: Flight, { run }: Progress): Promise<void> {
  await db.write(async (tx) => {
    if ((await lockRun(tx, run.id))?.claim === claim) {
      await saveRun(tx, { ...run, due_at: new Date() })
      await wakeOnCommit(tx, dueRuns)
    }
  })
}

/** The key of a step’s effect: it stays the same for as long as the step is not done, whoever tries it and however often. */
function idempotencyKeyOf(progress: Progress, step: Step, doneBefore: number): string {
  return `${progress.run.id}.${step.id}.${doneBefore}`
}

async function callOutside(
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
    const prepared = await db.read((reader) => prepareCall(reader, services.actions, action, progress, step, variables))
    ;({ shown } = prepared)
    const doneBefore = await db.read(
      async (reader) =>
        (await listSteps(reader, progress.run.id)).filter((it) => it.step_id === step.id && it.status === 'done')
          .length,
    )
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

function openStep(run: RunRow, step: Step): Pick<NewStep, 'run_id' | 'seq' | 'step_id' | 'action' | 'next_step'> {
  return { run_id: run.id, seq: run.steps_taken + 1, step_id: step.id, action: step.action ?? null, next_step: null }
}

async function beginWait(
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
async function endWait(flight: Flight, progress: Progress, waiting: StepRow): Promise<Progress | undefined> {
  const step = nextStep(flight.document, progress)
  if (step === undefined) {
    return progress
  }
  return inTransaction(flight, progress, async (tx, held) => {
    await removeWait(tx, held.run.id)
    const output = waiting.output ?? { timedOut: true, event: null }
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
