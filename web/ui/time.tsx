const steps: [unit: Intl.RelativeTimeFormatUnit, seconds: number][] = [
  ['year', 31_536_000],
  ['month', 2_592_000],
  ['week', 604_800],
  ['day', 86_400],
  ['hour', 3_600],
  ['minute', 60],
]
const relative = new Intl.RelativeTimeFormat(undefined, { numeric: 'auto' })
const exact = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'short' })

function ago(moment: Date): string {
  const seconds = (moment.getTime() - Date.now()) / 1000
  const step = steps.find(([, size]) => Math.abs(seconds) >= size)
  return step === undefined ? 'just now' : relative.format(Math.round(seconds / step[1]), step[0])
}

/** How long ago, with the exact moment on hover and for assistive technology. */
export function Time({ at }: { at: string }) {
  const moment = new Date(at)
  return (
    <time dateTime={at} title={exact.format(moment)}>
      {ago(moment)}
    </time>
  )
}

const clock = new Intl.DateTimeFormat(undefined, { timeStyle: 'short' })
const day = new Intl.DateTimeFormat(undefined, { day: 'numeric', month: 'short' })
const dayOfYear = new Intl.DateTimeFormat(undefined, { day: 'numeric', month: 'short', year: 'numeric' })

/** As mail programs write it in lists: the time today, the day this year, the date before. */
export function ShortTime({ at }: { at: string }) {
  const moment = new Date(at)
  return (
    <time dateTime={at} title={exact.format(moment)}>
      {shortly(moment)}
    </time>
  )
}

function shortly(moment: Date): string {
  const now = new Date()
  const isToday = moment.toDateString() === now.toDateString()
  const format = isToday ? clock : moment.getFullYear() === now.getFullYear() ? day : dayOfYear
  return format.format(moment)
}

export function formatDateTime(at: string): string {
  return exact.format(new Date(at))
}

export function isPast(at: string): boolean {
  return Date.parse(at) < Date.now()
}
