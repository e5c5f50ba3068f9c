import { ApiError } from '../../platform/http/errors.ts'
import type { ErrorSource } from '../../platform/http/errors.ts'

/** A point in time, or a whole day of a time zone. */
export type Moment = { kind: 'instant'; at: Date } | { kind: 'day'; day: string }

const dayPattern = /^(\d{4})-(\d{2})-(\d{2})$/
// Programs write times in many ways: with a space for the T, with microseconds, with and without a zone.
const stampPattern = /^(\d{4}-\d{2}-\d{2})[T ](\d{2}:\d{2}(?::\d{2})?)(?:[.,](\d{1,9}))?\s?(Z|[+-]\d{2}:?\d{2}|UTC)?$/i

/** Reads a date or a time; throws 400 naming the place. A time without a zone is UTC. */
export function readMoment(value: unknown, source: ErrorSource): Moment {
  if (typeof value === 'number' && Number.isSafeInteger(value) && Math.abs(value) < 8.64e15) {
    return { kind: 'instant', at: new Date(value) }
  }
  if (typeof value === 'string') {
    const text = value.trim()
    const day = dayPattern.exec(text)
    if (day !== null && isDay(text)) {
      return { kind: 'day', day: text }
    }
    const stamp = stampPattern.exec(text)
    if (stamp !== null && isDay(stamp[1] ?? '')) {
      const zone = stamp[4] === undefined || stamp[4].toUpperCase() === 'UTC' ? 'Z' : stamp[4]
      const at = new Date(
        `${stamp[1]}T${stamp[2]}${stamp[3] === undefined ? '' : `.${stamp[3].slice(0, 3)}`}${zone.length === 5 ? `${zone.slice(0, 3)}:${zone.slice(3)}` : zone.toUpperCase()}`,
      )
      if (!Number.isNaN(at.getTime())) {
        return { kind: 'instant', at }
      }
    }
  }
  throw new ApiError('badparam', 'needs a date such as 2026-01-31 or a time such as 2026-01-31T09:00:00Z', source)
}

function isDay(text: string): boolean {
  const date = new Date(`${text}T00:00:00Z`)
  return !Number.isNaN(date.getTime()) && date.toISOString().startsWith(text)
}

const units: Record<string, number> = { m: 60_000, h: 3_600_000, d: 86_400_000, w: 604_800_000 }

/** How far back "within" reaches, in milliseconds: `30m`, `24h`, `7d`, `2w`. [inferred: the platform's spelling is not public] */
export function readSpan(value: unknown, source: ErrorSource): number {
  const [, count, unit] = (typeof value === 'string' ? /^(\d{1,5})([mhdw])$/.exec(value) : null) ?? []
  const length = unit === undefined ? undefined : units[unit]
  if (length === undefined) {
    throw new ApiError('badparam', 'needs a span such as 30m, 24h, 7d or 2w', source)
  }
  return Number(count) * length
}

/** Throws 400 for a time zone that there is not. */
export function checkTimeZone(name: string): void {
  try {
    void new Intl.DateTimeFormat('en', { timeZone: name })
  } catch {
    throw new ApiError('badparam', `timeZone must be an IANA name such as Europe/Vienna; ${name} is none`, {
      pointer: '/timeZone',
    })
  }
}
