import type { Tx } from '../../platform/db/database.ts'
import type { Id } from '../../platform/ids.ts'
import type { Backlog } from '../../platform/jobs/dispatcher.ts'
import { wakeOnCommit } from '../../platform/jobs/dispatcher.ts'
import { nextTime } from './check.ts'
import type { MatchServices } from './match.ts'
import { forgetRuns, insertRuns } from './run-store.ts'
import { scheduleEvent } from './schema.ts'
import { dueRuns, newRun } from './start.ts'
import { holdDueSchedules, saveNextAt } from './store.ts'

/** Workflows whose hour has come. */
export const dueSchedules: Backlog = {
  channel: 'tellback_schedules',
  findOrgs: 'orgs_with_due_schedules',
  lockKind: 11,
}

const startedAtOnce = 100
const forgottenAtOnce = 1_000
/** How long the log of a run is kept after its end. */
const keptDays = 90
const dayMs = 86_400_000

/** Makes the function that starts what is due in an organisation and returns how many that was. What was missed while the desk stood still starts once. */
export function scheduleStarter(services: MatchServices): (orgId: Id) => Promise<number> {
  return (orgId) => services.database.forOrg(orgId).write((tx) => startDue(tx, services))
}

async function startDue(tx: Tx, { documents, actions }: MatchServices): Promise<number> {
  const now = actions.now()
  const due = await holdDueSchedules(tx, now, startedAtOnce)
  for (const { id, version, next_at: at } of due) {
    const document = await documents.read(tx, id, version)
    const schedule = document?.trigger.schedule
    await saveNextAt(tx, id, schedule === undefined ? null : (nextTime(schedule, now) ?? null))
    await insertRuns(tx, [
      newRun({
        workflow_id: id,
        version,
        started_by: 'schedule',
        event_name: scheduleEvent,
        trigger: { at: at.toISOString() },
      }),
    ])
  }
  if (due.length > 0) {
    await wakeOnCommit(tx, dueRuns)
  }
  return due.length
}

/** Removes the log of runs that ended long ago; returns how many. */
export async function forgetOldRuns(tx: Tx, now: Date): Promise<number> {
  return forgetRuns(tx, new Date(now.getTime() - keptDays * dayMs), forgottenAtOnce)
}
