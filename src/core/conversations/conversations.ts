import type { Reader, Tx } from '../../platform/db/database.ts'
import { adminOnly } from '../../platform/http/access.ts'
import type { Actor, Authorized } from '../../platform/http/access.ts'
import { checkRev, externalIdConflict } from '../../platform/http/conflict.ts'
import { ApiError, notFound } from '../../platform/http/errors.ts'
import { isId, newId } from '../../platform/ids.ts'
import type { Id } from '../../platform/ids.ts'
import { enqueue } from '../../platform/jobs/task.ts'
import { withoutNulls } from '../../platform/json.ts'
import { indexTexts, removeTexts } from '../../platform/words/word-index.ts'
import { checkedBrand, findDefaultBrand } from '../brands/brands.ts'
import { getCustomer, moveConversationCount } from '../customers/customers.ts'
import { changesBetween, recordEvents } from '../events/events.ts'
import type { DomainEvent } from '../events/events.ts'
import { checkCustom, customTexts } from '../metadata/metadata.ts'
import { notify } from '../notifications/notifications.ts'
import { checkUsers } from '../orgs/orgs.ts'
import { checkSubStatus } from '../sub-statuses/sub-statuses.ts'
import { findTags, resolveTags } from '../tags/tags.ts'
import { checkTeams } from '../teams/teams.ts'
import { directionTypeOf, withMessage, withModifications } from './milestones.ts'
import type { DirectionType } from './milestones.ts'
import { creditOf, moved, recordClose } from './moves.ts'
import { checkDone } from './rules.ts'
import type { ConversationInput, ConversationUpdate } from './schema.ts'
import { comparable } from './show.ts'
import {
  findConversation,
  findConversationByExternalId,
  insertConversation,
  lockConversation,
  moveContents,
  saveConversation,
} from './store.ts'
import type { ConversationRow } from './store.ts'

export type { ConversationRow } from './store.ts'
export { findConversationsByIds, listConversations } from './store.ts'

/** The job that wakes a snoozed conversation. */
export const wakeTaskName = 'conversations.wake'
/** The job that follows a conversation that was opened again. */
export const reopenedTaskName = 'conversations.reopened'

const defaultPriority = 3 // facts 1.12

export async function getConversation(reader: Reader, id: Id): Promise<ConversationRow> {
  const row = await findConversation(reader, id)
  if (row === undefined) {
    throw notFound('Conversation')
  }
  return row
}

export async function getConversationByExternalId(reader: Reader, externalId: string): Promise<ConversationRow> {
  const row = await findConversationByExternalId(reader, externalId)
  if (row === undefined) {
    throw notFound('Conversation', 'externalId')
  }
  return row
}

export async function createConversation(
  tx: Tx,
  by: Authorized<'conversation'>,
  input: ConversationInput,
): Promise<ConversationRow> {
  adminOnly(by, { createdAt: input.createdAt })
  const { customer, status, createdAt, importedAt, ...given } = input
  const customerId = await checkedCustomer(tx, customer)
  const begin = createdAt === undefined ? new Date() : new Date(createdAt)
  const empty = {
    ...emptyConversation(tx.orgId, customerId, by, begin),
    brand_id: (await findDefaultBrand(tx))?.id ?? null,
  }
  const row = await withInput(tx, empty, given)
  const created = { ...row, imported_at: importedAt === undefined || importedAt === null ? null : new Date(importedAt) }
  if (status === 'done' && created.imported_at === null) {
    await checkDone(tx, created)
  }
  const settled = status === 'done' ? await moved(tx, by, created, 'done', undefined) : created
  await checkSubStatusOf(tx, undefined, settled)
  await externalIdConflict('conversation', insertConversation(tx, settled))
  await indexTexts(tx, 'conversation', [{ id: settled.id, texts: conversationTexts(settled) }])
  await moveConversationCount(tx, customerId, undefined, settled.status)
  if (status === 'done' && settled.imported_at === null) {
    await recordClose(tx, by, settled, false)
  }
  await tellAssigned(tx, by, undefined, settled)
  await recordEvents(tx, [
    {
      name: 'kustomer.conversation.create',
      objectType: 'conversation',
      objectId: settled.id,
      customerId,
      data: { by: by.userId },
    },
    ...(settled.status === 'done' && settled.imported_at === null ? [closedEvent(by, settled)] : []),
  ])
  return getConversation(tx, settled.id)
}

