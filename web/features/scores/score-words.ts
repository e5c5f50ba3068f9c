import type { InputOf, ReplyOf } from '../../api.ts'

export type Query = NonNullable<InputOf<'GET /v1/scores'>['query']>
export type Metric = NonNullable<Query['metric']>
export type By = NonNullable<Query['by']>
export type Scores = ReplyOf<'GET /v1/scores'>['data']
export type ScoreRow = Scores['rows'][number]

export const metricChoices: { value: Metric; label: string }[] = [
  { value: 'csat', label: 'CSAT: satisfied of 100' },
  { value: 'nps', label: 'NPS' },
  { value: 'stars', label: 'Stars' },
  { value: 'ces', label: 'Effort: easy of 100' },
  { value: 'enps', label: 'eNPS' },
  { value: 'smileys', label: 'Smileys: happy of 100' },
  { value: 'thumbs', label: 'Thumbs: up of 100' },
  { value: 'pmf', label: 'Product-market fit: of 100' },
]

export const byChoices: { value: By; label: string }[] = [
  { value: 'week', label: 'Week' },
  { value: 'app', label: 'Provider' },
  { value: 'installation', label: 'Store' },
  { value: 'team', label: 'Team' },
  { value: 'agent', label: 'Agent' },
  { value: 'channel', label: 'Channel' },
  { value: 'brand', label: 'Brand' },
]

/** A score as it is written: stars with two places, anything else rounded. */
export function scoreText(metric: Metric, score: number | null): string {
  return score === null ? '–' : metric === 'stars' ? score.toFixed(2) : String(Math.round(score))
}

/** How sure a score is, as a range. */
export function rangeText(metric: Metric, { low, high }: Pick<ScoreRow, 'low' | 'high'>): string {
  return low === null || high === null ? '–' : `${scoreText(metric, low)} to ${scoreText(metric, high)}`
}

export function percentText(share: number | null): string {
  return share === null ? '–' : `${Math.round(share)} %`
}

const dayMs = 24 * 60 * 60_000

/** Where the rows behind a point are: the list of feedback with the same filters. */
export function rowsBehind(query: Query, key: string | null): string | undefined {
  if (key === null) {
    return undefined
  }
  const { metric = 'csat', by = 'week', from, to, ...filters } = query
  const range =
    by === 'week'
      ? { from: later(key, from), to: earlier(new Date(Date.parse(key) + 6 * dayMs).toISOString().slice(0, 10), to) }
      : { from, to, [by]: key }
  const given = Object.entries({ ...filters, ...range, metric }).filter(
    (entry): entry is [string, string] => typeof entry[1] === 'string',
  )
  return `/reviews?${new URLSearchParams(given).toString()}`
}

function later(a: string, b: string | undefined): string {
  return b !== undefined && b > a ? b : a
}

function earlier(a: string, b: string | undefined): string {
  return b !== undefined && b < a ? b : a
}
