import { Anchor, Badge, Button, Card, Group, Stack, Switch, Table, Text, TextInput } from '@mantine/core'
import { IconPlus, IconRoute, IconSearch } from '@tabler/icons-react'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { Link } from 'react-router'

import { api } from '../api.ts'
import { NewWorkflowDialog } from '../features/workflows/new-workflow.tsx'
import type { Workflow } from '../features/workflows/use-draft.ts'
import { Page } from '../ui/page.tsx'
import { EmptyState, ErrorState, LoadingCards } from '../ui/states.tsx'
import { Time } from '../ui/time.tsx'
import { offerUndo, sayFailed } from '../ui/undo.tsx'

/** Every workflow: whether it is on, how its runs went, what is to be looked at. */
export function WorkflowsPage() {
  const [making, setMaking] = useState(false)
  const [search, setSearch] = useState('')
  const workflows = useQuery({
    queryKey: ['workflows'],
    queryFn: async () => (await api.call('GET /v1/workflows', { query: { pageSize: 100 } })).data,
  })
  const rows = (workflows.data ?? []).filter((it) =>
    it.attributes.name.toLowerCase().includes(search.trim().toLowerCase()),
  )
  return (
    <Page
      title="Workflows"
      description="What happens next is yours to decide: when something happens, look at conditions and take steps."
      actions={
        <Button leftSection={<IconPlus size={16} />} onClick={() => setMaking(true)}>
          New workflow
        </Button>
      }
    >
      {workflows.error !== null && <ErrorState error={workflows.error} onRetry={() => void workflows.refetch()} />}
      {workflows.isPending && <LoadingCards />}
      {workflows.data?.length === 0 && (
        <Card withBorder>
          <EmptyState
            icon={IconRoute}
            title="No workflows yet"
            action={<Button onClick={() => setMaking(true)}>New workflow</Button>}
          >
            Begin with a template, such as “Two stars or fewer: open a conversation”. Apps bring their own when you
            install them.
          </EmptyState>
        </Card>
      )}
      {workflows.data !== undefined && workflows.data.length > 0 && (
        <Card withBorder p={0}>
          <Stack gap={0}>
            <Group p="sm">
              <TextInput
                aria-label="Look for a workflow"
                placeholder="Look for a workflow …"
                leftSection={<IconSearch size={16} />}
                value={search}
                onChange={(event) => setSearch(event.currentTarget.value)}
                w={280}
              />
            </Group>
            <Table.ScrollContainer minWidth={640}>
              <Table verticalSpacing="sm" horizontalSpacing="md">
                <Table.Thead>
                  <Table.Tr>
                    <Table.Th>On</Table.Th>
                    <Table.Th>Name</Table.Th>
                    <Table.Th>Last seven days</Table.Th>
                    <Table.Th>Last run</Table.Th>
                  </Table.Tr>
                </Table.Thead>
                <Table.Tbody>
                  {rows.map((it) => (
                    <Row key={it.id} workflow={it} />
                  ))}
                </Table.Tbody>
              </Table>
            </Table.ScrollContainer>
          </Stack>
        </Card>
      )}
      {making && <NewWorkflowDialog onClose={() => setMaking(false)} />}
    </Page>
  )
}

function Row({ workflow: { id, attributes } }: { workflow: Workflow }) {
  const client = useQueryClient()
  const turn = useMutation({
    mutationFn: (enabled: boolean) => api.call('PUT /v1/workflows/{id}', { params: { id }, body: { enabled } }),
    onSuccess: (_, enabled) => {
      if (!enabled) {
        offerUndo(`“${attributes.name}” is switched off.`, () => turn.mutate(true))
      }
    },
    onError: (error) => sayFailed('The workflow was not changed', error),
    onSettled: () => client.invalidateQueries({ queryKey: ['workflows'] }),
  })
  const { done, failed, waiting } = attributes.runs
  return (
    <Table.Tr>
      <Table.Td>
        <Switch
          aria-label={`${attributes.name} is on`}
          checked={turn.isPending ? turn.variables : attributes.enabled}
          disabled={attributes.version === null}
          onChange={(event) => turn.mutate(event.currentTarget.checked)}
        />
      </Table.Td>
      <Table.Td>
        <Group gap="xs">
          <Anchor component={Link} to={`/workflows/${id}`} fw={600} size="sm">
            {attributes.name}
          </Anchor>
          {attributes.app !== null && (
            <Badge variant="default" tt="none" size="sm">
              {attributes.app}
            </Badge>
          )}
          {attributes.version === null ? (
            <Badge color="gray" variant="light" tt="none" size="sm">
              Draft
            </Badge>
          ) : (
            attributes.isChanged && (
              <Badge color="yellow" variant="light" tt="none" size="sm">
                Unpublished changes
              </Badge>
            )
          )}
          {attributes.hasUpgrade && (
            <Badge color="blue" variant="light" tt="none" size="sm">
              Newer version to look at
            </Badge>
          )}
          {attributes.systemDisabled && (
            <Badge color="red" variant="light" tt="none" size="sm">
              {attributes.disabledReason}
            </Badge>
          )}
        </Group>
        <Text size="xs" c="dimmed" lineClamp={2}>
          {attributes.description}
        </Text>
      </Table.Td>
      <Table.Td>
        <Group gap={6}>
          {done > 0 && (
            <Badge color="teal" variant="light" tt="none">
              {done} done
            </Badge>
          )}
          {waiting > 0 && (
            <Badge color="yellow" variant="light" tt="none">
              {waiting} waiting
            </Badge>
          )}
          {failed > 0 && (
            <Badge color="red" variant="light" tt="none">
              {failed} failed
            </Badge>
          )}
          {done + failed + waiting === 0 && (
            <Text size="xs" c="dimmed">
              none
            </Text>
          )}
        </Group>
      </Table.Td>
      <Table.Td>
        <Text size="sm">{attributes.lastRunAt === null ? 'never' : <Time at={attributes.lastRunAt} />}</Text>
      </Table.Td>
    </Table.Tr>
  )
}
