import { sql } from 'kysely'
import type { z } from 'zod'

import { qb } from '../db/database.ts'
import type { Tx } from '../db/database.ts'

/** A kind of background work: its payload is checked when the job is added and again when it runs. */
export interface Task<P> {
  readonly name: string
  readonly payload: z.ZodType<P>
  readonly run: (payload: P) => Promise<void>
}

/** What a task looks like to the worker, whatever its payload is. */
export interface RunnableTask {
  readonly name: string
  readonly start: (payload: unknown) => Promise<void>
}

export function runnable<P>(task: Task<P>): RunnableTask {
  return { name: task.name, start: (payload) => task.run(task.payload.parse(payload)) }
}

/** Adds a job in the transaction that causes it: both happen or neither does. A job with the same `key` that still
 * waits is replaced. */
export async function enqueue<P>(
  tx: Tx,
  task: Pick<Task<P>, 'name'>,
  payload: P,
  options: { runAt?: Date; key?: string } = {},
): Promise<void> {
  const runAt = options.runAt ?? null
  const key = options.key ?? null
  await tx.all(
    qb.selectNoFrom(
      sql`enqueue_job(${task.name}, ${JSON.stringify(payload)}::json, ${runAt}::timestamptz, ${key})`.as('added'),
    ),
  )
}
