import { randomBytes } from 'node:crypto'

import type { Reader, Tx } from '../../platform/db/database.ts'
import type { Authorized } from '../../platform/http/access.ts'
import { ApiError, notFound } from '../../platform/http/errors.ts'
import type { Id } from '../../platform/ids.ts'
import { enqueue } from '../../platform/jobs/task.ts'
import { rememberThreads } from '../conversations/threads.ts'
import { recordEvents } from '../events/events.ts'
import type { MessageRow } from '../messages/messages.ts'
import type { AnswerRoute } from './answer-routes.ts'
import type { MailStream } from './schema.ts'
import { findMail, insertMail, lockMail, saveMail } from './store.ts'
import type { MailRow } from './store.ts'

export type { MailRow } from './store.ts'
export { listMails } from './store.ts'

/** The job that sends a mail. */
export const sendMailTaskName = 'mails.send'

/** A new id for a mail of ours. It is the conversation's from the beginning: whoever answers it is found. */
export function newMailId(conversationId: Id, domain: string): string {
  return `${conversationId}.${randomBytes(12).toString('hex')}@${domain}`
}

/** Has a message leave by mail; `messageId` is what the message's own `meta.mail` says. */
export async function queueMail(
  tx: Tx,
  message: MessageRow,
  route: AnswerRoute & { stream: MailStream },
  messageId: string,
): Promise<void> {
  const { source, way, from, to, subject, inReplyTo, references, stream } = route
  const now = new Date()
  await insertMail(tx, {
    org_id: tx.orgId,
    id: message.id,
    conversation_id: message.conversation_id,
    source,
    status: 'waiting',
    stream,
    way,
    sender: from,
    recipient: to,
    subject,
    message_id: messageId,
    in_reply_to: inReplyTo ?? null,
    refs: references,
    attempts: 0,
    attempted_at: null,
    reason: null,
    next_at: now,
    sent_at: null,
    created_by: message.created_by,
    created_at: now,
    updated_at: now,
  })
  if (way === 'mail') {
    await rememberThreads(tx, source, [messageId], message.conversation_id)
  }
  await enqueueMail(tx, message.id, now)
}

export async function enqueueMail(tx: Tx, id: Id, at: Date): Promise<void> {
  await enqueue(tx, { name: sendMailTaskName }, { orgId: tx.orgId, id }, { runAt: at, key: `mail/${id}` })
}

/** Tries a mail that has not left again, now. */
export async function retryMail(tx: Tx, by: Authorized<'mail'>, id: Id): Promise<MailRow> {
  const row = await lockMail(tx, id)
  if (row === undefined) {
    throw notFound('Mail')
  }
  if (row.status === 'sent') {
    throw new ApiError('unprocessable', 'This mail was sent already.')
  }
  const now = new Date()
  // Whoever wants it once more has looked whether it got through.
  await saveMail(tx, id, { status: 'waiting', next_at: now, reason: null, attempted_at: null })
  await enqueueMail(tx, id, now)
  await recordEvents(tx, [{ name: 'tellback.mail.update', objectType: 'mail', objectId: id, data: { by: by.userId } }])
  return getMail(tx, id)
}

export async function getMail(reader: Reader, id: Id): Promise<MailRow> {
  const row = await findMail(reader, id)
  if (row === undefined) {
    throw notFound('Mail')
  }
  return row
}
