import { sql } from 'kysely'
import type { Selectable } from 'kysely'

import { qb } from '../../platform/db/database.ts'
import type { Reader, Tx } from '../../platform/db/database.ts'
import type { Mails } from '../../platform/db/types.generated.ts'
import type { Id } from '../../platform/ids.ts'
import type { MailFilter, mailStates, MailStream, MailWay } from './schema.ts'

export type MailRow = Omit<Selectable<Mails>, 'status' | 'stream' | 'way'> & {
  way: MailWay
  status: (typeof mailStates)[number]
  stream: MailStream
}

const mails = (reader: Reader) => qb.selectFrom('mails').selectAll().where('org_id', '=', reader.orgId)

export async function insertMail(tx: Tx, row: MailRow): Promise<void> {
  await tx.all(qb.insertInto('mails').values(row))
}

export async function findMail(reader: Reader, id: Id): Promise<MailRow | undefined> {
  return (await reader.first(mails(reader).where('id', '=', id))) as MailRow | undefined
}

export async function lockMail(tx: Tx, id: Id): Promise<MailRow | undefined> {
  return (await tx.first(mails(tx).where('id', '=', id).forUpdate())) as MailRow | undefined
}

export async function saveMail(
  tx: Tx,
  id: Id,
  change: Partial<Pick<MailRow, 'status' | 'attempts' | 'attempted_at' | 'reason' | 'next_at' | 'sent_at'>>,
): Promise<void> {
  await tx.all(
    qb
      .updateTable('mails')
      .set({ ...change, updated_at: sql`now()` })
      .where('org_id', '=', tx.orgId)
      .where('id', '=', id),
  )
}

/** The newest first, from `after` on. */
export async function listMails(
  reader: Reader,
  { status }: MailFilter,
  limit: number,
  after: { at: Date; id: Id } | undefined,
): Promise<MailRow[]> {
  let query = mails(reader)
  if (status !== undefined) {
    query = query.where('status', '=', status)
  }
  if (after !== undefined) {
    query = query.where(sql<boolean>`(created_at, id) < (${after.at}, ${after.id})`)
  }
  return (await reader.all(query.orderBy('created_at', 'desc').orderBy('id', 'desc').limit(limit))) as MailRow[]
}

/** The newest that has one of these ids. */
export async function findMailByMessageId(reader: Reader, ids: readonly string[]): Promise<MailRow | undefined> {
  const query = mails(reader).where('message_id', 'in', [...ids])
  return ids.length === 0
    ? undefined
    : ((await reader.first(query.orderBy('created_at', 'desc'))) as MailRow | undefined)
}

/** How many mails to an address came back since then. */
export async function countBounces(reader: Reader, address: string, since: Date): Promise<number> {
  const query = qb
    .selectFrom('mails')
    .select(sql<number>`count(*)::int`.as('count'))
    .where('org_id', '=', reader.orgId)
    .where('status', '=', 'bounced')
    .where(sql`lower(recipient)`, '=', address.toLowerCase())
    .where('updated_at', '>', since)
  return (await reader.first(query))?.count ?? 0
}
