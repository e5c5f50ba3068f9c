import { setInterval } from 'node:timers'
import { setTimeout as sleep } from 'node:timers/promises'

import { sql } from 'kysely'

import { qb } from '../db/database.ts'
import type { Database, Tx } from '../db/database.ts'
import type { Listener } from '../db/listener.ts'
import type { Id } from '../ids.ts'
import type { Log } from '../log.ts'

/**
 * Rows that wait to be taken further and are their own jobs. There is one kind for each table that holds such rows;
 * the names are constants of ours and stand in SQL as they are.
 */
export interface Backlog {
  /** Where a hint that an organisation has something is announced. */
  readonly channel: string
  /** A database function that returns the organisations that have something. */
  readonly findOrgs: string
  /** Keeps the locks of one backlog apart from those of another; 0 is the job pools'. */
  readonly lockKind: number
}

/** Sees that what waits is taken further. */
export interface Dispatcher extends AsyncDisposable {
  /** A hint that an organisation has something; without it, the next sweep finds it. */
  wake: (orgId: Id) => void
}

const sweepEveryMs = 1_000
const organisationsAtOnce = 2
const lanes = 2 // the database writes one batch while another is handled
const batchesInARow = 8 // then others have their turn
const retryAfterMs = 1_000
const lockOf = 'hashtext($1)'

/**
 * Takes the backlog of one organisation after another, each organisation by one process at a time: a session lock that
 * vanishes with the process. Where two processes meet all the same, the rows' own locks decide.
 */
export async function startDispatcher(options: {
  backlog: Backlog
  database: Database
  /** Its session holds the locks. */
  listener: Listener
  log: Log
  /** Takes one batch; returns how many rows it had. Called side by side for one organisation. */
  run: (orgId: Id) => Promise<number>
}): Promise<Dispatcher> {
  const { database, log, backlog, listener } = options
  const waiting = new Set<Id>()
  const busy = new Map<Id, Promise<void>>()
  const closing = new AbortController()
  const hearing = await listener.hear(backlog.channel, { onMessage: wake, onReconnect: () => void sweep() })
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
        `select pg_try_advisory_lock(${lockOf}, ${backlog.lockKind}) as mine`,
        [orgId],
      )
      if (rows[0]?.mine !== true) {
        return // another process is at it; what it leaves, the next sweep finds
      }
      try {
        await Promise.all(Array.from({ length: lanes }, () => runBatches(orgId)))
      } finally {
        await listener.ask(`select pg_advisory_unlock(${lockOf}, ${backlog.lockKind})`, [orgId])
      }
    } catch (error) {
      log.error({ err: error, org: orgId, backlog: backlog.channel }, 'taking a backlog further failed')
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
      const { rows } = await database.pool.query<{ org_id: Id }>(`select ${backlog.findOrgs}() as org_id`)
      rows.forEach((row) => wake(row.org_id))
    } catch (error) {
      log.warn({ reason: String(error), backlog: backlog.channel }, 'sweep of a backlog failed')
    }
  }

  return {
    wake,
    [Symbol.asyncDispose]: async () => {
      closing.abort()
      clearInterval(sweeper)
      await Promise.all(busy.values())
      hearing[Symbol.dispose]()
    },
  }
}

/** Wakes the workers of every process when the transaction commits. */
export async function wakeOnCommit(tx: Tx, backlog: Backlog): Promise<void> {
  await tx.all(qb.selectNoFrom(sql`pg_notify(${backlog.channel}, ${tx.orgId})`.as('woken')))
}

const remoteWakePauseMs = 50

/** For a process that only takes in: tells the workers elsewhere, at most one word at a time for all that wait meanwhile. */
export function createRemoteWake(database: Database, backlog: Backlog): (orgId: Id) => void {
  const untold = new Set<Id>()
  let telling = false

  async function tell(): Promise<void> {
    telling = true
    while (untold.size > 0) {
      const orgIds = [...untold]
      untold.clear()
      await database.pool
        .query('select pg_notify($1, o) from unnest($2::text[]) o', [backlog.channel, orgIds])
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
