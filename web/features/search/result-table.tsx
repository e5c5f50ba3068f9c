import { Anchor, Card, Group, Table, Text, UnstyledButton } from '@mantine/core'
import { IconArrowDown, IconArrowUp, IconSelector } from '@tabler/icons-react'
import { Link } from 'react-router'

import { AttributeValue } from '../../ui/attribute-value.tsx'
import { Time } from '../../ui/time.tsx'
import { addressOf } from './columns.ts'
import type { Column, NameOf, Row } from './columns.ts'
import type { SearchState } from './search-state.ts'

interface ResultTableProps {
  show: string
  rows: Row[]
  columns: Column[]
  nameOf: NameOf
  sort: SearchState['sort']
  onSort: (sort: NonNullable<SearchState['sort']>) => void
}

/** What was found, in the columns that somebody chose; a head that can be sorted by is a button. */
export function ResultTable({ show, rows, columns, nameOf, sort, onSort }: ResultTableProps) {
  return (
    <Card withBorder p={0}>
      <Table.ScrollContainer minWidth={Math.max(320, columns.length * 130)}>
        <Table verticalSpacing="xs" horizontalSpacing="md" highlightOnHover>
          <Table.Thead>
            <Table.Tr>
              {columns.map((column) => (
                <Table.Th key={column.id} aria-sort={ariaSort(column, sort)}>
                  <Head column={column} sort={sort} onSort={onSort} />
                </Table.Th>
              ))}
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {rows.map((row) => (
              <Table.Tr key={row.id}>
                {columns.map((column, index) => (
                  <Table.Td key={column.id} style={{ maxWidth: 340 }}>
                    {index === 0 ? (
                      <First row={row} show={show} text={column.value(row, nameOf)} />
                    ) : (
                      <Cell column={column} row={row} text={column.value(row, nameOf)} />
                    )}
                  </Table.Td>
                ))}
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </Table.ScrollContainer>
    </Card>
  )
}

function ariaSort(column: Column, sort: SearchState['sort']): 'ascending' | 'descending' | 'none' {
  return column.sort === undefined || sort?.attribute !== column.sort
    ? 'none'
    : sort.direction === 'asc'
      ? 'ascending'
      : 'descending'
}

function Head({ column, sort, onSort }: { column: Column } & Pick<ResultTableProps, 'sort' | 'onSort'>) {
  const { sort: attribute, label } = column
  if (attribute === undefined) {
    return <>{label}</>
  }
  const direction = sort?.attribute === attribute ? sort.direction : undefined
  const Arrow = direction === undefined ? IconSelector : direction === 'asc' ? IconArrowUp : IconArrowDown
  return (
    <UnstyledButton
      fz="sm"
      fw={700}
      onClick={() => onSort({ attribute, direction: direction === 'desc' ? 'asc' : 'desc' })}
    >
      <Group gap={4} wrap="nowrap">
        {label}
        <Arrow size={13} aria-hidden />
      </Group>
    </UnstyledButton>
  )
}

function First({ row, show, text }: { row: Row; show: string; text: string }) {
  const to = addressOf(row, show)
  const shown = text === '' ? '(empty)' : text
  return to === undefined ? (
    <Text size="sm" fw={600} lineClamp={2} className="said">
      {shown}
    </Text>
  ) : (
    <Anchor component={Link} to={to} size="sm" fw={600} lineClamp={2} className="said">
      {shown}
    </Anchor>
  )
}

function Cell({ column, row, text }: { column: Column; row: Row; text: string }) {
  if (text === '') {
    return null
  }
  if (column.type === 'time') {
    return (
      <Text size="sm" style={{ whiteSpace: 'nowrap' }}>
        <Time at={text} />
      </Text>
    )
  }
  const name = column.id.slice('custom.'.length)
  return column.type === 'attribute' ? (
    <AttributeValue name={name} value={(row.attributes['custom'] as Record<string, unknown>)[name]} />
  ) : (
    <Text size="sm" lineClamp={2} className="said">
      {text}
    </Text>
  )
}
