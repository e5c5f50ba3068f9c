import type { Replies } from '#sdk'

import { postReply, readReview } from './api.ts'
import { hasKeys } from './schema.ts'
import type { Settings } from './schema.ts'

/** The call is not documented; it was seen to work with API keys (facts B2). A later reply replaces the earlier one. [inferred] */
export const replies: Replies<Settings> = {
  hint: 'Shown under the review in the store. The customer gets no mail.',
  problemOf: (_review, settings) =>
    hasKeys(settings) ? undefined : 'Enter the API keys and the store hash in the settings of Stamped.io first.',
  publish: async (text, review, context) => {
    await postReply(context, review.externalId, text)
    return {}
  },
  read: async (review, context) => {
    const reply = (await readReview(context, review.externalId))?.reply
    return reply === undefined ? undefined : { text: reply }
  },
  whyNotWithdraw: () =>
    'Stamped.io has no call to take a reply back. Say something else in its place, or delete it in Stamped.io.',
}
