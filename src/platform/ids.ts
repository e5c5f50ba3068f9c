import { randomFillSync } from 'node:crypto'

/** 24 lower-case hex characters. The first 12 are the time in milliseconds, so ids sort by age. */
export type Id = string

const idPattern = /^[0-9a-f]{24}$/

let lastMillisecond = 0
let sequence = 0

// Random bytes are asked for in bulk: a call to the system for each id would cost more than the rest of it.
const pool = Buffer.alloc(4096)
let used = pool.length

/**
 * Makes an id that sorts after every id this process made before: 48 bits of time, 16 bits of sequence
 * within the millisecond, 32 random bits against other processes.
 */
export function newId(): Id {
  const now = Date.now()
  if (now > lastMillisecond) {
    lastMillisecond = now
    sequence = 0
  } else if (++sequence > 0xffff) {
    lastMillisecond += 1
    sequence = 0
  }
  const time = lastMillisecond.toString(16).padStart(12, '0')
  return time + sequence.toString(16).padStart(4, '0') + randomHex()
}

function randomHex(): string {
  if (used === pool.length) {
    randomFillSync(pool)
    used = 0
  }
  used += 4
  return pool.toString('hex', used - 4, used)
}

export function isId(value: string): boolean {
  return idPattern.test(value)
}
