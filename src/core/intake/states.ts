/**
 * Where a delivery stands, and where it can go from there.
 *
 * - `received`: durable and acknowledged; a job is on its way.
 * - `applied`: everything it asks for is written.
 * - `retrying`: it failed in a way that may pass; it is tried again by itself.
 * - `waiting`: its installation is switched off or needs reconnecting.
 * - `rejected`: it cannot be understood or written; somebody has to look.
 * - `refused`: signature or secret was wrong; answered 401.
 */
export const deliveryMoves = {
  received: ['applied', 'retrying', 'waiting', 'rejected', 'refused'],
  retrying: ['applied', 'retrying', 'waiting', 'rejected', 'refused', 'received'],
  waiting: ['received'],
  rejected: ['received'],
  refused: ['received'],
  applied: ['received'],
} as const satisfies Record<string, readonly string[]>

export type DeliveryStatus = keyof typeof deliveryMoves
export const deliveryStates = Object.keys(deliveryMoves) as DeliveryStatus[]

/** States from which a job goes on. */
export const pendingStates: DeliveryStatus[] = ['received', 'retrying']

/** States that wait for a person. */
export const failedStates: DeliveryStatus[] = ['rejected', 'refused', 'waiting', 'retrying']

export function statesLeadingTo(target: DeliveryStatus): DeliveryStatus[] {
  const states = Object.keys(deliveryMoves) as DeliveryStatus[]
  return states.filter((state) => (deliveryMoves[state] as readonly DeliveryStatus[]).includes(target))
}
