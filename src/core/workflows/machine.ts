import type { Database, Tx } from '../../platform/db/database.ts'
import type { Author } from '../../platform/db/database.ts'
import type { Actor } from '../../platform/http/access.ts'
import type { Id } from '../../platform/ids.ts'
import { workflowUser } from '../orgs/orgs.ts'

/** Who workflows of an organisation act as: a machine user, named in the audit log with everything they write. */
export interface Machine {
  actor: Actor
  authorOf: (workflowId: Id) => Author
}

/** Reads, or makes, that user once for each organisation. */
export function createMachines(database: Database): (orgId: Id) => Promise<Machine> {
  const kept = new Map<Id, Promise<Machine>>()
  return (orgId) => {
    const known = kept.get(orgId) ?? database.forOrg(orgId).write((tx) => machineOf(tx))
    kept.set(orgId, known)
    known.catch(() => kept.delete(orgId))
    return known
  }
}

export async function machineOf(tx: Tx): Promise<Machine> {
  const userId = await workflowUser(tx)
  return {
    actor: { orgId: tx.orgId, userId, userType: 'machine', roles: ['org.admin', 'org.user'] },
    authorOf: (workflowId) => ({ userId, userType: 'machine', client: `workflow ${workflowId}`, ip: '' }),
  }
}
