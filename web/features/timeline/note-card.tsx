import { Anchor, Group, Stack, Text, ThemeIcon, Title } from '@mantine/core'
import { IconNote } from '@tabler/icons-react'
import { Link } from 'react-router'

import { Time } from '../../ui/time.tsx'
import type { TimelineItem } from './timeline-item.tsx'

interface NoteCardProps {
  note: NonNullable<TimelineItem['attributes']['note']>
  author: string | undefined
  conversationId: string | undefined
}

/** What somebody who works here wrote down, and the way into the conversation that it was written in. */
export function NoteCard({ note, author, conversationId }: NoteCardProps) {
  return (
    <Group wrap="nowrap" align="flex-start" gap="md">
      <ThemeIcon variant="light" color="yellow" size={36} radius="md" aria-hidden>
        <IconNote size={20} stroke={1.7} />
      </ThemeIcon>
      <Stack gap={4} flex={1} miw={0}>
        <Group justify="space-between" gap="xs" wrap="nowrap" pe={34}>
          <Title order={3} className="said">
            {author === undefined ? 'Note' : `Note by ${author}`}
          </Title>
          <Text size="xs" c="dimmed" style={{ whiteSpace: 'nowrap' }}>
            <Time at={note.createdAt} />
          </Text>
        </Group>
        <Text size="sm" className="said" lineClamp={4} component="div">
          {note.body}
        </Text>
        {conversationId !== undefined && (
          <Text size="xs">
            <Anchor component={Link} to={`/conversations/${conversationId}`} inherit>
              Open the conversation
            </Anchor>
          </Text>
        )}
      </Stack>
    </Group>
  )
}
