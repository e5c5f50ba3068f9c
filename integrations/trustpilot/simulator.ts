import type { SimulatedRequest, Simulator } from '#sdk'

import type { Settings } from './schema.ts'
import { answerApi } from './simulator-api.ts'
import { answerConsent, consentTo } from './simulator-consent.ts'
import { answerShop } from './simulator-pages.ts'
import { createState, mintTokens, reviewsOf, told } from './simulator-state.ts'
import { envelope, eventDataOf, subscribe, testBody } from './simulator-webhooks.ts'

export { sampleReviewId } from './simulator-webhooks.ts'

const headers = { 'content-type': 'application/json' }

function request(body: string): SimulatedRequest {
  return { webhook: 'reviews', headers, body }
}

export const simulator: Simulator<Settings> = {
  settings: { apiKey: 'demo-key', apiSecret: 'demo-secret' },
  test: () => request(testBody()),
  history: (_settings, { seed, people, until, perPerson }) =>
    reviewsOf(seed, people, until, perPerson).map((review) => {
      told.set(review.id, review)
      return request(envelope('service-review-created', eventDataOf(review)))
    }),
  provider: (world) => {
    const state = createState(world)
    return {
      consent: (authorizeUrl) => consentTo(state, new URL(authorizeUrl).searchParams).href,
      subscribe: (url) => subscribe(state, url),
      accessToken: () => mintTokens(state, 'test')['access_token'] ?? '',
      handle: async (asked) => {
        switch (asked.host) {
          case 'api':
            return answerApi(state, asked)
          case 'authenticate':
            return answerConsent(state, asked)
          default:
            return answerShop(state, asked)
        }
      },
    }
  },
}
