import { z } from 'zod'

import type { Database } from '../../platform/db/database.ts'
import type { Task } from '../../platform/jobs/task.ts'
import { wakeConversation, wakeTaskName } from './conversations.ts'

const Payload = z.object({ orgId: z.string(), id: z.string() })

/** Wakes a snoozed conversation at its time. */
export function wakeTask(database: Database): Task<z.infer<typeof Payload>> {
  return {
    name: wakeTaskName,
    payload: Payload,
    run: ({ orgId, id }) => database.forOrg(orgId).write((tx) => wakeConversation(tx, id, new Date())),
  }
}
