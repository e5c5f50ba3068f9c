import { useMutation, useQueryClient } from '@tanstack/react-query'

import { api } from '../../api.ts'
import type { InputOf } from '../../api.ts'
import { offerUndo, sayFailed } from '../../ui/undo.tsx'
import type { Conversation } from '../searches/run-search.ts'

export type ConversationChange = InputOf<'PUT /v1/conversations/{id}'>['body']

interface Step {
  conversation: Conversation
  change: ConversationChange
  /** What it is called when it can be taken back; nothing: it is not offered. */
  said?: string
}

/** What makes a conversation as it was, of what a change touches. */
export function reverseOf({ attributes }: Conversation, change: ConversationChange): ConversationChange {
  const was: ConversationChange = {
    status: attributes.status,
    priority: attributes.priority,
    tags: attributes.tags,
    assignedUsers: attributes.assignedUsers,
    assignedTeams: attributes.assignedTeams,
    name: attributes.name,
  }
  const names = Object.keys(change) as (keyof ConversationChange)[]
  const reversed = Object.fromEntries(
    Object.entries(was).filter(([name]) => names.includes(name as keyof ConversationChange)),
  ) as ConversationChange
  const touchesState = names.includes('status') || names.includes('snooze')
  if (!touchesState) {
    return reversed
  }
  return attributes.status === 'snoozed' && attributes.snooze !== null
    ? { ...reversed, status: 'snoozed', snooze: { time: attributes.snooze.time } }
    : { ...reversed, status: attributes.status }
}

/** Changes a conversation; the page shows the change at once, and takes it back when the desk refuses it. */
export function useChangeConversation() {
  const client = useQueryClient()
  const mutation = useMutation({
    scope: { id: 'conversations' }, // one after the other, as they were made
    mutationFn: ({ conversation, change }: Step) =>
      api.call('PUT /v1/conversations/{id}', { params: { id: conversation.id }, body: change }),
    onMutate: ({ conversation, change }) => {
      const key = ['conversation', conversation.id]
      const { snooze, ...shown } = change
      client.setQueryData<Conversation>(key, (before) =>
        before === undefined
          ? before
          : {
              ...before,
              attributes: {
                ...before.attributes,
                ...(shown as Partial<Conversation['attributes']>),
                ...(snooze === undefined || snooze === null ? {} : { status: 'snoozed' as const }),
              },
            },
      )
    },
    onSuccess: ({ data }, { conversation, change, said }) => {
      client.setQueryData(['conversation', conversation.id], data)
      if (said !== undefined) {
        offerUndo(said, () => mutation.mutate({ conversation: data, change: reverseOf(conversation, change) }))
      }
    },
    onError: (error, { conversation }) => {
      sayFailed('The conversation was not changed', error)
      void client.invalidateQueries({ queryKey: ['conversation', conversation.id] })
    },
    onSettled: () => client.invalidateQueries({ queryKey: ['conversations'] }),
  })
  return (conversation: Conversation, change: ConversationChange, said?: string) =>
    mutation.mutate({ conversation, change, ...(said === undefined ? {} : { said }) })
}
