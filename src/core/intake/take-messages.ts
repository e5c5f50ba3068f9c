import type { Tx } from '../../platform/db/database.ts'
import { authorize, everybody } from '../../platform/http/access.ts'
import type { Id } from '../../platform/ids.ts'
import type { MailVerdict } from '../../platform/mail/authenticate-mail.ts'
import type { MessageEffect } from '../../sdk/index.ts'
import { addKeptFiles } from '../attachments/attachments.ts'
import type { KeptFile } from '../attachments/attachments.ts'
import { createConversation } from '../conversations/conversations.ts'
import { findRecentThread, findThread, lockThreads, rememberThreads } from '../conversations/threads.ts'
import type { MailMeta } from '../mails/mail-meta.ts'
import { insertBody } from '../messages/bodies.ts'
import { createMessage, findMessageByExternalId } from '../messages/messages.ts'
import { appActor } from './app-actor.ts'
import type { EffectRecord } from './schema.ts'

/** A message that an app brings, and whose it is. */
export interface BroughtMessage {
  deliveryId: Id
  app: string
  installationId: Id
  customerId: Id
  effect: MessageEffect
  /** With what the HTML calls each. */
  files: (KeptFile & { contentId: string | undefined })[]
  verdict: MailVerdict | undefined
}

const channel = 'email'
const mostFiles = 50 // of one message (facts 1.12)

/** Puts each message into the conversation that its app knows it by, or opens one. The same message again writes nothing. */
export async function takeMessages(
  tx: Tx,
  messages: BroughtMessage[],
): Promise<{ deliveryId: Id; record: EffectRecord }[]> {
  const records: { deliveryId: Id; record: EffectRecord }[] = []
  for (const message of messages) {
    records.push({ deliveryId: message.deliveryId, record: await takeMessage(tx, message) })
  }
  return records
}

async function takeMessage(
  tx: Tx,
  { deliveryId, app, installationId, customerId, effect, files, verdict }: BroughtMessage,
): Promise<EffectRecord> {
  const externalId = `${installationId}/${effect.externalId}`.slice(0, 255)
  const recent = effect.recentThreads ?? []
  const threads = [...effect.threads, effect.externalId]
  await lockThreads(tx, installationId, [...threads, ...recent])
  const before = await findMessageByExternalId(tx, externalId)
  if (before !== undefined) {
    return { kind: 'conversation', result: 'superseded', id: before.conversation_id, customer: before.customer_id }
  }
  const actor = await appActor(tx, installationId)
  const known = (await findThread(tx, installationId, threads)) ?? (await findRecentThread(tx, installationId, recent))
  const id =
    known ??
    (
      await createConversation(tx, authorize(actor, everybody('conversation')), {
        customer: customerId,
        name: effect.name.slice(0, 255),
        status: 'open',
        direction: 'in',
      })
    ).id
  await addKeptFiles(tx, authorize(actor, everybody('attachment')), files)
  const inline = effect.html === undefined ? {} : inlineFiles(effect.html, files)
  const { id: messageId } = await createMessage(tx, authorize(actor, everybody('message')), id, {
    externalId,
    app,
    channel,
    direction: 'in',
    subject: effect.subject?.slice(0, 1024) ?? null,
    preview: effect.text.slice(0, 100_000),
    sentAt: effect.at.toISOString(),
    auto: effect.isAutomatic ?? false,
    meta: {
      from: effect.customer.email,
      mail: {
        source: installationId,
        messageId: effect.externalId,
        delivery: deliveryId,
        ...(verdict === undefined ? {} : { dmarc: verdict.dmarc }),
        ...(effect.quotedFrom === undefined ? {} : { quotedFrom: effect.quotedFrom }),
        ...(effect.html === undefined ? {} : { isHtml: true, inline: Object.values(inline) }),
      } satisfies MailMeta,
    },
    attachments: files.map(({ id: file }) => file).slice(0, mostFiles),
  })
  if (effect.html !== undefined) {
    await insertBody(tx, messageId, { html: effect.html, inline })
  }
  await rememberThreads(tx, installationId, [...threads, ...recent], id)
  return { kind: 'conversation', result: known === undefined ? 'created' : 'updated', id, customer: customerId }
}

/** The files that stand in the HTML, each by what it is called there. */
function inlineFiles(html: string, files: BroughtMessage['files']): Record<string, Id> {
  const called = files.flatMap(({ id, contentId }): [string, Id][] =>
    contentId !== undefined && html.includes(contentId) ? [[contentId, id]] : [],
  )
  return Object.fromEntries(called)
}
