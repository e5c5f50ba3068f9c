import { z } from 'zod'

import { may } from '../../platform/http/access.ts'
import { endpoint } from '../../platform/http/endpoint.ts'
import type { Endpoint } from '../../platform/http/endpoint.ts'
import { document, orgRelation, page, pageOf, PageQuery, userRelation } from '../../platform/http/envelope.ts'
import { fieldsOf } from './fields.ts'
import { ShortcutAttributes, ShortcutInput, ShortcutUpdate } from './schema.ts'
import {
  createShortcut,
  deleteShortcut,
  fillShortcut,
  getShortcut,
  listShortcuts,
  updateShortcut,
} from './shortcuts.ts'
import type { ShortcutRow } from './shortcuts.ts'

const tag = 'Shortcuts'
const admin = 'org.admin.shortcut.write'
const read = may('read', 'shortcut')
const reply = document(ShortcutAttributes)
const byId = z.object({ id: z.string().max(64) })

export const shortcutsRoutes: Endpoint[] = [
  endpoint({
    method: 'GET',
    path: '/v1/shortcuts',
    tag,
    summary: 'List shortcuts by name: the shared ones and your own',
    access: read,
    query: PageQuery,
    status: 200,
    reply: page(ShortcutAttributes),
    handle: ({ db, by, query }) =>
      db.read(async (reader) => {
        const rows = await listShortcuts(reader, by.userId, query.pageSize + 1, (query.page - 1) * query.pageSize)
        return pageOf('/v1/shortcuts', query, rows.map(showShortcut))
      }),
  }),
  endpoint({
    method: 'POST',
    path: '/v1/shortcuts',
    tag,
    summary: 'Create a shortcut',
    access: may('create', 'shortcut', admin),
    body: ShortcutInput,
    status: 201,
    reply,
    handle: ({ db, by, body }) => db.write(async (tx) => ({ data: showShortcut(await createShortcut(tx, by, body)) })),
  }),
  endpoint({
    method: 'GET',
    path: '/v1/shortcuts/:id',
    tag,
    summary: 'Read a shortcut',
    access: read,
    params: byId,
    status: 200,
    reply,
    handle: ({ db, by, params }) =>
      db.read(async (reader) => ({ data: showShortcut(await getShortcut(reader, by, params.id)) })),
  }),
  endpoint({
    method: 'PUT',
    path: '/v1/shortcuts/:id',
    tag,
    summary: 'Change a shortcut: what the body leaves out stays',
    access: may('update', 'shortcut', admin),
    params: byId,
    body: ShortcutUpdate,
    status: 200,
    reply,
    handle: ({ db, by, params, body }) =>
      db.write(async (tx) => ({ data: showShortcut(await updateShortcut(tx, by, params.id, body)) })),
  }),
  endpoint({
    method: 'DELETE',
    path: '/v1/shortcuts/:id',
    tag,
    summary: 'Delete a shortcut',
    access: may('delete', 'shortcut', admin, 'org.user.shortcut.write'),
    params: byId,
    status: 204,
    reply: z.void(),
    handle: ({ db, by, params }) => db.write((tx) => deleteShortcut(tx, by, params.id)),
  }),
  endpoint({
    method: 'GET',
    path: '/v1/shortcuts/:id/filled',
    tag,
    summary: "A shortcut's text with its fields filled in for a conversation",
    access: read,
    params: byId,
    query: z.object({ conversation: z.string().max(64) }),
    status: 200,
    reply: z.object({
      data: z.object({
        body: z.string(),
        subject: z.string().nullable(),
        missing: z.array(z.string()).describe('Fields that nothing is known for; they stand as they are.'),
        changes: z.looseObject({}),
      }),
    }),
    handle: ({ db, by, params, query }) =>
      db.read(async (reader) => ({ data: await fillShortcut(reader, by, params.id, query.conversation) })),
  }),
]

function showShortcut(row: ShortcutRow) {
  return {
    type: 'shortcut',
    id: row.id,
    attributes: {
      name: row.name,
      keyword: row.keyword,
      body: row.body,
      subject: row.subject,
      channels: row.channels,
      folder: row.folder,
      shared: row.shared,
      changes: row.changes,
      fields: fieldsOf(`${row.subject ?? ''} ${row.body}`),
      rev: row.rev,
      createdAt: row.created_at.toISOString(),
      updatedAt: row.updated_at.toISOString(),
    },
    relationships: {
      ...orgRelation(row.org_id),
      ...userRelation('createdBy', row.created_by),
      ...userRelation('modifiedBy', row.modified_by),
    },
    links: { self: `/v1/shortcuts/${row.id}` },
  }
}
