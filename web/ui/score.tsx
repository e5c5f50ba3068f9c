import { Badge, Group } from '@mantine/core'
import { IconStar, IconStarFilled, IconThumbDown, IconThumbUp } from '@tabler/icons-react'

const colors = { positive: 'teal', neutral: 'orange', negative: 'red' } as const

export interface ScoreProps {
  metric: string
  score: number
  min: number
  max: number
  sentiment: keyof typeof colors | null
}

/** A score in its own scale: stars as stars, thumbs as thumbs, anything else as "9 / 10". */
export function Score({ metric, score, min, max, sentiment }: ScoreProps) {
  const label = `${metricNames[metric] ?? metric.toUpperCase()} ${score} of ${max}`
  if (metric === 'stars' && max <= 5) {
    return (
      <Group gap={1} wrap="nowrap" role="img" aria-label={label} c="yellow.7">
        {Array.from({ length: max }, (_, index) =>
          index < Math.round(score) ? (
            <IconStarFilled key={index} size={16} />
          ) : (
            <IconStar key={index} size={16} stroke={1.5} />
          ),
        )}
      </Group>
    )
  }
  const color = sentiment === null ? 'gray' : colors[sentiment]
  if (metric === 'thumbs' && min === 0 && max === 1) {
    const Picture = score === 1 ? IconThumbUp : IconThumbDown
    return (
      <Badge color={color} variant="light" size="lg" role="img" aria-label={score === 1 ? 'Thumbs up' : 'Thumbs down'}>
        <Picture size={15} style={{ display: 'block' }} />
      </Badge>
    )
  }
  return (
    <Badge color={color} variant="light" size="lg" radius="sm" tt="none" role="img" aria-label={label} autoContrast>
      <span className="score">
        {metricNames[metric] ?? metric.toUpperCase()} <b>{score}</b> / {max}
      </span>
    </Badge>
  )
}

const metricNames: Record<string, string> = {
  nps: 'NPS',
  enps: 'eNPS',
  csat: 'CSAT',
  ces: 'Effort',
  stars: 'Stars',
  smileys: 'Smiley',
  thumbs: 'Thumbs',
  pmf: 'PMF',
}
