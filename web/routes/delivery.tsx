import {
  Alert,
  Anchor,
  Button,
  Card,
  Code,
  Grid,
  Group,
  ScrollArea,
  Stack,
  Table,
  Text,
  Timeline,
  Title,
} from '@mantine/core'
import { IconAlertCircle, IconRefresh } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { Link, useParams } from 'react-router'
import type { z } from 'zod'

import type { DeliveryDetailAttributes } from '../../src/core/intake/schema.ts'
import { api } from '../api.ts'
import { DeliveryStatus } from '../features/intake/delivery-status.tsx'
import { MailVerdict } from '../features/intake/mail-verdict.tsx'
import { useRunAgain } from '../features/intake/run-again.ts'
import { TeachMail } from '../features/intake/teach-mail.tsx'
import { Page } from '../ui/page.tsx'
import { ErrorState, LoadingCards } from '../ui/states.tsx'
import { formatDateTime, Time } from '../ui/time.tsx'
import { Trust } from '../ui/trust.tsx'

type Delivery = z.infer<typeof DeliveryDetailAttributes>

const above = [{ title: 'Deliveries', to: '/deliveries' }]

export function DeliveryPage() {
  const { id = '' } = useParams()
  const delivery = useQuery({
    queryKey: ['delivery', id],
    queryFn: async () => (await api.call('GET /v1/deliveries/{id}', { params: { id } })).data,
  })
  const again = useRunAgain()
  if (delivery.data === undefined) {
    return (
      <Page title="Delivery" above={above}>
        {delivery.error === null ? (
          <LoadingCards />
        ) : (
          <ErrorState error={delivery.error} onRetry={() => void delivery.refetch()} />
        )}
      </Page>
    )
  }
  const { attributes } = delivery.data
  return (
    <Page
      title={`Delivery from ${attributes.store ?? attributes.hookTitle}`}
      above={above}
      description={
        <Group gap="sm">
          <DeliveryStatus status={attributes.status} />
          <Trust trust={attributes.trust} />
          <span>
            received <Time at={attributes.receivedAt} />
            {attributes.duplicates > 0 && `, came ${attributes.duplicates + 1} times and counted once`}
          </span>
        </Group>
      }
      actions={
        <Button
          leftSection={<IconRefresh size={16} />}
          onClick={() => again.mutate({ ids: [id] })}
          loading={again.isPending}
          disabled={attributes.status === 'received'}
        >
          Run again
        </Button>
      }
    >
      {attributes.error !== null && (
        <Alert
          icon={<IconAlertCircle />}
          color={attributes.status === 'retrying' ? 'yellow' : 'red'}
          title={
            attributes.nextAttemptAt === null
              ? 'Not applied'
              : `Next attempt ${formatDateTime(attributes.nextAttemptAt)}`
          }
        >
          {attributes.error}
        </Alert>
      )}
      {attributes.status === 'rejected' && attributes.contentType === 'message/rfc822' && <TeachMail deliveryId={id} />}
      <Grid gap="lg">
        <Grid.Col span={{ base: 12, md: 5 }}>
          <Stack>
            {attributes.mail !== null && <MailVerdict verdict={attributes.mail} />}
            <Effects delivery={attributes} />
            <Attempts delivery={attributes} />
          </Stack>
        </Grid.Col>
        <Grid.Col span={{ base: 12, md: 7 }}>
          <Stack>
            <Card withBorder p="lg">
              <Stack gap="xs">
                <Group justify="space-between">
                  <Title order={2}>Body</Title>
                  <Text size="xs" c="dimmed">
                    {new Intl.NumberFormat().format(attributes.bytes)} bytes,{' '}
                    {attributes.contentType ?? 'no type given'}
                  </Text>
                </Group>
                <ScrollArea.Autosize mah={420} viewportProps={{ tabIndex: 0, 'aria-label': 'Body', role: 'region' }}>
                  <Code block className="said">
                    {readable(attributes.body)}
                  </Code>
                </ScrollArea.Autosize>
              </Stack>
            </Card>
            <Card withBorder p="lg">
              <Stack gap="xs">
                <Title order={2}>Headers</Title>
                <Table withRowBorders={false} verticalSpacing={3}>
                  <Table.Tbody>
                    {Object.entries(attributes.headers).map(([name, value]) => (
                      <Table.Tr key={name}>
                        <Table.Td style={{ whiteSpace: 'nowrap', verticalAlign: 'top' }}>
                          <Text size="xs" c="dimmed">
                            {name}
                          </Text>
                        </Table.Td>
                        <Table.Td>
                          <Text size="xs" ff="monospace" style={{ overflowWrap: 'anywhere' }}>
                            {value}
                          </Text>
                        </Table.Td>
                      </Table.Tr>
                    ))}
                  </Table.Tbody>
                </Table>
              </Stack>
            </Card>
          </Stack>
        </Grid.Col>
      </Grid>
    </Page>
  )
}

function readable(body: string): string {
  try {
    return JSON.stringify(JSON.parse(body), null, 2)
  } catch {
    return body
  }
}

const results = {
  created: 'Created',
  updated: 'Updated',
  superseded: 'Kept the newer state of',
  recorded: 'Recorded',
} as const
const kinds = {
  object: 'a record',
  customer: 'a customer',
  event: 'an event',
  conversation: 'a conversation',
  removal: 'that it was removed',
  survey: 'what became of a survey',
  remark: '',
} as const

function Effects({ delivery }: { delivery: Delivery }) {
  return (
    <Card withBorder p="lg">
      <Stack gap="sm">
        <Title order={2}>What it wrote</Title>
        {delivery.effects.length === 0 && (
          <Text size="sm" c="dimmed">
            Nothing.
          </Text>
        )}
        {delivery.effects.map((effect, index) => (
          <Stack key={index} gap={2}>
            <Text size="sm">
              {effect.kind === 'remark'
                ? effect.text
                : `${results[effect.result]} ${effect.kind === 'object' ? (effect.klass ?? kinds.object) : kinds[effect.kind]}`}
            </Text>
            {effect.customer !== undefined && (
              <Anchor component={Link} to={`/customers/${effect.customer}`} size="sm">
                See the customer’s timeline
              </Anchor>
            )}
            {effect.unmatched !== undefined && (
              <Text size="sm" c="dimmed">
                {effect.unmatched}{' '}
                <Anchor component={Link} to="/unmatched" size="sm">
                  Say whose it is
                </Anchor>
              </Text>
            )}
          </Stack>
        ))}
      </Stack>
    </Card>
  )
}

function Attempts({ delivery }: { delivery: Delivery }) {
  return (
    <Card withBorder p="lg">
      <Stack gap="sm">
        <Title order={2}>Attempts</Title>
        <Timeline active={delivery.attempts.length} bulletSize={14} lineWidth={2}>
          <Timeline.Item title={<Text size="sm">Received</Text>}>
            <Text size="xs" c="dimmed">
              {formatDateTime(delivery.receivedAt)}
            </Text>
          </Timeline.Item>
          {delivery.attempts.map((attempt, index) => (
            <Timeline.Item
              key={index}
              color={attempt.error === undefined ? 'teal' : 'red'}
              title={
                <Text size="sm" tt="capitalize">
                  {attempt.outcome}
                </Text>
              }
            >
              <Text size="xs" c="dimmed">
                {formatDateTime(attempt.at)}, {attempt.ms} ms
              </Text>
              {attempt.error !== undefined && <Text size="xs">{attempt.error}</Text>}
            </Timeline.Item>
          ))}
        </Timeline>
      </Stack>
    </Card>
  )
}
