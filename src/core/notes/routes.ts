import { z } from 'zod'

import type { Reader } from '../../platform/db/database.ts'
import { may, only } from '../../platform/http/access.ts'
import { endpoint } from '../../platform/http/endpoint.ts'
import type { Endpoint } from '../../platform/http/endpoint.ts'
import { document, page, pageOf, PageQuery } from '../../platform/http/envelope.ts'
import { getConversation } from '../conversations/conversations.ts'
import { getCustomer } from '../customers/customers.ts'
import { createNote, deleteNote, getNote, listNotes, updateNote } from './notes.ts'
import { ConversationNoteInput, NoteAttributes, NoteInput, NoteUpdate } from './schema.ts'
import { showNote } from './show.ts'
import type { NoteFilter } from './store.ts'

const tag = 'Notes'
const reply = document(NoteAttributes)
const list = page(NoteAttributes)
const byId = z.object({ id: z.string().max(64) })
const read = may('read', 'note')
const create = may('create', 'note')
const update = {
  path: '/v1/notes/:id',
  tag,
  access: may('update', 'note'),
  params: byId,
  body: NoteUpdate,
  status: 200,
  reply,
} as const

export const notesRoutes: Endpoint[] = [
  endpoint({
    method: 'GET',
    path: '/v1/notes',
    tag,
    summary: 'List notes by their last change, newest first',
    access: read,
    query: PageQuery,
    status: 200,
    reply: list,
    handle: ({ db, query }) => db.read((reader) => notePage(reader, '/v1/notes', {}, query)),
  }),
  endpoint({
    method: 'POST',
    path: '/v1/notes',
    tag,
    summary: 'Add an internal note to a conversation',
    access: create,
    body: NoteInput,
    status: 201,
    reply,
    handle: ({ db, by, body: { conversation, ...body } }) =>
      db.write(async (tx) => ({ data: showNote(await createNote(tx, by, conversation, body)) })),
  }),
  endpoint({
    method: 'GET',
    path: '/v1/notes/:id',
    tag,
    summary: 'Read a note',
    access: read,
    params: byId,
    status: 200,
    reply,
    handle: ({ db, params }) => db.read(async (reader) => ({ data: showNote(await getNote(reader, params.id)) })),
  }),
  endpoint({
    ...update,
    method: 'PUT',
    summary: 'Change a note: what the body leaves out stays',
    query: z.object({ replace: z.stringbool().default(false).describe('Clears what the body leaves out.') }),
    handle: ({ db, by, params, query, body }) =>
      db.write(async (tx) => ({ data: showNote(await updateNote(tx, by, params.id, body, query)) })),
  }),
  endpoint({
    ...update,
    method: 'PATCH',
    summary: 'Change some fields of a note',
    handle: ({ db, by, params, body }) =>
      db.write(async (tx) => ({ data: showNote(await updateNote(tx, by, params.id, body, { replace: false })) })),
  }),
  endpoint({
    method: 'DELETE',
    path: '/v1/notes/:id',
    tag,
    summary: 'Delete a note',
    access: only('note', 'org.user.note.write', 'org.permission.note.delete'), // facts 7: no role of its own
    params: byId,
    status: 204,
    reply: z.void(),
    handle: ({ db, by, params }) => db.write((tx) => deleteNote(tx, by, params.id)),
  }),
  endpoint({
    method: 'GET',
    path: '/v1/conversations/:id/notes',
    tag,
    summary: "List a conversation's notes, newest first",
    access: read,
    params: byId,
    query: PageQuery,
    status: 200,
    reply: list,
    handle: ({ db, params, query }) =>
      db.read(async (reader) => {
        const { id } = await getConversation(reader, params.id)
        return notePage(reader, `/v1/conversations/${id}/notes`, { conversationId: id }, query)
      }),
  }),
  endpoint({
    method: 'POST',
    path: '/v1/conversations/:id/notes',
    tag,
    summary: 'Add an internal note to this conversation',
    access: create,
    params: byId,
    body: ConversationNoteInput,
    status: 201,
    reply,
    handle: ({ db, by, params, body }) =>
      db.write(async (tx) => {
        const { id } = await getConversation(tx, params.id)
        return { data: showNote(await createNote(tx, by, id, body)) }
      }),
  }),
  endpoint({
    method: 'GET',
    path: '/v1/customers/:id/notes',
    tag,
    summary: "List a customer's notes, newest first",
    access: read,
    params: byId,
    query: PageQuery,
    status: 200,
    reply: list,
    handle: ({ db, params, query }) =>
      db.read(async (reader) => {
        const { id } = await getCustomer(reader, params.id)
        return notePage(reader, `/v1/customers/${id}/notes`, { customerId: id }, query)
      }),
  }),
]

async function notePage(reader: Reader, path: string, filter: NoteFilter, query: PageQuery) {
  const rows = await listNotes(reader, filter, query.pageSize + 1, (query.page - 1) * query.pageSize)
  return pageOf(path, query, rows.map(showNote))
}
