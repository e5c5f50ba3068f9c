import { attributeLabel } from '../../../src/sdk/domain.ts'

const pattern = /^latest.+Num$/

/** The scores that apps keep on a customer, by a short label: `latestNpsNum` is "Nps" without its declared label. */
export function latestScores(
  custom: Record<string, unknown>,
  labels: Record<string, string> = {},
): { name: string; label: string; value: number }[] {
  return Object.entries(custom).flatMap(([name, value]) =>
    pattern.test(name) && typeof value === 'number' ? [{ name, label: labels[name] ?? shortLabel(name), value }] : [],
  )
}

function shortLabel(name: string): string {
  return attributeLabel(name.replace(/^latest/, ''))
    .replace(/^Nps$/, 'NPS')
    .replace(/^(Csat|Ces|Enps|Pmf)\b/, (word) => word.toUpperCase())
}
