import { setInterval } from 'node:timers'
import { setTimeout as sleep } from 'node:timers/promises'

import { sql } from 'kysely'

import { qb } from '../../platform/db/database.ts'
import type { Database, Tx } from '../../platform/db/database.ts'
import { listen } from '../../platform/db/listener.ts'
import type { Id } from '../../platform/ids.ts'
import type { Log } from '../../platform/log.ts'

/** Sees that received deliveries are taken further. */
export interface Dispatcher extends AsyncDisposable {
  /** A hint that an organisation has received something; without it, the next sweep finds it. */
  wake: (orgId: Id) => void
}

const channel = 'tellback_received'
const sweepEveryMs = 1_000
const organisationsAtOnce = 2
const lanes = 2 // the database writes one batch while the next is handled
const batchesInARow = 8 // then others have their turn
const retryAfterMs = 1_000
const lockOf = 'hashtext($1)'
const lockKind = 2 // 0 is the job pools'

/**
 * Takes the deliveries of one organisation after another, each organisation by one process at a time: a session lock that
 * vanishes with the process. Where two processes meet all the same, the rows' own locks decide.
 */
export async function startDispatcher(options: {
  database: Database
  connectionString: string
  log: Log
  /** Takes one batch; returns how many deliveries it had. */
  run: (orgId: Id) => Promise<number>
}): Promise<Dispatcher> {
  const { database, log } = options
  const waiting = new Set<Id>()
  const busy = new Map<Id, Promise<void>>()
  const closing = new AbortController()
  const listener = await listen({
    connectionString: options.connectionString,
    channel,
    log,
    onMessage: wake,
    onReconnect: () => void sweep(),
  })
  const sweeper = setInterval(() => void sweep(), sweepEveryMs)
  await sweep()

  function wake(orgId: Id): void {
    waiting.add(orgId)
    pump()
  }

  function pump(): void {
    for (const orgId of waiting) {
      if (busy.size >= organisationsAtOnce || closing.signal.aborted) {
        return
      }
      if (!busy.has(orgId)) {
        waiting.delete(orgId)
        busy.set(
          orgId,
          drain(orgId).finally(() => {
            busy.delete(orgId)
            pump()
          }),
        )
      }
    }
  }

  async function drain(orgId: Id): Promise<void> {
    try {
      const { rows } = await listener.ask<{ mine: boolean }>(
        `select pg_try_advisory_lock(${lockOf}, ${lockKind}) as mine`,
        [orgId],
      )
      if (rows[0]?.mine !== true) {
        return // another process is at it; what it leaves, the next sweep finds
      }
      try {
        await Promise.all(Array.from({ length: lanes }, () => runBatches(orgId)))
      } finally {
        await listener.ask(`select pg_advisory_unlock(${lockOf}, ${lockKind})`, [orgId])
      }
    } catch (error) {
      log.error({ err: error, org: orgId }, 'taking deliveries further failed')
      await sleep(retryAfterMs, undefined, { signal: closing.signal }).catch(() => undefined)
    }
  }

  async function runBatches(orgId: Id): Promise<void> {
    for (let batch = 0; (await options.run(orgId)) > 0; batch++) {
      if (batch === batchesInARow || closing.signal.aborted) {
        waiting.add(orgId)
        return
      }
    }
  }

  async function sweep(): Promise<void> {
    try {
      const { rows } = await database.pool.query<{ org_id: Id }>('select orgs_with_received() as org_id')
      rows.forEach((row) => wake(row.org_id))
    } catch (error) {
      log.warn({ reason: String(error) }, 'sweep of received deliveries failed')
    }
  }

  return {
    wake,
    [Symbol.asyncDispose]: async () => {
      closing.abort()
      clearInterval(sweeper)
      await Promise.all(busy.values())
      await listener[Symbol.asyncDispose]()
    },
  }
}

/** Wakes the workers of every process when the transaction commits. */
export async function wakeOnCommit(tx: Tx): Promise<void> {
  await tx.all(qb.selectNoFrom(sql`pg_notify(${channel}, ${tx.orgId})`.as('woken')))
}

/** For a process that only takes in: tells the workers elsewhere, at most one word at a time for all that wait meanwhile. */
export function createRemoteWake(database: Database): (orgId: Id) => void {
  const untold = new Set<Id>()
  let telling = false

  async function tell(): Promise<void> {
    telling = true
    while (untold.size > 0) {
      const orgIds = [...untold]
      untold.clear()
      await database.pool
        .query(`select pg_notify('${channel}', o) from unnest($1::text[]) o`, [orgIds])
        .catch(() => undefined) // a hint; the sweep finds what it meant
      await sleep(remoteWakePauseMs)
    }
    telling = false
  }

  return (orgId) => {
    untold.add(orgId)
    if (!telling) {
      void tell()
    }
  }
}

const remoteWakePauseMs = 50
