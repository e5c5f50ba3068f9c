import { z } from 'zod'

import { may, only } from '../../platform/http/access.ts'
import { parseCursor, writeCursor } from '../../platform/http/cursor.ts'
import { endpoint } from '../../platform/http/endpoint.ts'
import type { Endpoint } from '../../platform/http/endpoint.ts'
import {
  CursorQuery,
  cursorPageOf,
  document,
  orgRelation,
  page,
  relationTo,
  withQuery,
} from '../../platform/http/envelope.ts'
import { getMail, listMails, retryMail } from './mails.ts'
import type { MailRow } from './mails.ts'
import { MailAttributes, MailFilter } from './schema.ts'

const tag = 'Messages'
const path = '/v1/mails'
const byId = z.object({ id: z.string().max(24) })
const read = may('read', 'mail', 'org.user.message.read', 'org.permission.message.read')
const write = only('mail', 'org.user.message.write', 'org.admin', 'org.permission.message.update')

export const mailsRoutes: Endpoint[] = [
  endpoint({
    method: 'GET',
    path,
    tag,
    summary: 'List the mails that leave or are to leave, the newest first; each has the id of its message',
    access: read,
    query: CursorQuery.extend(MailFilter.shape),
    status: 200,
    reply: page(MailAttributes),
    handle: ({ db, query: { after, pageSize, ...filter } }) =>
      db.read(async (reader) => {
        const rows = await listMails(reader, filter, pageSize + 1, parseCursor(after))
        return cursorPageOf(withQuery(path, filter), { after, pageSize }, rows, showMail, (row) =>
          writeCursor(row.created_at, row.id),
        )
      }),
  }),
  endpoint({
    method: 'GET',
    path: `${path}/:id`,
    tag,
    summary: 'Read what became of the mail of a message',
    access: read,
    params: byId,
    status: 200,
    reply: document(MailAttributes),
    handle: ({ db, params }) => db.read(async (reader) => ({ data: showMail(await getMail(reader, params.id)) })),
  }),
  endpoint({
    method: 'POST',
    path: `${path}/:id/attempts`,
    tag,
    summary: 'Send a mail that has not left again, now',
    access: write,
    params: byId,
    status: 202,
    reply: document(MailAttributes),
    handle: ({ db, by, params }) => db.write(async (tx) => ({ data: showMail(await retryMail(tx, by, params.id)) })),
  }),
]

function showMail(row: MailRow) {
  return {
    type: 'mail',
    id: row.id,
    attributes: {
      status: row.status,
      reason: row.reason,
      stream: row.stream,
      way: row.way,
      from: row.sender,
      to: row.recipient,
      subject: row.subject,
      messageId: row.message_id,
      attempts: row.attempts,
      nextAttemptAt: row.next_at?.toISOString() ?? null,
      sentAt: row.sent_at?.toISOString() ?? null,
      createdAt: row.created_at.toISOString(),
    },
    relationships: {
      ...orgRelation(row.org_id),
      message: relationTo('message', row.id),
      conversation: relationTo('conversation', row.conversation_id),
    },
    links: { self: `${path}/${row.id}` },
  }
}
