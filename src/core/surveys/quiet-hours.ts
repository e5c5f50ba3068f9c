/** When people are left alone: from one time of the day to another, and at weekends. */
export interface QuietHours {
  from: string
  to: string
  weekends: boolean
}

const stepMs = 15 * 60_000
const longestMs = 4 * 24 * 60 * 60_000 // a weekend between two nights, and a day to spare

/** Whether it is a time at which people are left alone, by the clock of that zone. A zone that nobody knows counts as UTC. */
export function isQuiet({ from, to, weekends }: QuietHours, timeZone: string, at: Date): boolean {
  const { minutes, isWeekend } = clockIn(timeZone, at)
  const [start, end] = [minutesOf(from), minutesOf(to)]
  const isNight = start <= end ? minutes >= start && minutes < end : minutes >= start || minutes < end
  return isNight || (weekends && isWeekend)
}

/** The first quarter of an hour that is not quiet; found by trying, so that it is right on days with 23 and 25 hours too. */
export function quietUntil(quiet: QuietHours, timeZone: string, from: Date): Date {
  const first = Math.ceil(from.getTime() / stepMs) * stepMs
  for (let time = first; time < first + longestMs; time += stepMs) {
    if (!isQuiet(quiet, timeZone, new Date(time))) {
      return new Date(time)
    }
  }
  return from // it is always quiet: then that cannot be meant
}

function minutesOf(time: string): number {
  const [hours = '0', minutes = '0'] = time.split(':')
  return Number(hours) * 60 + Number(minutes)
}

const clocks = new Map<string, Intl.DateTimeFormat>()

function clockIn(timeZone: string, at: Date): { minutes: number; isWeekend: boolean } {
  const parts = new Map(
    clockOf(timeZone)
      .formatToParts(at)
      .map(({ type, value }) => [type, value]),
  )
  const minutes = Number(parts.get('hour')) * 60 + Number(parts.get('minute'))
  return { minutes, isWeekend: ['Sat', 'Sun'].includes(parts.get('weekday') ?? '') }
}

function clockOf(timeZone: string): Intl.DateTimeFormat {
  const known = clocks.get(timeZone)
  if (known !== undefined) {
    return known
  }
  const clock = createClock(timeZone)
  clocks.set(timeZone, clock)
  return clock
}

function createClock(timeZone: string): Intl.DateTimeFormat {
  const shown = { hourCycle: 'h23', weekday: 'short', hour: '2-digit', minute: '2-digit' } as const
  try {
    return new Intl.DateTimeFormat('en-US', { ...shown, timeZone })
  } catch {
    return new Intl.DateTimeFormat('en-US', { ...shown, timeZone: 'UTC' }) // what a customer's record says need not exist
  }
}
