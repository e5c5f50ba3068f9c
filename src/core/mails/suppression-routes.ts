import { z } from 'zod'

import { may, only } from '../../platform/http/access.ts'
import { parseCursor, writeCursor } from '../../platform/http/cursor.ts'
import { endpoint } from '../../platform/http/endpoint.ts'
import type { Endpoint } from '../../platform/http/endpoint.ts'
import { CursorQuery, cursorPageOf, document, orgRelation, page, userRelation } from '../../platform/http/envelope.ts'
import { SuppressionAttributes, SuppressionInput } from './schema.ts'
import { allowAgain, listSuppressions, suppress } from './suppressions.ts'
import type { SuppressionRow } from './suppressions.ts'

const tag = 'Messages'
const path = '/v1/mail-suppressions'
const admin = only('mail', 'org.admin', 'org.permission.message.update')

export const suppressionRoutes: Endpoint[] = [
  endpoint({
    method: 'GET',
    path,
    tag,
    summary: 'List the addresses that nothing, or nothing but answers, is sent to, the newest first',
    access: may('read', 'mail', 'org.user.message.read', 'org.permission.message.read'),
    query: CursorQuery,
    status: 200,
    reply: page(SuppressionAttributes),
    handle: ({ db, query: { after, pageSize } }) =>
      db.read(async (reader) => {
        const rows = await listSuppressions(reader, pageSize + 1, parseCursor(after))
        return cursorPageOf(path, { after, pageSize }, rows, showSuppression, (row) =>
          writeCursor(row.created_at, row.id),
        )
      }),
  }),
  endpoint({
    method: 'POST',
    path,
    tag,
    summary: 'Put an address on the list; one that is there already stays as it is',
    access: admin,
    body: SuppressionInput,
    status: 201,
    reply: document(SuppressionAttributes),
    handle: ({ db, by, body }) =>
      db.write(async (tx) => ({
        data: showSuppression(await suppress(tx, { ...body, reason: 'added', createdBy: by.userId })),
      })),
  }),
  endpoint({
    method: 'DELETE',
    path: `${path}/:id`,
    tag,
    summary: 'Take an address off the list',
    access: admin,
    params: z.object({ id: z.string().max(24) }),
    status: 204,
    reply: z.void(),
    handle: ({ db, by, params }) => db.write((tx) => allowAgain(tx, by, params.id)),
  }),
]

function showSuppression(row: SuppressionRow) {
  return {
    type: 'mail-suppression',
    id: row.id,
    attributes: {
      address: row.address,
      scope: row.scope,
      reason: row.reason,
      detail: row.detail,
      createdAt: row.created_at.toISOString(),
    },
    relationships: { ...orgRelation(row.org_id), ...userRelation('createdBy', row.created_by) },
    links: { self: `${path}/${row.id}` },
  }
}
