import { z } from 'zod'

import { only } from '../../platform/http/access.ts'
import { endpoint } from '../../platform/http/endpoint.ts'
import type { Endpoint } from '../../platform/http/endpoint.ts'
import { document, orgRelation, page, pageOf, PageQuery } from '../../platform/http/envelope.ts'
import { SubStatusAttributes, SubStatusInput, SubStatusUpdate } from './schema.ts'
import { createSubStatus, deleteSubStatus, getSubStatus, listSubStatuses, updateSubStatus } from './sub-statuses.ts'
import type { SubStatusRow } from './sub-statuses.ts'

const tag = 'Conversations'
const read = only(
  'sub_status',
  'org.user.conversation.read',
  'org.permission.conversation.read',
  'org.permission.sub_status.read',
)
const write = (verb: string) => only('sub_status', 'org.admin.sub_status.write', `org.permission.sub_status.${verb}`)
const reply = document(SubStatusAttributes)
const byId = z.object({ id: z.string().max(64) })

export const subStatusesRoutes: Endpoint[] = [
  endpoint({
    method: 'GET',
    path: '/v1/sub-statuses',
    tag,
    summary: 'List sub-statuses, those of one status together',
    access: read,
    query: PageQuery,
    status: 200,
    reply: page(SubStatusAttributes),
    handle: ({ db, query }) =>
      db.read(async (reader) => {
        const rows = await listSubStatuses(reader, query.pageSize + 1, (query.page - 1) * query.pageSize)
        return pageOf('/v1/sub-statuses', query, rows.map(showSubStatus))
      }),
  }),
  endpoint({
    method: 'POST',
    path: '/v1/sub-statuses',
    tag,
    summary: 'Create a sub-status',
    access: write('create'),
    body: SubStatusInput,
    status: 201,
    reply,
    handle: ({ db, by, body }) =>
      db.write(async (tx) => ({ data: showSubStatus(await createSubStatus(tx, by, body)) })),
  }),
  endpoint({
    method: 'GET',
    path: '/v1/sub-statuses/:id',
    tag,
    summary: 'Read a sub-status',
    access: read,
    params: byId,
    status: 200,
    reply,
    handle: ({ db, params }) =>
      db.read(async (reader) => ({ data: showSubStatus(await getSubStatus(reader, params.id)) })),
  }),
  endpoint({
    method: 'PUT',
    path: '/v1/sub-statuses/:id',
    tag,
    summary: 'Rename or move a sub-status',
    access: write('update'),
    params: byId,
    body: SubStatusUpdate,
    status: 200,
    reply,
    handle: ({ db, by, params, body }) =>
      db.write(async (tx) => ({ data: showSubStatus(await updateSubStatus(tx, by, params.id, body)) })),
  }),
  endpoint({
    method: 'DELETE',
    path: '/v1/sub-statuses/:id',
    tag,
    summary: 'Take a sub-status out of use',
    access: write('delete'),
    params: byId,
    status: 204,
    reply: z.void(),
    handle: ({ db, by, params }) => db.write((tx) => deleteSubStatus(tx, by, params.id)),
  }),
]

function showSubStatus(row: SubStatusRow) {
  return {
    type: 'sub_status',
    id: row.id,
    attributes: {
      name: row.name,
      status: row.status,
      position: row.position,
      createdAt: row.created_at.toISOString(),
      updatedAt: row.updated_at.toISOString(),
    },
    relationships: orgRelation(row.org_id),
    links: { self: `/v1/sub-statuses/${row.id}` },
  }
}
