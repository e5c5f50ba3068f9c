import { Anchor, Card, Group, Select, SimpleGrid, Stack, Table, Text } from '@mantine/core'
import { DatePickerInput } from '@mantine/dates'
import { IconChartLine } from '@tabler/icons-react'
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { lazy, Suspense } from 'react'
import { Link, useNavigate, useSearchParams } from 'react-router'

import { api } from '../api.ts'
import { useInstallations } from '../features/apps/use-installations.ts'
import { channelNames } from '../features/conversations/names.ts'
import { useTeams, useUsers } from '../features/people/people.ts'
import {
  byChoices,
  metricChoices,
  percentText,
  rangeText,
  rowsBehind,
  scoreText,
} from '../features/scores/score-words.ts'
import type { By, Metric, Query, ScoreRow } from '../features/scores/score-words.ts'
import { useBrands } from '../features/settings/resources.ts'
import { ExportButton } from '../ui/export-button.tsx'
import { Page } from '../ui/page.tsx'
import { EmptyState, ErrorState, LoadingCards } from '../ui/states.tsx'

// Charts are large, and most pages have none.
const ScoreChart = lazy(async () => ({ default: (await import('../features/scores/score-chart.tsx')).ScoreChart }))

const dayMs = 24 * 60 * 60_000
const usualDays = 90
const filterNames = ['app', 'installation', 'team', 'agent', 'channel', 'brand'] as const

function daysAgo(days: number): string {
  return new Date(Date.now() - days * dayMs).toISOString().slice(0, 10)
}

/** What customers think, by week, provider, store, team or agent, with how sure each figure is. The choice is in the address. */
export function ScoresPage() {
  const [parameters, setParameters] = useSearchParams()
  const metric = (parameters.get('metric') ?? 'stars') as Metric
  const by = (parameters.get('by') ?? 'week') as By
  const from = parameters.get('from') ?? daysAgo(usualDays)
  const to = parameters.get('to') ?? daysAgo(0)
  const filters = Object.fromEntries(
    filterNames.flatMap((name) => (parameters.has(name) ? [[name, parameters.get(name) ?? '']] : [])),
  )
  const query: Query = { metric, by, from, to, ...filters }
  const scores = useQuery({
    queryKey: ['feedback', 'scores', query],
    queryFn: async () => (await api.call('GET /v1/scores', { query })).data,
    placeholderData: keepPreviousData,
  })
  const { choicesOf, nameOf } = useNames()
  const set = (changes: Record<string, string | null>) =>
    setParameters((before) => {
      for (const [name, value] of Object.entries(changes)) {
        if (value === null) {
          before.delete(name)
        } else {
          before.set(name, value)
        }
      }
      return before
    })
  const name = (key: string | null) => nameOf(by, key)
  const navigate = useNavigate()
  const open = (key: string | null) => {
    const to = rowsBehind(query, key)
    if (to !== undefined) {
      void navigate(to)
    }
  }
  return (
    <Page title="Scores" description="What customers say of you in figures, and how sure they are.">
      <Group gap="xs" role="group" aria-label="What is shown" align="flex-end">
        <Select
          label="Score"
          size="xs"
          w={210}
          allowDeselect={false}
          data={metricChoices}
          value={metric}
          onChange={(value) => set({ metric: value })}
        />
        <Select
          label="By"
          size="xs"
          w={130}
          allowDeselect={false}
          data={byChoices}
          value={by}
          onChange={(value) => set({ by: value })}
        />
        <DatePickerInput
          type="range"
          label="Days"
          size="xs"
          w={230}
          valueFormat="MMM D, YYYY"
          value={[from, to]}
          onChange={([first, last]) => {
            if (first !== null && last !== null) {
              set({ from: first, to: last })
            }
          }}
        />
        {filterNames.map((filter) => (
          <Select
            key={filter}
            label={byChoices.find((it) => it.value === filter)?.label ?? filter}
            size="xs"
            w={150}
            clearable
            searchable
            placeholder="All"
            data={choicesOf(filter)}
            value={parameters.get(filter)}
            onChange={(value) => set({ [filter]: value })}
          />
        ))}
      </Group>
      {scores.error !== null && <ErrorState error={scores.error} onRetry={() => void scores.refetch()} />}
      {scores.isPending && <LoadingCards count={2} height={220} />}
      {scores.data !== undefined && scores.data.rows.length === 0 && (
        <EmptyState icon={IconChartLine} title="No answers of this kind in these days">
          Choose another score, more days or fewer filters. Scores come from reviews and from survey answers.
        </EmptyState>
      )}
      {scores.data !== undefined && scores.data.rows.length > 0 && (
        <>
          <SimpleGrid cols={{ base: 2, sm: 4 }}>
            <Figure label="Score" value={scoreText(metric, scores.data.total.score)} />
            <Figure label="Sure to be between (95 %)" value={rangeText(metric, scores.data.total)} />
            <Figure label="Answers" value={new Intl.NumberFormat().format(scores.data.total.answers)} />
            <Figure label="Of those asked, answered" value={percentText(scores.data.total.responseRate)} />
          </SimpleGrid>
          <Card withBorder p="lg">
            <Suspense fallback={<LoadingCards count={1} height={260} />}>
              <ScoreChart metric={metric} by={by} rows={scores.data.rows} nameOf={name} onOpen={open} />
            </Suspense>
          </Card>
          <ScoreTable query={query} metric={metric} by={by} rows={scores.data.rows} nameOf={name} />
        </>
      )}
    </Page>
  )
}