/** A conversation that begins as done was opened and closed at once: whoever listens for closes hears of it as of any other. */
function closedEvent(by: Actor, { id, customer_id: customerId }: ConversationRow): DomainEvent {
  const attributes = changesBetween({ status: 'open' }, { status: 'done' })
  return {
    name: 'kustomer.conversation.update',
    objectType: 'conversation',
    objectId: id,
    customerId,
    data: { by: by.userId, changes: { attributes, relationships: {} } },
  }
}

/** Changes a conversation: what is left out stays, unless `replace`, which clears it. Lists replace as a whole, null clears. */
export async function updateConversation(
  tx: Tx,
  by: Authorized<'conversation'>,
  id: Id,
  input: ConversationUpdate,
  options: { replace: boolean },
): Promise<ConversationRow> {
  const before = await held(tx, id)
  const { customer, status, snooze, rev, withoutSurvey, ...given } = input
  checkRev('conversation', rev, before.rev)
  const customerId = customer === undefined ? before.customer_id : await checkedCustomer(tx, customer)
  const kept = options.replace ? cleared(before) : before
  const after = { ...(await withInput(tx, kept, given)), customer_id: customerId }
  const until = snooze === undefined || snooze === null ? undefined : new Date(snooze.time)
  const target = status ?? (until === undefined ? before.status : 'snoozed')
  if (target === 'snoozed' && before.status !== 'snoozed' && until === undefined) {
    throw new ApiError('badparam', 'snoozing needs a time to wake up', { pointer: '/snooze/time' })
  }
  const changesState = target !== before.status || until !== undefined
  if (target === 'done' && before.status !== 'done') {
    await checkDone(tx, after)
  }
  const settled = changesState ? await moved(tx, by, withoutSubStatus(after, before, target), target, until) : after
  await checkSubStatusOf(tx, before, settled)
  await save(tx, by, before, settled, withoutSurvey)
  return getConversation(tx, id)
}

/** A conversation that moves leaves the sub-status of where it was, unless it was given one for where it goes. */
function withoutSubStatus(after: ConversationRow, before: ConversationRow, target: string): ConversationRow {
  if (target === before.status || after.extra.subStatus !== before.extra.subStatus) {
    return after
  }
  const { subStatus: _left, ...extra } = after.extra
  return { ...after, extra }
}

async function checkSubStatusOf(tx: Tx, before: ConversationRow | undefined, after: ConversationRow): Promise<void> {
  const { subStatus } = after.extra
  if (subStatus !== undefined && subStatus !== null && subStatus !== before?.extra.subStatus) {
    await checkSubStatus(tx, subStatus, after.status)
  }
}

export async function deleteConversation(tx: Tx, by: Authorized<'conversation'>, id: Id): Promise<void> {
  const before = await held(tx, id)
  await save(tx, by, before, { ...before, deleted_at: new Date() })
}

export async function appendTags(
  tx: Tx,
  by: Authorized<'conversation'>,
  id: Id,
  tags: string[],
): Promise<ConversationRow> {
  const before = await held(tx, id)
  const added = await resolveTags(tx, tags, '')
  await save(tx, by, before, { ...before, tags: [...new Set([...before.tags, ...added])] })
  return getConversation(tx, id)
}

