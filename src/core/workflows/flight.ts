import type { Database, OrgDb, Tx } from '../../platform/db/database.ts'
import type { Id } from '../../platform/ids.ts'
import { wakeOnCommit } from '../../platform/jobs/dispatcher.ts'
import { announce } from '../../platform/live.ts'
import type { Log } from '../../platform/log.ts'
import type { ActionServices } from './actions/action.ts'
import type { Documents } from './documents.ts'
import type { Machine } from './machine.ts'
import type { NewStep, Progress } from './progress.ts'
import { lockRun, saveRun } from './run-store.ts'
import type { RunRow } from './run-store.ts'
import { tellOfRun } from './runs.ts'
import type { Step, WorkflowDocument } from './schema.ts'
import { dueRuns } from './start.ts'
import type { Variables } from './variables.ts'

export interface RunServices {
  database: Database
  documents: Documents
  machine: (orgId: Id) => Promise<Machine>
  actions: ActionServices
  log: Log
}

/** Whoever has a run writes at least this often; after that their process is taken for dead. A call takes 10 s at most. */
export const leaseSeconds = 20

/** What stays the same while one process has a run. */
export interface Flight {
  services: RunServices
  db: OrgDb
  machine: Machine
  document: WorkflowDocument
  variables: Variables
  claim: number
}

/** Writes under the run's own lock, and only while it is still ours. */
export async function inTransaction(
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

export async function giveBack({ db, claim }: Flight, { run }: Progress): Promise<void> {
  await db.write(async (tx) => {
    if ((await lockRun(tx, run.id))?.claim === claim) {
      await saveRun(tx, { ...run, due_at: new Date() })
      await wakeOnCommit(tx, dueRuns)
    }
  })
}

/** A step that is not over yet. */
export function openStep(
  run: RunRow,
  step: Step,
): Pick<NewStep, 'run_id' | 'seq' | 'step_id' | 'action' | 'next_step'> {
  return { run_id: run.id, seq: run.steps_taken + 1, step_id: step.id, action: step.action ?? null, next_step: null }
}
