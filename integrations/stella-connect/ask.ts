import { ProviderError } from '#sdk'
import type { SurveyClose, SurveyStep, Surveys } from '#sdk'

import { createRequest, hasApprovedProfile, listReturns, perPage } from './api.ts'
import type { Calling, FeedbackRequest } from './api.ts'
import { polling } from './returns.ts'
import type { Settings } from './schema.ts'

const mostTags = 20 // facts B2
const longestTag = 2000

export const surveys: Surveys<Settings> = {
  delay: ({ delay }) => delay,
  isTest: ({ isTest }) => isTest,
  problemOf: ({ stellaKey }) =>
    stellaKey === undefined ? 'The API key is missing in the settings of Stella Connect.' : undefined,
  whyNot: ({ agent, channel }, { everyChannel }) => {
    if (!everyChannel && channel !== undefined && channel !== 'email') {
      return `Stella Connect is asked about e-mail conversations only; this one was by ${channel}.`
    }
    if (agent === undefined) {
      return 'Nobody was assigned when it was closed; Stella Connect asks about an agent.'
    }
    return agent.email === undefined ? `${agent.name} has no e-mail address that Stella Connect could know.` : undefined
  },
  step: async (request, context): Promise<SurveyStep> => {
    const { agent } = request
    if (agent?.email === undefined) {
      return { kind: 'refused', state: 'skipped', reason: 'Nobody was assigned when it was closed.' }
    }
    if (context.settings.stellaSecret !== undefined && !(await hasApprovedProfile(context, agent.email))) {
      const reason = `${agent.name} (${agent.email}) has no approved profile at Stella Connect.`
      return { kind: 'refused', state: 'skipped', reason }
    }
    if (!(request.isUncertain && (await isThere(context, request.id)))) {
      await createRequest(context, requestOf(request, context.settings, { email: agent.email }))
    }
    return {
      kind: 'requested',
      ref: request.id,
      note: context.settings.isTest
        ? 'A survey request was sent to Stella Connect with the test key: it goes to the test address.'
        : `A survey request about ${agent.name} was sent to Stella Connect.`,
    }
  },
  polling,
}

/** Stella Connect has no idempotency: after a lost answer, what it has is looked through for our id (facts B1). */
async function isThere(context: Calling, id: string): Promise<boolean> {
  if (context.settings.stellaSecret === undefined) {
    throw new ProviderError('rejected', 'Without the API secret nobody can see whether Stella Connect took it.', {
      isUncertain: true,
    })
  }
  for (let after: string | undefined; ;) {
    const page = await listReturns(context, after)
    if (page.some((it) => it.ext_interaction_id === id)) {
      return true
    }
    if (page.length < perPage) {
      return false
    }
    after = String(page.at(-1)?.sequence_id ?? '')
  }
}

function requestOf(
  request: SurveyClose & { id: string; customer: { email: string } },
  settings: Settings,
  employee: { email: string },
): FeedbackRequest {
  const { customer, conversationId, link, tags, channel } = request
  const { deskUrl, brand, language } = settings
  return {
    customer: { email: customer.email, ...(customer.name === '' ? {} : { name: customer.name }) },
    employee,
    channel: settings.channel,
    ext_interaction_id: request.id,
    external_url: deskUrl === undefined ? link : `${deskUrl.replace(/\/$/, '')}/conversations/${conversationId}`,
    tags: tags.slice(0, mostTags).map((tag) => tag.slice(0, longestTag)),
    ...(brand === undefined ? {} : { brand }),
    ...(language === undefined ? {} : { language }),
    custom_properties: { conversation: conversationId, ...(channel === undefined ? {} : { channel }) },
  }
}
