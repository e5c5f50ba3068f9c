import { useQuery, useQueryClient } from '@tanstack/react-query'

import { api } from '../../api.ts'
import type { ItemOf, ReplyOf } from '../../api.ts'

export type Feedback = ItemOf<'GET /v1/feedback'>
/** What of a review is shown beside its reply. */
export interface ShownReview {
  id: string
  attributes: Pick<
    Feedback['attributes'],
    'score' | 'title' | 'text' | 'editedAt' | 'respondedAt' | 'replyState' | 'conversation'
  >
}
export type Reply = ReplyOf<'GET /v1/feedback/{id}/reply'>['data']['attributes']

/** The review that a conversation was opened about; null for other conversations, undefined until it is known. */
export function useReviewOf(conversationId: string): Feedback | null | undefined {
  const found = useQuery({
    queryKey: ['feedback', 'conversation', conversationId],
    queryFn: async () =>
      (await api.call('GET /v1/feedback', { query: { conversation: conversationId, pageSize: 1 } })).data[0] ?? null,
  })
  return found.data
}

/** The public reply to a review, and what can be done with it. */
export function useReply(feedbackId: string | undefined) {
  return useQuery({
    queryKey: ['reply', feedbackId],
    enabled: feedbackId !== undefined,
    queryFn: async () =>
      (await api.call('GET /v1/feedback/{id}/reply', { params: { id: feedbackId ?? '' } })).data.attributes,
  })
}

/** Changes a reply and shows what came of it at once. */
export function useReplyChanges(feedbackId: string) {
  const client = useQueryClient()
  const params = { id: feedbackId }
  async function settle(change: Promise<{ data: { attributes: Reply } }>): Promise<Reply> {
    try {
      const { data } = await change
      client.setQueryData(['reply', feedbackId], data.attributes)
      return data.attributes
    } finally {
      await Promise.all(
        ['reply', 'feedback', 'thread', 'timeline'].map((key) => client.invalidateQueries({ queryKey: [key] })),
      )
    }
  }
  return {
    saveDraft: (body: string, rev: number, isPrivate: boolean) =>
      settle(api.call('PUT /v1/feedback/{id}/reply', { params, body: { body, rev, isPrivate } })),
    publish: (body: string, rev: number, isPrivate: boolean) =>
      settle(api.call('POST /v1/feedback/{id}/reply/publication', { params, body: { body, rev, isPrivate } })),
    approve: (rev: number) => settle(api.call('POST /v1/feedback/{id}/reply/approval', { params, body: { rev } })),
    sendBack: (rev: number, reason: string) =>
      settle(
        api.call('POST /v1/feedback/{id}/reply/rejection', {
          params,
          body: { rev, ...(reason === '' ? {} : { reason }) },
        }),
      ),
    retry: (rev: number) => settle(api.call('POST /v1/feedback/{id}/reply/attempts', { params, body: { rev } })),
    withdraw: (rev: number) => settle(api.call('POST /v1/feedback/{id}/reply/withdrawal', { params, body: { rev } })),
  }
}
