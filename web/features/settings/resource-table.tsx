import { Card, Group, Stack, Table } from '@mantine/core'
import { useRef } from 'react'
import type { ReactNode } from 'react'

import { shownTable } from '../../ui/csv.ts'
import { ExportButton } from '../../ui/export-button.tsx'
import { ErrorState, LoadingCards } from '../../ui/states.tsx'

interface ResourceTableProps<Item> {
  query: { data: Item[] | undefined; error: Error | null; refetch: () => unknown }
  /** The heads of the columns; an empty one is for what one does with a row. */
  columns: string[]
  renderRow: (item: Item) => { key: string; cells: ReactNode[] }
  /** What to show while there is none. */
  empty: ReactNode
}

/** A list of what an admin sets up, in each of its states. */
export function ResourceTable<Item>({ query, columns, renderRow, empty }: ResourceTableProps<Item>) {
  const table = useRef<HTMLTableElement>(null)
  if (query.data === undefined) {
    return query.error === null ? (
      <LoadingCards count={3} height={64} />
    ) : (
      <ErrorState error={query.error} onRetry={() => void query.refetch()} />
    )
  }
  if (query.data.length === 0) {
    return <Card withBorder>{empty}</Card>
  }
  return (
    <Stack gap="xs">
      <Card withBorder p={0}>
        <Table.ScrollContainer minWidth={columns.length > 3 ? 700 : 400}>
          <Table ref={table} verticalSpacing="sm" horizontalSpacing="md">
            <Table.Thead>
              <Table.Tr>
                {columns.map((column, index) => (
                  <Table.Th key={column} miw={index === 0 ? 150 : 0} ta={column === '' && index > 0 ? 'right' : 'left'}>
                    {column}
                  </Table.Th>
                ))}
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {query.data.map((item) => {
                const { key, cells } = renderRow(item)
                return (
                  <Table.Tr key={key}>
                    {cells.map((cell, index) => (
                      <Table.Td key={columns[index]} ta={columns[index] === '' ? 'right' : 'left'}>
                        {cell}
                      </Table.Td>
                    ))}
                  </Table.Tr>
                )
              })}
            </Table.Tbody>
          </Table>
        </Table.ScrollContainer>
      </Card>
      <Group justify="flex-end">
        <ExportButton
          fileName={`${document.title.split(' · ')[0] ?? 'table'}.csv`}
          total={query.data.length}
          table={() => shownTable(table.current ?? document.createElement('table'))}
        />
      </Group>
    </Stack>
  )
}
