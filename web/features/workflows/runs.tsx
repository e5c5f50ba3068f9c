import { Alert, Anchor, Badge, Button, Drawer, Group, SegmentedControl, Stack, Table, Text } from '@mantine/core'
import { IconPlayerPlay } from '@tabler/icons-react'
import { useInfiniteQuery, useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { Link } from 'react-router'

import type { Catalogue, RunState } from '../../../src/core/workflows/schema.ts'
import { api, pagesOf } from '../../api.ts'
import { ShowMore } from '../../ui/show-more.tsx'
import { EmptyState, ErrorState, LoadingCards } from '../../ui/states.tsx'
import { Time } from '../../ui/time.tsx'
import { sayFailed } from '../../ui/undo.tsx'
import { TakenSteps } from './taken-steps.tsx'

export const runStates: Record<RunState, { color: string; label: string }> = {
  ready: { color: 'blue', label: 'Running' },
  waiting: { color: 'yellow', label: 'Waiting' },
  done: { color: 'teal', label: 'Done' },
  failed: { color: 'red', label: 'Failed' },
  stopped: { color: 'red', label: 'Stopped' },
  canceled: { color: 'gray', label: 'Canceled' },
}

interface RunsProps {
  workflow: string
  catalogue: Catalogue | undefined
  onPath: (path: ReadonlySet<string> | undefined) => void
}

type Which = RunState | 'all'

/** What a workflow did, the newest first; it goes on by itself while one looks at it. */
export function Runs({ workflow, catalogue, onPath }: RunsProps) {
  const [state, setState] = useState<Which>('all')
  const [opened, setOpened] = useState<string>()
  const query = { workflow, pageSize: 25, ...(state === 'all' ? {} : { state }) }
  const runs = useInfiniteQuery({
    queryKey: ['workflow-runs', workflow, state],
    ...pagesOf('GET /v1/workflow-runs', () => api.call('GET /v1/workflow-runs', { query })),
  })
  const rows = runs.data?.pages.flatMap((page) => page.data) ?? []
  return (
    <Stack>
      <Group justify="flex-end">
        <SegmentedControl
          size="xs"
          aria-label="Which runs"
          value={state}
          onChange={(value) => setState(value)}
          data={[
            { value: 'all', label: 'All' },
            { value: 'waiting', label: 'Waiting' },
            { value: 'done', label: 'Done' },
            { value: 'failed', label: 'Failed' },
            { value: 'stopped', label: 'Stopped' },
          ]}
        />
      </Group>
      {runs.error !== null && <ErrorState error={runs.error} onRetry={() => void runs.refetch()} />}
      {runs.isPending && <LoadingCards count={3} height={44} />}
      {runs.isSuccess && rows.length === 0 && (
        <EmptyState icon={IconPlayerPlay} title="No runs here">
          {state === 'all'
            ? 'As soon as what starts this workflow happens, each run is listed here with every step, its input and its output.'
            : 'None of the kind that is chosen above. Runs are kept for 90 days.'}
        </EmptyState>
      )}
      {rows.length > 0 && (
        <Table.ScrollContainer minWidth={520}>
          <Table verticalSpacing="xs" highlightOnHover>
            <Table.Thead>
              <Table.Tr>
                <Table.Th>Begun</Table.Th>
                <Table.Th>About</Table.Th>
                <Table.Th>State</Table.Th>
                <Table.Th>Steps</Table.Th>
                <Table.Th>Version</Table.Th>
                <Table.Th>What went wrong</Table.Th>
                <Table.Th />
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {rows.map(({ id, attributes }) => (
                <Table.Tr key={id}>
                  <Table.Td style={{ whiteSpace: 'nowrap' }}>
                    <Time at={attributes.createdAt} />
                  </Table.Td>
                  <Table.Td>{attributes.customerName ?? '–'}</Table.Td>
                  <Table.Td>
                    <Badge color={runStates[attributes.state].color} variant="light" tt="none">
                      {runStates[attributes.state].label}
                    </Badge>
                  </Table.Td>
                  <Table.Td>{attributes.stepsTaken}</Table.Td>
                  <Table.Td>{attributes.version}</Table.Td>
                  <Table.Td>
                    <Text size="xs" c="dimmed" lineClamp={2}>
                      {attributes.error?.message}
                    </Text>
                  </Table.Td>
                  <Table.Td ta="right">
                    <Button
                      size="compact-xs"
                      variant="subtle"
                      aria-label={`Look at the run of ${attributes.createdAt}, ${attributes.customerName ?? 'about nobody'}`}
                      onClick={() => setOpened(id)}
                    >
                      Look
                    </Button>
                  </Table.Td>
                </Table.Tr>
              ))}
            </Table.Tbody>
          </Table>
        </Table.ScrollContainer>
      )}
      <ShowMore list={runs} />
      {opened !== undefined && (
        <RunDrawer
          id={opened}
          catalogue={catalogue}
          onPath={onPath}
          onClose={() => {
            setOpened(undefined)
            onPath(undefined)
          }}
        />
      )}
    </Stack>
  )
}

function RunDrawer({
  id,
  catalogue,
  onPath,
  onClose,
}: {
  id: string
  catalogue: Catalogue | undefined
  onPath: RunsProps['onPath']
  onClose: () => void
}) {
  const client = useQueryClient()
  const run = useQuery({
    queryKey: ['workflow-runs', 'one', id],
    queryFn: async () => {
      const { data } = await api.call('GET /v1/workflow-runs/{id}', { params: { id } })
      onPath(new Set(['1', ...(data.attributes.steps ?? []).map((it) => it.step)]))
      return data
    },
  })
  const act = useMutation({
    mutationFn: (step: string | undefined | null) =>
      step === null
        ? api.call('POST /v1/workflow-runs/{id}/cancellations', { params: { id } })
        : api.call('POST /v1/workflow-runs/{id}/retries', { params: { id }, body: step === undefined ? {} : { step } }),
    onError: (error) => sayFailed('The run was not changed', error),
    onSettled: () => client.invalidateQueries({ queryKey: ['workflow-runs'] }),
  })
  const attributes = run.data?.attributes
  const isEnded = attributes !== undefined && attributes.endedAt !== null
  return (
    <Drawer
      opened
      onClose={onClose}
      position="right"
      size="lg"
      title="A run"
      withOverlay={false}
      lockScroll={false}
      trapFocus={false}
    >
      {run.error !== null && <ErrorState error={run.error} onRetry={() => void run.refetch()} />}
      {run.isPending && <LoadingCards count={3} />}
      {attributes !== undefined && (
        <Stack>
          <Group justify="space-between">
            <Group gap="xs">
              <Badge color={runStates[attributes.state].color} variant="light" tt="none" size="lg">
                {runStates[attributes.state].label}
              </Badge>
              <Text size="sm" c="dimmed">
                version {attributes.version} · begun <Time at={attributes.createdAt} />
              </Text>
            </Group>
            <Group gap="xs">
              {isEnded && attributes.state === 'failed' && (
                <Button size="xs" loading={act.isPending} onClick={() => act.mutate(undefined)}>
                  Try again
                </Button>
              )}
              {!isEnded && (
                <Button size="xs" variant="default" loading={act.isPending} onClick={() => act.mutate(null)}>
                  Cancel the run
                </Button>
              )}
            </Group>
          </Group>
          {attributes.error !== null && (
            <Alert color="red" variant="light">
              {attributes.error.message}
            </Alert>
          )}
          {attributes.state === 'waiting' && attributes.dueAt !== null && (
            <Text size="sm">
              It goes on <Time at={attributes.dueAt} />, or when what it waits for happens.
            </Text>
          )}
          {attributes.customer !== null && (
            <Anchor component={Link} to={`/customers/${attributes.customer}`} size="sm">
              {attributes.customerName ?? 'Open the customer'}
            </Anchor>
          )}
          <TakenSteps
            steps={attributes.steps ?? []}
            catalogue={catalogue}
            onRetry={isEnded ? (step) => act.mutate(step) : undefined}
          />
        </Stack>
      )}
    </Drawer>
  )
}
