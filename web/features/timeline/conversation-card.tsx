import { Anchor, Badge, Group, Stack, Text, ThemeIcon, Title } from '@mantine/core'
import { IconMessageCircle } from '@tabler/icons-react'
import { Link } from 'react-router'

import { Time } from '../../ui/time.tsx'
import { channelNames } from '../conversations/names.ts'
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
    <Group wrap="nowrap" align="flex-start" gap="md">
      <ThemeIcon variant="light" size={36} radius="md" aria-hidden>
        <IconMessageCircle size={20} stroke={1.7} />
      </ThemeIcon>
      <Stack gap={4} flex={1} miw={0}>
        <Group justify="space-between" gap="xs" wrap="nowrap" pe={34}>
          <Group gap={8} miw={0}>
            <Title order={3} className="said">
              <Anchor component={Link} to={`/conversations/${id}`} c="inherit" inherit>
                {conversation.name ?? 'Conversation'}
              </Anchor>
            </Title>
            <Badge size="sm" variant="light" color={state.color} tt="none">
              {state.label}
            </Badge>
          </Group>
          <Text size="xs" c="dimmed" style={{ whiteSpace: 'nowrap' }}>
            <Time at={conversation.lastMessageAt ?? conversation.createdAt} />
          </Text>
        </Group>
        <Text size="sm" className="said" lineClamp={2} component="div">
          {conversation.preview ?? 'Nothing has been written yet.'}
        </Text>
        <Text size="xs" c="dimmed">
          {[
            ...conversation.channels.map((channel) => channelNames[channel] ?? channel),
            counted(conversation.messageCount, 'message'),
            ...(conversation.noteCount > 0 ? [counted(conversation.noteCount, 'note')] : []),
          ].join(' · ')}
        </Text>
      </Stack>
    </Group>
  )
}

function counted(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? '' : 's'}`
}
