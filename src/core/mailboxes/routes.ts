import { z } from 'zod'

import { only } from '../../platform/http/access.ts'
import { endpoint } from '../../platform/http/endpoint.ts'
import type { Endpoint } from '../../platform/http/endpoint.ts'
import { document, orgRelation } from '../../platform/http/envelope.ts'
import { dropMailbox, getMailbox, pollNow, setMailbox } from './mailboxes.ts'
import type { MailboxRow, MailboxServices } from './mailboxes.ts'
import { MailboxAttributes, MailboxInput } from './schema.ts'

const tag = 'Hooks'
const path = '/v1/hooks/email/:id/mailbox'
const params = z.object({ id: z.string().max(24) })
const access = only('hook', 'org.admin.hook.write', 'org.permission.hook.update')
const reply = document(MailboxAttributes)

/** A mailbox that is looked into for an e-mail hook. */
export function mailboxesRoutes(services: MailboxServices): Endpoint[] {
  return [
    endpoint({
      method: 'GET',
      path,
      tag,
      summary: 'Read which mailbox is looked into for an e-mail hook, and how that goes',
      access: only('hook', 'org.admin.hook.read', 'org.permission.hook.read'),
      params,
      status: 200,
      reply,
      handle: ({ db, params: { id } }) => db.read(async (reader) => ({ data: show(await getMailbox(reader, id)) })),
    }),
    endpoint({
      method: 'PUT',
      path,
      tag,
      summary: 'Have new mails of a mailbox fetched for an e-mail hook, from now on; it is looked into at once',
      access,
      params,
      body: MailboxInput,
      status: 200,
      reply,
      handle: async ({ db, by, params: { id }, body }) => ({
        data: show(await setMailbox(services, db, by, id, body)),
      }),
    }),
    endpoint({
      method: 'POST',
      path: `${path}/looks`,
      tag,
      summary: 'Look into the mailbox now',
      access,
      params,
      status: 202,
      reply,
      handle: ({ db, by, params: { id } }) => db.write(async (tx) => ({ data: show(await pollNow(tx, by, id)) })),
    }),
    endpoint({
      method: 'DELETE',
      path,
      tag,
      summary: 'Fetch nothing more from the mailbox; what was fetched stays',
      access,
      params,
      status: 204,
      reply: z.void(),
      handle: ({ db, by, params: { id } }) => db.write((tx) => dropMailbox(tx, by, id)),
    }),
  ]
}

function show(row: MailboxRow) {
  return {
    type: 'mailbox',
    id: row.hook_id,
    attributes: {
      host: row.host,
      port: row.port,
      security: row.security,
      username: row.username,
      folder: row.folder,
      taken: row.taken,
      reason: row.reason,
      polledAt: row.polled_at?.toISOString() ?? null,
      nextAt: row.next_at.toISOString(),
    },
    relationships: orgRelation(row.org_id),
    links: { self: `/v1/hooks/email/${row.hook_id}/mailbox` },
  }
}
