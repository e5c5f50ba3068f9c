import { z } from 'zod'

import { only } from '../../platform/http/access.ts'
import { endpoint } from '../../platform/http/endpoint.ts'
import type { Endpoint } from '../../platform/http/endpoint.ts'
import { document, page, pageOf, PageQuery } from '../../platform/http/envelope.ts'
import { TagAttributes, TagInput, TagUpdate } from './schema.ts'
import { showTag } from './show.ts'
import { createTag, deleteTag, getTag, listTags, updateTag } from './tags.ts'

const tag = 'Tags'
const read = only('tag', 'org.user.tag.read', 'org.permission.tag.read', 'org.admin.tag.read')
const write = (verb: string) => only('tag', 'org.admin.tag.write', `org.permission.tag.${verb}`)
const byId = z.object({ id: z.string().max(64) })
const reply = document(TagAttributes)

export const tagsRoutes: Endpoint[] = [
  endpoint({
    method: 'GET',
    path: '/v1/tags',
    tag,
    summary: 'List tags',
    access: read,
    query: PageQuery.extend({ deleted: z.stringbool().default(false) }),
    status: 200,
    reply: page(TagAttributes),
    handle: ({ db, query }) =>
      db.read(async (reader) =>
        pageOf(
          '/v1/tags',
          query,
          (await listTags(reader, query.deleted, query.pageSize + 1, (query.page - 1) * query.pageSize)).map(showTag),
        ),
      ),
  }),
  endpoint({
    method: 'POST',
    path: '/v1/tags',
    tag,
    summary: 'Create a tag',
    access: write('create'),
    body: TagInput,
    status: 201,
    reply,
    handle: ({ db, by, body }) => db.write(async (tx) => ({ data: showTag(await createTag(tx, by, body)) })),
  }),
  endpoint({
    method: 'GET',
    path: '/v1/tags/:id',
    tag,
    summary: 'Read a tag',
    access: read,
    params: byId,
    status: 200,
    reply,
    handle: ({ db, params }) => db.read(async (reader) => ({ data: showTag(await getTag(reader, params.id)) })),
  }),
  endpoint({
    method: 'PUT',
    path: '/v1/tags/:id',
    tag,
    summary: 'Rename or recolour a tag',
    access: write('update'),
    params: byId,
    body: TagUpdate,
    status: 200,
    reply,
    handle: ({ db, by, params, body }) =>
      db.write(async (tx) => ({ data: showTag(await updateTag(tx, by, params.id, body)) })),
  }),
  endpoint({
    method: 'DELETE',
    path: '/v1/tags/:id',
    tag,
    summary: 'Take a tag out of use; what carries it keeps it',
    access: write('delete'),
    params: byId,
    status: 200,
    reply,
    handle: ({ db, by, params }) => db.write(async (tx) => ({ data: showTag(await deleteTag(tx, by, params.id)) })),
  }),
]
