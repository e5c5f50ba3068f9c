import { z } from 'zod'

import { everybody } from '../../platform/http/access.ts'
import { endpoint } from '../../platform/http/endpoint.ts'
import type { Endpoint } from '../../platform/http/endpoint.ts'
import {
  document,
  orgRelation,
  page,
  pageOf,
  PageQuery,
  relationTo,
  userRelation,
  withQuery,
} from '../../platform/http/envelope.ts'
import { listNotifications, markAllRead, markNotification } from './notifications.ts'
import type { NotificationRow } from './notifications.ts'
import { NotificationAttributes, NotificationUpdate } from './schema.ts'

const tag = 'Notifications'
const own = everybody('own')

export const notificationsRoutes: Endpoint[] = [
  endpoint({
    method: 'GET',
    path: '/v1/notifications',
    tag,
    summary: 'List your notifications, the newest first',
    access: own,
    query: PageQuery.extend({ unread: z.stringbool().default(false) }),
    status: 200,
    reply: page(NotificationAttributes),
    handle: ({ db, by, query }) =>
      db.read(async (reader) => {
        const filter = { userId: by.userId, unread: query.unread }
        const rows = await listNotifications(reader, filter, query.pageSize + 1, (query.page - 1) * query.pageSize)
        const path = withQuery('/v1/notifications', { unread: query.unread ? 'true' : undefined })
        return pageOf(path, query, rows.map(showNotification))
      }),
  }),
  endpoint({
    method: 'PUT',
    path: '/v1/notifications/:id',
    tag,
    summary: 'Mark one of your notifications read or unread',
    access: own,
    params: z.object({ id: z.string().max(64) }),
    body: NotificationUpdate,
    status: 200,
    reply: document(NotificationAttributes),
    handle: ({ db, by, params, body }) =>
      db.write(async (tx) => ({ data: showNotification(await markNotification(tx, by.userId, params.id, body.read)) })),
  }),
  endpoint({
    method: 'POST',
    path: '/v1/notifications/read',
    tag,
    summary: 'Mark all your notifications read',
    access: own,
    status: 200,
    reply: z.object({ meta: z.object({ marked: z.number() }) }),
    handle: ({ db, by }) => db.write(async (tx) => ({ meta: { marked: await markAllRead(tx, by.userId) } })),
  }),
]

function showNotification(row: NotificationRow) {
  return {
    type: 'notification',
    id: row.id,
    attributes: {
      kind: row.kind,
      title: row.title,
      body: row.body,
      objectType: row.object_type,
      objectId: row.object_id,
      readAt: row.read_at?.toISOString() ?? null,
      createdAt: row.created_at.toISOString(),
    },
    relationships: {
      ...orgRelation(row.org_id),
      ...(row.customer_id === null ? {} : { customer: relationTo('customer', row.customer_id) }),
      ...userRelation('createdBy', row.created_by),
    },
    links: { self: `/v1/notifications/${row.id}` },
  }
}
