import { ProviderError } from '#sdk'
import type { Answers, Replies } from '#sdk'

import { answer, comment, missingKeys } from './api.ts'
import { numberOf } from './history.ts'
import { hasKeys } from './schema.ts'
import type { Settings } from './schema.ts'

const noNumber = 'The mail that this review came by names no number, and Yotpo has not shown the review yet.'

/** Comments on reviews: `public` decides who sees them (facts 2.3; recorded in 2015, so the answer is checked). */
export const replies: Replies<Settings> = {
  hint: 'Shown under the review in the store.',
  privateHint: 'Yotpo sends it to the reviewer; the store does not show it.',
  problemOf: ({ fields }, settings) =>
    !hasKeys(settings) ? missingKeys : numberOf(fields) === undefined ? noNumber : undefined,
  publish: async (content, { fields, reply }, context, { isPrivate }) => {
    const id = numberOf(fields)
    if (id === undefined) {
      throw new ProviderError('rejected', noNumber)
    }
    return { ref: await comment(context, { id, before: reply?.ref, content, isPublic: !isPrivate }) }
  },
  whyNotWithdraw: () =>
    'Yotpo has no call to take a comment back. Say something else in its place, or delete it in Yotpo.',
}

/** Answers to shoppers' questions, as the store. */
export const answers: Answers<Settings> = {
  hint: 'Shown with the question in the store, to everybody.',
  privateHint: 'Yotpo sends it to the shopper; the store does not show it.',
  problemOf: (threads, settings) =>
    !hasKeys(settings)
      ? missingKeys
      : questionIn(threads) === undefined
        ? 'The mail that this question came by names no number of it.'
        : undefined,
  send: async (text, threads, context, { isPrivate }) => {
    const id = questionIn(threads)
    if (id === undefined) {
      throw new ProviderError('rejected', 'The mail that this question came by names no number of it.')
    }
    await answer(context, id, text, !isPrivate)
  },
}

/** The number of the question that a conversation is about. */
function questionIn(threads: readonly string[]): string | undefined {
  return threads.flatMap((thread) => /^question:(\d{2,20})$/.exec(thread)?.[1] ?? [])[0]
}
