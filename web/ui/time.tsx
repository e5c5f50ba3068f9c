import { Tooltip } from '@mantine/core'

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
    <Tooltip label={exact.format(moment)} openDelay={300}>
      <time dateTime={at}>{ago(moment)}</time>
    </Tooltip>
  )
}

export function formatDateTime(at: string): string {
  return exact.format(new Date(at))
}
