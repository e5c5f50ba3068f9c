import { randomBytes } from 'node:crypto'

/** 24 lower-case hex characters. The first 12 are the time in milliseconds, so ids sort by age. */
export type Id = string

const idPattern = /^[0-9a-f]{24}$/

let lastMillisecond = 0
let sequence = 0

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
  return time + sequence.toString(16).padStart(4, '0') + randomBytes(4).toString('hex')
}

export function isId(value: string): boolean {
  return idPattern.test(value)
}
