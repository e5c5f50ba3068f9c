import { z } from 'zod'

import type { Database } from '../../platform/db/database.ts'
import type { Task } from '../../platform/jobs/task.ts'
import { sendTaskName } from './drafts.ts'
import { sendDraft } from './send.ts'
import type { SendServices } from './send.ts'

const Payload = z.object({ orgId: z.string(), id: z.string() })

export function sendTask(database: Database, services: SendServices): Task<z.infer<typeof Payload>> {
  return {
    name: sendTaskName,
    payload: Payload,
    run: ({ orgId, id }) => database.forOrg(orgId).write((tx) => sendDraft(tx, services, id, new Date())),
  }
}
