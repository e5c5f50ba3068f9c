import { z } from 'zod'

import type { Task } from '../../platform/jobs/task.ts'
import { reopenedTaskName } from '../conversations/conversations.ts'
import type { SurveyServices } from './decide.ts'
import { followReopened } from './requests.ts'

const Payload = z.object({ orgId: z.string(), id: z.string(), at: z.coerce.date() })

/** Stops what is scheduled about a conversation that was opened again. */
export function reopenedTask({ database, now }: SurveyServices): Task<z.infer<typeof Payload>> {
  return {
    name: reopenedTaskName,
    payload: Payload,
    run: ({ orgId, id, at }) => database.forOrg(orgId).write((tx) => followReopened(tx, id, at, now())),
  }
}
