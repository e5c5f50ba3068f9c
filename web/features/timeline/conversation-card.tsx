import { Badge } from '@mantine/core'
import { IconMessageCircle } from '@tabler/icons-react'
import { Link } from 'react-router'

import { channelNames } from '../conversations/names.ts'
import { CardBody, CardHead, CardIcon, CardText } from './card.tsx'
import type { TimelineItem } from './timeline-item.tsx'

const states = {
  open: { label: 'Open', color: 'indigo' },
  snoozed: { label: 'Snoozed', color: 'grape' },
  done: { label: 'Done', color: 'teal' },
} as const

/** A conversation on the timeline: its name, its last words, its state, and the way into it. */
export function ConversationCard({
  id,
  conversation,
}: {
  id: string
  conversation: NonNullable<TimelineItem['attributes']['conversation']>
}) {
  const state = states[conversation.status]
  return (
    <CardBody
      icon={
        <CardIcon tone="indigo">
          <IconMessageCircle size={20} stroke={1.7} />
        </CardIcon>
      }
    >
      <CardHead at={conversation.lastMessageAt ?? conversation.createdAt}>
        <h3 className="card-title said">
          <Link to={`/conversations/${id}`}>{conversation.name ?? 'Conversation'}</Link>
        </h3>
        <Badge size="sm" variant="light" color={state.color} tt="none">
          {state.label}
        </Badge>
      </CardHead>
      <CardText lines={2}>{conversation.preview ?? 'Nothing has been written yet.'}</CardText>
      <div className="card-small">
        {[
          ...conversation.channels.map((channel) => channelNames[channel] ?? channel),
          counted(conversation.messageCount, 'message'),
          ...(conversation.noteCount > 0 ? [counted(conversation.noteCount, 'note')] : []),
        ].join(' · ')}
      </div>
    </CardBody>
  )
}

function counted(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? '' : 's'}`
}
