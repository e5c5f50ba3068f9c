import type { Reader, Tx } from '../../platform/db/database.ts'
import type { FileStore } from '../../platform/files/file-store.ts'
import { adminOnly, authorize, may } from '../../platform/http/access.ts'
import type { Authorized } from '../../platform/http/access.ts'
import { checkRev, externalIdConflict } from '../../platform/http/conflict.ts'
import { ApiError, notFound } from '../../platform/http/errors.ts'
import { newId } from '../../platform/ids.ts'
import type { Id } from '../../platform/ids.ts'
import { textsIn, withoutNulls } from '../../platform/json.ts'
import { indexTexts, removeTexts } from '../../platform/words/word-index.ts'
import { redactAttachments, resolveAttachments } from '../attachments/attachments.ts'
import { createConversation, getConversation, replacePreview, takeMessage } from '../conversations/conversations.ts'
import { changesBetween, recordEvents } from '../events/events.ts'
import type { Changes } from '../events/events.ts'
import { forgetBody } from '../intake/forget-body.ts'
import type { MailMeta } from '../mails/mail-meta.ts'
import { checkCustom, customTexts } from '../metadata/metadata.ts'
import { removeBody } from './bodies.ts'
import type { ConversationMessageInput, CustomerMessageInput, MessageUpdate, Redaction } from './schema.ts'
import { showMessage } from './show.ts'
import { findMessage, findMessageByExternalId, insertMessage, listMessages, lockMessage, saveMessage } from './store.ts'
import type { MessageRow } from './store.ts'

export type { MessageRow } from './store.ts'
export { findMessageByExternalId, findMessagesByIds, listAttachmentIds, listMessages } from './store.ts'

const longestName = 255
const mostErased = 1000

export async function getMessage(reader: Reader, id: Id): Promise<MessageRow> {
  const row = await findMessage(reader, id)
  if (row === undefined) {
    throw notFound('Message')
  }
  return row
}

export async function getMessageByExternalId(reader: Reader, externalId: string): Promise<MessageRow> {
  const row = await findMessageByExternalId(reader, externalId)
  if (row === undefined) {
    throw notFound('Message', 'externalid')
  }
  return row
}

/** Records a message; nothing is sent. A customer's message opens its conversation again, unless it is imported. */
export async function createMessage(
  tx: Tx,
  by: Authorized<'message'>,
  conversationId: Id,
  input: ConversationMessageInput,
): Promise<MessageRow> {
  adminOnly(by, { createdAt: input.createdAt })
  const { externalId, preview, subject, status, error, errorAt, sentAt, meta, custom, lang, auto, source, ...rest } =
    input
  const { app, channel, direction, size, createdAt, importedAt, attachments, ...extra } = rest
  checkCustom(custom ?? {})
  const now = new Date()
  const id = newId()
  const shown = preview ?? ''
  const sent = sentAt === undefined ? (createdAt === undefined ? now : new Date(createdAt)) : new Date(sentAt)
  const imported = importedAt === undefined || importedAt === null ? null : new Date(importedAt)
  const taken = await takeMessage(tx, by, conversationId, {
    id,
    channel,
    direction,
    preview: shown,
    sentAt: sent,
    importedAt: imported,
  })
  const row: MessageRow = {
    org_id: tx.orgId,
    id,
    conversation_id: conversationId,
    customer_id: taken.customerId,
    external_id: externalId ?? null,
    app,
    channel,
    direction,
    direction_type: taken.directionType,
    preview: shown,
    subject: subject ?? null,
    size: size ?? shown.length,
    status: status ?? (direction === 'in' ? 'received' : 'sent'),
    error: error ?? null,
    error_at: errorAt === undefined || errorAt === null ? null : new Date(errorAt),
    auto: auto ?? false,
    source: source ?? null,
    sent_at: sent,
    response_ms: taken.responseTimeMs ?? null,
    meta: meta ?? {},
    custom: withoutNulls(custom ?? {}),
    lang: lang ?? null,
    extra: withoutNulls(extra),
    attachments: await resolveAttachments(tx, attachments ?? []),
    redacted_at: null,
    rev: 1,
    created_by: by.userId,
    modified_by: by.userId,
    imported_at: imported,
    created_at: createdAt === undefined ? now : new Date(createdAt),
    updated_at: now,
    modified_at: now,
  }
  await externalIdConflict('message', insertMessage(tx, row))
  await indexTexts(tx, 'message', [{ id, texts: messageTexts(row) }])
  await messageEvent(tx, 'create', row, { by: by.userId })
  return getMessage(tx, id)
}

