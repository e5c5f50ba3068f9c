import { defineIntegration, defineWebhook, ProviderError } from '#sdk'
import type { Context, CustomerRef, Effect } from '#sdk'

import { attributes, EventId, Payload, Settings } from './schema.ts'
import type { SurveyResponse, Unsubscribe } from './schema.ts'
import { isSigned } from './signature.ts'
import { simulator } from './simulator.ts'
import { groupOf, surveyTypes } from './survey-types.ts'

const klass = 'net-promoter-score'

/** Names of person properties that carry an amount; teams choose their own. [inferred] */
const purchaseAmountProperties = ['Purchase Amount', 'purchase_amount']
/** Names of person properties that carry the order an answer is about; teams choose their own. [inferred] */
const orderNumberProperties = ['Order Number', 'order_number', 'Order ID', 'order_id']
const sourceProperty = 'Delighted Source'

const responses = defineWebhook<Settings, Payload>({
  title: 'Survey responses',
  description: 'Paste this address into Delighted under Integrations > Webhooks, with the rule "All responses".',
  payload: Payload,
  verify: (request, { apiKey }) => (apiKey === undefined ? 'secret' : isSigned(request, apiKey) ? 'signed' : 'refused'),
  eventId: (body) => EventId.safeParse(body).data,
  handle: ({ event_data, test }, context) =>
    event_data.kind === 'response'
      ? [responseEffect(event_data, test === true, context)]
      : unsubscribeEffects(event_data, context),
})

function responseEffect(response: SurveyResponse, test: boolean, { settings }: Context<Settings>): Effect {
  const type = surveyTypes[response.surveyType]
  const { score } = response
  if (type !== undefined && (score < type.scale.min || score > type.scale.max)) {
    throw new ProviderError(
      'rejected',
      `event_data.score is ${score}, but ${response.surveyType} scores go from ${type.scale.min} to ${type.scale.max}.`,
    )
  }
  const answers = response.answers.map(({ question, answer }) => `${question}\n${answer}`).join('\n\n')
  return {
    kind: 'object',
    klass,
    externalId: response.id,
    customer: customerOf(response, settings),
    at: response.createdAt,
    version: response.updatedAt,
    title: `Delighted Rating ${score}`,
    description: response.comment,
    fields: {
      scoreNum: score,
      surveyTypeStr: response.surveyType,
      groupStr: (type && groupOf(type, score)) ?? null,
      commentTxt: response.comment ?? null,
      additionalAnswersTxt: answers || null,
      delightedLinkStr: response.permalink ?? null,
      sourceStr: textProperty(response, [sourceProperty]) ?? null,
      purchaseAmountNum: numberProperty(response, purchaseAmountProperties) ?? null,
      tagsStr: response.tags.join(', ') || null,
      updatedAt: response.updatedAt.toISOString(),
    },
    data: { personProperties: response.properties },
    // A type we do not know has an unknown scale: its score is shown, but not judged.
    ...(type && {
      feedback: {
        kind: 'survey',
        metric: type.metric,
        score,
        scale: type.scale,
        text: response.comment,
        permalink: response.permalink,
        latestAttribute: type.latestAttribute,
        test,
      },
    }),
  }
}

/** The id the customer has with us, then e-mail, then phone; a name identifies nobody. */
function customerOf(response: SurveyResponse, settings: Settings): CustomerRef {
  const property = settings.customerIdProperty
  return {
    externalId: property === undefined ? undefined : textProperty(response, [property]),
    orderNumber: textProperty(response, orderNumberProperties),
    ...response.person,
  }
}

function unsubscribeEffects(unsubscribe: Unsubscribe, { receivedAt }: Context<Settings>): Effect[] {
  return [
    {
      kind: 'customer',
      customer: { email: unsubscribe.email, name: unsubscribe.name },
      fields: { surveysUnsubscribedAt: (unsubscribe.at ?? receivedAt).toISOString() },
    },
  ]
}

function textProperty(response: SurveyResponse, names: string[]): string | undefined {
  const value = names.map((name) => response.properties[name]).find((it) => it !== undefined && it !== null)
  return typeof value === 'string' || typeof value === 'number' ? String(value) : undefined
}

function numberProperty(response: SurveyResponse, names: string[]): number | undefined {
  const text = textProperty(response, names)
  const value = text === undefined || text.trim() === '' ? Number.NaN : Number(text.replace(/^[^\d-]+/, ''))
  return Number.isFinite(value) ? value : undefined
}

export default defineIntegration<Settings>({
  id: 'delighted',
  name: 'Delighted',
  version: '1.0.0',
  category: 'surveys',
  summary: 'Puts every survey response on its customer’s timeline, with the latest score in the profile.',
  developer: 'Tellback',
  website: 'https://delighted.com',
  notice:
    'Delighted itself closed on 30 June 2026. This app takes deliveries in its format from tools that still send it.',
  settings: Settings,
  klasses: { [klass]: { title: 'Net Promoter Score', icon: 'scoreboard', color: '#4263EB', attributes } },
  customerAttributes: {
    latestNpsNum: 'Latest NPS',
    latestEnpsNum: 'Latest eNPS',
    latestCsatNum: 'Latest CSAT',
    latestCsat3Num: 'Latest CSAT (3-point)',
    latestCesNum: 'Latest effort score',
    latestCes7Num: 'Latest effort score (7-point)',
    latestStarsNum: 'Latest stars',
    latestSmileysNum: 'Latest smiley',
    latestThumbsNum: 'Latest thumb',
    latestPmfNum: 'Latest product-market fit',
    surveysUnsubscribedAt: 'Unsubscribed from surveys',
  },
  webhooks: { responses },
  simulator,
})
