import { Avatar, Badge, Box, Button, Card, Group, Pagination, Stack, Table, Text, TextInput } from '@mantine/core'
import { useDebouncedValue } from '@mantine/hooks'
import { IconSearch, IconUserPlus, IconUsers } from '@tabler/icons-react'
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { useEffect, useState } from 'react'
import { Link, useNavigate, useSearchParams } from 'react-router'

import { api } from '../api.ts'
import { latestScores } from '../features/customers/latest-scores.ts'
import { NewCustomer } from '../features/customers/new-customer.tsx'
import { labelOf, useProperties } from '../features/objects/use-klasses.ts'
import { columnsFor } from '../features/search/columns.ts'
import { foundTable } from '../features/search/found-table.ts'
import type { SearchQuery } from '../features/searches/run-search.ts'
import { ExportButton } from '../ui/export-button.tsx'
import { Page } from '../ui/page.tsx'
import { EmptyState, ErrorState, LoadingCards } from '../ui/states.tsx'
import { Time } from '../ui/time.tsx'

const pageSize = 25

/** What comes next most often is there before it is asked for. */
const loadNext = () => void import('./customer.tsx')

export function CustomersPage() {
  useEffect(loadNext, [])
  const [parameters, setParameters] = useSearchParams()
  const [text, setText] = useState(parameters.get('q') ?? '')
  const [search] = useDebouncedValue(text.trim(), 200)
  const page = Number(parameters.get('page') ?? 1)
  const navigate = useNavigate()
  const [adding, setAdding] = useState(false)
  const query = search === '' ? { page, pageSize } : { q: search, pageSize }
  const customers = useQuery({
    queryKey: ['customers', query],
    queryFn: () => api.call('GET /v1/customers', { query }),
    placeholderData: keepPreviousData,
  })
  const rows = customers.data?.data ?? []
  const columns = columnsFor('customer', useProperties('customer').data)
  return (
    <Page
      title="Customers"
      description="Everybody who wrote or answered, most recently active first."
      actions={
        <>
          <ExportButton fileName="customers.csv" table={() => foundTable(everybody(search), columns, (id) => id)} />
          <Button leftSection={<IconUserPlus size={16} />} onClick={() => setAdding(true)}>
            New customer
          </Button>
        </>
      }
    >
      {adding && <NewCustomer onClose={() => setAdding(false)} onMade={(id) => void navigate(`/customers/${id}`)} />}
      <TextInput
        data-page-search
        value={text}
        placeholder="Search by name or e-mail address"
        aria-label="Search customers"
        leftSection={<IconSearch size={17} />}
        size="md"
        rightSection={
          <Text size="xs" c="dimmed" aria-hidden>
            /
          </Text>
        }
        onChange={(event) => {
          setText(event.currentTarget.value)
          setParameters({}, { replace: true })
        }}
        onKeyDown={(event) => {
          if (event.key === 'Enter' && rows[0] !== undefined) {
            void navigate(`/customers/${rows[0].id}`)
          }
        }}
      />
      {customers.error !== null && <ErrorState error={customers.error} onRetry={() => void customers.refetch()} />}
      {customers.isPending && <LoadingCards />}
      {customers.isSuccess && rows.length === 0 && (search === '' ? <NoCustomers /> : <NobodyFound search={search} />)}
      {rows.length > 0 && (
        <Card withBorder p={0}>
          <Table.ScrollContainer minWidth={300}>
            <Table verticalSpacing="sm" horizontalSpacing="md" highlightOnHover>
              <Table.Thead>
                <Table.Tr>
                  <Table.Th>Customer</Table.Th>
                  <Table.Th visibleFrom="sm">Latest scores</Table.Th>
                  <Table.Th ta="right" style={{ whiteSpace: 'nowrap' }}>
                    Last activity
                  </Table.Th>
                </Table.Tr>
              </Table.Thead>
              <Table.Tbody>
                {rows.map(({ id, attributes }) => (
                  <Table.Tr key={id} onClick={() => void navigate(`/customers/${id}`)} style={{ cursor: 'pointer' }}>
                    <Table.Td>
                      <Group gap="sm" wrap="nowrap">
                        <Avatar name={attributes.displayName} color="initials" radius="xl" size={36} aria-hidden />
                        <Stack gap={0}>
                          <Text
                            component={Link}
                            to={`/customers/${id}`}
                            fw={600}
                            size="sm"
                            c="inherit"
                            className="said"
                            td="none"
                            onClick={(event) => event.stopPropagation()}
                          >
                            {attributes.displayName}
                          </Text>
                          <Text size="xs" c="dimmed">
                            {attributes.emails[0]?.email ?? attributes.phones[0]?.phone ?? ''}
                          </Text>
                          <Box hiddenFrom="sm" mt={4}>
                            <Scores custom={attributes.custom} />
                          </Box>
                        </Stack>
                      </Group>
                    </Table.Td>
                    <Table.Td visibleFrom="sm">
                      <Scores custom={attributes.custom} />
                    </Table.Td>
                    <Table.Td ta="right">
                      <Text size="sm" c="dimmed">
                        <Time at={attributes.lastActivityAt ?? attributes.updatedAt} />
                      </Text>
                    </Table.Td>
                  </Table.Tr>
                ))}
              </Table.Tbody>
            </Table>
          </Table.ScrollContainer>
        </Card>
      )}
      {search === '' && (page > 1 || customers.data?.links.next !== null) && rows.length > 0 && (
        <Pagination.Root
          total={customers.data?.links.next === null ? page : page + 1}
          value={page}
          onChange={(next) => setParameters({ page: String(next) })}
        >
          <Group gap={6} justify="center">
            <Pagination.Previous aria-label="Previous page" />
            <Text size="sm" px="xs">
              Page {page}
            </Text>
            <Pagination.Next aria-label="Next page" />
          </Group>
        </Pagination.Root>
      )}
    </Page>
  )
}

/** The customers that the page shows, as a search: that one goes on however many they are. */
function everybody(words: string): SearchQuery {
  return { queryContext: 'customer', ...(words === '' ? {} : { and: { customer_any_text: { contains: words } } }) }
}

function Scores({ custom }: { custom: Record<string, unknown> }) {
  const properties = useProperties('customer').data ?? {}
  const labels = Object.fromEntries(Object.keys(properties).map((name) => [name, labelOf(properties, name)]))
  return (
    <Group gap={6}>
      {latestScores(custom, labels).map(({ label, value }) => (
        <Badge key={label} variant="default" tt="none" fw={500} radius="sm">
          {label} <b>{value}</b>
        </Badge>
      ))}
    </Group>
  )
}

function NoCustomers() {
  return (
    <EmptyState
      icon={IconUsers}
      title="No customers yet"
      action={
        <Button component={Link} to="/apps" mt="xs">
          Connect an app
        </Button>
      }
    >
      Customers appear here by themselves with their first review or survey answer.
    </EmptyState>
  )
}

function NobodyFound({ search }: { search: string }) {
  return (
    <EmptyState icon={IconSearch} title={`Nobody found for “${search}”`}>
      The search looks at the beginnings of names, e-mail addresses, phone numbers and customer ids. Try fewer letters.
    </EmptyState>
  )
}
