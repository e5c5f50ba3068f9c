import {
  Alert,
  Badge,
  Button,
  Card,
  Code,
  Group,
  SegmentedControl,
  Stack,
  Switch,
  Table,
  Text,
  Title,
} from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { IconPencil, IconRefresh, IconTrash, IconWebhook } from '@tabler/icons-react'
import { useInfiniteQuery, useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { useNavigate, useParams } from 'react-router'

import { api, pagesOf } from '../api.ts'
import { ConfirmDialog } from '../features/settings/confirm-dialog.tsx'
import type { OutboundWebhook } from '../features/settings/resources.ts'
import { WebhookDialog } from '../features/settings/webhook-dialog.tsx'
import { CopyField } from '../ui/copy-field.tsx'
import { ExportButton } from '../ui/export-button.tsx'
import { Page } from '../ui/page.tsx'
import { ShowMore } from '../ui/show-more.tsx'
import { EmptyState, ErrorState, LoadingCards } from '../ui/states.tsx'
import { Time } from '../ui/time.tsx'
import { sayFailed } from '../ui/undo.tsx'

const above = [{ title: 'Outbound webhooks', to: '/settings/webhooks' }]

/** One webhook: its settings, and what was posted. */
export function WebhookPage() {
  const { id = '' } = useParams()
  const webhook = useQuery({
    queryKey: ['webhook', id],
    queryFn: async () => (await api.call('GET /v1/outbound-webhooks/{id}', { params: { id } })).data,
  })
  if (webhook.data === undefined) {
    return (
      <Page title="Webhook" above={above}>
        {webhook.error === null ? (
          <LoadingCards />
        ) : (
          <ErrorState error={webhook.error} onRetry={() => void webhook.refetch()} />
        )}
      </Page>
    )
  }
  return <Loaded webhook={webhook.data} />
}

function Loaded({ webhook }: { webhook: OutboundWebhook }) {
  const client = useQueryClient()
  const navigate = useNavigate()
  const [editing, setEditing] = useState(false)
  const [deleting, setDeleting] = useState(false)
  const { attributes, id } = webhook
  const turn = useMutation({
    mutationFn: (isOn: boolean) =>
      api.call('PUT /v1/outbound-webhooks/{id}', { params: { id }, body: { status: isOn ? 'enabled' : 'disabled' } }),
    onError: (error) => sayFailed('The webhook was not changed', error),
    onSettled: () => Promise.all(['webhook', 'webhooks'].map((name) => client.invalidateQueries({ queryKey: [name] }))),
  })
  return (
    <Page
      title={attributes.name}
      description={attributes.url}
      above={above}
      width={980}
      actions={
        <>
          <Button variant="default" leftSection={<IconPencil size={16} />} onClick={() => setEditing(true)}>
            Edit
          </Button>
          <Button variant="default" color="red" leftSection={<IconTrash size={16} />} onClick={() => setDeleting(true)}>
            Delete
          </Button>
        </>
      }
    >
      {attributes.statusReason !== null && (
        <Alert color="red" title="Switched off">
          {attributes.statusReason} Switch it on again once the address answers; then replay what failed.
        </Alert>
      )}
      {attributes.failingSince !== null && attributes.status === 'enabled' && (
        <Alert color="yellow" title="Failing">
          Since <Time at={attributes.failingSince} />. Each event is tried again for days; see below what the address
          answers.
        </Alert>
      )}
      <Card withBorder p="lg">
        <Stack>
          <Switch
            label="Post events to this address"
            checked={turn.isPending ? turn.variables : attributes.status === 'enabled'}
            onChange={(event) => turn.mutate(event.currentTarget.checked)}
          />
          <CopyField
            label="Signing secret"
            description="Each request is signed with it; check the signature before you trust a request."
            value={attributes.token}
          />
          <Stack gap={4}>
            <Text size="sm" fw={500}>
              Events
            </Text>
            <Group gap={4}>
              {attributes.events.map((event) => (
                <Code key={event}>{event}</Code>
              ))}
            </Group>
          </Stack>
        </Stack>
      </Card>
      <Log id={id} />
      {editing && <WebhookDialog webhook={webhook} onClose={() => setEditing(false)} onSaved={() => undefined} />}
      {deleting && (
        <ConfirmDialog
          title={`Delete ${attributes.name}?`}
          action="Delete webhook"
          run={async () => {
            await api.call('DELETE /v1/outbound-webhooks/{id}', { params: { id } })
            await navigate('/settings/webhooks')
          }}
          touches={['webhooks']}
          onClose={() => setDeleting(false)}
        >
          Events are no longer posted to {attributes.url}, and those that wait are dropped.
        </ConfirmDialog>
      )}
    </Page>
  )
}

type Status = 'waiting' | 'sent' | 'failed'
const colors: Record<Status, string> = { waiting: 'yellow', sent: 'teal', failed: 'red' }

/** What was posted, and what the address said; what failed can be posted again. */
function Log({ id }: { id: string }) {
  const client = useQueryClient()
  const [status, setStatus] = useState<Status | 'all'>('all')
  const query = { pageSize: 25, ...(status === 'all' ? {} : { status }) }
  const log = useInfiniteQuery({
    queryKey: ['webhook', id, 'log', status],
    ...pagesOf('GET /v1/outbound-webhooks/{id}/transactions', () =>
      api.call('GET /v1/outbound-webhooks/{id}/transactions', { params: { id }, query }),
    ),
  })
  const replay = useMutation({
    mutationFn: (transaction: string | undefined) =>
      transaction === undefined
        ? api.call('POST /v1/outbound-webhooks/{id}/replay', { params: { id } })
        : api.call('POST /v1/outbound-webhooks/{id}/transactions/{transaction}/replay', {
            params: { id, transaction },
          }),
    onSuccess: ({ data }) => notifications.show({ message: `${data.attributes.count} will be posted again.` }),
    onError: (error) => sayFailed('Nothing was posted again', error),
    onSettled: () => client.invalidateQueries({ queryKey: ['webhook', id] }),
  })
  const rows = log.data?.pages.flatMap((page) => page.data) ?? []
  return (
    <Card withBorder p="lg">
      <Stack>
        <Group justify="space-between">
          <Title order={2}>What was posted</Title>
          <Group gap="xs">
            <SegmentedControl
              size="xs"
              aria-label="Which"
              value={status}
              onChange={(value) => setStatus(value)}
              data={[
                { value: 'all', label: 'All' },
                { value: 'waiting', label: 'Waiting' },
                { value: 'sent', label: 'Taken' },
                { value: 'failed', label: 'Failed' },
              ]}
            />
            <Button
              size="xs"
              variant="default"
              leftSection={<IconRefresh size={14} />}
              loading={replay.isPending && replay.variables === undefined}
              onClick={() => replay.mutate(undefined)}
            >
              Replay all failed
            </Button>
          </Group>
        </Group>
        {log.error !== null && <ErrorState error={log.error} onRetry={() => void log.refetch()} />}
        {log.isPending && <LoadingCards count={3} height={48} />}
        {log.isSuccess && rows.length === 0 && (
          <EmptyState icon={IconWebhook} title="Nothing here">
            What happens from now on, and this webhook hears of, is listed here with the answer it got.
          </EmptyState>
        )}
        {rows.length > 0 && (
          <Table.ScrollContainer minWidth={560}>
            <Table verticalSpacing="xs">
              <Table.Thead>
                <Table.Tr>
                  <Table.Th>When</Table.Th>
                  <Table.Th>Event</Table.Th>
                  <Table.Th>State</Table.Th>
                  <Table.Th>Answer</Table.Th>
                  <Table.Th />
                </Table.Tr>
              </Table.Thead>
              <Table.Tbody>
                {rows.map(({ id: transaction, attributes }) => (
                  <Table.Tr key={transaction}>
                    <Table.Td style={{ whiteSpace: 'nowrap' }}>
                      <Time at={attributes.createdAt} />
                    </Table.Td>
                    <Table.Td>
                      <Code>{attributes.event}</Code>
                    </Table.Td>
                    <Table.Td>
                      <Badge color={colors[attributes.status]} variant="light" tt="none">
                        {attributes.status === 'sent' ? 'Taken' : attributes.status === 'failed' ? 'Failed' : 'Waiting'}
                      </Badge>
                    </Table.Td>
                    <Table.Td>
                      <Text size="xs" c="dimmed" lineClamp={2}>
                        {attributes.lastError ?? attributes.lastStatus ?? 'not tried yet'}
                        {attributes.attempts > 1 && ` after ${attributes.attempts} attempts`}
                      </Text>
                    </Table.Td>
                    <Table.Td ta="right">
                      <Button
                        size="compact-xs"
                        variant="subtle"
                        aria-label={`Replay ${attributes.event} of ${attributes.createdAt}`}
                        onClick={() => replay.mutate(transaction)}
                      >
                        Replay
                      </Button>
                    </Table.Td>
                  </Table.Tr>
                ))}
              </Table.Tbody>
            </Table>
          </Table.ScrollContainer>
        )}
        <ShowMore list={log} />
        {rows.length > 0 && (
          <Group justify="flex-end">
            <ExportButton
              fileName="what-was-posted.csv"
              table={() => ({ heads: exported, rows: exportedRows(id, query) })}
            />
          </Group>
        )}
      </Stack>
    </Card>
  )
}

const exported = ['When', 'Event', 'State', 'Attempts', 'Last answer', 'Last problem']

async function* exportedRows(id: string, query: { status?: Status }): AsyncGenerator<string[], void> {
  const name = 'GET /v1/outbound-webhooks/{id}/transactions'
  for await (const { attributes } of api.all(name, { params: { id }, query: { ...query, pageSize: 100 } })) {
    const { createdAt, event, status, attempts, lastStatus, lastError } = attributes
    yield [createdAt, event, status, String(attempts), String(lastStatus ?? ''), lastError ?? '']
  }
}
