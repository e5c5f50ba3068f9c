import { Box, Button, Center, Checkbox, Loader, Skeleton, UnstyledButton } from '@mantine/core'
import { useIntersection } from '@mantine/hooks'
import { IconClockPause, IconCornerUpLeft, IconFlag3Filled, IconInbox } from '@tabler/icons-react'
import { useEffect } from 'react'
import { Link } from 'react-router'

import { EmptyState } from '../../ui/states.tsx'
import { ShortTime } from '../../ui/time.tsx'
import { useTags } from '../people/people.ts'
import type { Conversation, Customer } from '../searches/run-search.ts'
import { customerIdOf, titleOf } from './names.ts'

interface ConversationListProps {
  items: Conversation[]
  customers: Map<string, Customer>
  selectedId: string | undefined
  hrefOf: (id: string) => string
  chosen: ReadonlySet<string>
  onChoose: (id: string) => void
  more: (() => void) | undefined
}

/** Conversations, one above the other, as a mail program lists them. */
export function ConversationList(props: ConversationListProps) {
  const { items, customers, selectedId, hrefOf, chosen, onChoose, more } = props
  return (
    <Box component="ol" className="rows" aria-label="Conversations">
      {items.map((item) => (
        <li key={item.id}>
          <Row
            conversation={item}
            customer={customers.get(customerIdOf(item))}
            isOpen={item.id === selectedId}
            href={hrefOf(item.id)}
            isChosen={chosen.has(item.id)}
            onChoose={() => onChoose(item.id)}
          />
        </li>
      ))}
      {more !== undefined && <More key={items.length} onSeen={more} />}
    </Box>
  )
}

interface RowProps {
  conversation: Conversation
  customer: Customer | undefined
  isOpen: boolean
  href: string
  isChosen: boolean
  onChoose: () => void
}

function Row({ conversation, customer, isOpen, href, isChosen, onChoose }: RowProps) {
  const { attributes } = conversation
  const tags = useTags()
  const waits = attributes.status === 'open' && attributes.lastMessageDirection === 'in'
  const name = customer?.attributes.displayName ?? 'Unknown customer'
  return (
    <Box className="row" data-open={isOpen || undefined} data-chosen={isChosen || undefined}>
      <Checkbox
        size="xs"
        className="row-check"
        checked={isChosen}
        onChange={onChoose}
        aria-label={`Select the conversation with ${name}`}
      />
      <UnstyledButton
        component={Link}
        to={href}
        className="row-body"
        aria-current={isOpen ? 'true' : undefined}
        data-conversation={conversation.id}
      >
        <span className="row-line">
          {waits && <span className="row-dot" role="img" aria-label="Waits for an answer" />}
          <span className="row-name said">{name}</span>
          {attributes.priority > 3 && (
            <IconFlag3Filled
              size={13}
              role="img"
              aria-label={attributes.priority === 5 ? 'Urgent' : 'High priority'}
              color={attributes.priority === 5 ? 'var(--mantine-color-red-6)' : 'var(--mantine-color-orange-6)'}
            />
          )}
          {attributes.status === 'snoozed' && <IconClockPause size={14} role="img" aria-label="Snoozed" />}
          <span className="row-time">
            <ShortTime at={attributes.lastMessageAt ?? attributes.lastActivityAt} />
          </span>
        </span>
        <span className="row-title said">{titleOf(conversation)}</span>
        {attributes.name !== null && (
          <span className="row-preview said">
            {attributes.lastMessageDirection === 'out' && (
              <IconCornerUpLeft size={13} role="img" aria-label="You answered:" />
            )}{' '}
            {attributes.preview ?? 'No messages yet'}
          </span>
        )}
        {attributes.tags.length > 0 && (
          <span className="row-tags">
            {attributes.tags.slice(0, 3).map((id) => (
              <span key={id} className="row-tag">
                {tags.find((tag) => tag.id === id)?.attributes.name ?? id}
              </span>
            ))}
            {attributes.tags.length > 3 && <span className="row-tag">+{attributes.tags.length - 3}</span>}
          </span>
        )}
      </UnstyledButton>
    </Box>
  )
}

/** Asks for the next page when it comes into sight. */
function More({ onSeen }: { onSeen: () => void }) {
  const { ref, entry } = useIntersection()
  const seen = entry?.isIntersecting === true
  useEffect(() => {
    if (seen) {
      onSeen()
    }
  }, [seen, onSeen])
  return (
    <Center ref={ref} component="li" py="md">
      <Loader size="xs" role="status" aria-label="Loading more" />
    </Center>
  )
}

export function LoadingRows({ count = 8 }: { count?: number }) {
  return (
    <Box role="status" aria-busy="true" aria-label="Loading">
      {Array.from({ length: count }, (_, index) => (
        <Box key={index} px="md" py="sm">
          <Skeleton height={12} width="55%" mb={8} />
          <Skeleton height={10} width="90%" mb={6} />
          <Skeleton height={10} width="70%" />
        </Box>
      ))}
    </Box>
  )
}

interface NoConversationsProps {
  view: string
  /** Where all that are open are listed; undefined there. */
  allHref: string | undefined
}

export function NoConversations({ view, allHref }: NoConversationsProps) {
  return (
    <EmptyState
      icon={IconInbox}
      title="Nothing here"
      action={
        allHref !== undefined && (
          <Button component={Link} to={allHref} variant="light" size="xs">
            See all that are open
          </Button>
        )
      }
    >
      No conversation is in “{view}” now. New ones appear by themselves.
    </EmptyState>
  )
}
