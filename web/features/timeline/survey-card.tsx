import { Anchor, Group, Stack, Text, ThemeIcon } from '@mantine/core'
import { IconMailQuestion } from '@tabler/icons-react'
import { Link } from 'react-router'

import { Time } from '../../ui/time.tsx'
import { SurveyLine } from '../surveys/survey-line.tsx'
import type { TimelineItem } from './timeline-item.tsx'

interface SurveyCardProps {
  id: string
  survey: NonNullable<TimelineItem['attributes']['survey']>
  at: string
  conversationId: string | undefined
}

/** A survey that was asked for after a close, and what became of it. */
export function SurveyCard({ id, survey, at, conversationId }: SurveyCardProps) {
  return (
    <Group wrap="nowrap" align="flex-start" gap="md">
      <ThemeIcon variant="light" color="teal" size={36} radius="md" aria-hidden>
        <IconMailQuestion size={20} stroke={1.7} />
      </ThemeIcon>
      <Stack gap={4} flex={1} miw={0}>
        <Group justify="space-between" gap="xs" wrap="nowrap" align="flex-start" pe={34}>
          <SurveyLine id={id} survey={survey} />
          <Text size="xs" c="dimmed" style={{ whiteSpace: 'nowrap' }}>
            <Time at={at} />
          </Text>
        </Group>
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
