import { Anchor, Badge, Button, Card, Group, SegmentedControl, Stack, Table, Text } from '@mantine/core'
import { IconMail } from '@tabler/icons-react'
import { useInfiniteQuery } from '@tanstack/react-query'
import { Link, useSearchParams } from 'react-router'

import { api, pagesOf, relatedId } from '../api.ts'
import type { ItemOf } from '../api.ts'
import { Sending } from '../features/mails/sending.tsx'
import { SuppressedAddresses } from '../features/mails/suppressed-addresses.tsx'
import { useMailRetry } from '../features/mails/use-mail-retry.ts'
import { ExportButton } from '../ui/export-button.tsx'
import { Page } from '../ui/page.tsx'
import { ShowMore } from '../ui/show-more.tsx'
import { EmptyState, ErrorState, LoadingCards } from '../ui/states.tsx'
import { Time } from '../ui/time.tsx'

type Mail = ItemOf<'GET /v1/mails'>
type Status = Mail['attributes']['status']

const states: Record<Status, { label: string; color: string }> = {
  waiting: { label: 'Waiting', color: 'yellow' },
  sent: { label: 'Sent', color: 'teal' },
  failed: { label: 'Not sent', color: 'red' },
  bounced: { label: 'Came back', color: 'red' },
}

/** What leaves by mail, and what has not. */
export function MailPage() {
  const [parameters, setParameters] = useSearchParams()
  const asked = parameters.get('status')
  const status = asked !== null && asked in states ? (asked as Status) : undefined
  const query = { pageSize: 30, ...(status === undefined ? {} : { status }) }
  const mails = useInfiniteQuery({
    queryKey: ['mails', query],
    ...pagesOf('GET /v1/mails', () => api.call('GET /v1/mails', { query })),
  })
  const retry = useMailRetry()
  const rows = mails.data?.pages.flatMap((page) => page.data) ?? []
  return (
    <Page
      title="Outgoing mail"
      description="Answers that leave by mail, the newest first, and what has not left."
      width={1080}
    >
      <Sending />
      <SegmentedControl
        size="xs"
        className="wide-choice"
        aria-label="Which mails"
        value={status ?? 'all'}
        onChange={(next) => setParameters(next === 'all' ? {} : { status: next })}
        data={[
          { value: 'all', label: 'All' },
          ...Object.entries(states).map(([value, { label }]) => ({ value, label })),
        ]}
        style={{ alignSelf: 'flex-start' }}
      />
      {mails.error !== null && <ErrorState error={mails.error} onRetry={() => void mails.refetch()} />}
      {mails.isPending && <LoadingCards count={4} height={56} />}
      {mails.isSuccess && rows.length === 0 && (
        <Card withBorder>
          <EmptyState icon={IconMail} title={status === undefined ? 'No mail yet' : 'No such mail'}>
            Answers to conversations that came by mail are listed here with what became of them.
          </EmptyState>
        </Card>
      )}
      {rows.length > 0 && (
        <Stack gap="xs">
          <Card withBorder p={0}>
            <Table.ScrollContainer minWidth={640} scrollAreaProps={{ viewportProps: { tabIndex: 0 } }}>
              <Table verticalSpacing="xs" horizontalSpacing="md">
                <Table.Thead>
                  <Table.Tr>
                    <Table.Th>Written</Table.Th>
                    <Table.Th>To</Table.Th>
                    <Table.Th miw={180}>Subject</Table.Th>
                    <Table.Th>State</Table.Th>
                    <Table.Th />
                  </Table.Tr>
                </Table.Thead>
                <Table.Tbody>
                  {rows.map((mail) => (
                    <Row key={mail.id} mail={mail} retry={() => retry.mutate(mail.id)} />
                  ))}
                </Table.Tbody>
              </Table>
            </Table.ScrollContainer>
          </Card>
          <Group justify="flex-end">
            <ExportButton fileName="outgoing-mail.csv" table={() => ({ heads: exported, rows: exportedRows(query) })} />
          </Group>
        </Stack>
      )}
      <ShowMore list={mails} />
      <SuppressedAddresses />
    </Page>
  )
}

function Row({ mail, retry }: { mail: Mail; retry: () => void }) {
  const { createdAt, from, to, way, subject, status, reason, sentAt, nextAttemptAt } = mail.attributes
  const { label, color } = states[status]
  return (
    <Table.Tr>
      <Table.Td style={{ whiteSpace: 'nowrap' }}>
        <Time at={createdAt} />
      </Table.Td>
      <Table.Td>
        <Text size="sm" style={{ overflowWrap: 'anywhere' }}>
          {to}
        </Text>
        {way !== 'mail' && (
          <Text size="xs" c="dimmed">
            By {from}, {way === 'public' ? 'in public' : 'to the customer alone'}
          </Text>
        )}
      </Table.Td>
      <Table.Td>
        <Anchor
          component={Link}
          to={`/conversations/${relatedId(mail, 'conversation') ?? ''}`}
          size="sm"
          className="said"
          lineClamp={1}
        >
          {subject}
        </Anchor>
      </Table.Td>
      <Table.Td>
        <Stack gap={2}>
          <Badge color={color} variant="light" tt="none">
            {label}
          </Badge>
          <Text size="xs" c="dimmed" lineClamp={2}>
            {sentAt !== null && <Time at={sentAt} />}
            {reason}
            {nextAttemptAt !== null && reason !== null && (
              <>
                {' '}
                Next try <Time at={nextAttemptAt} />.
              </>
            )}
          </Text>
        </Stack>
      </Table.Td>
      <Table.Td ta="right">
        {status !== 'sent' && (
          <Button size="compact-xs" variant="default" aria-label={`Send ${subject} to ${to} again`} onClick={retry}>
            Try again
          </Button>
        )}
      </Table.Td>
    </Table.Tr>
  )
}

const exported = ['Written', 'From', 'To', 'Subject', 'State', 'Sent', 'Attempts', 'Problem']

async function* exportedRows(query: { status?: Status }): AsyncGenerator<string[], void> {
  for await (const { attributes: it } of api.all('GET /v1/mails', { query: { ...query, pageSize: 100 } })) {
    yield [it.createdAt, it.from, it.to, it.subject, it.status, it.sentAt ?? '', String(it.attempts), it.reason ?? '']
  }
}
