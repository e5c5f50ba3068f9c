import { z } from 'zod'

import type { Task } from '../../platform/jobs/task.ts'
import { publishReply } from './publish.ts'
import type { PublishServices } from './publish.ts'
import { publishTaskName } from './replies.ts'

const Payload = z.object({ orgId: z.string(), feedbackId: z.string() })

export function publishTask(services: PublishServices): Task<z.infer<typeof Payload>> {
  return {
    name: publishTaskName,
    payload: Payload,
    run: ({ orgId, feedbackId }) => publishReply(services, orgId, feedbackId),
  }
}
