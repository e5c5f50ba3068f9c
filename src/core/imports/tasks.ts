import { z } from 'zod'

import { ApiError } from '../../platform/http/errors.ts'
import type { Task } from '../../platform/jobs/task.ts'
import { enqueueNightly, importTaskName, nightlyTaskName, startImport } from './imports.ts'
import { runImport } from './run.ts'
import type { ImportServices } from './run.ts'

const Run = z.object({ orgId: z.string(), id: z.string() })
const Nightly = z.object({ orgId: z.string(), installationId: z.string() })

export function importTask(services: ImportServices): Task<z.infer<typeof Run>> {
  return { name: importTaskName, payload: Run, run: ({ orgId, id }) => runImport(services, orgId, id) }
}

/** Begins a reconciliation, and sees to the one of the night after, whatever comes of this one. */
export function nightlyTask({ database, providers }: ImportServices): Task<z.infer<typeof Nightly>> {
  return {
    name: nightlyTaskName,
    payload: Nightly,
    run: async ({ orgId, installationId }) => {
      const db = database.forOrg(orgId)
      await db.write((tx) => enqueueNightly(tx, installationId, new Date()))
      try {
        await db.write((tx) => startImport(tx, providers, undefined, installationId, 'reconciliation'))
      } catch (error) {
        if (!(error instanceof ApiError)) {
          throw error // an installation that is gone, switched off or busy has nothing to lay beside
        }
      }
    },
  }
}
