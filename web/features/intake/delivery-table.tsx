import { Anchor, Card, Checkbox, Group, Table, Text } from '@mantine/core'
import { IconInbox } from '@tabler/icons-react'
import { useInfiniteQuery } from '@tanstack/react-query'
import { Link } from 'react-router'

import type { InputOf } from '../../../client/index.ts'
import { api, pagesOf } from '../../api.ts'
import { ExportButton } from '../../ui/export-button.tsx'
import { ShowMore } from '../../ui/show-more.tsx'
import { EmptyState, ErrorState, LoadingCards } from '../../ui/states.tsx'
import { Time } from '../../ui/time.tsx'
import { Trust } from '../../ui/trust.tsx'
import { DeliveryStatus } from './delivery-status.tsx'
import { remarkOf } from './remark.ts'

interface DeliveryTableProps {
  /** Query parameters of the list. */
  query: NonNullable<InputOf<'GET /v1/deliveries'>['query']>
  /** Ticked rows; without it rows cannot be ticked. */
  selection?: { ids: string[]; onChange: (ids: string[]) => void }
}

/** What came in, newest first. */
export function DeliveryTable({ query, selection }: DeliveryTableProps) {
  const deliveries = useInfiniteQuery({
    queryKey: ['deliveries', query],
    ...pagesOf('GET /v1/deliveries', () => api.call('GET /v1/deliveries', { query })),
  })
  if (deliveries.data === undefined) {
    return deliveries.error === null ? (
      <LoadingCards count={3} height={56} />
    ) : (
      <ErrorState error={deliveries.error} onRetry={() => void deliveries.refetch()} />
    )
  }
  const rows = deliveries.data.pages.flatMap((page) => page.data)
  if (rows.length === 0) {
    return (
      <Card withBorder>
        <EmptyState icon={IconInbox} title="No deliveries here">
          Everything a provider sends shows up here with its raw body and what became of it.
        </EmptyState>
      </Card>
    )
  }
  const toggle = (id: string, ticked: boolean) =>
    selection?.onChange(ticked ? [...selection.ids, id] : selection.ids.filter((it) => it !== id))
  return (
    <Card withBorder p={0}>
      <Table.ScrollContainer minWidth={600}>
        <Table verticalSpacing="xs" horizontalSpacing="md" highlightOnHover>
          <Table.Thead>
            <Table.Tr>
              {selection !== undefined && (
                <Table.Th w={40}>
                  <Checkbox
                    size="xs"
                    aria-label="Select all"
                    checked={selection.ids.length === rows.length}
                    indeterminate={selection.ids.length > 0 && selection.ids.length < rows.length}
                    onChange={(event) =>
                      selection.onChange(event.currentTarget.checked ? rows.map((row) => row.id) : [])
                    }
                  />
                </Table.Th>
              )}
              <Table.Th>Received</Table.Th>
              <Table.Th>From</Table.Th>
              <Table.Th>Result</Table.Th>
              <Table.Th>Trust</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {rows.map(({ id, attributes }) => (
              <Table.Tr key={id}>
                {selection !== undefined && (
                  <Table.Td>
                    <Checkbox
                      size="xs"
                      aria-label={`Select delivery of ${attributes.receivedAt}`}
                      checked={selection.ids.includes(id)}
                      onChange={(event) => toggle(id, event.currentTarget.checked)}
                    />
                  </Table.Td>
                )}
                <Table.Td style={{ whiteSpace: 'nowrap' }}>
                  <Anchor component={Link} to={`/deliveries/${id}`} size="sm" fw={550}>
                    <Time at={attributes.receivedAt} />
                  </Anchor>
                </Table.Td>
                <Table.Td>
                  <Text size="sm">{attributes.store ?? attributes.hookTitle}</Text>
                </Table.Td>
                <Table.Td>
                  <Group gap="xs" wrap="nowrap">
                    <DeliveryStatus status={attributes.status} />
                    <Text size="xs" c="dimmed" lineClamp={1} title={attributes.error ?? remarkOf(attributes)}>
                      {attributes.error ??
                        remarkOf(attributes) ??
                        (attributes.duplicates > 0 ? `came ${attributes.duplicates + 1} times` : '')}
                    </Text>
                  </Group>
                </Table.Td>
                <Table.Td>
                  <Trust trust={attributes.trust} />
                </Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </Table.ScrollContainer>
      <ShowMore list={deliveries} />
      <Group justify="flex-end" p="xs">
        <ExportButton fileName="deliveries.csv" table={() => ({ heads: exported, rows: exportedRows(query) })} />
      </Group>
    </Card>
  )
}

const exported = ['Id', 'Received', 'From', 'Result', 'What went wrong', 'Times it came', 'Trust']

async function* exportedRows(query: DeliveryTableProps['query']): AsyncGenerator<string[], void> {
  for await (const { id, attributes } of api.all('GET /v1/deliveries', { query: { ...query, pageSize: 100 } })) {
    const { receivedAt, store, hookTitle, status, error, duplicates, trust } = attributes
    yield [id, receivedAt, store ?? hookTitle, status, error ?? '', String(duplicates + 1), trust]
  }
}
