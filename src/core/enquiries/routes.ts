import { z } from 'zod'

import type { Reader } from '../../platform/db/database.ts'
import { isAllowed, may } from '../../platform/http/access.ts'
import type { Actor } from '../../platform/http/access.ts'
import { endpoint } from '../../platform/http/endpoint.ts'
import type { Endpoint } from '../../platform/http/endpoint.ts'
import { document, orgRelation } from '../../platform/http/envelope.ts'
import type { AppServices } from '../apps/apps.ts'
import { getFeedback } from '../feedback/feedback.ts'
import { ask, enquiryFor, findEnquiry } from './enquiries.ts'
import { EnquiryAttributes } from './schema.ts'

const tag = 'Replies'
const path = '/v1/feedback/:id/enquiry'
const byId = z.object({ id: z.string().max(24) })
const reply = document(EnquiryAttributes)
const asking = may('create', 'reply')

export function enquiriesRoutes(services: AppServices): Endpoint[] {
  return [
    endpoint({
      method: 'GET',
      path,
      tag,
      summary: 'Read whether the author of a review was asked who they are, and what they answered',
      access: may('read', 'reply'),
      params: byId,
      status: 200,
      reply,
      handle: ({ db, by, params }) => db.read((reader) => show(reader, services, by, params.id)),
    }),
    endpoint({
      method: 'POST',
      path,
      tag,
      summary: 'Ask the author of a review, by way of its provider, who they are',
      access: asking,
      params: byId,
      status: 202,
      reply,
      handle: ({ db, by, params }) =>
        db.write(async (tx) => {
          await ask(tx, services, by, params.id)
          return show(tx, services, by, params.id)
        }),
    }),
  ]
}

async function show(reader: Reader, services: AppServices, by: Actor, id: string) {
  const feedback = await getFeedback(reader, id)
  const enquiry = await enquiryFor(reader, services, feedback)
  const row = await findEnquiry(reader, feedback.id)
  const attributes: EnquiryAttributes = {
    name: enquiry?.name ?? '',
    problem: enquiry === undefined ? 'The author of this review cannot be asked from here.' : (enquiry.problem ?? null),
    mayAsk: isAllowed(by, asking),
    command: enquiry?.command ?? null,
    state: row?.state ?? 'none',
    reason: row?.reason ?? null,
    answer: row?.answer ?? null,
    askedBy: row?.asked_by ?? null,
    askedAt: row?.asked_at?.toISOString() ?? null,
    answeredAt: row?.answered_at?.toISOString() ?? null,
    nextCheckAt: row?.next_check_at?.toISOString() ?? null,
  }
  return {
    data: {
      type: 'enquiry',
      id: feedback.id,
      attributes,
      relationships: orgRelation(feedback.org_id),
      links: { self: `/v1/feedback/${feedback.id}/enquiry` },
    },
  }
}
