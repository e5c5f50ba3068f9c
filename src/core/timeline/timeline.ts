import type { Reader, Tx } from '../../platform/db/database.ts'
import type { Authorized } from '../../platform/http/access.ts'
import { notFound } from '../../platform/http/errors.ts'
import type { Id } from '../../platform/ids.ts'
import { findInstallations } from '../apps/apps.ts'
import type { InstallationRow } from '../apps/apps.ts'
import { findConversationsByIds } from '../conversations/conversations.ts'
import type { ConversationRow } from '../conversations/conversations.ts'
import { recordEvents } from '../events/events.ts'
import { findFeedbackOf, moveFeedback } from '../feedback/feedback.ts'
import type { StoredFeedback } from '../feedback/feedback.ts'
import { findNotesByIds } from '../notes/notes.ts'
import type { NoteRow } from '../notes/notes.ts'
import type { KObjectRow } from '../objects/objects.ts'
import { findSurveysByIds } from '../surveys/requests.ts'
import type { SurveyRow } from '../surveys/requests.ts'
import { addToTimeline, pinItem, readPage, readPinned, removeFromTimeline } from './store.ts'
import type { TimelineRow } from './store.ts'

export type { TimelineRow } from './store.ts'
export { addToTimeline, countKinds, readLastBefore } from './store.ts'

export interface TimelineItem extends TimelineRow {
  feedback: StoredFeedback | undefined
  conversation: ConversationRow | undefined
  note: NoteRow | undefined
  survey: SurveyRow | undefined
  /** The installation by which a survey was asked for. */
  store: InstallationRow | undefined
}

export interface PageWanted {
  limit: number
  after?: { at: Date; id: Id } | undefined
  /** Klasses, `conversation`, `note` and `survey`; undefined for everything. */
  kinds?: readonly string[] | undefined
}

/** One page of a customer's timeline with what its cards show. */
export async function timelinePage(reader: Reader, customerId: Id, wanted: PageWanted): Promise<TimelineItem[]> {
  return withContents(reader, await readPage(reader, customerId, wanted.limit, wanted.after, wanted.kinds))
}

/** The cards that somebody pinned above the others. */
export async function pinnedItems(reader: Reader, customerId: Id): Promise<TimelineItem[]> {
  return withContents(reader, await readPinned(reader, customerId))
}

/** Pins a card of a customer's timeline, or takes the pin off. Throws 404. */
export async function setPinned(
  tx: Tx,
  _by: Authorized<'customer'>,
  customerId: Id,
  itemId: Id,
  pinned: boolean,
): Promise<void> {
  if (!(await pinItem(tx, customerId, itemId, pinned))) {
    throw notFound('Timeline item')
  }
  await recordEvents(tx, [
    { name: 'kustomer.customer.update', objectType: 'customer', objectId: customerId, customerId },
  ])
}

async function withContents(reader: Reader, rows: TimelineRow[]): Promise<TimelineItem[]> {
  const ids = (kind: TimelineRow['kind']) => rows.filter((row) => row.kind === kind).map((row) => row.itemId)
  const objects = ids('kobject')
  const feedback = objects.length === 0 ? new Map<Id, StoredFeedback>() : await findFeedbackOf(reader, objects)
  const found = await findConversationsByIds(reader, ids('conversation'))
  const conversations = new Map(found.map((row) => [row.id, row]))
  const notes = new Map((await findNotesByIds(reader, ids('note'))).map((row) => [row.id, row]))
  const asked = await findSurveysByIds(reader, ids('survey'))
  const surveys = new Map(asked.map((row) => [row.id, row]))
  const used = [...new Set(asked.map((row) => row.installation_id))]
  const stores = new Map((await findInstallations(reader, used)).map((row) => [row.id, row]))
  return rows.map((row) => ({
    ...row,
    feedback: feedback.get(row.itemId),
    conversation: conversations.get(row.itemId),
    note: notes.get(row.itemId),
    survey: surveys.get(row.itemId),
    store: stores.get(surveys.get(row.itemId)?.installation_id ?? ''),
  }))
}

/** Follows an object whose customer changed: off one timeline, onto the other, feedback and newest scores with it. */
export async function followObject(
  tx: Tx,
  before: KObjectRow | undefined,
  after: KObjectRow | undefined,
): Promise<void> {
  if (before !== undefined && before.customer_id !== null && before.customer_id !== after?.customer_id) {
    await removeFromTimeline(tx, { customerId: before.customer_id, at: before.created_at, itemId: before.id })
  }
  if (after !== undefined && after.customer_id !== null && after.customer_id !== before?.customer_id) {
    await addToTimeline(tx, [{ customerId: after.customer_id, at: after.created_at, itemId: after.id }])
  }
  if (before !== undefined) {
    await moveFeedback(tx, before.id, after?.customer_id ?? null)
  }
}
