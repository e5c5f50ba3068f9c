import type { OrgDb, Tx } from '../../platform/db/database.ts'
import type { Context, Erasures, Integration } from '../../sdk/index.ts'
import type { InstallationRow } from '../apps/apps.ts'
import { eraseName } from '../conversations/conversations.ts'
import { assignProfile, forgetStranger } from '../customers/customers.ts'
import { recordEvents } from '../events/events.ts'
import { eraseRows, findErasable } from '../feedback/feedback.ts'
import { eraseMessagesOf } from '../messages/messages.ts'
import { eraseObjects } from '../objects/objects.ts'

/** Every day asks for the last month again: erasing twice is harmless, and no day is forgotten. */
const lookedBackMs = 31 * 24 * 60 * 60 * 1000
const erasedTitle = 'Erased, as its author deleted it'

/** Erases what was deleted at the provider, where it tells of that. Returns how many were erased. */
export async function eraseDeleted(
  db: OrgDb,
  integration: Integration<unknown>,
  installation: InstallationRow,
  context: Context<unknown>,
): Promise<number> {
  if (integration.erasures === undefined) {
    return 0
  }
  const deleted = await integration.erasures(new Date(Date.now() - lookedBackMs), context)
  return deleted.objects.length === 0 && deleted.people.length === 0
    ? 0
    : db.write((tx) => erase(tx, installation, deleted))
}

async function erase(tx: Tx, { id, app }: InstallationRow, { objects, people }: Erasures): Promise<number> {
  const profiles = people.map((it) => `${app}/${it}`)
  const rows = await findErasable(tx, id, objects, profiles)
  const ids = rows.map((it) => it.id)
  if (ids.length > 0) {
    await eraseRows(tx, ids)
    await eraseObjects(tx, ids, erasedTitle)
  }
  for (const { conversation_id: conversationId, customer_id: customerId } of rows) {
    if (customerId !== null) {
      await forgetStranger(tx, customerId)
    }
    if (conversationId !== null) {
      await eraseMessagesOf(tx, conversationId, app)
      await eraseName(tx, conversationId)
    }
  }
  for (const profile of profiles) {
    await assignProfile(tx, profile, null)
  }
  await recordEvents(
    tx,
    rows.map((row) => ({
      name: 'tellback.feedback.erase',
      objectType: 'feedback',
      objectId: row.id,
      customerId: row.customer_id ?? undefined,
    })),
  )
  return rows.length
}
