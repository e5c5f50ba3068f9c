/** Times that people put things off to, each in the future. */
export function snoozeTimes(now: Date): { label: string; at: Date }[] {
  const at = (days: number, hour: number) => {
    const time = new Date(now)
    time.setDate(time.getDate() + days)
    time.setHours(hour, 0, 0, 0)
    return time
  }
  const untilMonday = (8 - now.getDay()) % 7 || 7
  const laterToday = new Date(now.getTime() + 3 * 3_600_000)
  return [
    { label: 'In three hours', at: laterToday },
    { label: 'Tomorrow morning', at: at(1, 9) },
    { label: 'In two days', at: at(2, 9) },
    { label: 'Next Monday', at: at(untilMonday, 9) },
    { label: 'In two weeks', at: at(14, 9) },
  ]
}