function Figure({ label, value }: { label: string; value: string }) {
  return (
    <Card withBorder p="md">
      <Text size="xs" c="dimmed">
        {label}
      </Text>
      <Text fw={700} size="xl">
        {value}
      </Text>
    </Card>
  )
}

interface ScoreTableProps {
  query: Query
  metric: Metric
  by: By
  rows: ScoreRow[]
  nameOf: (key: string | null) => string
}

const heads = ['Score', '95 % sure between', 'Answers', 'Positive', 'Neutral', 'Negative', 'Asked', 'Answered of 100']

function cellsOf(metric: Metric, row: ScoreRow): string[] {
  return [
    scoreText(metric, row.score),
    rangeText(metric, row),
    String(row.answers),
    String(row.positive),
    String(row.neutral),
    String(row.negative),
    row.asked === 0 ? '–' : String(row.asked),
    percentText(row.responseRate),
  ]
}

/** The same as the chart, in words; every row leads to the answers behind it. */
function ScoreTable({ query, metric, by, rows, nameOf }: ScoreTableProps) {
  const group = byChoices.find((it) => it.value === by)?.label ?? by
  return (
    <Stack gap="xs">
      <Group justify="flex-end">
        <ExportButton
          fileName={`scores-${metric}-by-${by}.csv`}
          total={rows.length}
          table={() => ({
            heads: [group, ...heads],
            rows: rows.map((row) => [nameOf(row.key), ...cellsOf(metric, row)]),
          })}
        />
      </Group>
      <Card withBorder p={0}>
        <Table.ScrollContainer minWidth={760} tabIndex={0} role="region" aria-label="Scores as a table">
          <Table>
            <Table.Thead>
              <Table.Tr>
                {[group, ...heads].map((head) => (
                  <Table.Th key={head}>{head}</Table.Th>
                ))}
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {rows.map((row) => {
                const to = rowsBehind(query, row.key)
                return (
                  <Table.Tr key={row.key ?? ''}>
                    <Table.Td>
                      {to === undefined || row.answers === 0 ? (
                        nameOf(row.key)
                      ) : (
                        <Anchor component={Link} to={to} inherit>
                          {nameOf(row.key)}
                        </Anchor>
                      )}
                    </Table.Td>
                    {cellsOf(metric, row).map((cell, index) => (
                      <Table.Td key={heads[index]}>{cell}</Table.Td>
                    ))}
                  </Table.Tr>
                )
              })}
            </Table.Tbody>
          </Table>
        </Table.ScrollContainer>
      </Card>
    </Stack>
  )
}

const week = new Intl.DateTimeFormat(undefined, { day: 'numeric', month: 'short', timeZone: 'UTC' })

/** What there is to filter by, and how keys of groups are called. */
function useNames() {
  const [teams, users, brands] = [useTeams(), useUsers(), useBrands()]
  const stores = useInstallations().data ?? []
  const choices: Record<(typeof filterNames)[number], { value: string; label: string }[]> = {
    app: [...new Map(stores.map((it) => [it.attributes.app, it.attributes.title]))].map(([value, label]) => ({
      value,
      label,
    })),
    installation: stores.map(({ id, attributes }) => ({ value: id, label: attributes.name })),
    team: [...teams.values()].map((it) => ({ value: it.id, label: it.attributes.displayName })),
    agent: [...users.values()].map((it) => ({ value: it.id, label: it.attributes.displayName })),
    channel: Object.entries(channelNames).map(([value, label]) => ({ value, label })),
    brand: (brands.data ?? []).map((it) => ({ value: it.id, label: it.attributes.name })),
  }
  return {
    choicesOf: (filter: (typeof filterNames)[number]) => choices[filter],
    nameOf: (by: By, key: string | null) =>
      key === null
        ? 'None'
        : by === 'week'
          ? `Week of ${week.format(new Date(`${key}T00:00:00Z`))}`
          : (choices[by].find((it) => it.value === key)?.label ?? key),
  }
}
