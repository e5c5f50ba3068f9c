import { defineIntegration, defineWebhook } from '#sdk'
import type { Context, Effect } from '#sdk'

import { findBusinessUnits, listDeletions, readProductReview, readServiceReview } from './api.ts'
import { findReviewer } from './find-reviewer.ts'
import { history } from './history.ts'
import { replies } from './replies.ts'
import { isWanted, klass, productReviewEffect, serviceReviewEffect } from './reviews.ts'
import { attributes, Payload, Refusal, Settings } from './schema.ts'
import { sampleReviewId, simulator } from './simulator.ts'

const eventName = /^(service|product)-review-(created|updated|deleted)$/

const reviews = defineWebhook<Settings, Payload>({
  title: 'Trustpilot reviews',
  description:
    'Paste this address into Trustpilot under Integrations > Developers > Webhook Notifications, for each kind of event.',
  payload: Payload,
  handle: async ({ events }, context) => {
    const effects: Effect[] = []
    for (const { eventName: name, eventData } of events) {
      effects.push(await effectOf(name, eventData?.id, context))
    }
    return effects
  },
})

/** The payload is a hint, whatever the event says: what counts is what Trustpilot has of that review now (facts 2.7). */
async function effectOf(name: string, id: string | undefined, context: Context<Settings>): Promise<Effect> {
  const kind = eventName.exec(name)?.[1]
  if (kind === undefined) {
    return remark(`“${name}” is an event that this app does not know. It is kept as it came.`)
  }
  if (id === undefined) {
    return remark(`“${name}” names no review.`)
  }
  if (id === sampleReviewId) {
    return remark('This was the test of the address: it works. The sample review was not kept.')
  }
  const { businessUnitId } = context.settings
  if (kind === 'service') {
    const review = await readServiceReview(context, id)
    return review === undefined
      ? removal(id, context)
      : wanted(context.settings, review.stars, review.businessUnit.id, businessUnitId, () =>
          serviceReviewEffect(review, context.settings),
        )
  }
  const review = await readProductReview(context, id)
  return review === undefined
    ? removal(id, context)
    : wanted(context.settings, review.stars, review.businessUnitId, businessUnitId, () =>
        productReviewEffect(review, context.settings),
      )
}

function wanted(
  settings: Settings,
  stars: number,
  unit: string,
  ours: string | undefined,
  effect: () => Effect,
): Effect {
  if (ours !== undefined && unit !== ours) {
    return remark('This review is of another business unit than the one in the settings.')
  }
  return isWanted(settings, stars)
    ? effect()
    : remark('The settings keep neither a record nor a conversation of such a review.')
}

function removal(id: string, { receivedAt }: Context<Settings>): Effect {
  return { kind: 'removal', klass, externalId: id, at: receivedAt }
}

function remark(text: string): Effect {
  return { kind: 'remark', text }
}

const tokens = '/v1/oauth/oauth-business-users-for-applications'
const refreshDays = 30 // documented; a real answer said 90 (facts 1.4), and what it says counts

export default defineIntegration<Settings>({
  id: 'trustpilot',
  name: 'Trustpilot',
  version: '1.0.0',
  category: 'reviews',
  summary:
    'Service and product reviews on the customer’s timeline and as conversations, answered in public from the desk.',
  developer: 'Tellback',
  website: 'https://www.trustpilot.com',
  settings: Settings,
  warningOf: ({ threshold, createObjects }) =>
    threshold === 0 && !createObjects
      ? 'Neither conversations nor records are made: nothing of a review is kept. Raise the threshold, or create review objects.'
      : undefined,
  klasses: { [klass]: { title: 'Trustpilot Review', icon: 'star', color: '#0a3d35', attributes } },
  customerAttributes: { latestTrustpilotRatingNum: 'Latest Trustpilot rating' },
  webhooks: { reviews },
  hosts: { api: 'https://api.trustpilot.com', authenticate: 'https://authenticate.trustpilot.com' },
  connection: {
    authorize: { host: 'authenticate', path: '/' },
    token: { host: 'api', path: `${tokens}/accesstoken` },
    refresh: { host: 'api', path: `${tokens}/refresh` },
    revoke: { host: 'api', path: `${tokens}/revoke` },
    client: ({ apiKey, apiSecret }) =>
      apiKey === undefined || apiSecret === undefined ? undefined : { id: apiKey, secret: apiSecret },
    refreshLifetime: refreshDays * 24 * 60 * 60,
    instructions:
      'In Trustpilot, under Integrations > Developers > APIs, enter this address as the redirect URI of your application. Sign in there as an Admin.',
  },
  replies,
  history,
  enquiries: findReviewer,
  erasures: (since, context) => listDeletions(context, since),
  choices: { businessUnitId: findBusinessUnits },
  reasonOf: (_status, body) => Refusal.safeParse(body).data,
  simulator,
})