export async function removeTags(
  tx: Tx,
  by: Authorized<'conversation'>,
  id: Id,
  tags: string[],
): Promise<ConversationRow> {
  const before = await held(tx, id)
  const removed = new Set([...tags, ...(await findTags(tx, tags))])
  await save(tx, by, before, { ...before, tags: before.tags.filter((tag) => !removed.has(tag)) })
  return getConversation(tx, id)
}

/** Opens a conversation whose time has come; does nothing when it was moved, or snoozed anew, meanwhile. */
export async function wakeConversation(tx: Tx, id: Id, now: Date): Promise<void> {
  const before = await lockConversation(tx, id)
  const isDue = before?.snooze_status === 'scheduled' && before.snooze_at !== null && before.snooze_at <= now
  if (before === undefined || before.status !== 'snoozed' || !isDue) {
    return
  }
  const after = await moved(tx, undefined, before, 'open', undefined)
  await save(tx, undefined, before, { ...after, snooze_status: 'elapsed' })
}

export interface ArrivingMessage {
  id: Id
  channel: string
  direction: 'in' | 'out'
  preview: string
  sentAt: Date
  /** Set for what an import brings: it opens nothing. */
  importedAt: Date | null
}

/**
 * Counts a message into its conversation, which a customer's message opens again. Returns how the message stands to
 * those before it, and how long after the customer's question it came, in milliseconds.
 */
export async function takeMessage(
  tx: Tx,
  by: Actor,
  conversationId: Id,
  message: ArrivingMessage,
): Promise<{ customerId: Id; directionType: DirectionType; responseTimeMs: number | undefined }> {
  const before = await lockConversation(tx, conversationId)
  if (before === undefined) {
    throw new ApiError('badparam', 'conversation must be the id of a conversation', { pointer: '/conversation' })
  }
  const directionType = directionTypeOf(message.direction, before.last_message_direction)
  const milestones = withMessage(before.milestones, message, directionType, await creditOf(tx, by, before))
  const isLast = before.last_message_at === null || message.sentAt >= before.last_message_at
  const counted: ConversationRow = {
    ...before,
    channels: [...new Set([...before.channels, message.channel])],
    direction: before.direction ?? message.direction,
    inbound_count: before.inbound_count + (message.direction === 'in' ? 1 : 0),
    outbound_count: before.outbound_count + (message.direction === 'out' ? 1 : 0),
    milestones,
    ...(isLast
      ? { last_message_at: message.sentAt, last_message_direction: message.direction, preview: message.preview }
      : {}),
    last_activity_at: new Date(),
  }
  const opens = message.direction === 'in' && before.status !== 'open' && message.importedAt === null
  if (opens) {
    await notify(tx, before.assigned_users, {
      kind: 'reply',
      title: `The customer wrote again: ${before.name ?? 'a conversation'}`,
      body: message.preview,
      objectType: 'conversation',
      objectId: before.id,
      customerId: before.customer_id,
    })
  }
  await save(tx, by, before, opens ? await moved(tx, by, counted, 'open', undefined) : counted)
  const response = milestones.lastResponse?.id === message.id ? milestones.lastResponse : undefined
  return { customerId: before.customer_id, directionType, responseTimeMs: response?.responseTime }
}

/** Replaces the text that a list of conversations shows, where it is still this one. */
export async function replacePreview(tx: Tx, id: Id, from: string, to: string): Promise<void> {
  const row = await lockConversation(tx, id)
  if (row !== undefined && row.preview === from) {
    await saveConversation(tx, { ...row, preview: to, rev: row.rev + 1, updated_at: new Date() })
  }
}

/** Takes its name away, which may be somebody's. */
export async function eraseName(tx: Tx, id: Id): Promise<void> {
  const row = await lockConversation(tx, id)
  if (row !== undefined) {
    const nameless = { ...row, name: null, rev: row.rev + 1, updated_at: new Date() }
    await saveConversation(tx, nameless)
    await indexTexts(tx, 'conversation', [{ id, texts: conversationTexts(nameless) }])
  }
}

