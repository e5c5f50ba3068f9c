import { pino } from 'pino'
import type { Logger } from 'pino'

/** Static messages, everything variable in the fields, so that a message can be searched for. */
export type Log = Logger

/** Writes to standard error: standard output belongs to what a command was asked to print. */
export function createLog(level: string): Log {
  return pino(
    {
      level,
      base: null,
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
      redact: ['req.headers.authorization', 'req.headers.cookie', '*.token', '*.secret', '*.password'],
    },
    pino.destination(2),
  )
}
