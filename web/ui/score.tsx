import { IconStar, IconStarFilled, IconThumbDown, IconThumbUp } from '@tabler/icons-react'

import { Label } from './label.tsx'

const tones = { positive: 'teal', neutral: 'orange', negative: 'red' } as const

export interface ScoreProps {
  metric: string
  score: number
  min: number
  max: number
  sentiment: keyof typeof tones | null
}

/** A score in its own scale: stars as stars, thumbs as thumbs, anything else as "9 / 10". */
export function Score({ metric, score, min, max, sentiment }: ScoreProps) {
  const label = `${metricNames[metric] ?? metric.toUpperCase()} ${score} of ${max}`
  if (metric === 'stars' && max <= 5) {
    return (
      <span className="stars" role="img" aria-label={label}>
        {Array.from({ length: max }, (_, index) =>
          index < Math.round(score) ? (
            <IconStarFilled key={index} size={16} />
          ) : (
            <IconStar key={index} size={16} stroke={1.5} />
          ),
        )}
      </span>
    )
  }
  const tone = sentiment === null ? 'gray' : tones[sentiment]
  if (metric === 'thumbs' && min === 0 && max === 1) {
    const Picture = score === 1 ? IconThumbUp : IconThumbDown
    return <Label tone={tone} tinted alt={score === 1 ? 'Thumbs up' : 'Thumbs down'} icon={<Picture size={15} />} />
  }
  return (
    <Label tone={tone} tinted alt={label}>
      <span className="score">
        {metricNames[metric] ?? metric.toUpperCase()} <b>{score}</b> / {max}
      </span>
    </Label>
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
