import nodemailer from 'nodemailer'
import type { SendMailOptions } from 'nodemailer'

import type { Database, OrgDb, Tx } from '../../platform/db/database.ts'
import type { FileStore } from '../../platform/files/file-store.ts'
import type { Id } from '../../platform/ids.ts'
import { ProviderError } from '../../sdk/index.ts'
import { getInstallation, integrationOf } from '../apps/apps.ts'
import type { ConnectionServices } from '../connections/connections.ts'
import { contextOf } from '../connections/context.ts'
import { namesOfThread } from '../conversations/threads.ts'
import { getMessage } from '../messages/messages.ts'
import type { MessageRow } from '../messages/messages.ts'
import { notify } from '../notifications/notifications.ts'
import { enqueueMail } from './mails.ts'
import { noteOnMessage } from './note-on-message.ts'
import { bounceAddress, replyAddress } from './return-listener.ts'
import { findMail, lockMail, saveMail } from './store.ts'
import type { MailRow } from './store.ts'
import { findSuppression } from './suppressions.ts'
import type { SuppressionRow } from './suppressions.ts'
import { unsubscribeUrl } from './unsubscribe-route.ts'

/** What takes mails from here on; undefined where nobody has set a server. */
export interface MailServer {
  send: (mail: SendMailOptions) => Promise<unknown>
}

export interface SendMailServices {
  database: Database
  providers: ConnectionServices
  files: FileStore
  server: MailServer | undefined
  /** Signs what is given to those who get mails. */
  key: Buffer
  publicUrl: () => string
  /** Whose mail comes here, for what comes back; without one it goes to the address that a mail is from. */
  bounceDomain: string | undefined
  /** Whose mail comes here, for answers; without one they go to the address that a mail is from. */
  replyDomain: string | undefined
}

/** The key by which mails of a domain, and of those below it, are signed. */
export interface DkimKey {
  domain: string
  selector: string
  /** In PEM. */
  privateKey: string
}

export const noServer =
  'This desk has no mail server to send by. The text is kept here; set TELLBACK_MAIL_URL and send it again.'

const retryMinutes = [1, 5, 30, 120, 360, 720, 1440]

/** What a signature covers: nodemailer's own list lacks `List-Unsubscribe-Post`, which RFC 8058 wants covered (facts on mail, 4.2). */
const signedHeaders = `From:Sender:Reply-To:Subject:Date:Message-ID:To:Cc:MIME-Version:Content-Type:Content-Transfer-Encoding:In-Reply-To:References:List-Id:List-Unsubscribe:List-Unsubscribe-Post`

/** The server at an address such as `smtps://user:password@mail.example.com`. */
export function mailServer(url: string, key?: DkimKey): MailServer {
  // What an attachment is comes from the desk's own files alone: no path and no address in a mail is ever followed.
  const transport = nodemailer.createTransport(url, { disableFileAccess: true, disableUrlAccess: true })
  const dkim =
    key === undefined
      ? undefined
      : {
          domainName: key.domain,
          keySelector: key.selector,
          privateKey: key.privateKey,
          headerFieldNames: signedHeaders,
        }
  return {
    send: (mail) => transport.sendMail(dkim !== undefined && isOf(mail, dkim.domainName) ? { ...mail, dkim } : mail),
  }
}

/** Only a signature by the sender's own domain says anything of a mail. */
function isOf({ from }: SendMailOptions, domain: string): boolean {
  const address = (typeof from === 'object' && !Array.isArray(from) ? from.address : undefined) ?? ''
  const host = address.slice(address.lastIndexOf('@') + 1).toLowerCase()
  return host === domain || host.endsWith(`.${domain}`)
}

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
      await answerByApp(services, db, mail, message)
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
  await services.server.send(await contentOf(services, mail, message))
}

/** What a provider was told cannot be told from what it was not, where its answer was lost: then a person has to look. */
async function answerByApp(
  { providers }: SendMailServices,
  db: OrgDb,
  mail: MailRow,
  message: MessageRow,
): Promise<void> {
  const { installation, threads } = await db.read(async (reader) => ({
    installation: await getInstallation(reader, mail.source),
    threads: await namesOfThread(reader, mail.source, mail.conversation_id),
  }))
  const integration = integrationOf(providers.catalog, installation.app)
  const unknown = `Whether it got through is not known: look at ${integration.name} before you send it again.`
  if (integration.answers === undefined) {
    throw new Unsendable(`${integration.name} takes no answers from here.`)
  }
  if (message.attachments.length > 0) {
    throw new Unsendable(`${integration.name} takes no files. Answer by e-mail, or without them.`)
  }
  if (mail.attempted_at !== null) {
    throw new Unsendable(unknown)
  }
  await db.write((tx) => saveMail(tx, mail.id, { attempted_at: new Date() }))
  const context = contextOf(providers, db, integration, installation)
  const options = { isPrivate: mail.way === 'private' }
  try {
    await integration.answers.send(message.preview, threads, context, options)
  } catch (error) {
    const known = error instanceof ProviderError ? error : undefined
    if (known?.details.isUncertain === true) {
      throw new Unsendable(`${known.message} ${unknown}`)
    }
    await db.write((tx) => saveMail(tx, mail.id, { attempted_at: null }))
    throw known !== undefined && known.outcome !== 'retry-later' ? new Unsendable(known.message) : error
  }
}

class Unsendable extends Error {
  override readonly name = 'Unsendable'
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

async function contentOf(
  { files, key, publicUrl, bounceDomain, replyDomain }: SendMailServices,
  mail: MailRow,
  message: MessageRow,
): Promise<SendMailOptions> {
  const unsubscribe = mail.stream === 'notices' ? unsubscribeUrl(key, mail, publicUrl()) : undefined
  return {
    ...(bounceDomain === undefined
      ? {}
      : { envelope: { from: bounceAddress(key, mail, bounceDomain), to: mail.recipient } }),
    ...(replyDomain === undefined ? {} : { replyTo: { name: '', address: replyAddress(key, mail, replyDomain) } }),
    ...(unsubscribe === undefined ? {} : { headers: noticeHeaders(unsubscribe) }),
    // As parts, so that no comma in an address makes two of it.
    from: { name: '', address: mail.sender },
    to: { name: '', address: mail.recipient },
    subject: mail.subject,
    messageId: `<${mail.message_id}>`,
    ...(mail.in_reply_to === null ? {} : { inReplyTo: `<${mail.in_reply_to}>` }),
    references: mail.refs.map((ref) => `<${ref}>`),
    text:
      unsubscribe === undefined ? message.preview : `${message.preview}\n\n-- \nNo more of these mails: ${unsubscribe}`,
    attachments: await Promise.all(
      message.attachments.map(async (it) => ({
        filename: it.name,
        contentType: it.contentType,
        content: await files.read(mail.org_id, it._id),
      })),
    ),
  }
}

/** What tells programs that nobody awaits this mail, and how to have no more of them (RFC 3834, RFC 8058; facts on mail, 4.3). */
function noticeHeaders(unsubscribe: string): Record<string, string> {
  return {
    'List-Unsubscribe': `<${unsubscribe}>`,
    'List-Unsubscribe-Post': 'List-Unsubscribe=One-Click',
    'Auto-Submitted': 'auto-generated',
    'X-Auto-Response-Suppress': 'All',
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
