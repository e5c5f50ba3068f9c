import { askAfterClose, defineIntegration, defineWebhook } from '#sdk'
import type { Context, Effect } from '#sdk'

import { klass, responseEffect } from './answers.ts'
import {
  ensureWebhook,
  findCollectors,
  findSurveys,
  problemWith,
  quotaOf,
  readCollector,
  readMe,
  readResponse,
  readSurvey,
} from './api.ts'
import { surveys } from './ask.ts'
import { attributes, Callback, Refusal, Settings } from './schema.ts'
import { authorizationFor, isOurs, isSigned } from './signature.ts'
import { simulator } from './simulator.ts'

const responses = defineWebhook<Settings, Callback>({
  title: 'SurveyMonkey answers',
  description: 'Tellback enters this address at SurveyMonkey by itself; there is nothing to do here.',
  payload: Callback,
  secretHeaders: ['authorization'],
  eventId: (body) => Callback.safeParse(body).data?.event_id ?? undefined,
  verify: (request, { accessToken, clientId, clientSecret }) => {
    if (clientId !== undefined && clientSecret !== undefined) {
      return isSigned(request, clientId, clientSecret) ? 'signed' : 'refused'
    }
    // Without a token nothing can be read back, so that a call tells nothing that could be forged.
    return accessToken === undefined || isOurs(request, accessToken) ? 'secret' : 'refused'
  },
  register: async (url, context) => {
    const { accessToken, collectorId } = context.settings
    if (accessToken !== undefined && collectorId !== undefined) {
      await ensureWebhook(context, url, authorizationFor(accessToken))
    }
  },
  handle: ({ event_type: event, object_id: id, resources }, context) => answerOf(event, id, resources, context),
})

/** The callback has ids alone; what was answered is read back. */
async function answerOf(
  event: string,
  id: string,
  resources: Callback['resources'],
  context: Context<Settings>,
): Promise<Effect[]> {
  if (!event.startsWith('response_')) {
    return [{ kind: 'remark', text: `“${event}” is an event that this app does not need. It is kept as it came.` }]
  }
  const { collectorId } = context.settings
  const from = resources?.collector_id ?? undefined
  if (from !== undefined && from !== collectorId) {
    return [{ kind: 'remark', text: 'It is about another collector than the one in the settings.' }]
  }
  const response = await readResponse(context, id)
  if (response === undefined) {
    return [{ kind: 'removal', klass, externalId: id, at: context.receivedAt }]
  }
  const effect = responseEffect(response, await readSurvey(context, response.survey_id))
  return [effect ?? { kind: 'remark', text: 'It was a preview of the survey, which nobody answered.' }]
}

export default defineIntegration<Settings>({
  id: 'surveymonkey',
  name: 'SurveyMonkey',
  version: '1.0.0',
  category: 'surveys',
  summary: 'Asks customers by e-mail after a conversation closes, and puts every answer on their timeline.',
  developer: 'Tellback',
  website: 'https://www.surveymonkey.com',
  settings: Settings,
  klasses: { [klass]: { title: 'SurveyMonkey Answer', icon: 'scoreboard', color: '#00bf6f', attributes } },
  customerAttributes: { latestSurveyMonkeyScoreNum: 'Latest SurveyMonkey score' },
  webhooks: { responses },
  hosts: {
    us: 'https://api.surveymonkey.com',
    eu: 'https://api.eu.surveymonkey.com',
    ca: 'https://api.surveymonkey.ca',
  },
  surveys,
  workflows: { 'after-close': askAfterClose('SurveyMonkey') },
  choices: { surveyId: findSurveys, collectorId: findCollectors },
  check: checkSettings,
  quotaOf,
  reasonOf,
  simulator,
})

const neededScopes = ['collectors_write', 'responses_read_detail', 'surveys_read', 'webhooks_write'] as const

/** What the provider says of settings before they are kept: by the name of the setting. */
async function checkSettings(context: Context<Settings>): Promise<Partial<Record<keyof Settings, string>>> {
  if (context.settings.accessToken === undefined) {
    return {}
  }
  const me = await readMe(context)
  const granted = me.scopes?.granted ?? []
  const missing = granted.length === 0 ? undefined : neededScopes.find((it) => !granted.includes(it))
  if (missing !== undefined) {
    return { accessToken: `The app of this token lacks the scope ${missing}. Grant it at SurveyMonkey.` }
  }
  if (me.email_verified === false) {
    return { accessToken: 'The address of this account is not verified; SurveyMonkey sends nothing until it is.' }
  }
  if (context.settings.collectorId === undefined) {
    return {}
  }
  const collector = await readCollector(context)
  if (collector === undefined) {
    return { collectorId: 'There is no such collector; a survey’s number is not a collector’s. Pick it from the list.' }
  }
  const problem = problemWith(collector)
  if (problem !== undefined) {
    return { collectorId: problem }
  }
  const isOther =
    collector.survey_id !== null &&
    collector.survey_id !== undefined &&
    collector.survey_id !== context.settings.surveyId
  return isOther ? { collectorId: 'It belongs to another survey than the one above.' } : {}
}

/** What to do about the errors that people can do something about (facts A1). */
const advice: Record<string, string> = {
  '1014': 'The access token lacks a scope for this.',
  '1015': 'The plan of this SurveyMonkey account is too low for this.',
  '1016': 'The token may not use this survey or collector.',
  '1017': 'SurveyMonkey’s quota of contacts or mails is used up.',
  '1018': 'The account is in another region: change it in the settings.',
  '1020': 'The survey or the collector is not there any more.',
}

function reasonOf(_status: number, body: unknown): string | undefined {
  const error = Refusal.safeParse(body).data?.error
  return error === undefined ? undefined : (advice[error.id] ?? error.message)
}
