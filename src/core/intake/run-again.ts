import type { Tx } from '../../platform/db/database.ts'
import type { Id } from '../../platform/ids.ts'
import { wakeOnCommit } from '../../platform/jobs/dispatcher.ts'
import { receivedDeliveries } from './backlog.ts'
import { statesLeadingTo } from './states.ts'
import type { DeliveryStatus } from './states.ts'
import { findDeliveryIds, reopenDeliveries } from './store.ts'

const mostAtOnce = 10_000

/** Sends deliveries through the pipe again. What they wrote before stays as it is: the same delivery writes the same rows. */
export async function runAgain(tx: Tx, ids: Id[]): Promise<Id[]> {
  const reopened = ids.length === 0 ? [] : await reopenDeliveries(tx, ids, statesLeadingTo('received'))
  if (reopened.length > 0) {
    await wakeOnCommit(tx, receivedDeliveries)
  }
  return reopened
}

/** The same for all of one state, oldest first, at most 10,000 at once. */
export async function runAllAgain(
  tx: Tx,
  filter: { status: DeliveryStatus; installationId?: Id | undefined },
): Promise<Id[]> {
  return runAgain(
    tx,
    await findDeliveryIds(tx, { statuses: [filter.status], installationId: filter.installationId }, mostAtOnce),
  )
}
