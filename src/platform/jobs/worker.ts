import { EventEmitter } from 'node:events'
import { setInterval } from 'node:timers'

import { Logger, run } from 'graphile-worker'
import type { Runner, WorkerEvents } from 'graphile-worker'
import pg from 'pg'

import { oneAtATime } from '../db/one-at-a-time.ts'
import type { Ask } from '../db/one-at-a-time.ts'
import type { Log } from '../log.ts'
import type { RunnableTask } from './task.ts'

export interface WorkerOptions {
  /** Connects as the owner of the job tables. */
  connectionString: string
  tasks: RunnableTask[]
  concurrency: number
  log: Log
}

const sweepEveryMs = 2_000
// A pool takes its lock right after it starts; younger claims may belong to one that is just doing so.
const youngestSweepSeconds = 2

/**
 * Runs jobs until disposed of. A job whose process was killed is freed within seconds: each pool holds a session lock
 * named after itself, the server drops it with the connection, and whoever can take that lock knows the pool is gone.
 */
export async function startWorker(options: WorkerOptions): Promise<AsyncDisposable> {
  const pool = new pg.Pool({ connectionString: options.connectionString, max: options.concurrency + 2 })
  const reportLost = (error: Error) => options.log.warn({ reason: error.message }, 'job connection lost')
  pool.on('error', reportLost)
  pool.on('connect', (client) => client.on('error', reportLost))
  const liveness = new pg.Client({ connectionString: options.connectionString })
  liveness.on('error', reportLost)
  await liveness.connect()
  const ask = oneAtATime(liveness)
  const events = new EventEmitter() as WorkerEvents
  events.on(
    'pool:create',
    ({ workerPool }) => void ask(`select pg_advisory_lock(${lockOf}, 0)`, [workerPool.id]).catch(() => undefined),
  )
  await freeJobsOfDeadPools(ask)
  const runner: Runner = await run({
    pgPool: pool,
    concurrency: options.concurrency,
    noHandleSignals: true,
    events,
    logger: graphileLogger(options.log),
    taskList: Object.fromEntries(options.tasks.map((task) => [task.name, (payload: unknown) => task.start(payload)])),
  })
  const sweep = setInterval(() => {
    freeJobsOfDeadPools(ask).catch((error: unknown) => options.log.warn({ reason: String(error) }, 'job sweep failed'))
  }, sweepEveryMs)
  return {
    [Symbol.asyncDispose]: async () => {
      clearInterval(sweep)
      await runner.stop()
      await liveness.end()
      await pool.end()
    },
  }
}

const lockOf = 'hashtext($1)'

async function freeJobsOfDeadPools(ask: Ask): Promise<void> {
  const claims = await ask<{ pool: string }>(
    `select distinct locked_by as pool from graphile_worker.jobs where locked_by is not null and locked_at < now() - interval '${youngestSweepSeconds} seconds'`,
  )
  for (const { pool } of claims.rows) {
    // A session may take its own lock twice, so a pool of this process is told apart by who holds the lock.
    const held = await ask(
      `select from pg_locks where locktype = 'advisory' and classid = ${lockOf}::oid and objid = 0 and granted`,
      [pool],
    )
    if (held.rowCount === 0) {
      await ask('select graphile_worker.force_unlock_workers($1)', [[pool]])
    }
  }
}

function graphileLogger(log: Log): Logger {
  return new Logger(() => (level, message) => {
    const levelName: string = level // the library's enum exists for the compiler only
    if (levelName === 'error') {
      log.error({ job: message }, 'job failed')
    } else if (levelName === 'warning') {
      log.warn({ job: message }, 'job warning')
    }
  })
}
