/** Two-sided 95 % of a normal distribution. */
const z95 = 1.96

export interface Estimate {
  score: number
  low: number
  high: number
}

/** Net promoter score with its interval; answers are +1, 0 or -1, so that the variance follows from their shares. */
export function netPromoter(promoters: number, detractors: number, count: number): Estimate {
  const [p, d] = [promoters / count, detractors / count]
  const margin = z95 * Math.sqrt(Math.max(0, p + d - (p - d) ** 2) / count)
  return bounded((p - d) * 100, margin * 100, -100, 100)
}

/** A share of 100 with Wilson's interval, which holds for few answers and for shares near 0 and 100 too. */
export function share(hits: number, count: number): Estimate {
  const p = hits / count
  const square = z95 ** 2
  const center = (p + square / (2 * count)) / (1 + square / count)
  const margin = (z95 / (1 + square / count)) * Math.sqrt((p * (1 - p)) / count + square / (4 * count ** 2))
  return { score: p * 100, low: Math.max(0, (center - margin) * 100), high: Math.min(100, (center + margin) * 100) }
}

/** An average with its interval from the sample's variance; of one answer nothing is known beyond the scale. */
export function average(
  mean: number,
  variance: number | null,
  count: number,
  scale: { min: number; max: number },
): Estimate {
  const margin = variance === null ? scale.max - scale.min : z95 * Math.sqrt(variance / count)
  return bounded(mean, margin, scale.min, scale.max)
}

function bounded(score: number, margin: number, least: number, most: number): Estimate {
  return { score, low: Math.max(least, score - margin), high: Math.min(most, score + margin) }
}
