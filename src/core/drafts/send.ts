import type { Tx } from '../../platform/db/database.ts'
import { authorize, may } from '../../platform/http/access.ts'
import type { Actor } from '../../platform/http/access.ts'
import type { Id } from '../../platform/ids.ts'
import { createCustomerMessage, createMessage } from '../messages/messages.ts'
import { Channel } from '../messages/schema.ts'
import { createNote } from '../notes/notes.ts'
import type { Mention } from '../notes/schema.ts'
import { notify } from '../notifications/notifications.ts'
import { draftEvent } from './drafts.ts'
import { lockDraft, saveDraft } from './store.ts'
import type { DraftRow } from './store.ts'

/** Why nothing goes out by a channel that is not connected. */
export const noConnection = (channel: string) =>
  `Not sent: this desk has no connection for ${channel}. The text is kept here; connect the channel and send it again.`

/**
 * Sends a draft whose time has come; does nothing when it was sent, deleted or put off meanwhile. A note is written. A
 * message for which there is no connection is kept in the conversation with the state `error`, and its author is told:
 * nothing is called sent that did not leave.
 */
export async function sendDraft(tx: Tx, id: Id, now: Date): Promise<void> {
  const draft = await lockDraft(tx, id)
  if (draft === undefined || draft.status !== 'scheduled' || draft.send_at === null || draft.send_at > now) {
    return
  }
  const author: Actor = { orgId: tx.orgId, userId: draft.created_by ?? '', userType: 'user', roles: ['org.user'] }
  const sent = draft.channel === 'note' ? await writeNote(tx, author, draft) : await keepMessage(tx, author, draft)
  const row: DraftRow = { ...draft, ...sent, rev: draft.rev + 1, updated_at: now }
  await saveDraft(tx, row)
  await draftEvent(tx, 'update', row)
}

type Sent = Pick<DraftRow, 'status' | 'error' | 'message_id' | 'note_id' | 'conversation_id'>

async function writeNote(tx: Tx, author: Actor, draft: DraftRow): Promise<Sent> {
  const conversationId = draft.conversation_id ?? ''
  const note = await createNote(tx, authorize(author, may('create', 'note')), conversationId, {
    body: textOf(draft) || '…',
    userMentions: (draft.content['userMentions'] ?? []) as Mention[],
    attachments: draft.attachments,
  })
  return { status: 'sent', error: null, message_id: null, note_id: note.id, conversation_id: conversationId }
}

async function keepMessage(tx: Tx, author: Actor, draft: DraftRow): Promise<Sent> {
  const by = authorize(author, may('create', 'message'))
  const error = noConnection(draft.channel)
  const { body: _body, subject, app, ...meta } = draft.content
  const message = {
    app: typeof app === 'string' ? app : 'tellback',
    channel: Channel.parse(draft.channel),
    direction: 'out' as const,
    preview: textOf(draft),
    subject: typeof subject === 'string' ? subject : null,
    meta,
    auto: draft.auto,
    attachments: draft.attachments,
    status: 'error' as const,
    error: { code: 'no_connection', title: error },
    errorAt: new Date().toISOString(),
  }
  const row =
    draft.conversation_id === null
      ? await createCustomerMessage(tx, by, draft.customer_id, message)
      : await createMessage(tx, by, draft.conversation_id, message)
  await notify(tx, draft.created_by === null ? [] : [draft.created_by], {
    kind: 'draft_failed',
    title: 'A message was not sent',
    body: error,
    objectType: 'conversation',
    objectId: row.conversation_id,
    customerId: draft.customer_id,
  })
  return { status: 'error', error, message_id: row.id, note_id: null, conversation_id: row.conversation_id }
}

function textOf(draft: DraftRow): string {
  const { body } = draft.content
  return typeof body === 'string' ? body : ''
}
