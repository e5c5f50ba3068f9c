import { statement } from '../db/database.ts'
import type { Database } from '../db/database.ts'
import type { Id } from '../ids.ts'
import type { Actor } from './access.ts'

/** Requests a minute. */
export interface RateLimits {
  /** All API keys of an organisation together. */
  keys: number
  /** One person at the desk. */
  person: number
}

/** What one request was told. */
export interface Allowance {
  allowed: boolean
  limit: number
  /** How many are left in this minute; at least 1 as long as one was allowed (facts 1.7). */
  remaining: number
  /** When counting begins anew. */
  resetsAt: Date
}

export interface RateLimiter {
  take: (actor: Actor) => Promise<Allowance>
}

interface Lease {
  left: number
  leftOver: number
  endsAt: Date
}

// A process takes a part of a minute's requests at once, so that counting costs the database little; what it does not
// use of it, no other process can.
const partsOfMinute = 50
const mostLeases = 10_000

const takeStatement = statement<{ granted: number; left_over: number; ends_at: Date }>(
  'take-requests',
  'select granted, left_over, ends_at from take_requests($1, $2, $3, $4)',
)

/** Counts requests in the database, so that all processes of a desk share one limit. */
export function createRateLimiter(database: Database, limits: RateLimits): RateLimiter {
  const leases = new Map<string, Promise<Lease>>()

  async function lease(orgId: Id, bucket: string, limit: number): Promise<Lease> {
    const wanted = Math.max(1, Math.ceil(limit / partsOfMinute))
    const [row] = await database.forOrg(orgId).call(takeStatement, [orgId, bucket, limit, wanted])
    return { left: row?.granted ?? 0, leftOver: row?.left_over ?? 0, endsAt: row?.ends_at ?? new Date() }
  }

  return {
    take: async (actor) => {
      const isKey = actor.userType === 'machine'
      const [bucket, limit] = isKey ? ['keys', limits.keys] : [`person/${actor.userId}`, limits.person]
      const name = `${actor.orgId}/${bucket}`
      for (;;) {
        const pending = leases.get(name)
        const held = await pending
        const isOver = held === undefined || held.endsAt <= new Date()
        if (held !== undefined && !isOver && held.left > 0) {
          held.left -= 1
          return { allowed: true, limit, remaining: Math.max(1, held.leftOver + held.left), resetsAt: held.endsAt }
        }
        if (held !== undefined && !isOver && held.leftOver === 0) {
          return { allowed: false, limit, remaining: 0, resetsAt: held.endsAt }
        }
        if (leases.get(name) === pending) {
          if (leases.size >= mostLeases) {
            leases.clear()
          }
          const next = lease(actor.orgId, bucket, limit)
          leases.set(name, next)
          next.catch(() => leases.delete(name))
        }
      }
    },
  }
}