/** Counts a note in or, with -1, out; returns whose conversation it is. */
export async function countNote(tx: Tx, by: Actor, conversationId: Id, difference: 1 | -1): Promise<Id> {
  const before = await lockConversation(tx, conversationId)
  if (before === undefined) {
    throw new ApiError('badparam', 'conversation must be the id of a conversation', { pointer: '/conversation' })
  }
  await save(tx, by, before, { ...before, note_count: before.note_count + difference, last_activity_at: new Date() })
  return before.customer_id
}

async function held(tx: Tx, id: Id): Promise<ConversationRow> {
  const row = await lockConversation(tx, id)
  if (row === undefined) {
    throw notFound('Conversation')
  }
  return row
}

async function checkedCustomer(tx: Tx, id: Id): Promise<Id> {
  const found = isId(id) && (await getCustomer(tx, id).catch(() => undefined)) !== undefined
  if (!found) {
    throw new ApiError('badparam', 'customer must be the id of a customer', { pointer: '/customer' })
  }
  return id
}

function emptyConversation(orgId: Id, customerId: Id, by: Actor, createdAt: Date): ConversationRow {
  const now = new Date()
  return {
    org_id: orgId,
    id: newId(),
    customer_id: customerId,
    external_id: null,
    name: null,
    status: 'open',
    status_at: createdAt,
    priority: defaultPriority,
    direction: null,
    channels: [],
    reply_channel: null,
    tags: [],
    assigned_users: [],
    assigned_teams: [],
    custom: {},
    default_lang: null,
    brand_id: null,
    preview: null,
    snooze_at: null,
    snooze_status: null,
    inbound_count: 0,
    outbound_count: 0,
    note_count: 0,
    done_count: 0,
    reopen_count: 0,
    reopen_from_done_count: 0,
    snooze_count: 0,
    milestones: {},
    extra: {},
    last_message_at: null,
    last_message_direction: null,
    rev: 1,
    created_by: by.userId,
    modified_by: by.userId,
    imported_at: null,
    created_at: createdAt,
    updated_at: now,
    modified_at: now,
    last_activity_at: now,
    deleted_at: null,
  }
}

/** What PUT with `replace` leaves of a conversation before it is filled anew: what happened, and its state. */
function cleared(row: ConversationRow): ConversationRow {
  const blank = {
    external_id: null,
    name: null,
    reply_channel: null,
    default_lang: null,
    priority: defaultPriority,
    brand_id: null,
  }
  return { ...row, ...blank, tags: [], assigned_users: [], assigned_teams: [], custom: {}, extra: {} }
}

type Given = Omit<ConversationUpdate, 'customer' | 'status' | 'snooze' | 'rev'>

async function withInput(tx: Tx, row: ConversationRow, given: Given): Promise<ConversationRow> {
  const { externalId, name, priority, direction, replyChannel, defaultLang, custom, ...rest } = given
  const { tags, assignedUsers, assignedTeams, brand, ...extra } = rest
  checkCustom(custom ?? {})
  await checkUsers(tx, assignedUsers ?? [], '/assignedUsers')
  await checkTeams(tx, assignedTeams ?? [], '/assignedTeams')
  return {
    ...row,
    external_id: externalId === undefined ? row.external_id : externalId,
    name: name === undefined ? row.name : name,
    priority: priority ?? row.priority,
    direction: direction === undefined ? row.direction : direction,
    reply_channel: replyChannel === undefined ? row.reply_channel : replyChannel,
    default_lang: defaultLang === undefined ? row.default_lang : defaultLang,
    brand_id: brand === undefined ? row.brand_id : await checkedBrand(tx, brand),
    tags: tags === undefined ? row.tags : await resolveTags(tx, tags, '/tags'),
    assigned_users: assignedUsers === undefined ? row.assigned_users : [...new Set(assignedUsers)],
    assigned_teams: assignedTeams === undefined ? row.assigned_teams : [...new Set(assignedTeams)],
    custom: withoutNulls({ ...row.custom, ...custom }),
    extra: withoutNulls({ ...row.extra, ...extra }),
  }
}

