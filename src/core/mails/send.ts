import type { Database, Tx } from '../../platform/db/database.ts'
import type { Id } from '../../platform/ids.ts'
import { ProviderError } from '../../sdk/index.ts'
import type { ConnectionServices } from '../connections/connections.ts'
import { getMessage } from '../messages/messages.ts'
import type { MessageRow } from '../messages/messages.ts'
import { notify } from '../notifications/notifications.ts'
import { answerByApp } from './answer-by-app.ts'
import { composeMail } from './compose-mail.ts'
import type { ComposeServices } from './compose-mail.ts'
import type { MailServer } from './mail-server.ts'
import { enqueueMail } from './mails.ts'
import { noteOnMessage } from './note-on-message.ts'
import { findMail, lockMail, saveMail } from './store.ts'
import type { MailRow } from './store.ts'
import { findSuppression } from './suppressions.ts'
import type { SuppressionRow } from './suppressions.ts'
import { Unsendable } from './unsendable.ts'

export interface SendMailServices extends ComposeServices {
  database: Database
  providers: ConnectionServices
  server: MailServer | undefined
}

export const noServer =
  'This desk has no mail server to send by. The text is kept here; set TELLBACK_MAIL_URL and send it again.'

const retryMinutes = [1, 5, 30, 120, 360, 720, 1440]

/**
 * Sends a mail that waits, and writes what came of it. A server that took it and whose answer was lost is asked again by the same id of
 * the mail, by which receivers know it.
 */
export async function sendMail(services: SendMailServices, orgId: Id, id: Id): Promise<void> {
  const db = services.database.forOrg(orgId)
  const { mail, message, suppression } = await db.read(async (reader) => {
    const found = await findMail(reader, id)
    return {
      mail: found,
      message: await getMessage(reader, id).catch(() => undefined),
      suppression: found === undefined ? undefined : await findSuppression(reader, found.recipient, found.stream),
    }
  })
  if (mail?.status !== 'waiting' || message === undefined) {
    return
  }
  try {
    if (mail.way === 'mail') {
      await sendByMail(services, mail, message, suppression)
    } else {
      await answerByApp(services.providers, db, mail, message)
    }
    await db.write((tx) => noteSent(tx, id))
  } catch (error) {
    await db.write((tx) => noteFailure(tx, id, error))
  }
}

async function sendByMail(
  services: SendMailServices,
  mail: MailRow,
  message: MessageRow,
  suppression: SuppressionRow | undefined,
): Promise<void> {
  if (services.server === undefined) {
    throw new Unsendable(noServer)
  }
  if (suppression !== undefined) {
    throw new Unsendable(whyNot(suppression))
  }
  await services.server.send(await composeMail(services, mail, message))
}

function whyNot({ address, reason, detail }: SuppressionRow): string {
  const why = {
    bounced: `earlier ones came back. ${detail ?? ''}`,
    complained: 'they reported one as spam.',
    unsubscribed: 'they want no more of these.',
    added: `somebody put it on the list. ${detail ?? ''}`,
  }[reason]
  return `Nothing is sent to ${address}: ${why.trim()} Take it off the list under Settings > Outgoing mail to send it.`
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
  const { message } = error as Error
  const reason =
    error instanceof Unsendable || error instanceof ProviderError ? message : `The mail server said: ${message}`
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
