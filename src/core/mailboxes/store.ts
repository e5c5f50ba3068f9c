import { sql } from 'kysely'
import type { Selectable } from 'kysely'

import { batchStatement, qb } from '../../platform/db/database.ts'
import type { Reader, Tx } from '../../platform/db/database.ts'
import type { Mailboxes } from '../../platform/db/types.generated.ts'
import type { Id } from '../../platform/ids.ts'

export type MailboxRow = Omit<Selectable<Mailboxes>, 'security' | 'last_uid'> & {
  security: 'tls' | 'starttls' | 'none'
  last_uid: number
}

export async function findMailbox(reader: Reader, hookId: Id): Promise<MailboxRow | undefined> {
  const query = qb.selectFrom('mailboxes').selectAll().where('org_id', '=', reader.orgId).where('hook_id', '=', hookId)
  return rowOf(await reader.first(query))
}

const claimStatement = batchStatement<Selectable<Mailboxes>>(
  'update mailboxes set next_at = $3 where org_id = $1 and next_at <= $2 returning *',
)

/** Takes the mailboxes that are to be looked into; until `until` nobody else does. */
export async function claimMailboxes(tx: Tx, now: Date, until: Date): Promise<MailboxRow[]> {
  return (await tx.rows(claimStatement, [tx.orgId, now, until])).flatMap((row) => rowOf(row) ?? [])
}

/** Writes all of a mailbox, new or not. */
export async function saveMailbox(tx: Tx, row: Omit<MailboxRow, 'created_at' | 'updated_at'>): Promise<void> {
  const { org_id: _org, hook_id: _hook, created_by: _by, ...changes } = row
  await tx.all(
    qb
      .insertInto('mailboxes')
      .values(row)
      .onConflict((conflict) =>
        conflict.columns(['org_id', 'hook_id']).doUpdateSet({ ...changes, updated_at: sql`now()` }),
      ),
  )
}

/** Writes how a look went, unless the mailbox was removed or set up anew meanwhile. */
export async function noteLook(
  tx: Tx,
  { hook_id: id, host, username }: MailboxRow,
  change: Partial<
    Pick<MailboxRow, 'uid_validity' | 'last_uid' | 'taken' | 'failures' | 'reason' | 'polled_at' | 'next_at'>
  >,
): Promise<void> {
  await tx.all(
    qb
      .updateTable('mailboxes')
      .set(change)
      .where('org_id', '=', tx.orgId)
      .where('hook_id', '=', id)
      .where('host', '=', host)
      .where('username', '=', username),
  )
}

export async function removeMailbox(tx: Tx, hookId: Id): Promise<boolean> {
  const query = qb.deleteFrom('mailboxes').where('org_id', '=', tx.orgId).where('hook_id', '=', hookId)
  return (await tx.all(query.returning('hook_id'))).length > 0
}

/** Numbers of mails have 32 bits; the database's 64 come as text. */
function rowOf(row: Selectable<Mailboxes> | undefined): MailboxRow | undefined {
  return row === undefined ? undefined : ({ ...row, last_uid: Number(row.last_uid) } as MailboxRow)
}