/** Tells those to whom a conversation is newly assigned. */
async function tellAssigned(
  tx: Tx,
  by: Actor | undefined,
  before: ConversationRow | undefined,
  after: ConversationRow,
): Promise<void> {
  const added = after.assigned_users.filter((id) => before?.assigned_users.includes(id) !== true)
  if (added.length > 0 && after.imported_at === null) {
    const about = { objectType: 'conversation', objectId: after.id, customerId: after.customer_id, by: by?.userId }
    await notify(tx, added, {
      kind: 'assignment',
      title: `You are assigned to ${after.name ?? 'a conversation'}`,
      body: after.preview ?? undefined,
      ...about,
    })
  }
}

/** The texts by which a conversation is found; its messages are found by their own. */
export function conversationTexts(row: ConversationRow): string[] {
  return [row.name ?? '', row.external_id ?? '', ...customTexts(row.custom)]
}

async function followTexts(tx: Tx, before: ConversationRow, after: ConversationRow): Promise<void> {
  const texts = conversationTexts(after)
  if (after.deleted_at !== null) {
    await removeTexts(tx, [after.id])
  } else if (texts.join('\0') !== conversationTexts(before).join('\0')) {
    await indexTexts(tx, 'conversation', [{ id: after.id, texts }])
  }
}

/** Writes a changed conversation with everything that follows from the change. */
async function save(
  tx: Tx,
  by: Actor | undefined,
  before: ConversationRow,
  after: ConversationRow,
  withoutSurvey = false,
): Promise<void> {
  const now = new Date()
  const attributes = changesBetween(comparable(before), comparable(after))
  const relationships = changesBetween(
    { customer: before.customer_id, brand: before.brand_id },
    { customer: after.customer_id, brand: after.brand_id },
  )
  const row: ConversationRow = {
    ...after,
    milestones: withModifications(after.milestones, Object.keys({ ...attributes, ...relationships }), now),
    rev: before.rev + 1,
    updated_at: now,
    modified_at: now,
    modified_by: by?.userId ?? null,
  }
  await externalIdConflict('conversation', saveConversation(tx, row))
  await followTexts(tx, before, row)
  const moves = row.customer_id !== before.customer_id
  if (moves) {
    await moveContents(tx, row.id, row.customer_id)
  }
  const ends = row.deleted_at !== null
  if (moves) {
    await moveConversationCount(tx, before.customer_id, before.status, undefined)
    await moveConversationCount(tx, row.customer_id, undefined, ends ? undefined : row.status)
  } else if (ends || row.status !== before.status) {
    await moveConversationCount(tx, row.customer_id, before.status, ends ? undefined : row.status)
  }
  if (row.status === 'snoozed' && row.snooze_at !== null && row.snooze_at !== before.snooze_at) {
    const payload = { orgId: tx.orgId, id: row.id }
    await enqueue(tx, { name: wakeTaskName }, payload, { runAt: row.snooze_at, key: `wake/${row.id}` })
  }
  if (row.status === 'done' && before.status !== 'done' && by !== undefined) {
    await recordClose(tx, by, row, withoutSurvey)
  }
  if (before.status === 'done' && (row.status !== 'done' || ends)) {
    await enqueue(tx, { name: reopenedTaskName }, { orgId: tx.orgId, id: row.id, at: now.toISOString() })
  }
  await tellAssigned(tx, by, before, row)
  const changes = { attributes, relationships }
  await recordEvents(tx, [
    {
      name: `kustomer.conversation.${ends ? 'delete' : 'update'}`,
      objectType: 'conversation',
      objectId: row.id,
      customerId: row.customer_id,
      data: { by: by?.userId, changes },
    },
  ])
}
