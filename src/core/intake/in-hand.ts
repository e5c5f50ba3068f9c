import type { Id } from '../../platform/ids.ts'

/** What this process is taking further now, so that calls side by side keep off each other's. */
export interface InHand {
  /** Takes up to `most` of the oldest that nobody has in hand. */
  take: (most: number, findOldest: (count: number) => Promise<Id[]>) => Promise<Id[]>
  giveBack: (ids: readonly Id[]) => void
}

/**
 * Hands out the oldest to one call after the other: calls that looked at once would see the same ones, and all but one
 * would go away with nothing.
 */
export function createInHand(): InHand {
  const held = new Set<Id>()
  let lastTaken: Promise<unknown> = Promise.resolve()
  return {
    take: (most, findOldest) => {
      const taken = lastTaken.then(async () => {
        const oldest = await findOldest(most + held.size)
        const ids = oldest.filter((id) => !held.has(id)).slice(0, most)
        ids.forEach((id) => held.add(id))
        return ids
      })
      lastTaken = taken.catch(() => undefined)
      return taken
    },
    giveBack: (ids) => ids.forEach((id) => held.delete(id)),
  }
}
