import { Button, Card, Group, Stack, Text, Title } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'

import { api } from '../../api.ts'
import { Time } from '../../ui/time.tsx'
import { useForgetLesson } from './use-forget-lesson.ts'

/** What was learned about the mails of an app; nothing while that is nothing. */
export function LessonsCard({ installationId }: { installationId: string }) {
  const lessons = useQuery({
    queryKey: ['lessons', installationId],
    queryFn: async () =>
      (await api.call('GET /v1/apps/installations/{id}/lessons', { params: { id: installationId } })).data,
  })
  const forget = useForgetLesson()
  if (lessons.data === undefined || lessons.data.length === 0) {
    return null
  }
  return (
    <Card withBorder p="lg">
      <Stack gap="sm">
        <div>
          <Title order={2}>What was learned</Title>
          <Text size="sm" c="dimmed">
            Mails that look like these are read as somebody said. Forgetting changes nothing that is here already.
          </Text>
        </div>
        {lessons.data.map(({ id, attributes: { kind, from, subject, createdAt } }) => (
          <Group key={id} justify="space-between" wrap="nowrap">
            <Stack gap={0} miw={0}>
              <Text size="sm" className="said" lineClamp={1}>
                {subject}
              </Text>
              <Text size="xs" c="dimmed">
                From {from}, read as {kind}, since <Time at={createdAt} />
              </Text>
            </Stack>
            <Button
              size="compact-xs"
              variant="default"
              aria-label={`Forget ${subject}`}
              onClick={() => forget.mutate(id)}
            >
              Forget
            </Button>
          </Group>
        ))}
      </Stack>
    </Card>
  )
}
