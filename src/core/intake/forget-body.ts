import { batchStatement } from '../../platform/db/database.ts'
import type { Tx } from '../../platform/db/database.ts'
import type { Id } from '../../platform/ids.ts'

const forgetStatement = batchStatement<never>(
  `update deliveries set body = 'It was removed.', headers = '{}', sealed_headers = null where org_id = $1 and id = $2`,
)

/** Removes what came in for good; that it came, and what it wrote, stays. */
export async function forgetBody(tx: Tx, deliveryId: Id): Promise<void> {
  await tx.rows(forgetStatement, [tx.orgId, deliveryId])
}
