import { sql } from 'kysely'
import type { Selectable } from 'kysely'

import { batchStatement, qb } from '../../platform/db/database.ts'
import type { Reader, Tx } from '../../platform/db/database.ts'
import type { Notifications } from '../../platform/db/types.generated.ts'
import type { Id } from '../../platform/ids.ts'

export type NotificationRow = Selectable<Notifications>

export interface NewNotification {
  id: Id
  user_id: Id
  kind: string
  title: string
  body: string | null
  object_type: string | null
  object_id: Id | null
  customer_id: Id | null
  created_by: Id | null
}

const insertStatement = batchStatement<never>(
  `insert into notifications (org_id, id, user_id, kind, title, body, object_type, object_id, customer_id, created_by)
   select $1, n.id, n.user_id, n.kind, n.title, n.body, n.object_type, n.object_id, n.customer_id, n.created_by
   from jsonb_to_recordset($2::jsonb) as n (id text, user_id text, kind text, title text, body text, object_type text, object_id text, customer_id text, created_by text)`,
)

export async function insertNotifications(tx: Tx, rows: NewNotification[]): Promise<void> {
  await tx.rows(insertStatement, [tx.orgId, JSON.stringify(rows)])
}

export async function listNotifications(
  reader: Reader,
  filter: { userId: Id; unread: boolean },
  limit: number,
  offset: number,
): Promise<NotificationRow[]> {
  let query = qb
    .selectFrom('notifications')
    .selectAll()
    .where('org_id', '=', reader.orgId)
    .where('user_id', '=', filter.userId)
  if (filter.unread) {
    query = query.where('read_at', 'is', null)
  }
  return reader.all(query.orderBy('id', 'desc').limit(limit).offset(offset))
}

/** Marks one, or all, of a user's notifications read or unread; returns those that changed. */
export async function markNotifications(
  tx: Tx,
  userId: Id,
  id: Id | undefined,
  read: boolean,
): Promise<NotificationRow[]> {
  let query = qb
    .updateTable('notifications')
    .set({ read_at: read ? sql`coalesce(read_at, now())` : null })
    .where('org_id', '=', tx.orgId)
    .where('user_id', '=', userId)
  query = id === undefined ? query.where('read_at', 'is', null) : query.where('id', '=', id)
  return tx.all(query.returningAll())
}
