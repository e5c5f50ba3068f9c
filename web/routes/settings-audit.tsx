import { Card, Code, Collapse, Group, Select, Stack, Table, Text, TextInput, UnstyledButton } from '@mantine/core'
import { DatePickerInput } from '@mantine/dates'
import { useDebouncedValue } from '@mantine/hooks'
import { IconChevronRight, IconHistory } from '@tabler/icons-react'
import { useInfiniteQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useSearchParams } from 'react-router'

import { api, pagesOf } from '../api.ts'
import type { InputOf, ItemOf } from '../api.ts'
import { useUsers } from '../features/people/people.ts'
import { ExportButton } from '../ui/export-button.tsx'
import { Page } from '../ui/page.tsx'
import { ShowMore } from '../ui/show-more.tsx'
import { EmptyState, ErrorState, LoadingCards } from '../ui/states.tsx'
import { formatDateTime } from '../ui/time.tsx'

type Entry = ItemOf<'GET /v1/audit-logs'>
type Query = NonNullable<InputOf<'GET /v1/audit-logs'>['query']>

/** Who did what, the newest first. The filters are in the address, so that what one found can be sent on. */
export function AuditPage() {
  const users = useUsers()
  const [parameters, setParameters] = useSearchParams()
  const [object, setObject] = useState(parameters.get('object') ?? '')
  const [objectType] = useDebouncedValue(object.trim(), 300)
  const [user, from, to] = [parameters.get('user'), parameters.get('from'), parameters.get('to')]
  const set = (name: string, value: string | null) =>
    setParameters(
      (before) => {
        const next = new URLSearchParams(before)
        if (value === null || value === '') {
          next.delete(name)
        } else {
          next.set(name, value)
        }
        return next
      },
      { replace: true },
    )
  const query = {
    count: 50,
    ...(user === null ? {} : { 'filter[userId]': user }),
    ...(objectType === '' ? {} : { 'filter[objectType]': objectType }),
    ...(from === null ? {} : { 'filter[start]': startOf(from) }),
    ...(to === null ? {} : { 'filter[end]': endOf(to) }),
  }
  const entries = useInfiniteQuery({
    queryKey: ['audit', query],
    ...pagesOf('GET /v1/audit-logs', () => api.call('GET /v1/audit-logs', { query })),
  })
  const isFiltered = user !== null || objectType !== '' || from !== null || to !== null
  const rows = entries.data?.pages.flatMap((page) => page.data) ?? []
  const nameOf = (id: string) => users.get(id)?.attributes.displayName ?? 'Somebody who left'
  return (
    <Page title="Audit log" description="Who did what, and from where. Nobody can change it." width={1080}>
      <Group align="flex-end" gap="sm">
        <Select
          label="Who"
          placeholder="Anybody"
          clearable
          searchable
          w={200}
          data={[...users.values()].map(({ id, attributes }) => ({ value: id, label: attributes.displayName }))}
          value={user}
          onChange={(next) => set('user', next)}
        />
        <TextInput
          label="Kind of object"
          placeholder="conversation"
          w={170}
          value={object}
          onChange={(event) => {
            setObject(event.currentTarget.value)
            set('object', event.currentTarget.value.trim())
          }}
        />
        <DatePickerInput
          label="From"
          clearable
          placeholder="Any day"
          w={160}
          value={from}
          onChange={(day) => set('from', day)}
        />
        <DatePickerInput
          label="Until"
          clearable
          placeholder="Today"
          w={160}
          value={to}
          onChange={(day) => set('to', day)}
        />
      </Group>
      {entries.error !== null && <ErrorState error={entries.error} onRetry={() => void entries.refetch()} />}
      {entries.isPending && <LoadingCards count={5} height={56} />}
      {entries.isSuccess && rows.length === 0 && (
        <Card withBorder>
          {isFiltered ? (
            <EmptyState icon={IconHistory} title="Nothing fits">
              Take away a filter, or look at other days.
            </EmptyState>
          ) : (
            <EmptyState icon={IconHistory} title="Nothing yet">
              What people and programs change from now on is written down here.
            </EmptyState>
          )}
        </Card>
      )}
      {rows.length > 0 && (
        <Card withBorder p={0}>
          <Table.ScrollContainer minWidth={620} scrollAreaProps={{ viewportProps: { tabIndex: 0 } }}>
            <Table verticalSpacing="xs" horizontalSpacing="md">
              <Table.Thead>
                <Table.Tr>
                  <Table.Th>When</Table.Th>
                  <Table.Th>Who</Table.Th>
                  <Table.Th miw={220}>What</Table.Th>
                  <Table.Th>From</Table.Th>
                </Table.Tr>
              </Table.Thead>
              <Table.Tbody>
                {rows.map((entry) => (
                  <Row key={entry.id} entry={entry} who={nameOf(entry.attributes.userId)} />
                ))}
              </Table.Tbody>
            </Table>
          </Table.ScrollContainer>
        </Card>
      )}
      <ShowMore list={entries} label="Show older ones" />
      {rows.length > 0 && (
        <Group justify="flex-end">
          <ExportButton
            fileName="audit-log.csv"
            table={() => ({ heads: exported, rows: exportedRows(query, nameOf) })}
          />
        </Group>
      )}
    </Page>
  )
}