/** Records a customer's message; where no conversation is given, one is made (facts 1.12). */
export async function createCustomerMessage(
  tx: Tx,
  by: Authorized<'message'>,
  customerId: Id,
  { conversation, ...input }: CustomerMessageInput,
): Promise<MessageRow> {
  if (conversation !== undefined) {
    const found = await getConversation(tx, conversation).catch(() => undefined)
    if (found?.customer_id !== customerId) {
      throw new ApiError('badparam', 'conversation must be the id of one of this customer’s conversations', {
        pointer: '/conversation',
      })
    }
    return createMessage(tx, by, conversation, input)
  }
  const made = await createConversation(tx, authorize(by, may('create', 'conversation')), {
    customer: customerId,
    status: 'open',
    direction: input.direction,
    name: (input.subject ?? input.preview ?? '').slice(0, longestName).toWellFormed() || null,
    ...(input.createdAt === undefined ? {} : { createdAt: input.createdAt }),
    ...(input.importedAt === undefined ? {} : { importedAt: input.importedAt }),
  })
  return createMessage(tx, by, made.id, input)
}

export async function updateMessage(
  tx: Tx,
  by: Authorized<'message'>,
  id: Id,
  input: MessageUpdate,
  options: { replace: boolean },
): Promise<MessageRow> {
  const before = await lockMessage(tx, id)
  if (before === undefined) {
    throw notFound('Message')
  }
  const { externalId, preview, subject, status, error, errorAt, sentAt, meta, custom, lang, auto, source, ...rest } =
    input
  const { rev, attachments, ...extra } = rest
  checkRev('message', rev, before.rev)
  checkCustom(custom ?? {})
  const cleared = {
    external_id: null,
    subject: null,
    error: null,
    error_at: null,
    lang: null,
    meta: {},
    custom: {},
    extra: {},
  }
  const left: MessageRow = options.replace ? { ...before, ...cleared } : before
  const now = new Date()
  const row: MessageRow = {
    ...left,
    external_id: externalId === undefined ? left.external_id : externalId,
    preview: preview ?? left.preview,
    subject: subject === undefined ? left.subject : subject,
    status: status ?? left.status,
    error: error === undefined ? left.error : error,
    error_at: errorAt === undefined ? left.error_at : errorAt === null ? null : new Date(errorAt),
    sent_at: sentAt === undefined ? left.sent_at : new Date(sentAt),
    meta: { ...left.meta, ...meta },
    custom: withoutNulls({ ...left.custom, ...custom }),
    lang: lang === undefined ? left.lang : lang,
    auto: auto ?? left.auto,
    source: source === undefined ? left.source : source,
    extra: withoutNulls({ ...left.extra, ...extra }),
    attachments: attachments === undefined ? left.attachments : await resolveAttachments(tx, attachments),
    rev: before.rev + 1,
    modified_by: by.userId,
    updated_at: now,
    modified_at: now,
  }
  await externalIdConflict('message', saveMessage(tx, row))
  await indexTexts(tx, 'message', [{ id, texts: messageTexts(row) }])
  if (row.preview !== before.preview) {
    await replacePreview(tx, row.conversation_id, before.preview, row.preview)
  }
  const changes = { attributes: changesBetween(comparable(before), comparable(row)), relationships: {} }
  await messageEvent(tx, 'update', row, { by: by.userId, changes: withoutTexts(changes) })
  return getMessage(tx, id)
}

