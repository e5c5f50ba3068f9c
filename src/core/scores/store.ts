import { batchStatement } from '../../platform/db/database.ts'
import type { Reader } from '../../platform/db/database.ts'
import type { ScoreGroup, ScoreQuery } from './schema.ts'

export interface AnswerCounts {
  key: string | null
  answers: number
  positive: number
  neutral: number
  negative: number
  mean: number
  variance: number | null
  scale_min: number
  scale_max: number
}

/** What rows are grouped by; the names are constants of ours and stand in SQL as they are. */
const answerKeys: Record<ScoreGroup, string> = {
  week: `to_char(date_trunc('week', f.responded_at at time zone 'UTC'), 'YYYY-MM-DD')`,
  app: 'f.app',
  installation: 'f.installation_id',
  team: 'u.id',
  agent: 'u.id',
  channel: 'f.credited_channel',
  brand: 'f.credited_brand_id',
}
const askedKeys: Record<ScoreGroup, string> = {
  week: `to_char(date_trunc('week', r.requested_at at time zone 'UTC'), 'YYYY-MM-DD')`,
  app: 'r.app',
  installation: 'r.installation_id',
  team: 'u.id',
  agent: 'u.id',
  channel: 'r.channel',
  brand: 'r.brand_id',
}

/** An answer of two agents counts for both, and one of none for none. */
function unnested(by: ScoreGroup, users: string, teams: string): string {
  return by === 'agent'
    ? `left join lateral unnest(${users}) as u (id) on true`
    : by === 'team'
      ? `left join lateral unnest(${teams}) as u (id) on true`
      : ''
}

const answerFilters = `f.org_id = $1 and f.metric = $2 and f.score is not null and not f.test and f.responded_at >= $3 and f.responded_at < $4
  and ($5::text is null or f.app = $5) and ($6::text is null or f.installation_id = $6) and ($7::text is null or $7 = any (f.credited_teams))
  and ($8::text is null or $8 = any (f.credited_users)) and ($9::text is null or f.credited_channel = $9)
  and ($10::text is null or f.credited_brand_id = $10)`

/** Answers of one metric by what they are grouped by; `by` undefined: all of them together. */
export async function countAnswers(
  reader: Reader,
  query: ScoreQuery,
  by: ScoreGroup | undefined,
): Promise<AnswerCounts[]> {
  const key = by === undefined ? 'null::text' : answerKeys[by]
  const text = `select ${key} as key, count(*)::int as answers, count(*) filter (where f.sentiment = 'positive')::int as positive,
      count(*) filter (where f.sentiment = 'neutral')::int as neutral, count(*) filter (where f.sentiment = 'negative')::int as negative,
      avg(f.score) as mean, var_samp(f.score) as variance, min(f.scale_min) as scale_min, max(f.scale_max) as scale_max
    from feedback f ${by === undefined ? '' : unnested(by, 'f.credited_users', 'f.credited_teams')}
    where ${answerFilters} group by 1 order by 1`
  return reader.rows(batchStatement<AnswerCounts>(text), valuesOf(reader, query))
}

/** How many customers were asked, and how many of them answered, by the installations that have answers of this metric. */
export async function countAsked(
  reader: Reader,
  query: ScoreQuery,
  by: ScoreGroup | undefined,
): Promise<{ key: string | null; asked: number; answered: number }[]> {
  const key = by === undefined ? 'null::text' : askedKeys[by]
  const text = `select ${key} as key, count(*)::int as asked, count(*) filter (where r.state = 'answered')::int as answered
    from survey_requests r ${by === undefined ? '' : unnested(by, 'r.assigned_users', 'r.assigned_teams')}
    where r.org_id = $1 and r.requested_at >= $3 and r.requested_at < $4 and r.state in ('requested', 'sent', 'opened', 'answered', 'expired')
      and r.installation_id in (select distinct installation_id from feedback where org_id = $1 and metric = $2 and kind = 'survey'
                                and score is not null and not test and responded_at >= $3 and responded_at < $4)
      and ($5::text is null or r.app = $5) and ($6::text is null or r.installation_id = $6) and ($7::text is null or $7 = any (r.assigned_teams))
      and ($8::text is null or $8 = any (r.assigned_users)) and ($9::text is null or r.channel = $9) and ($10::text is null or r.brand_id = $10)
    group by 1`
  return reader.rows(
    batchStatement<{ key: string | null; asked: number; answered: number }>(text),
    valuesOf(reader, query),
  )
}

const dayMs = 24 * 60 * 60_000
const usualDays = 90

function valuesOf(reader: Reader, query: ScoreQuery): unknown[] {
  const { metric, app, installation, team, agent, channel, brand } = query
  const last = query.to === undefined ? Date.now() : Date.parse(`${query.to}T00:00:00Z`)
  const first = query.from === undefined ? last - usualDays * dayMs : Date.parse(`${query.from}T00:00:00Z`)
  return [
    reader.orgId,
    metric,
    new Date(first),
    new Date(last + dayMs),
    app ?? null,
    installation ?? null,
    team ?? null,
    agent ?? null,
    channel ?? null,
    brand ?? null,
  ]
}
