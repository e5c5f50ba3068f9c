import { z } from 'zod'

import type { Database } from '../../platform/db/database.ts'
import type { Task } from '../../platform/jobs/task.ts'
import type { Log } from '../../platform/log.ts'
import { bulkTaskName, runBulk } from './bulk.ts'

const Payload = z.object({ orgId: z.string(), id: z.string() })

export function bulkTask(database: Database, log: Log): Task<z.infer<typeof Payload>> {
  return { name: bulkTaskName, payload: Payload, run: ({ orgId, id }) => runBulk(database, log, orgId, id) }
}
