import { ActionIcon, Anchor, Badge, Group, Skeleton, Stack, Text, Title, Tooltip } from '@mantine/core'
import { IconArrowLeft, IconLayoutSidebarRight } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { useRef, useState } from 'react'
import { flushSync } from 'react-dom'
import { Link } from 'react-router'

import { api } from '../../api.ts'
import { useKeys } from '../../ui/keys.ts'
import { usePreferences } from '../../ui/preferences.ts'
import { ErrorState, LoadingCards } from '../../ui/states.tsx'
import { formatDateTime } from '../../ui/time.tsx'
import { Composer } from '../composer/composer.tsx'
import type { ComposerMode } from '../composer/kept-text.ts'
import { useCustomer } from '../customers/use-customer.ts'
import { useTags, useTeams, useUsers } from '../people/people.ts'
import { ReviewStrip } from '../replies/review-strip.tsx'
import { useReviewOf } from '../replies/use-reply.ts'
import type { Conversation } from '../searches/run-search.ts'
import { SurveyStrip } from '../surveys/survey-strip.tsx'
import { ConversationActions } from './conversation-actions.tsx'
import { customerIdOf, titleOf } from './names.ts'
import { Thread } from './thread.tsx'

/** A conversation by its id, with the name of its customer. */
export function useConversation(id: string) {
  return useQuery({
    queryKey: ['conversation', id],
    queryFn: async () => (await api.call('GET /v1/conversations/{id}', { params: { id } })).data,
  })
}

interface ConversationPaneProps {
  id: string
  backTo: string
  onDone: () => void
}

/** One conversation: what it is about and what one does to it, its thread, and where one writes. */
export function ConversationPane({ id, backTo, onDone }: ConversationPaneProps) {
  const conversation = useConversation(id)
  if (conversation.error !== null && conversation.data === undefined) {
    return <ErrorState error={conversation.error} onRetry={() => void conversation.refetch()} />
  }
  if (conversation.data === undefined) {
    return (
      <Stack p="lg">
        <Skeleton height={22} width="50%" />
        <LoadingCards count={3} height={96} />
      </Stack>
    )
  }
  return <Loaded key={id} conversation={conversation.data} backTo={backTo} onDone={onDone} />
}

function Loaded({ conversation, backTo, onDone }: Omit<ConversationPaneProps, 'id'> & { conversation: Conversation }) {
  const review = useReviewOf(conversation.id)
  const [chosen, setMode] = useState<ComposerMode>()
  const mode = chosen ?? (review === null || review === undefined ? 'reply' : 'public')
  const field = useRef<HTMLTextAreaElement>(null)
  const customerId = customerIdOf(conversation)
  const customer = useCustomer(customerId)
  const customerName = customer.data?.attributes.displayName ?? 'the customer'
  const [{ detailsOpen }, setPreferences] = usePreferences()
  function write(next: ComposerMode): void {
    flushSync(() => setMode(next)) // another way of writing has another field
    field.current?.focus() // at once: the next letter belongs to the text already
  }
  useKeys({
    reply: () => write('reply'),
    note: () => write('note'),
    details: () => setPreferences({ detailsOpen: !detailsOpen }),
  })
  return (
    <section className="conversation" aria-label={titleOf(conversation)}>
      <Group className="pane-head" justify="space-between" wrap="nowrap" gap="xs">
        <Group gap={6} wrap="nowrap" miw={0}>
          <ActionIcon
            component={Link}
            to={backTo}
            variant="subtle"
            color="gray"
            className="only-narrow"
            aria-label="Back to the list"
          >
            <IconArrowLeft size={18} />
          </ActionIcon>
          <Stack gap={0} miw={0}>
            <Title order={1} size="h4" className="said" lineClamp={1}>
              {titleOf(conversation)}
            </Title>
            <Group gap={6} wrap="nowrap">
              <Anchor component={Link} to={`/customers/${customerId}`} size="xs" className="said" truncate>
                {customerName}
              </Anchor>
              <State conversation={conversation} />
            </Group>
          </Stack>
        </Group>
        <Group gap={4} wrap="nowrap">
          <ConversationActions conversation={conversation} onDone={onDone} />
          <Tooltip label={detailsOpen ? 'Hide details' : 'Show details'}>
            <ActionIcon
              variant="subtle"
              color="gray"
              size="lg"
              className="only-wide"
              aria-label="Details"
              aria-pressed={detailsOpen}
              onClick={() => setPreferences({ detailsOpen: !detailsOpen })}
            >
              <IconLayoutSidebarRight size={18} />
            </ActionIcon>
          </Tooltip>
        </Group>
      </Group>
      {review !== null && review !== undefined && <ReviewStrip feedback={review} />}
      <SurveyStrip conversationId={conversation.id} />
      <Thread conversation={conversation} customerName={customerName} />
      <Composer
        conversation={conversation}
        customerName={customerName}
        review={review ?? undefined}
        mode={mode}
        onMode={write}
        field={field}
      />
    </section>
  )
}

function State({ conversation }: { conversation: Conversation }) {
  const { attributes } = conversation
  const [users, teams, tags] = [useUsers(), useTeams(), useTags()]
  const assigned = [
    ...attributes.assignedUsers.map((id) => users.get(id)?.attributes.displayName),
    ...attributes.assignedTeams.map((id) => teams.get(id)?.attributes.displayName),
  ].filter((name) => name !== undefined)
  return (
    <Group gap={6} wrap="nowrap" miw={0}>
      {attributes.status === 'snoozed' && (
        <Badge size="sm" variant="light" color="grape" tt="none">
          {attributes.snooze === null ? 'Snoozed' : `Snoozed until ${formatDateTime(attributes.snooze.time)}`}
        </Badge>
      )}
      {attributes.status === 'done' && (
        <Badge size="sm" variant="light" color="teal" tt="none">
          Done
        </Badge>
      )}
      <Text size="xs" c="dimmed" truncate>
        {assigned.length === 0 ? 'Assigned to nobody' : assigned.join(', ')}
      </Text>
      {attributes.tags.map((id) => (
        <span key={id} className="row-tag">
          {tags.find((tag) => tag.id === id)?.attributes.name ?? '…'}
        </span>
      ))}
    </Group>
  )
}
