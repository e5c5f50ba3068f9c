import { Alert, Anchor, Card, Group, Progress, Stack, Text, Title } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { Link } from 'react-router'

import { api } from '../../api.ts'
import { ErrorState, LoadingCards } from '../../ui/states.tsx'
import { formatDateTime, Time } from '../../ui/time.tsx'

/** How asking and reading answers goes for an installation: what waits, what the provider still lets us do, the last look. */
export function SurveyFeedCard({ installationId, title }: { installationId: string; title: string }) {
  const feed = useQuery({
    queryKey: ['installation', installationId, 'surveys'],
    queryFn: async () =>
      (await api.call('GET /v1/apps/installations/{id}/surveys', { params: { id: installationId } })).data,
  })
  return (
    <Card withBorder p="lg">
      <Stack gap="sm">
        <Group justify="space-between">
          <Title order={2}>Asking and answers</Title>
          <Anchor component={Link} to="/settings/surveys" size="sm">
            Who is asked
          </Anchor>
        </Group>
        {feed.data === undefined ? (
          feed.error === null ? (
            <LoadingCards count={1} />
          ) : (
            <ErrorState error={feed.error} />
          )
        ) : (
          <>
            <Text size="sm">
              {feed.data.scheduled === 0
                ? 'No survey is waiting for its time.'
                : `${new Intl.NumberFormat().format(feed.data.scheduled)} ${feed.data.scheduled === 1 ? 'survey waits' : 'surveys wait'} for ${feed.data.scheduled === 1 ? 'its' : 'their'} time.`}
            </Text>
            {feed.data.quota.map(({ name, limit, remaining, resetsAt }) => (
              <Stack key={name} gap={2}>
                <Text size="xs" c="dimmed">
                  {remaining} of {limit} calls {name} are left; all are there again at {formatDateTime(resetsAt)}.
                </Text>
                <Progress
                  value={(remaining / Math.max(1, limit)) * 100}
                  color={remaining < limit / 10 ? 'orange' : 'indigo'}
                  aria-label={`Calls ${name} that are left`}
                />
              </Stack>
            ))}
            {feed.data.reason !== null && (
              <Alert color="orange" variant="light" p="xs">
                {feed.data.reason}
                {feed.data.nextAt !== null && ` Next look: ${formatDateTime(feed.data.nextAt)}.`}
              </Alert>
            )}
            {feed.data.unreachable !== null && (
              <Alert color="yellow" variant="light" p="xs" title={`${title} cannot call this desk`}>
                {feed.data.unreachable} Answers are looked for again and again instead.
              </Alert>
            )}
            <Text size="xs" c="dimmed">
              {feed.data.polledAt === null ? (
                'Answers were not looked for yet.'
              ) : (
                <>
                  Answers were looked for <Time at={feed.data.polledAt} />.
                </>
              )}{' '}
              {feed.data.registeredAt !== null && `${title} calls us when somebody answers.`}
            </Text>
          </>
        )}
      </Stack>
    </Card>
  )
}
