import type { Database } from '../../platform/db/database.ts'
import type { Id } from '../../platform/ids.ts'
import { acceptDeliveries } from './store.ts'
import type { NewDelivery } from './store.ts'

/** Makes deliveries durable. Disposing of it waits for those that are on their way. */
export interface Acceptor extends AsyncDisposable {
  /** Resolves when the delivery is on disk; `id` is that of the first equal one. */
  accept: (orgId: Id, delivery: Omit<NewDelivery, 'repeats'>) => Promise<{ id: Id; duplicate: boolean }>
}

interface Waiting {
  orgId: Id
  delivery: Omit<NewDelivery, 'repeats'>
  resolve: (accepted: { id: Id; duplicate: boolean }) => void
  reject: (error: unknown) => void
}

const smallestShare = 16 // below it, what a transaction costs by itself outweighs what overlapping saves
const largestGroup = 256
const peakFade = 0.95 // for each group: what counts is how many came at once lately

/**
 * Groups deliveries that arrive at the same time into one transaction: under load, hundreds of requests share one
 * flush to disk; a lone one goes at once. One transaction is under way at a time and holds about half of those who wait,
 * so that the database writes one half while this process answers and reads the other. `wake` is told whose deliveries
 * can be taken further.
 */
export function createAcceptor(database: Database, wake: (orgId: Id) => void): Acceptor {
  const queue: Waiting[] = []
  let committing = false
  let unanswered = 0
  let peak = 0
  let whenIdle: () => void = () => undefined

  async function pump(): Promise<void> {
    if (committing || queue.length === 0) {
      return
    }
    committing = true
    peak = Math.max(unanswered, peak * peakFade)
    const group = queue.splice(0, Math.min(largestGroup, Math.max(smallestShare, Math.ceil(peak / 2))))
    const answers = await commitGroup(database, group, wake)
    committing = false
    void pump() // the next group is on its way before these are answered
    setImmediate(() => {
      unanswered -= group.length
      answers.forEach((answer) => answer())
      tellWhenIdle()
    })
  }

  function tellWhenIdle(): void {
    if (unanswered === 0) {
      whenIdle()
    }
  }

  return {
    accept: (orgId, delivery) =>
      new Promise((resolve, reject) => {
        unanswered += 1
        queue.push({ orgId, delivery, resolve, reject })
        if (queue.length === 1) {
          setImmediate(() => void pump()) // lets requests that were read from the network together travel together
        }
      }),
    [Symbol.asyncDispose]: () =>
      new Promise((resolve) => {
        whenIdle = resolve
        tellWhenIdle()
      }),
  }
}

/** Writes a group and returns what is to be told to those who wait; a failure is an answer too. */
async function commitGroup(database: Database, group: Waiting[], wake: (orgId: Id) => void): Promise<(() => void)[]> {
  const answers: (() => void)[] = []
  for (const [orgId, waiting] of Map.groupBy(group, (it) => it.orgId)) {
    try {
      answers.push(...(await commitForOrg(database, orgId, waiting)))
      wake(orgId)
    } catch (error) {
      answers.push(
        ...waiting.map(
          ({ reject }) =>
            () =>
              reject(error),
        ),
      )
    }
  }
  return answers
}

async function commitForOrg(database: Database, orgId: Id, waiting: Waiting[]): Promise<(() => void)[]> {
  const equal = Map.groupBy(waiting, ({ delivery }) => keyOf(delivery.hookId, delivery.dedupeKey))
  const rows = [...equal.values()].flatMap(([first, ...repeats]) =>
    first === undefined ? [] : [{ ...first.delivery, repeats: repeats.length }],
  )
  const accepted = await acceptDeliveries(database.forOrg(orgId), rows)
  return accepted.flatMap(({ id, hookId, dedupeKey, fresh }) =>
    (equal.get(keyOf(hookId, dedupeKey)) ?? []).map(
      ({ resolve }, index) =>
        () =>
          resolve({ id, duplicate: index > 0 || !fresh }),
    ),
  )
}

function keyOf(hookId: Id, dedupeKey: string): string {
  return `${hookId}/${dedupeKey}`
}
