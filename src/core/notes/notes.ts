import type { Reader, Tx } from '../../platform/db/database.ts'
import { adminOnly } from '../../platform/http/access.ts'
import type { Actor, Authorized } from '../../platform/http/access.ts'
import { checkRev, externalIdConflict } from '../../platform/http/conflict.ts'
import { notFound } from '../../platform/http/errors.ts'
import { newId } from '../../platform/ids.ts'
import type { Id } from '../../platform/ids.ts'
import { enqueue } from '../../platform/jobs/task.ts'
import { indexTexts, removeTexts } from '../../platform/words/word-index.ts'
import { resolveAttachments } from '../attachments/attachments.ts'
import { countNote } from '../conversations/conversations.ts'
import { changesBetween, recordEvents } from '../events/events.ts'
import { notify } from '../notifications/notifications.ts'
import { checkUsers, getUser } from '../orgs/orgs.ts'
import { checkTeams, membersOf } from '../teams/teams.ts'
import type { ConversationNoteInput, Mention, NoteUpdate } from './schema.ts'
import { findNote, insertNote, lockNote, saveNote } from './store.ts'
import type { NoteRow } from './store.ts'

export type { NoteRow } from './store.ts'
export { findNotesByIds, listNotes } from './store.ts'

/** The job that does what a note asks for. */
export const noteCommandTaskName = 'notes.command'
const mayHoldCommand = /![a-z]/

export async function getNote(reader: Reader, id: Id): Promise<NoteRow> {
  const row = await findNote(reader, id)
  if (row === undefined) {
    throw notFound('Note')
  }
  return row
}

/** Adds an internal note to a conversation. */
export async function createNote(
  tx: Tx,
  by: Authorized<'note'>,
  conversationId: Id,
  input: ConversationNoteInput,
): Promise<NoteRow> {
  adminOnly(by, { createdAt: input.createdAt })
  await checkMentions(tx, input.userMentions ?? [])
  const customerId = await countNote(tx, by, conversationId, 1)
  const now = new Date()
  const row: NoteRow = {
    org_id: tx.orgId,
    id: newId(),
    conversation_id: conversationId,
    customer_id: customerId,
    external_id: input.externalId ?? null,
    body: input.body,
    user_mentions: input.userMentions ?? [],
    lang: input.lang ?? null,
    attachments: await resolveAttachments(tx, input.attachments ?? []),
    rev: 1,
    created_by: by.userId,
    modified_by: by.userId,
    imported_at: input.importedAt === undefined || input.importedAt === null ? null : new Date(input.importedAt),
    created_at: input.createdAt === undefined ? now : new Date(input.createdAt),
    updated_at: now,
    modified_at: now,
    deleted_at: null,
  }
  await externalIdConflict('note', insertNote(tx, row))
  await indexTexts(tx, 'note', [{ id: row.id, texts: noteTexts(row) }])
  await tellMentioned(tx, by, [], row)
  await noteEvent(tx, 'create', row, { by: by.userId })
  await handOverCommand(tx, by, row)
  return row
}

/** What a note asks for is done by a job of its own. What is imported asks for nothing (invariant 9). */
async function handOverCommand(tx: Tx, by: Actor, row: NoteRow): Promise<void> {
  if (mayHoldCommand.test(row.body) && row.imported_at === null) {
    const { orgId, userId, userType, roles } = by
    const payload = { orgId, userId, userType, roles, conversationId: row.conversation_id, body: row.body }
    await enqueue(tx, { name: noteCommandTaskName }, payload)
  }
}

export async function updateNote(
  tx: Tx,
  by: Authorized<'note'>,
  id: Id,
  input: NoteUpdate,
  options: { replace: boolean },
): Promise<NoteRow> {
  const before = await held(tx, id)
  checkRev('note', input.rev, before.rev)
  await checkMentions(tx, input.userMentions ?? [])
  const left = options.replace ? { ...before, external_id: null, user_mentions: [], lang: null } : before
  return save(tx, by, before, {
    ...left,
    body: input.body ?? left.body,
    external_id: input.externalId === undefined ? left.external_id : input.externalId,
    user_mentions: input.userMentions ?? left.user_mentions,
    lang: input.lang === undefined ? left.lang : input.lang,
    attachments: input.attachments === undefined ? left.attachments : await resolveAttachments(tx, input.attachments),
  })
}

export async function deleteNote(tx: Tx, by: Authorized<'note'>, id: Id): Promise<void> {
  const before = await held(tx, id)
  await countNote(tx, by, before.conversation_id, -1)
  await save(tx, by, before, { ...before, deleted_at: new Date() })
}

async function held(tx: Tx, id: Id): Promise<NoteRow> {
  const row = await lockNote(tx, id)
  if (row === undefined) {
    throw notFound('Note')
  }
  return row
}

async function save(tx: Tx, by: Authorized<'note'>, before: NoteRow, after: NoteRow): Promise<NoteRow> {
  const now = new Date()
  const row = { ...after, rev: before.rev + 1, modified_by: by.userId, updated_at: now, modified_at: now }
  await externalIdConflict('note', saveNote(tx, row))
  if (row.deleted_at === null) {
    await indexTexts(tx, 'note', [{ id: row.id, texts: noteTexts(row) }])
  } else {
    await removeTexts(tx, [row.id])
  }
  await tellMentioned(tx, by, before.user_mentions, row)
  const view = (it: NoteRow) => ({
    body: it.body,
    externalId: it.external_id,
    userMentions: it.user_mentions,
    lang: it.lang,
  })
  const changes = { attributes: changesBetween(view(before), view(row)), relationships: {} }
  await noteEvent(tx, row.deleted_at === null ? 'update' : 'delete', row, { by: by.userId, changes })
  return row
}

/** Tells those who are newly called in a note; a team is all of its members. */
async function tellMentioned(tx: Tx, by: Authorized<'note'>, before: Mention[], row: NoteRow): Promise<void> {
  const known = new Set(before.map((it) => it.user ?? it.team))
  const added = row.user_mentions.filter((it) => !known.has(it.user ?? it.team))
  const members = await membersOf(
    tx,
    added.flatMap((it) => it.team ?? []),
  )
  await notify(tx, [...added.flatMap((it) => it.user ?? []), ...members], {
    kind: 'mention',
    title: `${(await getUser(tx, by.userId)).name} mentioned you`,
    body: row.body,
    objectType: 'conversation',
    objectId: row.conversation_id,
    customerId: row.customer_id,
    by: by.userId,
  })
}

/** The texts by which a note is found. */
export function noteTexts(row: NoteRow): string[] {
  return [row.body, row.external_id ?? '']
}

async function checkMentions(reader: Reader, mentions: Mention[]): Promise<void> {
  await checkUsers(
    reader,
    mentions.flatMap((it) => it.user ?? []),
    '/userMentions',
  )
  await checkTeams(
    reader,
    mentions.flatMap((it) => it.team ?? []),
    '/userMentions',
  )
}

async function noteEvent(tx: Tx, verb: 'create' | 'update' | 'delete', row: NoteRow, data: object): Promise<void> {
  await recordEvents(tx, [
    { name: `kustomer.note.${verb}`, objectType: 'note', objectId: row.id, customerId: row.customer_id, data },
  ])
}
