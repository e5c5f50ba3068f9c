import type { Tx } from '../../platform/db/database.ts'
import type { Actor } from '../../platform/http/access.ts'
import type { Id } from '../../platform/ids.ts'
import { appUser } from '../apps/apps.ts'

/** Who an installation acts as where what it brings becomes conversations and messages. */
export async function appActor(tx: Tx, installationId: Id): Promise<Actor> {
  const userId = await appUser(tx, installationId)
  return { orgId: tx.orgId, userId, userType: 'machine', roles: ['org.admin', 'org.user'] }
}
