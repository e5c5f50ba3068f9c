import type { Tx } from '../../platform/db/database.ts'
import type { Id } from '../../platform/ids.ts'
import { getInstallation } from '../apps/apps.ts'
import { openSettings } from '../apps/settings.ts'
import type { ConnectionServices } from '../connections/connections.ts'
import { insertPoll } from './poll-store.ts'
import { rescheduleOf } from './store.ts'

/** The settings of an installation are new or changed: what is not yet due follows them, and its answers are looked for by them. */
export async function followSettings(
  tx: Tx,
  services: ConnectionServices,
  installationId: Id,
  now: Date,
): Promise<void> {
  const row = await getInstallation(tx, installationId)
  const integration = services.catalog.find(row.app)?.integration
  if (integration?.surveys === undefined) {
    return
  }
  const settings = integration.settings.parse(openSettings(services.vault, row))
  await rescheduleOf(tx, row.id, integration.surveys.delay(settings))
  if (integration.surveys.polling !== undefined) {
    await insertPoll(tx, row.id, now)
  }
}
