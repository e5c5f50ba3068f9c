import type { Context, Enquiries, ReviewRef } from '#sdk'

import { askReviewer, readServiceReview } from './api.ts'
import type { Settings } from './schema.ts'

const day = 24 * 60 * 60 * 1000
/** Three days by the newer pages, five by an older one; looked for as long as the longer (facts 5). */
const lasts = 5 * day
/** Clocks differ: an answer to a question of a little before ours is one to ours. */
const skew = 5 * 60_000

/** Trustpilot asks the reviewer by a standard message; only re-reading the review shows the answer (facts 5). */
export const findReviewer: Enquiries<Settings> = {
  name: 'Find Reviewer',
  command: '!findreviewer',
  lasts,
  problemOf: ({ fields }) =>
    fields['reviewKindStr'] === 'product'
      ? 'Trustpilot asks only the authors of service reviews.'
      : fields['canFindReviewerBool'] === true
        ? undefined
        : 'Trustpilot asks only those who wrote of their own accord, and not those whom it invited.',
  ask: (review, context) => askReviewer(context, review.externalId),
  wasAsked: async (review, askedAt, context) => (await requestsSince(review, askedAt, context)).length > 0,
  answer: async (review, askedAt, context) => {
    const answered = (await requestsSince(review, askedAt, context)).at(-1)?.consumerResponse
    return answered === null || answered === undefined
      ? undefined
      : {
          name: answered.name,
          email: answered.email,
          phone: answered.phoneNumber,
          orderNumber: answered.referenceId,
          message: answered.message,
        }
  },
}

/** The questions about a review that are not older than ours; the newest is the last. */
async function requestsSince(review: ReviewRef, askedAt: Date, context: Context<Settings>) {
  const requests = (await readServiceReview(context, review.externalId))?.findReviewer?.requests ?? []
  return requests.filter((it) => it.created === undefined || it.created.getTime() >= askedAt.getTime() - skew)
}
