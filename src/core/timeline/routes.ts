import { z } from 'zod'

import { may } from '../../platform/http/access.ts'
import { parseCursor, writeCursor } from '../../platform/http/cursor.ts'
import { endpoint } from '../../platform/http/endpoint.ts'
import type { Endpoint } from '../../platform/http/endpoint.ts'
import { CursorQuery, cursorPageOf, document, orgRelation, page } from '../../platform/http/envelope.ts'
import { getCustomer } from '../customers/customers.ts'
import { getFeedback } from '../feedback/feedback.ts'
import { FeedbackAttributes, FeedbackLink } from '../feedback/schema.ts'
import { feedbackAttributes, showFeedback } from '../feedback/show.ts'
import { getAnyObject, getKlass, updateObject } from '../objects/objects.ts'
import { showObject } from '../objects/show.ts'
import { TimelineAttributes } from './schema.ts'
import { followObject, timelinePage } from './timeline.ts'
import type { TimelineItem } from './timeline.ts'

export const timelineRoutes: Endpoint[] = [
  endpoint({
    method: 'GET',
    path: '/v1/customers/:id/timeline',
    tag: 'Customers',
    summary: "Read a customer's timeline, newest first",
    access: may('read', 'customer'),
    params: z.object({ id: z.string().max(24) }),
    query: CursorQuery,
    status: 200,
    reply: page(TimelineAttributes),
    handle: ({ db, params, query }) =>
      db.read(async (reader) => {
        const items = await timelinePage(reader, params.id, query.pageSize + 1, parseCursor(query.after))
        if (items.length === 0) {
          await getCustomer(reader, params.id)
        }
        return cursorPageOf(`/v1/customers/${params.id}/timeline`, query, items, showItem, (item) =>
          writeCursor(item.object.at, item.object.id),
        )
      }),
  }),
  endpoint({
    method: 'PUT',
    path: '/v1/feedback/:id',
    tag: 'Feedback',
    summary: 'Say which customer unmatched feedback is from',
    access: may('update', 'kobject'),
    params: z.object({ id: z.string().max(24) }),
    body: FeedbackLink,
    status: 200,
    reply: document(FeedbackAttributes),
    handle: ({ db, by, params, body }) =>
      db.write(async (tx) => {
        await getFeedback(tx, params.id)
        const object = await getAnyObject(tx, params.id)
        const { before, after } = await updateObject(tx, by, await getKlass(tx, object.klass), object.id, {
          customer: body.customer,
        })
        await followObject(tx, before, after)
        return { data: showFeedback(await getFeedback(tx, params.id)) }
      }),
  }),
]

function showItem({ object, feedback }: TimelineItem) {
  const shown = showObject(object)
  return {
    type: 'timeline_item',
    id: object.id,
    attributes: {
      at: object.at.toISOString(),
      klass: object.klass,
      object: shown.attributes,
      feedback: feedback === undefined ? null : feedbackAttributes(feedback),
    },
    relationships: orgRelation(object.org_id),
    links: shown.links,
  }
}
