import { databaseErrorCode } from '../../platform/db/database.ts'
import type { Reader, Tx } from '../../platform/db/database.ts'
import type { Authorized } from '../../platform/http/access.ts'
import { checkRev } from '../../platform/http/conflict.ts'
import { ApiError, notFound } from '../../platform/http/errors.ts'
import { newId } from '../../platform/ids.ts'
import type { Id } from '../../platform/ids.ts'
import { enqueue } from '../../platform/jobs/task.ts'
import { withoutNulls } from '../../platform/json.ts'
import { resolveAttachments } from '../attachments/attachments.ts'
import { getConversation } from '../conversations/conversations.ts'
import { getCustomer } from '../customers/customers.ts'
import { recordEvents } from '../events/events.ts'
import type { DraftInput, DraftUpdate } from './schema.ts'
import { findDraft, insertDraft, lockDraft, saveDraft } from './store.ts'
import type { DraftRow } from './store.ts'

export type { DraftRow } from './store.ts'
export { listDrafts } from './store.ts'

/** The job that sends a draft when it is time. */
export const sendTaskName = 'drafts.send'

const uniqueViolation = '23505'

export async function getDraft(reader: Reader, id: Id): Promise<DraftRow> {
  const row = await findDraft(reader, id)
  if (row === undefined) {
    throw notFound('Draft')
  }
  return row
}

export async function createDraft(
  tx: Tx,
  by: Authorized<'draft'>,
  customerId: Id,
  input: DraftInput,
): Promise<DraftRow> {
  const { channel, conversation, sendAt, auto, source, attachments, ...content } = input
  await getCustomer(tx, customerId)
  const conversationId = conversation ?? null
  if (conversationId !== null) {
    await checkConversation(tx, conversationId, customerId)
  } else if (channel === 'note') {
    throw new ApiError('badparam', 'a note needs a conversation', { pointer: '/conversation' })
  }
  const now = new Date()
  const row: DraftRow = {
    org_id: tx.orgId,
    id: newId(),
    customer_id: customerId,
    conversation_id: conversationId,
    channel,
    content: withoutNulls(content),
    attachments: await resolveAttachments(tx, attachments ?? []),
    ...scheduleOf(sendAt ?? null),
    error: null,
    message_id: null,
    note_id: null,
    auto: auto ?? false,
    source: source ?? null,
    rev: 1,
    created_by: by.userId,
    modified_by: by.userId,
    created_at: now,
    updated_at: now,
    modified_at: now,
  }
  try {
    await insertDraft(tx, row)
  } catch (error) {
    throw databaseErrorCode(error) === uniqueViolation
      ? new ApiError('conflict', 'This conversation has a draft of a note already.', { pointer: '/conversation' })
      : error
  }
  await schedule(tx, row)
  await draftEvent(tx, 'create', row)
  return row
}

/** Changes a draft that is not sent yet: what is left out stays. */
export async function updateDraft(tx: Tx, by: Authorized<'draft'>, id: Id, input: DraftUpdate): Promise<DraftRow> {
  const before = await heldUnsent(tx, id)
  const { channel, sendAt, scheduled, attachments, rev, ...content } = input
  checkRev('draft', rev, before.rev)
  const kept = before.status === 'scheduled' ? before.send_at?.toISOString() : null
  const when = scheduled === false ? null : sendAt === undefined ? kept : sendAt
  const row: DraftRow = {
    ...before,
    channel: channel ?? before.channel,
    content: withoutNulls({ ...before.content, ...content }),
    attachments: attachments === undefined ? before.attachments : await resolveAttachments(tx, attachments),
    ...scheduleOf(when ?? null),
    error: null,
  }
  return save(tx, by.userId, row)
}

export async function deleteDraft(tx: Tx, by: Authorized<'draft'>, id: Id): Promise<void> {
  await save(tx, by.userId, { ...(await heldUnsent(tx, id)), status: 'deleted', send_at: null })
}

/** Puts files on a draft, or takes one off. */
export async function changeAttachments(
  tx: Tx,
  by: Authorized<'draft'>,
  id: Id,
  change: (ids: Id[]) => Id[],
): Promise<DraftRow> {
  const before = await heldUnsent(tx, id)
  const attachments = await resolveAttachments(tx, [...new Set(change(before.attachments.map((it) => it._id)))])
  return save(tx, by.userId, { ...before, attachments })
}

async function heldUnsent(tx: Tx, id: Id): Promise<DraftRow> {
  const row = await lockDraft(tx, id)
  if (row === undefined) {
    throw notFound('Draft')
  }
  if (row.status === 'sent') {
    throw new ApiError('unprocessable', 'This draft was sent already.')
  }
  return row
}

async function save(tx: Tx, userId: Id, changed: DraftRow): Promise<DraftRow> {
  const now = new Date()
  const row = { ...changed, rev: changed.rev + 1, modified_by: userId, updated_at: now, modified_at: now }
  await saveDraft(tx, row)
  await schedule(tx, row)
  await draftEvent(tx, row.status === 'deleted' ? 'delete' : 'update', row)
  return row
}

function scheduleOf(sendAt: string | null): Pick<DraftRow, 'status' | 'send_at'> {
  return sendAt === null ? { status: 'draft', send_at: null } : { status: 'scheduled', send_at: new Date(sendAt) }
}

async function schedule(tx: Tx, row: DraftRow): Promise<void> {
  if (row.status === 'scheduled' && row.send_at !== null) {
    await enqueue(
      tx,
      { name: sendTaskName },
      { orgId: tx.orgId, id: row.id },
      { runAt: row.send_at, key: `draft/${row.id}` },
    )
  }
}

async function checkConversation(tx: Tx, id: Id, customerId: Id): Promise<void> {
  const found = await getConversation(tx, id).catch(() => undefined)
  if (found?.customer_id !== customerId) {
    throw new ApiError('badparam', 'conversation must be the id of one of this customer’s conversations', {
      pointer: '/conversation',
    })
  }
}

export async function draftEvent(tx: Tx, verb: 'create' | 'update' | 'delete', row: DraftRow): Promise<void> {
  await recordEvents(tx, [
    { name: `kustomer.draft.${verb}`, objectType: 'draft', objectId: row.id, customerId: row.customer_id },
  ])
}
