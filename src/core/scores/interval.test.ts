import { expect, test } from 'vitest'

import { average, netPromoter, share } from './interval.ts'

test('a promoter score is promoters less detractors of 100, and surer with more answers', () => {
  expect(netPromoter(5, 2, 10)).toMatchObject({ score: 30 })
  const [few, many] = [netPromoter(5, 2, 10), netPromoter(500, 200, 1000)]
  expect(many.high - many.low).toBeLessThan((few.high - few.low) / 5)
  expect(netPromoter(10, 0, 10)).toEqual({ score: 100, low: 100, high: 100 })
})

test('a share has Wilson’s interval: 8 of 10 is 49 to 94, and nothing of nothing but few is no certainty', () => {
  const { score, low, high } = share(8, 10)
  expect([score, Math.round(low), Math.round(high)]).toEqual([80, 49, 94])
  expect(share(0, 3).high).toBeGreaterThan(50)
})

test('an average stays in its scale, and of one answer the whole scale is possible', () => {
  expect(average(4.8, 0.2, 50, { min: 1, max: 5 }).high).toBeLessThanOrEqual(5)
  expect(average(4, null, 1, { min: 1, max: 5 })).toEqual({ score: 4, low: 1, high: 5 })
})
