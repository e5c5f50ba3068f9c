import { z } from 'zod'

import { may } from '../../platform/http/access.ts'
import { parseCursor, writeCursor } from '../../platform/http/cursor.ts'
import { endpoint } from '../../platform/http/endpoint.ts'
import type { Endpoint } from '../../platform/http/endpoint.ts'
import { CursorQuery, cursorPageOf, document, page, resource, withQuery } from '../../platform/http/envelope.ts'
import { getFeedback, listFeedback, listVersions } from './feedback.ts'
import { FeedbackAttributes, FeedbackFilter, FeedbackVersionAttributes } from './schema.ts'
import { showFeedback, showVersion } from './show.ts'

const tag = 'Feedback'

export const feedbackRoutes: Endpoint[] = [
  endpoint({
    method: 'GET',
    path: '/v1/feedback',
    tag,
    summary: 'List feedback, newest first',
    access: may('read', 'feedback', 'org.user.kobject.read', 'org.permission.kobject.read'),
    query: CursorQuery.extend(FeedbackFilter.shape),
    status: 200,
    reply: page(FeedbackAttributes),
    handle: ({ db, query }) =>
      db.read(async (reader) => {
        const { after, pageSize, unmatched, ...filter } = query
        const rows = await listFeedback(reader, { ...filter, unmatched }, pageSize + 1, parseCursor(after))
        const path = withQuery('/v1/feedback', {
          ...filter,
          unmatched: unmatched ? 'true' : undefined,
          scoreFrom: filter.scoreFrom?.toString(),
          scoreTo: filter.scoreTo?.toString(),
        })
        return cursorPageOf(path, query, rows, showFeedback, (row) => writeCursor(row.responded_at, row.id))
      }),
  }),
  endpoint({
    method: 'GET',
    path: '/v1/feedback/:id',
    tag,
    summary: 'Read one review or survey answer',
    access: may('read', 'feedback', 'org.user.kobject.read', 'org.permission.kobject.read'),
    params: z.object({ id: z.string().max(24) }),
    status: 200,
    reply: document(FeedbackAttributes),
    handle: ({ db, params }) =>
      db.read(async (reader) => ({ data: showFeedback(await getFeedback(reader, params.id)) })),
  }),
  endpoint({
    method: 'GET',
    path: '/v1/feedback/:id/versions',
    tag,
    summary: 'List what it said before its author changed it, the newest first',
    access: may('read', 'feedback', 'org.user.kobject.read', 'org.permission.kobject.read'),
    params: z.object({ id: z.string().max(24) }),
    status: 200,
    reply: z.object({ data: z.array(resource(FeedbackVersionAttributes)) }),
    handle: ({ db, params }) =>
      db.read(async (reader) => {
        const { id } = await getFeedback(reader, params.id)
        return { data: (await listVersions(reader, id)).map(showVersion) }
      }),
  }),
]
