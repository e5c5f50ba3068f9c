import { Alert, Button, Card, Group, Progress, Stack, Text, Title } from '@mantine/core'
import { IconHistory } from '@tabler/icons-react'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'

import { api } from '../../api.ts'
import type { ItemOf } from '../../api.ts'
import { ErrorState, LoadingCards } from '../../ui/states.tsx'
import { Time } from '../../ui/time.tsx'
import { sayFailed } from '../../ui/undo.tsx'

type Import = ItemOf<'GET /v1/apps/installations/{id}/imports'>

const numbers = new Intl.NumberFormat()
const kinds = { backfill: 'History', reconciliation: 'Comparison' } as const
const states = { running: 'running', done: 'done', canceled: 'stopped', failed: 'failed' } as const

/** What was fetched of a provider's past, how far that is, and how to fetch, compare and stop. */
export function HistoryCard({ installationId, title }: { installationId: string; title: string }) {
  const client = useQueryClient()
  const params = { id: installationId }
  const key = ['installation', installationId, 'imports']
  const imports = useQuery({
    queryKey: key,
    queryFn: () => api.call('GET /v1/apps/installations/{id}/imports', { params }),
  })
  const refresh = () => client.invalidateQueries({ queryKey: key })
  const start = useMutation({
    mutationFn: (kind: 'backfill' | 'reconciliation') =>
      api.call('POST /v1/apps/installations/{id}/imports', { params, body: { kind } }),
    onError: (error) => sayFailed('It was not begun', error),
    onSettled: refresh,
  })
  const cancel = useMutation({
    mutationFn: (id: string) => api.call('POST /v1/apps/imports/{id}/cancellation', { params: { id } }),
    onError: (error) => sayFailed('It was not stopped', error),
    onSettled: refresh,
  })
  if (imports.data === undefined) {
    return imports.error === null ? <LoadingCards count={1} height={120} /> : <ErrorState error={imports.error} />
  }
  const { data, meta } = imports.data
  const running = data.find((it) => it.attributes.state === 'running')
  return (
    <Card withBorder p="lg">
      <Stack>
        <Title order={2}>History</Title>
        <Text size="sm">
          What {title} has of the past is fetched page by page. It opens no conversations and sends nothing. Every night
          both sides are compared.
        </Text>
        {meta.problem !== null && (
          <Alert color="gray" variant="light">
            {meta.problem}
          </Alert>
        )}
        {data.slice(0, 3).map((it) => (
          <ImportLine key={it.id} run={it} />
        ))}
        <Group>
          {running === undefined ? (
            <>
              <Button
                leftSection={<IconHistory size={16} />}
                disabled={meta.problem !== null}
                loading={start.isPending}
                onClick={() => start.mutate('backfill')}
              >
                {data.length === 0 ? 'Fetch history' : 'Fetch again'}
              </Button>
              {data.length > 0 && (
                <Button
                  variant="default"
                  disabled={meta.problem !== null || start.isPending}
                  onClick={() => start.mutate('reconciliation')}
                >
                  Compare now
                </Button>
              )}
            </>
          ) : (
            <Button variant="default" loading={cancel.isPending} onClick={() => cancel.mutate(running.id)}>
              Stop
            </Button>
          )}
        </Group>
      </Stack>
    </Card>
  )
}

function ImportLine({ run: { attributes } }: { run: Import }) {
  const { kind, state, total, seen, added, changed, removed, reason, nextAttemptAt, startedAt, finishedAt } = attributes
  const said = `${kinds[kind]}: ${numbers.format(seen)}${total === null ? '' : ` of ${numbers.format(total)}`} read`
  return (
    <Stack gap={4}>
      <Group justify="space-between" gap="xs">
        <Text size="sm" fw={600}>
          {said}, {states[state]}
        </Text>
        <Text size="xs" c="dimmed">
          <Time at={finishedAt ?? startedAt} />
        </Text>
      </Group>
      {state === 'running' && (
        <Progress
          value={total === null || total === 0 ? 100 : (seen / total) * 100}
          animated={total === null}
          aria-label={said}
        />
      )}
      <Text size="xs" c="dimmed">
        {numbers.format(added)} new · {numbers.format(changed)} changed
        {kind === 'reconciliation' && ` · ${numbers.format(removed)} not there any more`}
      </Text>
      {reason !== null && (
        <Text size="xs" c={state === 'failed' ? 'red' : 'dimmed'}>
          {reason}
          {nextAttemptAt !== null && (
            <>
              {' '}
              Next attempt: <Time at={nextAttemptAt} />.
            </>
          )}
        </Text>
      )}
    </Stack>
  )
}
