import { setTimeout as sleep } from 'node:timers/promises'

import type { Id } from '../../platform/ids.ts'
import { leaseSeconds } from './flight.ts'
import type { RunServices } from './flight.ts'
import { ended } from './progress.ts'
import { claimRuns, lockRun, saveRun } from './run-store.ts'
import type { RunRow } from './run-store.ts'
import { advance } from './run.ts'
import { tellOfRun } from './runs.ts'
import { forgetOldRuns } from './schedule.ts'

const mostInFlight = 32
const claimedAtOnce = 8
const reservedPauseMs = 5
const forgetEveryMs = 60 * 60_000
const mostInterruptions = 8
const interruptedPauseMs = 2_000

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
