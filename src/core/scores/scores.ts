import type { Reader } from '../../platform/db/database.ts'
import type { Metric } from '../../sdk/domain.ts'
import { average, netPromoter, share } from './interval.ts'
import type { Estimate } from './interval.ts'
import type { ScoreQuery, Scores } from './schema.ts'
import { countAnswers, countAsked } from './store.ts'
import type { AnswerCounts } from './store.ts'

/** The scores of one metric in a time, by group and in all, each with how sure it is and how many of those asked have answered. */
export async function readScores(reader: Reader, query: ScoreQuery): Promise<Scores> {
  const [groups, asked] = [await countAnswers(reader, query, query.by), await countAsked(reader, query, query.by)]
  const [all] = await countAnswers(reader, query, undefined)
  const [allAsked] = await countAsked(reader, query, undefined)
  const keys = new Set([...groups.map((it) => it.key), ...asked.map((it) => it.key)])
  const rows = [...keys].map((key) => ({
    key,
    ...figuresOf(
      query.metric,
      groups.find((it) => it.key === key),
      asked.find((it) => it.key === key),
    ),
  }))
  return {
    rows: query.by === 'week' ? rows.toSorted((a, b) => ((a.key ?? '') < (b.key ?? '') ? -1 : 1)) : byAnswers(rows),
    total: figuresOf(query.metric, all, allAsked),
  }
}

function byAnswers<Row extends { answers: number }>(rows: Row[]): Row[] {
  return rows.toSorted((a, b) => b.answers - a.answers)
}

function figuresOf(
  metric: Metric,
  counts: AnswerCounts | undefined,
  requests: { asked: number; answered: number } | undefined,
) {
  const estimate = counts === undefined ? undefined : estimateOf(metric, counts)
  const asked = requests?.asked ?? 0
  return {
    answers: counts?.answers ?? 0,
    score: estimate?.score ?? null,
    low: estimate?.low ?? null,
    high: estimate?.high ?? null,
    positive: counts?.positive ?? 0,
    neutral: counts?.neutral ?? 0,
    negative: counts?.negative ?? 0,
    asked,
    responseRate: asked === 0 ? null : ((requests?.answered ?? 0) / asked) * 100,
  }
}

function estimateOf(metric: Metric, counts: AnswerCounts): Estimate {
  const { answers, positive, negative, mean, variance, scale_min: min, scale_max: max } = counts
  switch (metric) {
    case 'nps':
    case 'enps':
      return netPromoter(positive, negative, answers)
    case 'stars':
      return average(mean, variance, answers, { min, max })
    default:
      return share(positive, answers)
  }
}