/** Takes the words out of what an app brought into a conversation, and out of all places that repeat them. */
export async function eraseMessagesOf(tx: Tx, conversationId: Id, app: string): Promise<void> {
  for (const { id } of await listMessages(tx, { conversationId, sort: 'desc' }, mostErased, 0)) {
    const row = await lockMessage(tx, id)
    if (row !== undefined && row.app === app && row.direction === 'in') {
      await saveMessage(tx, { ...row, preview: '', subject: null, meta: {}, rev: row.rev + 1, redacted_at: new Date() })
      await removeBody(tx, row.id)
      await forgetMail(tx, row)
      await removeTexts(tx, [row.id])
      await replacePreview(tx, conversationId, row.preview, '')
    }
  }
}

/** Takes a text, some files or the details out of a message, and out of all places that repeat them. */
export async function redactMessage(
  tx: Tx,
  files: FileStore,
  by: Authorized<'message'>,
  id: Id,
  redaction: Redaction,
): Promise<MessageRow> {
  const before = await lockMessage(tx, id)
  if (before === undefined) {
    throw notFound('Message')
  }
  const now = new Date()
  const row: MessageRow = {
    ...before,
    ...('preview' in redaction ? { preview: redaction.preview } : {}),
    ...('meta' in redaction ? { meta: redaction.meta } : {}),
    ...('attachments' in redaction
      ? { attachments: before.attachments.filter((it) => !redaction.attachments.includes(it._id)) }
      : {}),
    rev: before.rev + 1,
    redacted_at: now,
    modified_by: by.userId,
    updated_at: now,
    modified_at: now,
  }
  await saveMessage(tx, row)
  await indexTexts(tx, 'message', [{ id, texts: messageTexts(row) }])
  await forgetMail(tx, before) // it says and holds all of it once more
  if ('preview' in redaction) {
    await removeBody(tx, row.id)
    await replacePreview(tx, row.conversation_id, before.preview, redaction.preview)
  }
  if ('attachments' in redaction) {
    const known = new Set(before.attachments.map((it) => it._id))
    const unknown = redaction.attachments.findIndex((it) => !known.has(it))
    if (unknown !== -1) {
      throw new ApiError('badparam', 'This message has no such attachment.', { pointer: `/attachments/${unknown}` })
    }
    await redactAttachments(tx, files, redaction.attachments)
  }
  const changes = {
    attributes: { redacted: { op: 'replace', before: before.redacted_at !== null, after: true } },
    relationships: {},
  }
  await messageEvent(tx, 'update', row, { by: by.userId, changes })
  return row
}

/** The mail that a message came with, as it came. */
async function forgetMail(tx: Tx, { meta }: MessageRow): Promise<void> {
  const delivery = (meta['mail'] as MailMeta | undefined)?.delivery
  if (delivery !== undefined) {
    await forgetBody(tx, delivery)
  }
}

/** What may change in a message. */
function comparable(row: MessageRow) {
  const { rev: _rev, updatedAt: _updated, modifiedAt: _modified, ...attributes } = showMessage(row).attributes
  return attributes
}

const texts = new Set(['preview', 'subject', 'meta'])

/** That a text changed is history; what it was is not repeated there, so that a redaction is final. */
function withoutTexts({ attributes, relationships }: Changes): Changes {
  const entries = Object.entries(attributes)
  return {
    attributes: Object.fromEntries(
      entries.map(([name, it]) => [name, texts.has(name) ? { ...it, before: null, after: null } : it]),
    ),
    relationships,
  }
}

/** The texts by which a message is found. */
export function messageTexts(row: MessageRow): string[] {
  const { preview, subject, external_id: externalId, meta, error, custom } = row
  return [preview, subject ?? '', externalId ?? '', ...textsIn(meta), ...textsIn(error), ...customTexts(custom)]
}

async function messageEvent(tx: Tx, verb: 'create' | 'update', row: MessageRow, data: object): Promise<void> {
  await recordEvents(tx, [
    { name: `kustomer.message.${verb}`, objectType: 'message', objectId: row.id, customerId: row.customer_id, data },
  ])
}
