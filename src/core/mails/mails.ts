import { randomBytes } from 'node:crypto'

import type { Reader, Tx } from '../../platform/db/database.ts'
import type { Authorized } from '../../platform/http/access.ts'
import { ApiError, notFound } from '../../platform/http/errors.ts'
import type { Id } from '../../platform/ids.ts'
import { enqueue } from '../../platform/jobs/task.ts'
import { findInstallations } from '../apps/apps.ts'
import type { AppServices } from '../apps/apps.ts'
import { openSettings } from '../apps/settings.ts'
import { rememberThreads } from '../conversations/threads.ts'
import { recordEvents } from '../events/events.ts'
import { listMessages } from '../messages/messages.ts'
import type { MessageRow } from '../messages/messages.ts'
import type { MailStream } from './schema.ts'
import { findMail, insertMail, lockMail, saveMail } from './store.ts'
import type { MailRow } from './store.ts'

export type { MailRow } from './store.ts'
export { listMails } from './store.ts'

/** The job that sends a mail. */
export const sendMailTaskName = 'mails.send'

/** By which way an answer in a conversation leaves: to whoever wrote last, from the address that they wrote to. */
export interface MailRoute {
  source: Id
  from: string
  to: string
  subject: string
  inReplyTo: string | undefined
  references: string[]
}

/** What a message that came by mail keeps of that. */
export interface MailMeta {
  source: Id
  messageId: string
  /** Where its text begins to only repeat what it answers. */
  quotedFrom?: number
  /** Its HTML is kept as well, in which some of its files stand. */
  isHtml?: boolean
  inline?: Id[]
}

const mostLookedAt = 20
const answerMark = /^(?:re|aw|sv|antw)\s*:/i

/** How an answer leaves by mail; undefined for a conversation to which no mail came, or one whose app answers in another way. */
export async function mailRoute(
  reader: Reader,
  services: AppServices,
  conversationId: Id,
): Promise<MailRoute | undefined> {
  const messages = await listMessages(reader, { conversationId, sort: 'desc' }, mostLookedAt, 0)
  const came = messages.flatMap((message) => {
    const mail = mailOf(message)
    return mail === undefined ? [] : [{ message, mail }]
  })
  const last = came.find(({ message }) => message.direction === 'in')
  const to = last?.message.meta['from']
  if (last === undefined || typeof to !== 'string') {
    return undefined
  }
  const from = await replyAddress(reader, services, last.mail.source)
  const subject = last.message.subject ?? ''
  return from === undefined
    ? undefined
    : {
        source: last.mail.source,
        from,
        to,
        subject: answerMark.test(subject) ? subject : `Re: ${subject}`,
        inReplyTo: last.mail.messageId,
        references: came.map(({ mail }) => mail.messageId).toReversed(),
      }
}

function mailOf({ meta }: MessageRow): MailMeta | undefined {
  return meta['mail'] as MailMeta | undefined
}

async function replyAddress(reader: Reader, { catalog, vault }: AppServices, source: Id): Promise<string | undefined> {
  const [installation] = await findInstallations(reader, [source])
  const integration = installation === undefined ? undefined : catalog.find(installation.app)?.integration
  if (installation === undefined || integration === undefined || installation.status === 'disabled') {
    return undefined
  }
  const settings: unknown = integration.settings.parse(openSettings(vault, installation))
  return Object.values(integration.mails ?? {}).flatMap((hook) => hook.replyFrom?.(settings) ?? [])[0]
}

/** A new id for a mail of ours. It is the conversation's from the beginning: whoever answers it is found. */
export function newMailId(conversationId: Id, domain: string): string {
  return `${conversationId}.${randomBytes(12).toString('hex')}@${domain}`
}

/** Has a message leave by mail; `messageId` is what the message's own `meta.mail` says. */
export async function queueMail(
  tx: Tx,
  message: MessageRow,
  route: MailRoute & { stream: MailStream },
  messageId: string,
): Promise<void> {
  const { source, from, to, subject, inReplyTo, references, stream } = route
  const now = new Date()
  await insertMail(tx, {
    org_id: tx.orgId,
    id: message.id,
    conversation_id: message.conversation_id,
    source,
    status: 'waiting',
    stream,
    sender: from,
    recipient: to,
    subject,
    message_id: messageId,
    in_reply_to: inReplyTo ?? null,
    refs: references,
    attempts: 0,
    reason: null,
    next_at: now,
    sent_at: null,
    created_by: message.created_by,
    created_at: now,
    updated_at: now,
  })
  await rememberThreads(tx, source, [messageId], message.conversation_id)
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
  await saveMail(tx, id, { status: 'waiting', next_at: now, reason: null })
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
