import nodemailer from 'nodemailer'
import type { SendMailOptions } from 'nodemailer'

import type { Database, Tx } from '../../platform/db/database.ts'
import type { FileStore } from '../../platform/files/file-store.ts'
import { authorize, may } from '../../platform/http/access.ts'
import type { Id } from '../../platform/ids.ts'
import { getMessage, updateMessage } from '../messages/messages.ts'
import type { MessageRow } from '../messages/messages.ts'
import { notify } from '../notifications/notifications.ts'
import { enqueueMail } from './mails.ts'
import { findMail, lockMail, saveMail } from './store.ts'
import type { MailRow } from './store.ts'

/** What takes mails from here on; undefined where nobody has set a server. */
export interface MailServer {
  send: (mail: SendMailOptions) => Promise<unknown>
}

export interface SendMailServices {
  database: Database
  files: FileStore
  server: MailServer | undefined
}

export const noServer =
  'This desk has no mail server to send by. The text is kept here; set TELLBACK_MAIL_URL and send it again.'

const retryMinutes = [1, 5, 30, 120, 360, 720, 1440]

/** The server at an address such as `smtps://user:password@mail.example.com`. */
export function mailServer(url: string): MailServer {
  // What an attachment is comes from the desk's own files alone: no path and no address in a mail is ever followed.
  const transport = nodemailer.createTransport(url, { disableFileAccess: true, disableUrlAccess: true })
  return { send: (mail) => transport.sendMail(mail) }
}

/**
 * Sends a mail that waits, and writes what came of it. A server that took it and whose answer was lost is asked again by the same id of
 * the mail, by which receivers know it.
 */
export async function sendMail(services: SendMailServices, orgId: Id, id: Id): Promise<void> {
  const db = services.database.forOrg(orgId)
  const { mail, message } = await db.read(async (reader) => ({
    mail: await findMail(reader, id),
    message: await getMessage(reader, id).catch(() => undefined),
  }))
  if (mail?.status !== 'waiting' || message === undefined) {
    return
  }
  try {
    if (services.server === undefined) {
      throw new Unsendable(noServer)
    }
    await services.server.send(await contentOf(services.files, mail, message))
    await db.write((tx) => noteSent(tx, id))
  } catch (error) {
    await db.write((tx) => noteFailure(tx, id, error))
  }
}

class Unsendable extends Error {
  override readonly name = 'Unsendable'
}

async function contentOf(files: FileStore, mail: MailRow, message: MessageRow): Promise<SendMailOptions> {
  return {
    // As parts, so that no comma in an address makes two of it.
    from: { name: '', address: mail.sender },
    to: { name: '', address: mail.recipient },
    subject: mail.subject,
    messageId: `<${mail.message_id}>`,
    ...(mail.in_reply_to === null ? {} : { inReplyTo: `<${mail.in_reply_to}>` }),
    references: mail.refs.map((ref) => `<${ref}>`),
    text: message.preview,
    attachments: await Promise.all(
      message.attachments.map(async (it) => ({
        filename: it.name,
        contentType: it.contentType,
        content: await files.read(mail.org_id, it._id),
      })),
    ),
  }
}

async function noteSent(tx: Tx, id: Id): Promise<void> {
  const mail = await lockMail(tx, id)
  if (mail?.status === 'waiting') {
    await saveMail(tx, id, {
      status: 'sent',
      attempts: mail.attempts + 1,
      reason: null,
      next_at: null,
      sent_at: new Date(),
    })
    await noteOnMessage(tx, mail, { status: 'sent', error: null, errorAt: null })
  }
}

async function noteFailure(tx: Tx, id: Id, error: unknown): Promise<void> {
  const mail = await lockMail(tx, id)
  if (mail?.status !== 'waiting') {
    return
  }
  const attempts = mail.attempts + 1
  const minutes = retryMinutes[mail.attempts]
  const isOver = error instanceof Unsendable || isRefusal(error) || minutes === undefined
  const reason = error instanceof Unsendable ? error.message : `The mail server said: ${(error as Error).message}`
  const next = isOver ? null : new Date(Date.now() + minutes * 60_000)
  await saveMail(tx, id, { status: isOver ? 'failed' : 'waiting', attempts, reason, next_at: next })
  await noteOnMessage(tx, mail, {
    status: 'error',
    error: { code: isOver ? 'not_sent' : 'waiting', title: isOver ? reason : `${reason} It is tried again.` },
    errorAt: new Date().toISOString(),
  })
  if (next !== null) {
    await enqueueMail(tx, id, next)
    return
  }
  await notify(tx, mail.created_by === null ? [] : [mail.created_by], {
    kind: 'draft_failed',
    title: 'A message was not sent',
    body: reason,
    objectType: 'conversation',
    objectId: mail.conversation_id,
  })
}

/** A server that says 5xx has decided; anything else may pass. */
function isRefusal(error: unknown): boolean {
  const { responseCode } = error as { responseCode?: number }
  return responseCode !== undefined && responseCode >= 500
}

async function noteOnMessage(tx: Tx, mail: MailRow, change: Parameters<typeof updateMessage>[3]): Promise<void> {
  const by = { orgId: tx.orgId, userId: mail.created_by ?? '', userType: 'user' as const, roles: ['org.user'] }
  await updateMessage(tx, authorize(by, may('update', 'message')), mail.id, change, { replace: false })
}
