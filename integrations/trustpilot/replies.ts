import { ProviderError } from '#sdk'
import type { Context, PublishedReply, Replies, ReviewRef } from '#sdk'

import {
  addComment,
  changeComment,
  deleteReply,
  ensureConversation,
  makePublic,
  postReply,
  readConversation,
  readProductReview,
  readServiceReview,
} from './api.ts'
import type { Settings } from './schema.ts'

type Calling = Context<Settings>

const ours = 'businessUser' // the type of our own comments (facts 4.2)

function isProduct(review: ReviewRef): boolean {
  return review.fields['reviewKindStr'] === 'product'
}

/** Service reviews have one reply, which posting again replaces; product reviews have a conversation with comments. */
export const replies: Replies<Settings> = {
  command: '!reply',
  hint: 'Plain text only: no formatting, images or links that can be clicked. It shows at Trustpilot after a few minutes.',
  publish: async (text, review, context) => {
    if (isProduct(review)) {
      return { ref: await sayAboutProduct(text, review, context) }
    }
    await postReply(context, review.externalId, text)
    return {}
  },
  read: (review, context) => (isProduct(review) ? readComment(review, context) : readReply(review.externalId, context)),
  withdraw: async (review, context) => {
    await deleteReply(context, review.externalId)
  },
  whyNotWithdraw: (review) =>
    isProduct(review) ? 'Trustpilot cannot delete a comment on a product review. Change its text instead.' : undefined,
}

async function readReply(id: string, context: Calling): Promise<PublishedReply | undefined> {
  const reply = (await readServiceReview(context, id))?.companyReply
  return reply === null || reply === undefined ? undefined : { text: reply.text }
}

/** Comments are appended; to keep the one reply that people know, ours is changed where there is one (facts 4.2). */
async function sayAboutProduct(text: string, review: ReviewRef, context: Calling): Promise<string | undefined> {
  const conversation = await conversationOf(review, context)
  const known = review.reply?.ref ?? (await ownComment(conversation, context))?.ref
  if (known !== undefined) {
    await changeComment(context, conversation, known, text)
    return known
  }
  const added = await addComment(context, conversation, text)
  await makePublic(context, conversation)
  return added
}

async function readComment(review: ReviewRef, context: Calling): Promise<PublishedReply | undefined> {
  return ownComment(await conversationOf(review, context), context)
}

async function conversationOf(review: ReviewRef, context: Calling): Promise<string> {
  const product = await readProductReview(context, review.externalId)
  if (product === undefined) {
    throw new ProviderError('rejected', 'Trustpilot does not have this review any more.')
  }
  return ensureConversation(context, product)
}

/** The newest comment of the business; what other people said stays as it is. */
async function ownComment(conversation: string, context: Calling): Promise<PublishedReply | undefined> {
  const { comments } = await readConversation(context, conversation)
  const own = (comments ?? []).filter((it) => it.author?.type === ours).at(-1)
  return own === undefined ? undefined : { text: own.content, ref: own.commentId ?? own.id }
}
