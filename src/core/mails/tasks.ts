import { z } from 'zod'

import type { Task } from '../../platform/jobs/task.ts'
import { sendMailTaskName } from './mails.ts'
import { sendMail } from './send.ts'
import type { SendMailServices } from './send.ts'

const Payload = z.object({ orgId: z.string(), id: z.string() })

export function sendMailTask(services: SendMailServices): Task<z.infer<typeof Payload>> {
  return { name: sendMailTaskName, payload: Payload, run: ({ orgId, id }) => sendMail(services, orgId, id) }
}
