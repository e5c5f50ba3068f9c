import type { Metric } from '../../sdk/domain.ts'

export type Sentiment = 'negative' | 'neutral' | 'positive'

/** From which share of the scale a score counts as neutral and as positive; below neutral it is negative. */
const bands: Record<Metric, { neutralFrom: number; positiveFrom: number }> = {
  nps: { neutralFrom: 0.7, positiveFrom: 0.9 }, // detractor 0–6, passive 7–8, promoter 9–10
  enps: { neutralFrom: 0.7, positiveFrom: 0.9 },
  csat: { neutralFrom: 0.5, positiveFrom: 0.75 }, // the middle is neutral: 3 of 1–5, 2 of 1–3
  ces: { neutralFrom: 0.5, positiveFrom: 0.6 }, // 4 of 1–7 is neutral, 5 agrees
  stars: { neutralFrom: 0.5, positiveFrom: 0.75 },
  smileys: { neutralFrom: 0.5, positiveFrom: 0.75 },
  thumbs: { neutralFrom: 0.5, positiveFrom: 0.75 },
  pmf: { neutralFrom: 0.5, positiveFrom: 0.75 }, // "very disappointed" to lose the product is the good answer
}

/** Places a score of any scale; undefined without a score. */
export function sentimentOf(
  metric: Metric,
  score: number | undefined,
  scale: { min: number; max: number },
): Sentiment | undefined {
  if (score === undefined) {
    return undefined
  }
  const share = (score - scale.min) / (scale.max - scale.min)
  const band = bands[metric]
  return share >= band.positiveFrom ? 'positive' : share >= band.neutralFrom ? 'neutral' : 'negative'
}
