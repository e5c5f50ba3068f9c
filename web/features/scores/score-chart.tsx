import '@mantine/charts/styles.css'
import { BarChart, LineChart } from '@mantine/charts'
import { Box } from '@mantine/core'

import { scoreText } from './score-words.ts'
import type { By, Metric, ScoreRow } from './score-words.ts'

interface ScoreChartProps {
  metric: Metric
  by: By
  rows: ScoreRow[]
  nameOf: (key: string | null) => string
  /** Somebody wants the answers behind a point. */
  onOpen: (key: string | null) => void
}

const mostBars = 20

/** The scores as a line through the weeks, or as a bar for each group. The table beside it says the same in words. */
export function ScoreChart({ metric, by, rows, nameOf, onOpen }: ScoreChartProps) {
  const shown = rows.filter((row) => row.score !== null).slice(0, by === 'week' ? rows.length : mostBars)
  const data = shown.map((row) => ({
    name: nameOf(row.key),
    Score: row.score ?? 0,
    'At least': row.low ?? 0,
    'At most': row.high ?? 0,
  }))
  const pointer = {
    accessibilityLayer: false, // for the mouse alone: the table says and opens the same
    style: { cursor: 'pointer' },
    onClick: ({ activeTooltipIndex: index }: { activeTooltipIndex?: number | string | null | undefined }) => {
      const row = index === undefined || index === null ? undefined : shown[Number(index)]
      if (row !== undefined) {
        onOpen(row.key)
      }
    },
  }
  const valueFormatter = (value: number) => scoreText(metric, value)
  const isPromoter = metric === 'nps' || metric === 'enps'
  const scale = { domain: metric === 'stars' ? [1, 5] : isPromoter ? [-100, 100] : [0, 100] }
  return (
    <Box aria-hidden>
      {by === 'week' ? (
        <LineChart
          h={260}
          data={data}
          dataKey="name"
          curveType="monotone"
          withLegend
          lineChartProps={pointer}
          valueFormatter={valueFormatter}
          yAxisProps={scale}
          series={[
            { name: 'Score', color: 'indigo.6' },
            { name: 'At least', color: 'gray.5', strokeDasharray: '4 4' },
            { name: 'At most', color: 'gray.5', strokeDasharray: '4 4' },
          ]}
        />
      ) : (
        <BarChart
          h={260}
          data={data}
          dataKey="name"
          barChartProps={pointer}
          valueFormatter={valueFormatter}
          yAxisProps={scale}
          series={[{ name: 'Score', color: 'indigo.6' }]}
        />
      )}
    </Box>
  )
}
