import type { Tx } from '../../platform/db/database.ts'
import { notFound } from '../../platform/http/errors.ts'
import { newId } from '../../platform/ids.ts'
import type { Id } from '../../platform/ids.ts'
import { recordEvents } from '../events/events.ts'
import type { NotificationKind } from './schema.ts'
import { insertNotifications, markNotifications } from './store.ts'
import type { NotificationRow } from './store.ts'

export type { NotificationRow } from './store.ts'
export { listNotifications } from './store.ts'

export interface Notice {
  kind: NotificationKind
  /** One line that says what happened. */
  title: string
  body?: string | undefined
  objectType?: string | undefined
  objectId?: Id | undefined
  customerId?: Id | undefined
  /** Who did it; they are not told of their own doing. */
  by?: Id | undefined
}

const longestBody = 500

/** Tells users of something, each once, when the transaction commits. */
export async function notify(tx: Tx, users: readonly Id[], notice: Notice): Promise<void> {
  const told = [...new Set(users)].filter((id) => id !== notice.by)
  if (told.length === 0) {
    return
  }
  const rows = told.map((userId) => ({
    id: newId(),
    user_id: userId,
    kind: notice.kind,
    title: notice.title,
    body: notice.body?.slice(0, longestBody).toWellFormed() ?? null,
    object_type: notice.objectType ?? null,
    object_id: notice.objectId ?? null,
    customer_id: notice.customerId ?? null,
    created_by: notice.by ?? null,
  }))
  await insertNotifications(tx, rows)
  await recordEvents(
    tx,
    rows.map((row) => ({ name: 'tellback.notification.create', objectType: 'notification', objectId: row.id })),
  )
}

export async function markNotification(tx: Tx, userId: Id, id: Id, read: boolean): Promise<NotificationRow> {
  const [row] = await markNotifications(tx, userId, id, read)
  if (row === undefined) {
    throw notFound('Notification')
  }
  return row
}

export async function markAllRead(tx: Tx, userId: Id): Promise<number> {
  return (await markNotifications(tx, userId, undefined, true)).length
}