function Row({ entry, who }: { entry: Entry; who: string }) {
  const [opened, setOpened] = useState(false)
  const { eventVerb, objectType, objectId, ip, client, createdAt, changes } = entry.attributes
  const details = changes === null || changes === undefined ? undefined : JSON.stringify(changes, null, 2)
  return (
    <Table.Tr style={{ verticalAlign: 'top' }}>
      <Table.Td style={{ whiteSpace: 'nowrap' }}>
        <Text size="sm">{formatDateTime(createdAt)}</Text>
      </Table.Td>
      <Table.Td>
        <Text size="sm" className="said">
          {who}
        </Text>
      </Table.Td>
      <Table.Td>
        <Stack gap={4}>
          <UnstyledButton
            disabled={details === undefined}
            aria-expanded={details === undefined ? undefined : opened}
            onClick={() => setOpened(!opened)}
          >
            <Group gap={6} wrap="nowrap">
              {details !== undefined && (
                <IconChevronRight size={14} aria-hidden style={{ transform: opened ? 'rotate(90deg)' : 'none' }} />
              )}
              <Text size="sm">
                <b>{verbs[eventVerb] ?? eventVerb}</b> {objectType.replaceAll(/[._]/g, ' ')}
              </Text>
            </Group>
          </UnstyledButton>
          <Text size="xs" c="dimmed">
            {objectId}
          </Text>
          {details !== undefined && (
            <Collapse expanded={opened}>
              <Code block style={{ maxHeight: 280, overflow: 'auto' }}>
                {details}
              </Code>
            </Collapse>
          )}
        </Stack>
      </Table.Td>
      <Table.Td>
        <Text size="xs" c="dimmed" lineClamp={2}>
          {[ip, client].filter((it) => it !== null).join(' · ')}
        </Text>
      </Table.Td>
    </Table.Tr>
  )
}

const exported = ['When', 'Who', 'Did what', 'Kind of object', 'Id', 'Changes', 'Address', 'Program']

async function* exportedRows(query: Query, nameOf: (id: string) => string): AsyncGenerator<string[], void> {
  for await (const { attributes } of api.all('GET /v1/audit-logs', { query })) {
    const { createdAt, userId, eventVerb, objectType, objectId, changes, ip, client } = attributes
    yield [
      createdAt,
      nameOf(userId),
      eventVerb,
      objectType,
      objectId,
      JSON.stringify(changes ?? null),
      ip ?? '',
      client ?? '',
    ]
  }
}

const verbs: Record<string, string> = {
  create: 'Created',
  update: 'Changed',
  delete: 'Deleted',
  redact: 'Redacted',
  merge: 'Merged',
}

/** The first and last moment of a day, where the reader is. */
function startOf(day: string): string {
  return new Date(`${day}T00:00:00`).toISOString()
}

function endOf(day: string): string {
  return new Date(`${day}T23:59:59.999`).toISOString()
}
