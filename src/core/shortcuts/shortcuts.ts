import type { Reader, Tx } from '../../platform/db/database.ts'
import type { Actor, Authorized } from '../../platform/http/access.ts'
import { checkRev, nameConflict } from '../../platform/http/conflict.ts'
import { notFound } from '../../platform/http/errors.ts'
import { newId } from '../../platform/ids.ts'
import type { Id } from '../../platform/ids.ts'
import { getConversation } from '../conversations/conversations.ts'
import { showConversation } from '../conversations/show.ts'
import { getCustomer } from '../customers/customers.ts'
import { showCustomer } from '../customers/show.ts'
import { recordEvents } from '../events/events.ts'
import { getOrg, getUser } from '../orgs/orgs.ts'
import { filled } from './fields.ts'
import type { Changes, ShortcutInput, ShortcutUpdate } from './schema.ts'
import { findShortcut, insertShortcut, lockShortcut, saveShortcut } from './store.ts'
import type { ShortcutRow } from './store.ts'

export type { ShortcutRow } from './store.ts'
export { listShortcuts } from './store.ts'

export async function getShortcut(reader: Reader, by: Actor, id: Id): Promise<ShortcutRow> {
  const row = await findShortcut(reader, by.userId, id)
  if (row === undefined) {
    throw notFound('Shortcut')
  }
  return row
}

export async function createShortcut(tx: Tx, by: Authorized<'shortcut'>, input: ShortcutInput): Promise<ShortcutRow> {
  const now = new Date()
  const row: ShortcutRow = {
    org_id: tx.orgId,
    id: newId(),
    name: input.name,
    keyword: input.keyword ?? null,
    body: input.body,
    subject: input.subject ?? null,
    channels: input.channels,
    folder: input.folder ?? null,
    shared: input.shared,
    owner_id: by.userId,
    changes: input.changes,
    rev: 1,
    created_by: by.userId,
    modified_by: by.userId,
    created_at: now,
    updated_at: now,
    deleted_at: null,
  }
  await nameConflict('shortcut', row.keyword ?? '', insertShortcut(tx, row), '/keyword')
  await shortcutEvent(tx, 'create', row.id)
  return row
}

/** Changes a shortcut: what is left out stays. */
export async function updateShortcut(
  tx: Tx,
  by: Authorized<'shortcut'>,
  id: Id,
  { rev, ...change }: ShortcutUpdate,
): Promise<ShortcutRow> {
  const before = await held(tx, by, id)
  checkRev('shortcut', rev, before.rev)
  const given = Object.fromEntries(Object.entries(change).filter(([, value]) => value !== undefined))
  return save(tx, by, { ...before, ...given, rev: before.rev + 1 })
}

export async function deleteShortcut(tx: Tx, by: Authorized<'shortcut'>, id: Id): Promise<void> {
  await save(tx, by, { ...(await held(tx, by, id)), deleted_at: new Date() })
}

export interface FilledShortcut {
  body: string
  subject: string | null
  /** Fields that nothing is known for. */
  missing: string[]
  changes: Changes
}

/** A shortcut's text for a conversation, with what is known of it, its customer, the agent and the organisation. */
export async function fillShortcut(
  reader: Reader,
  by: Authorized<'shortcut'>,
  id: Id,
  conversationId: Id,
): Promise<FilledShortcut> {
  const row = await getShortcut(reader, by, id)
  const conversation = await getConversation(reader, conversationId)
  const customer = showCustomer(await getCustomer(reader, conversation.customer_id)).attributes
  const user = await getUser(reader, by.userId)
  const [email, phone] = [customer.emails[0]?.email, customer.phones[0]?.phone]
  const values = {
    customer: { ...customer, email, phone, firstName: firstName(customer.name) },
    conversation: { ...showConversation(conversation).attributes, id: conversation.id },
    user: { name: user.name, email: user.email, firstName: firstName(user.name) },
    org: { name: (await getOrg(reader)).name },
  }
  const body = filled(row.body, values)
  const subject = filled(row.subject ?? '', values)
  return {
    body: body.text,
    subject: row.subject === null ? null : subject.text,
    missing: [...new Set([...body.missing, ...subject.missing])],
    changes: row.changes,
  }
}

function firstName(name: string): string {
  return name.split(' ')[0] ?? ''
}

async function held(tx: Tx, by: Actor, id: Id): Promise<ShortcutRow> {
  const row = await lockShortcut(tx, by.userId, id)
  if (row === undefined) {
    throw notFound('Shortcut')
  }
  return row
}

async function save(tx: Tx, by: Actor, changed: ShortcutRow): Promise<ShortcutRow> {
  const row = { ...changed, modified_by: by.userId, updated_at: new Date() }
  await nameConflict('shortcut', row.keyword ?? '', saveShortcut(tx, row), '/keyword')
  await shortcutEvent(tx, row.deleted_at === null ? 'update' : 'delete', row.id)
  return row
}

async function shortcutEvent(tx: Tx, verb: 'create' | 'update' | 'delete', id: Id): Promise<void> {
  await recordEvents(tx, [{ name: `kustomer.shortcut.${verb}`, objectType: 'shortcut', objectId: id }])
}
