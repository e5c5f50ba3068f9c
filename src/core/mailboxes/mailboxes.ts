import type { Vault } from '../../platform/crypto.ts'
import type { OrgDb, Reader, Tx } from '../../platform/db/database.ts'
import type { Authorized } from '../../platform/http/access.ts'
import { ApiError, notFound } from '../../platform/http/errors.ts'
import type { Outbound } from '../../platform/http/outbound.ts'
import type { Id } from '../../platform/ids.ts'
import { lookAtMailbox, MailboxProblem } from '../../platform/mail/imap.ts'
import type { ImapAccess } from '../../platform/mail/imap.ts'
import { getHook } from '../apps/hooks.ts'
import { recordEvents } from '../events/events.ts'
import type { MailboxInput } from './schema.ts'
import { findMailbox, removeMailbox, saveMailbox } from './store.ts'
import type { MailboxRow } from './store.ts'

export type { MailboxRow } from './store.ts'

export interface MailboxServices {
  vault: Vault
  outbound: Outbound
}

export async function getMailbox(reader: Reader, hookId: Id): Promise<MailboxRow> {
  await getHook(reader, 'email', hookId)
  const row = await findMailbox(reader, hookId)
  if (row === undefined) {
    throw notFound('Mailbox')
  }
  return row
}

/**
 * Has new mails of a mailbox fetched for a hook, from now on. It is looked into first: what is wrong with it is said at once. Throws 422 with
 * the reason, and 400 where a password is missing.
 */
export async function setMailbox(
  services: MailboxServices,
  db: OrgDb,
  by: Authorized<'hook'>,
  hookId: Id,
  input: MailboxInput,
): Promise<MailboxRow> {
  const before = await db.read(async (reader) => {
    await getHook(reader, 'email', hookId)
    return findMailbox(reader, hookId)
  })
  const { password: given, ...rest } = input
  const password = given ?? (before === undefined ? undefined : passwordOf(services, before))
  if (password === undefined) {
    throw new ApiError('badparam', 'must not be empty', { pointer: '/password' })
  }
  const position = await accessTo(services, { ...rest, password })
    .then((access) => lookAtMailbox(access))
    .catch((error: unknown) => {
      throw error instanceof MailboxProblem ? new ApiError('unprocessable', error.message) : error
    })
  const isSame = before !== undefined && isSameMailbox(before, rest) && before.uid_validity === position.uidValidity
  const now = new Date()
  return db.write(async (tx) => {
    await saveMailbox(tx, {
      ...rest,
      org_id: tx.orgId,
      hook_id: hookId,
      sealed_password: services.vault.seal(password, contextOf(tx.orgId, hookId)),
      uid_validity: position.uidValidity,
      last_uid: isSame ? before.last_uid : position.lastUid,
      taken: isSame ? before.taken : 0,
      failures: 0,
      reason: null,
      polled_at: now,
      next_at: now,
      created_by: by.userId,
    })
    await mailboxEvent(tx, before === undefined ? 'create' : 'update', hookId)
    return getMailbox(tx, hookId)
  })
}

function isSameMailbox(row: MailboxRow, { host, username, folder }: Omit<MailboxInput, 'password'>): boolean {
  return row.host === host && row.username === username && row.folder === folder
}

/** What it fetched stays. */
export async function dropMailbox(tx: Tx, _by: Authorized<'hook'>, hookId: Id): Promise<void> {
  if (!(await removeMailbox(tx, hookId))) {
    throw notFound('Mailbox')
  }
  await mailboxEvent(tx, 'delete', hookId)
}

/** Has it looked into now. */
export async function pollNow(tx: Tx, _by: Authorized<'hook'>, hookId: Id): Promise<MailboxRow> {
  const { created_at: _created, updated_at: _updated, ...row } = await getMailbox(tx, hookId)
  await saveMailbox(tx, { ...row, next_at: new Date() })
  return getMailbox(tx, hookId)
}

/** What it takes to connect; the name is looked up and checked, so that no mailbox leads into the desk's own network. */
export async function accessTo(
  { outbound }: Pick<MailboxServices, 'outbound'>,
  mailbox: Omit<ImapAccess, 'address'>,
): Promise<ImapAccess> {
  const { host, security } = mailbox
  try {
    return { ...mailbox, address: await outbound.addressOf(host, { isPlain: security === 'none' }) }
  } catch (error) {
    throw new MailboxProblem((error as Error).message)
  }
}

export function passwordOf({ vault }: Pick<MailboxServices, 'vault'>, row: MailboxRow): string {
  return vault.open(row.sealed_password, contextOf(row.org_id, row.hook_id))
}

const contextOf = (orgId: Id, hookId: Id) => `mailbox/${orgId}/${hookId}`

async function mailboxEvent(tx: Tx, verb: 'create' | 'update' | 'delete', hookId: Id): Promise<void> {
  await recordEvents(tx, [{ name: `tellback.mailbox.${verb}`, objectType: 'mailbox', objectId: hookId }])
}
