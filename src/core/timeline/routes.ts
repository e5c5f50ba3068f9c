import { z } from 'zod'

import { may } from '../../platform/http/access.ts'
import { parseCursor, writeCursor } from '../../platform/http/cursor.ts'
import { endpoint } from '../../platform/http/endpoint.ts'
import type { Endpoint } from '../../platform/http/endpoint.ts'
import { CursorQuery, cursorPageOf, document, page, resource, withQuery } from '../../platform/http/envelope.ts'
import type { AppServices } from '../apps/apps.ts'
import { showConversation } from '../conversations/show.ts'
import { getCustomer } from '../customers/customers.ts'
import { getFeedback } from '../feedback/feedback.ts'
import { FeedbackAttributes, FeedbackLink } from '../feedback/schema.ts'
import { feedbackAttributes, showFeedback } from '../feedback/show.ts'
import { showNote } from '../notes/show.ts'
import { getAnyObject, getKlass, updateObject } from '../objects/objects.ts'
import { showObject } from '../objects/show.ts'
import { showSurvey } from '../surveys/show.ts'
import { Kinds, TimelineAttributes, TimelineCounts, TimelinePin } from './schema.ts'
import { countKinds, followObject, pinnedItems, setPinned, timelinePage } from './timeline.ts'
import type { TimelineItem } from './timeline.ts'

const byCustomer = z.object({ id: z.string().max(24) })

export function timelineRoutes(services: AppServices): Endpoint[] {
  const show = (item: TimelineItem) => showItem(services, item)
  return [
    endpoint({
      method: 'GET',
      path: '/v1/customers/:id/timeline',
      tag: 'Customers',
      summary: "Read a customer's timeline, newest first",
      access: may('read', 'customer'),
      params: byCustomer,
      query: CursorQuery.extend({ kinds: Kinds.optional() }),
      status: 200,
      reply: page(TimelineAttributes),
      handle: ({ db, params, query }) =>
        db.read(async (reader) => {
          const items = await timelinePage(reader, params.id, {
            limit: query.pageSize + 1,
            after: parseCursor(query.after),
            kinds: query.kinds,
          })
          if (items.length === 0) {
            await getCustomer(reader, params.id)
          }
          const path = withQuery(`/v1/customers/${params.id}/timeline`, { kinds: query.kinds?.join(',') })
          return cursorPageOf(path, query, items, show, (item) => writeCursor(item.at, item.itemId))
        }),
    }),
    endpoint({
      method: 'GET',
      path: '/v1/customers/:id/timeline/pinned',
      tag: 'Customers',
      summary: "List the cards that are pinned above a customer's timeline, at most 20",
      access: may('read', 'customer'),
      params: byCustomer,
      status: 200,
      reply: z.object({ data: z.array(resource(TimelineAttributes)) }),
      handle: ({ db, params }) =>
        db.read(async (reader) => {
          const { id } = await getCustomer(reader, params.id)
          return { data: (await pinnedItems(reader, id)).map(show) }
        }),
    }),
    endpoint({
      method: 'GET',
      path: '/v1/customers/:id/timeline/counts',
      tag: 'Customers',
      summary: "Count the cards of each kind on a customer's timeline",
      access: may('read', 'customer'),
      params: byCustomer,
      status: 200,
      reply: TimelineCounts,
      handle: ({ db, params }) =>
        db.read(async (reader) => {
          const { id } = await getCustomer(reader, params.id)
          return { data: await countKinds(reader, id) }
        }),
    }),
    endpoint({
      method: 'PUT',
      path: '/v1/customers/:id/timeline/:item',
      tag: 'Customers',
      summary: "Pin a card above a customer's timeline, or take the pin off",
      access: may('update', 'customer'),
      params: byCustomer.extend({ item: z.string().max(24) }),
      body: TimelinePin,
      status: 204,
      reply: z.void(),
      handle: ({ db, by, params, body }) =>
        db.write(async (tx) => {
          const { id } = await getCustomer(tx, params.id)
          await setPinned(tx, by, id, params.item, body.pinned)
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
}

function showItem(
  services: AppServices,
  { itemId, at, kind, pinnedAt, object, feedback, conversation, note, survey, store }: TimelineItem,
) {
  const shown = object === undefined ? undefined : showObject(object)
  const talk = conversation === undefined ? undefined : showConversation(conversation)
  const written = note === undefined ? undefined : showNote(note)
  const asked = survey === undefined ? undefined : showSurvey(services, survey, store)
  return {
    type: 'timeline_item',
    id: itemId,
    attributes: {
      at: at.toISOString(),
      kind,
      pinnedAt: pinnedAt?.toISOString() ?? null,
      klass: object?.klass ?? null,
      object: shown?.attributes ?? null,
      feedback: feedback === undefined ? null : feedbackAttributes(feedback),
      conversation: talk?.attributes ?? null,
      note: written?.attributes ?? null,
      survey: asked?.attributes ?? null,
    },
    relationships: (shown ?? talk ?? written ?? asked)?.relationships ?? {},
    links: (shown ?? talk ?? written ?? asked)?.links ?? { self: `/v1/timeline/${itemId}` },
  }
}
