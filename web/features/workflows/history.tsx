import { Badge, Button, Card, Group, Stack, Text } from '@mantine/core'
import { IconHistory } from '@tabler/icons-react'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'

import type { WorkflowDocument } from '../../../src/core/workflows/schema.ts'
import { api } from '../../api.ts'
import { EmptyState, ErrorState, LoadingCards } from '../../ui/states.tsx'
import { Time } from '../../ui/time.tsx'
import { sayFailed } from '../../ui/undo.tsx'
import { Difference } from './difference.tsx'

interface HistoryProps {
  id: string
  live: number | null
  draft: WorkflowDocument
  onRolledBack: () => void
}

/** What was published, each with what it changed; any of them can be live again. */
export function History({ id, live, draft, onRolledBack }: HistoryProps) {
  const client = useQueryClient()
  const [shown, setShown] = useState<number>()
  const versions = useQuery({
    queryKey: ['workflow-versions', id, live],
    queryFn: async () => (await api.call('GET /v1/workflows/{id}/versions', { params: { id } })).data,
  })
  const back = useMutation({
    mutationFn: (version: number) =>
      api.call('POST /v1/workflows/{id}/roll-backs', { params: { id }, body: { version } }),
    onSuccess: onRolledBack,
    onError: (error) => sayFailed('Nothing was changed', error),
    onSettled: () => client.invalidateQueries({ queryKey: ['workflow', id] }),
  })
  if (versions.error !== null) {
    return <ErrorState error={versions.error} onRetry={() => void versions.refetch()} />
  }
  if (versions.data === undefined) {
    return <LoadingCards count={3} />
  }
  if (versions.data.length === 0) {
    return (
      <EmptyState icon={IconHistory} title="Nothing was published yet">
        Each time that you publish, a version is kept here. You can compare them and go back to any.
      </EmptyState>
    )
  }
  const [newest] = versions.data
  return (
    <Stack>
      {newest !== undefined && (
        <Card withBorder>
          <Stack gap="xs">
            <Text fw={600} size="sm">
              The draft against version {newest.attributes.version}
            </Text>
            <Difference
              from={newest.attributes.document}
              to={draft}
              label="The draft against what was published last"
            />
          </Stack>
        </Card>
      )}
      {versions.data.map((it, index) => {
        const { version, note, publishedAt, document } = it.attributes
        const before = versions.data[index + 1]?.attributes.document
        return (
          <Card key={version} withBorder>
            <Stack gap="xs">
              <Group justify="space-between">
                <Group gap="xs">
                  <Text fw={600}>Version {version}</Text>
                  {version === live && (
                    <Badge color="teal" variant="light" tt="none">
                      Live
                    </Badge>
                  )}
                  <Text size="sm" c="dimmed">
                    {note !== null && `${note} · `}
                    <Time at={publishedAt} />
                  </Text>
                </Group>
                <Group gap="xs">
                  {before !== undefined && (
                    <Button
                      size="compact-sm"
                      variant="subtle"
                      aria-expanded={shown === version}
                      onClick={() => setShown(shown === version ? undefined : version)}
                    >
                      {shown === version ? 'Hide what it changed' : 'What it changed'}
                    </Button>
                  )}
                  {version !== live && (
                    <Button
                      size="compact-sm"
                      variant="default"
                      loading={back.isPending && back.variables === version}
                      onClick={() => back.mutate(version)}
                    >
                      Go back to this
                    </Button>
                  )}
                </Group>
              </Group>
              {shown === version && before !== undefined && (
                <Difference from={before} to={document} label={`What version ${version} changed`} />
              )}
            </Stack>
          </Card>
        )
      })}
    </Stack>
  )
}
