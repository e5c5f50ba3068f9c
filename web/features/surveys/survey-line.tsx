import { Badge, Button, Group, Text } from '@mantine/core'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'

import { api } from '../../api.ts'
import { Time } from '../../ui/time.tsx'
import { formatDateTime } from '../../ui/time.tsx'
import { sayFailed } from '../../ui/undo.tsx'
import { SurveyStateBadge } from './survey-state.tsx'
import type { Survey } from './survey-state.tsx'
import { SurveyWhy } from './survey-why.tsx'

interface SurveyLineProps {
  id: string
  survey: Survey['attributes']
}

/** A survey request in one line: where it stands, when the next thing happens, why, and what one can do about it. */
export function SurveyLine({ id, survey }: SurveyLineProps) {
  const client = useQueryClient()
  const [asksWhy, setAsksWhy] = useState(false)
  const settled = { onSettled: () => client.invalidateQueries({ queryKey: ['surveys'] }) }
  const stop = useMutation({
    mutationFn: () => api.call('POST /v1/survey-requests/{id}/cancellation', { params: { id } }),
    onError: (error) => sayFailed('The survey was not stopped', error),
    ...settled,
  })
  const retry = useMutation({
    mutationFn: () => api.call('POST /v1/survey-requests/{id}/attempts', { params: { id } }),
    onError: (error) => sayFailed('It was not tried again', error),
    ...settled,
  })
  return (
    <Group gap="xs">
      <Text size="sm" fw={500}>
        Survey by {survey.store}
      </Text>
      <SurveyStateBadge state={survey.state} />
      {survey.test && (
        <Badge color="grape" variant="light" size="sm" tt="none" fw={500}>
          Test
        </Badge>
      )}
      <Text size="xs" c="dimmed">
        <NextStep survey={survey} />
      </Text>
      <Button size="compact-sm" variant="subtle" onClick={() => setAsksWhy(true)}>
        Why?
      </Button>
      {survey.state === 'scheduled' && (
        <Button size="compact-sm" variant="subtle" color="red" loading={stop.isPending} onClick={() => stop.mutate()}>
          Stop
        </Button>
      )}
      {survey.state === 'failed' && (
        <Button size="compact-sm" variant="default" loading={retry.isPending} onClick={() => retry.mutate()}>
          Try again
        </Button>
      )}
      {asksWhy && <SurveyWhy id={id} survey={survey} onClose={() => setAsksWhy(false)} />}
    </Group>
  )
}

function NextStep({ survey }: { survey: Survey['attributes'] }) {
  const { state, dueAt, providerDelay, provider, requestedAt, sentAt, openedAt, answeredAt, reason } = survey
  const minutes = Math.round(providerDelay / 60)
  switch (state) {
    case 'scheduled':
      return (
        <>
          {dueAt !== null && `${provider} is asked at ${formatDateTime(dueAt)}`}
          {minutes > 0 && ` and mails ${minutes} minutes later`}
          {reason !== null && `. ${reason}`}
        </>
      )
    case 'requested':
      return (
        <>
          asked for {requestedAt !== null && <Time at={requestedAt} />}
          {minutes > 0 && `; ${provider} mails after ${minutes} minutes`}
        </>
      )
    case 'sent':
      return <>{sentAt !== null && <Time at={sentAt} />}</>
    case 'opened':
      return <>{openedAt !== null && <Time at={openedAt} />}</>
    case 'answered':
      return <>{answeredAt !== null && <Time at={answeredAt} />}</>
    default:
      return <>{reason}</>
  }
}
