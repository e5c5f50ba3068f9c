import { z } from 'zod'

import type { Task } from '../../platform/jobs/task.ts'
import { enquiryTaskName, runEnquiry } from './enquiries.ts'
import type { EnquiryServices } from './enquiries.ts'

const Payload = z.object({ orgId: z.string(), id: z.string() })

export function enquiryTask(services: EnquiryServices): Task<z.infer<typeof Payload>> {
  return { name: enquiryTaskName, payload: Payload, run: ({ orgId, id }) => runEnquiry(services, orgId, id) }
}
