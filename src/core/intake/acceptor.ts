import type { Database } from '../../platform/db/database.ts'
import type { Id } from '../../platform/ids.ts'
import { acceptDeliveries } from './store.ts'
import type { NewDelivery } from './store.ts'
import { runTaskName } from './task-name.ts'

/** Makes deliveries durable. */
export interface Acceptor {
  /** Resolves when the delivery is on disk; `id` is that of the first equal one. */
  accept: (orgId: Id, delivery: Omit<NewDelivery, 'repeats'>) => Promise<{ id: Id; duplicate: boolean }>
}

interface Waiting {
  orgId: Id
  delivery: Omit<NewDelivery, 'repeats'>
  resolve: (accepted: { id: Id; duplicate: boolean }) => void
  reject: (error: unknown) => void
}

// While one transaction is under way the next group fills: fewer and larger groups cost less per delivery than several
// small ones side by side. The measurements, which overlap, are in docs/decisions/002.
const lanes = 1
const largestGroup = 256

/**
 * Groups deliveries that arrive at the same time into one transaction: under load, hundreds of requests share one
 * flush to disk; a lone one goes at once.
 */
export function createAcceptor(database: Database): Acceptor {
  const queue: Waiting[] = []
  let running = 0

  function pump(): void {
    while (running < lanes && queue.length > 0) {
      running += 1
      const group = queue.splice(0, largestGroup)
      void commitGroup(database, group).finally(() => {
        running -= 1
        pump()
      })
    }
  }

  return {
    accept: (orgId, delivery) =>
      new Promise((resolve, reject) => {
        queue.push({ orgId, delivery, resolve, reject })
        if (queue.length === 1) {
          setImmediate(pump) // lets requests that were read from the network together travel together
        }
      }),
  }
}

async function commitGroup(database: Database, group: Waiting[]): Promise<void> {
  const byOrg = Map.groupBy(group, (waiting) => waiting.orgId)
  for (const [orgId, waiting] of byOrg) {
    try {
      await commitForOrg(database, orgId, waiting)
    } catch (error) {
      for (const { reject } of waiting) {
        reject(error)
      }
    }
  }
}

async function commitForOrg(database: Database, orgId: Id, waiting: Waiting[]): Promise<void> {
  const equal = Map.groupBy(waiting, ({ delivery }) => keyOf(delivery.hookId, delivery.dedupeKey))
  const rows = [...equal.values()].flatMap(([first, ...repeats]) =>
    first === undefined ? [] : [{ ...first.delivery, repeats: repeats.length }],
  )
  const accepted = await acceptDeliveries(database.forOrg(orgId), rows, runTaskName)
  for (const row of accepted) {
    const [first, ...repeats] = equal.get(keyOf(row.hookId, row.dedupeKey)) ?? []
    first?.resolve({ id: row.id, duplicate: !row.fresh })
    for (const repeat of repeats) {
      repeat.resolve({ id: row.id, duplicate: true })
    }
  }
}

function keyOf(hookId: Id, dedupeKey: string): string {
  return `${hookId}/${dedupeKey}`
}
