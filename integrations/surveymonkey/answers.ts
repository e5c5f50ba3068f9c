import type { Context, Effect, Surveys, SurveyWaiting } from '#sdk'

import { listResponses, readStats, readSurvey } from './api.ts'
import type { Response, Settings, SurveyDetails } from './schema.ts'

export const klass = 'surveymonkey-response'

/** Answers that nobody gave: somebody looked at the survey, or typed in what others said (facts A4.3). [inferred] */
const previews = new Set(['preview', 'survey_preview'])

/** A response as it is now, in its own scale; undefined for previews. */
export function responseEffect(response: Response, survey: SurveyDetails): Effect | undefined {
  if (previews.has(response.collection_mode ?? '')) {
    return undefined
  }
  const questions = response.pages.flatMap((page) => page.questions)
  const rated = scoreOf(questions, survey)
  const comment = questions
    .filter((it) => it.family === 'open_ended')
    .flatMap((it) => it.answers)
    .find((it) => it.text !== undefined)?.text
  const contact = response.metadata?.contact
  const name = [contact?.first_name?.value ?? response.first_name, contact?.last_name?.value ?? response.last_name]
  return {
    kind: 'object',
    klass,
    externalId: response.id,
    customer: {
      // The documented root key was never seen with an address in it (facts A4.3).
      email: contact?.email?.value ?? response.email_address,
      name: name.filter((it) => it !== undefined).join(' ') || undefined,
    },
    at: response.date_created,
    version: response.date_modified,
    title: survey.title ?? 'Survey answer',
    description: comment,
    fields: {
      scoreNum: rated?.score ?? null,
      surveyStr: survey.title ?? null,
      commentTxt: comment ?? null,
      answersTxt: questions.map((it) => wordsOf(it, survey)).join('\n') || null,
      statusStr: response.response_status,
      secondsNum: response.total_time ?? null,
      analyzeUrl: response.analyze_url ?? null,
    },
    feedback: {
      kind: 'survey',
      metric: rated?.metric ?? 'csat',
      score: rated?.score,
      scale: rated?.scale ?? { min: 1, max: 5 },
      title: survey.title,
      text: comment,
      permalink: response.analyze_url,
      latestAttribute: 'latestSurveyMonkeyScoreNum',
    },
    ...(response.recipient_id === undefined ? {} : { survey: response.recipient_id }),
    trust: 'refetched',
  }
}

interface Rated {
  metric: 'nps' | 'stars' | 'csat'
  score: number
  scale: { min: number; max: number }
}

type Question = Response['pages'][number]['questions'][number]

/** The first question whose choices have weights; eleven of them from 0 to 10 are taken for a promoter score. [inferred] */
function scoreOf(questions: Question[], survey: SurveyDetails): Rated | undefined {
  const known = new Map(survey.pages.flatMap((page) => page.questions).map((it) => [it.id, it]))
  for (const { id, answers } of questions) {
    const question = known.get(id)
    const choices = question?.answers?.choices ?? []
    const weights = choices.flatMap((it) => it.weight ?? [])
    const chosen = choices.find((it) => answers.some((answer) => answer.choice_id === it.id))?.weight
    if (chosen !== undefined && chosen !== null && weights.length > 1) {
      const scale = { min: Math.min(...weights), max: Math.max(...weights) }
      const isNps = scale.min === 0 && scale.max === 10
      const isStars = question?.display_options?.display_subtype === 'star'
      return { metric: isNps ? 'nps' : isStars ? 'stars' : 'csat', score: chosen, scale }
    }
  }
  return undefined
}

function wordsOf({ id, heading, answers }: Question, survey: SurveyDetails): string {
  const known = survey.pages.flatMap((page) => page.questions).find((it) => it.id === id)
  const asked = heading ?? known?.headings[0]?.heading ?? 'Question'
  const said = answers.map((answer) => {
    const choice = known?.answers?.choices.find((it) => it.id === answer.choice_id)
    return answer.simple_text ?? answer.text ?? choice?.text ?? ''
  })
  return `${plain(asked)}: ${said.filter((it) => it !== '').join(', ') || '–'}`
}

/** Headings may hold markup. */
function plain(text: string): string {
  return text.replaceAll(/<[^>]*>/g, '').trim()
}

const overlapMs = 60_000
/** SurveyMonkey mails five minutes after the request; before that there is nothing to see. */
const mailedAfterMs = 6 * 60_000
const looksPerPoll = 10

/** What has changed at the collector since; asked for a minute before, as working clients do (facts A4.4). */
export const polling: NonNullable<Surveys<Settings>['polling']> = {
  every: ({ isCalled }) => (isCalled ? 3600 : 900),
  page: async (cursor, waiting, context) => {
    const [at = '', number = '1'] = (cursor ?? '').split('#')
    const since = at === '' ? undefined : new Date(at)
    const page = Number(number)
    const { data, links } = await listResponses(context, since, page)
    const effects: Effect[] = []
    for (const response of data) {
      const effect = responseEffect(response, await readSurvey(context, response.survey_id))
      if (effect !== undefined) {
        effects.push(effect)
      }
    }
    const isMore = links?.next !== undefined && links.next !== null
    const last = data.at(-1)?.date_modified
    const next = isMore
      ? `${at}#${page + 1}`
      : last === undefined
        ? cursor
        : `${new Date(last.getTime() - overlapMs).toISOString()}#1`
    return { effects: [...effects, ...(page === 1 ? await mailed(waiting, context) : [])], cursor: next, isMore }
  },
}

/** Whether what was requested has been mailed, by the statistics of its message; each look costs a call. */
async function mailed(waiting: SurveyWaiting[], context: Context<Settings>): Promise<Effect[]> {
  const now = Date.now()
  const due = waiting.filter((it) => it.state === 'requested' && now - it.requestedAt.getTime() > mailedAfterMs)
  const effects: Effect[] = []
  for (const { ref, progress } of due.slice(0, looksPerPoll)) {
    const message = progress['message']
    const stats = message === undefined ? undefined : await readStats(context, message)
    if (stats === undefined) {
      continue
    }
    if (stats.bounced > 0) {
      effects.push({ kind: 'survey', ref, state: 'bounced', at: new Date(), reason: 'The mail came back.' })
    } else if (stats.sent > 0) {
      effects.push({ kind: 'survey', ref, state: stats.opened > 0 ? 'opened' : 'sent', at: new Date() })
    }
  }
  return effects
}
