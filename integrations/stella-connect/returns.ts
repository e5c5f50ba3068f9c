import type { Effect, Surveys } from '#sdk'

import { listReturns, perPage } from './api.ts'
import type { Return, Settings } from './schema.ts'

export const klass = 'stella-connect-answer'

const minute = 60

/** What has changed by sequence id; one poll brings what was not sent as well (facts B4.1). */
export const polling: NonNullable<Surveys<Settings>['polling']> = {
  every: () => 2 * minute,
  page: async (cursor, _waiting, context) => {
    if (context.settings.stellaSecret === undefined) {
      return { effects: [], cursor, isMore: false } // reading needs the secret
    }
    const returns = await listReturns(context, cursor)
    const last = returns.at(-1)?.sequence_id
    return {
      effects: returns.flatMap(effectsOf),
      cursor: last === undefined ? cursor : String(last),
      isMore: returns.length === perPage,
    }
  },
}

/** Where the request stands, and the answer when there is one. */
export function effectsOf(it: Return): Effect[] {
  const ref = it.ext_interaction_id
  const news = ref === undefined ? undefined : deliveryOf(ref, it)
  return [...(news === undefined ? [] : [news]), ...(it.response_received_at === undefined ? [] : [answerOf(it)])]
}

/** The words of the vendor's exports, by how they begin; whether the data return uses the very same is not known. [inferred, facts B6] */
function deliveryOf(ref: string, it: Return): Effect | undefined {
  const status = (it.request_delivery_status ?? '').toLowerCase()
  const at = it.request_sent_at ?? it.request_created_at ?? new Date()
  const reason = `Stella Connect: ${it.request_delivery_status ?? ''}.`
  if (status.startsWith('not sent')) {
    const isOptOut = status.includes('unsubscribed')
    return { kind: 'survey', ref, state: 'skipped', at, reason, ...(isOptOut ? { isOptOut } : {}) }
  }
  if (status.startsWith('hard bounce')) {
    return { kind: 'survey', ref, state: 'bounced', at, reason }
  }
  return status.startsWith('sent') || it.request_sent_at !== undefined
    ? { kind: 'survey', ref, state: 'sent', at }
    : undefined
}

function answerOf(it: Return): Effect {
  const answers = it.answers ?? {}
  const valueOf = (key: string) =>
    optionsOf(answers[key]).find((option) => typeof option.integer_value === 'number')?.integer_value ?? undefined
  const stars = valueOf('agent_star_rating')
  const comment =
    answers['agent_star_rating']?.comment ?? Object.values(answers).find((a) => a.comment !== undefined)?.comment
  const at = it.response_received_at ?? new Date()
  const areas = Object.entries(answers)
    .filter(([key]) => key.startsWith('areas_of'))
    .map(([, answer]) => `${answer.question_text ?? 'Areas'}: ${textsOf(answer).join(', ') || '–'}`)
  const agent = [it.employee?.first_name, it.employee?.last_name].filter((name) => name !== undefined).join(' ')
  return {
    kind: 'object',
    klass,
    externalId: it.uuid,
    customer: { email: it.customer?.email, name: it.customer?.full_name },
    at,
    // Every change has a larger sequence id and none has a time: it counts seconds for us. [inferred]
    version: new Date(at.getTime() + it.sequence_id),
    title: stars === undefined ? (it.survey_name ?? 'Survey answer') : `${stars} of 5 stars`,
    description: comment,
    fields: {
      scoreNum: stars ?? null,
      commentTxt: comment ?? null,
      agentStr: agent || it.employee?.email || null,
      brandStr: it.branding ?? null,
      channelStr: it.channel ?? null,
      areasTxt: areas.join('\n') || null,
      npsNum: valueOf('nps') ?? null,
      rewardStr: textsOf(answers['rewards'])[0] ?? it.reward_name ?? null,
      deliveryStr: it.request_delivery_status ?? null,
      sentAt: it.request_sent_at?.toISOString() ?? null,
      interactionStr: it.ext_interaction_id ?? null,
      surveyStr: it.survey_name ?? null,
    },
    feedback: {
      kind: 'survey',
      metric: 'stars',
      score: stars,
      scale: { min: 1, max: 5 },
      title: it.survey_name,
      text: comment,
      latestAttribute: 'latestStellaRatingNum',
    },
    ...(it.ext_interaction_id === undefined ? {} : { survey: it.ext_interaction_id }),
    trust: 'refetched',
  }
}

type Answer = NonNullable<Return['answers']>[string]

function optionsOf(answer: Answer | undefined) {
  return Object.values(answer?.selected_options ?? {})
}

function textsOf(answer: Answer | undefined): string[] {
  return optionsOf(answer).flatMap((option) => option.option_text ?? [])
}
