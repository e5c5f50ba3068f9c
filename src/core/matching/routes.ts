import { z } from 'zod'

import { may } from '../../platform/http/access.ts'
import { endpoint } from '../../platform/http/endpoint.ts'
import type { Endpoint } from '../../platform/http/endpoint.ts'
import { orgRelation, resource } from '../../platform/http/envelope.ts'
import { getFeedback } from '../feedback/feedback.ts'
import { findCandidates } from './candidates.ts'
import type { Candidate } from './candidates.ts'
import { CandidateAttributes } from './schema.ts'

export const matchingRoutes: Endpoint[] = [
  endpoint({
    method: 'GET',
    path: '/v1/feedback/:id/candidates',
    tag: 'Feedback',
    summary: 'List who may have written it, the likeliest first, with what speaks for each',
    access: may('read', 'feedback', 'org.user.kobject.read', 'org.permission.kobject.read'),
    params: z.object({ id: z.string().max(24) }),
    status: 200,
    reply: z.object({ data: z.array(resource(CandidateAttributes)) }),
    handle: ({ db, params }) =>
      db.read(async (reader) => ({
        data: (await findCandidates(reader, await getFeedback(reader, params.id))).map(showCandidate),
      })),
  }),
]

function showCandidate({ customer, evidence }: Candidate) {
  return {
    type: 'candidate',
    id: customer.id,
    attributes: { displayName: customer.name, email: customer.emails[0]?.email ?? null, evidence },
    relationships: orgRelation(customer.org_id),
    links: { self: `/v1/customers/${customer.id}` },
  }
}
