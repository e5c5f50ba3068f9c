import type { Tx } from '../../platform/db/database.ts'
import { authorize, may } from '../../platform/http/access.ts'
import type { Actor } from '../../platform/http/access.ts'
import type { Id } from '../../platform/ids.ts'
import type { AppServices } from '../apps/apps.ts'
import { answerRoute } from '../mails/answer-routes.ts'
import type { AnswerRoute } from '../mails/answer-routes.ts'
import type { MailMeta } from '../mails/mail-meta.ts'
import { newMailId, queueMail } from '../mails/mails.ts'
import { MailWay } from '../mails/schema.ts'
import { createCustomerMessage, createMessage } from '../messages/messages.ts'
import { Channel } from '../messages/schema.ts'
import { createNote } from '../notes/notes.ts'
import type { Mention } from '../notes/schema.ts'
import { notify } from '../notifications/notifications.ts'
import { draftEvent } from './drafts.ts'
import { lockDraft, saveDraft } from './store.ts'
import type { DraftRow } from './store.ts'

/** What sending takes beside the database. */
export interface SendServices {
  apps: AppServices
  mailDomain: () => string
}

/** Why nothing goes out by a channel that is not connected. */
export const noConnection = (channel: string) =>
  `Not sent: this desk has no connection for ${channel}. The text is kept here; connect the channel and send it again.`

/**
 * Sends a draft whose time has come; does nothing when it was sent, deleted or put off meanwhile. A note is written. A
 * message for which there is no connection is kept in the conversation with the state `error`, and its author is told:
 * nothing is called sent that did not leave.
 */
export async function sendDraft(tx: Tx, services: SendServices, id: Id, now: Date): Promise<void> {
  const draft = await lockDraft(tx, id)
  if (draft === undefined || draft.status !== 'scheduled' || draft.send_at === null || draft.send_at > now) {
    return
  }
  const author: Actor = { orgId: tx.orgId, userId: draft.created_by ?? '', userType: 'user', roles: ['org.user'] }
  const sent =
    draft.channel === 'note' ? await writeNote(tx, author, draft) : await sendMessage(tx, services, author, draft)
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

/** By mail where the conversation came by mail, or by the app that it came by; where there is no way out, the message is kept and says so. */
async function sendMessage(tx: Tx, services: SendServices, author: Actor, draft: DraftRow): Promise<Sent> {
  const { conversation_id: id } = draft
  const way = MailWay.safeParse((draft.content['payload'] as { way?: unknown } | undefined)?.way).data ?? 'mail'
  const route = draft.channel === 'email' && id !== null ? await answerRoute(tx, services.apps, id, way) : undefined
  return id === null || route === undefined
    ? keepMessage(tx, author, draft)
    : mailMessage(tx, services, author, { ...draft, conversation_id: id }, route)
}

/** The message is there at once, as one that has not left; the mail that carries it says when it has. */
async function mailMessage(
  tx: Tx,
  { mailDomain }: SendServices,
  author: Actor,
  draft: DraftRow & { conversation_id: Id },
  route: AnswerRoute,
): Promise<Sent> {
  const messageId = newMailId(draft.conversation_id, mailDomain())
  const given = messageOf(draft)
  const row = await createMessage(tx, authorize(author, may('create', 'message')), draft.conversation_id, {
    ...given,
    subject: given.subject ?? route.subject,
    meta: { ...given.meta, to: [{ email: route.to }], mail: { source: route.source, messageId } satisfies MailMeta },
    status: 'error',
    error: { code: 'waiting', title: 'On its way.' },
  })
  // What a person wrote in answer to somebody is awaited; what goes out by itself or to many is not.
  const stream = draft.auto || draft.source !== null ? 'notices' : 'answers'
  await queueMail(tx, row, { ...route, stream, subject: row.subject ?? route.subject }, messageId)
  return { status: 'sent', error: null, message_id: row.id, note_id: null, conversation_id: draft.conversation_id }
}

function messageOf(draft: DraftRow) {
  const { body: _body, subject, app, ...meta } = draft.content
  return {
    app: typeof app === 'string' ? app : 'tellback',
    channel: Channel.parse(draft.channel),
    direction: 'out' as const,
    preview: textOf(draft),
    subject: typeof subject === 'string' ? subject : null,
    meta,
    auto: draft.auto,
    attachments: draft.attachments,
  }
}

async function keepMessage(tx: Tx, author: Actor, draft: DraftRow): Promise<Sent> {
  const by = authorize(author, may('create', 'message'))
  const error = noConnection(draft.channel)
  const message = {
    ...messageOf(draft),
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
