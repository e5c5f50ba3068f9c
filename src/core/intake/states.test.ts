import { expect, test } from 'vitest'

import { mostAttempts, nextAttempt } from './retry.ts'
import { deliveryMoves, statesLeadingTo } from './states.ts'

test('every move leads to a state there is, and everything that ended can be run again', () => {
  const states = Object.keys(deliveryMoves)
  expect(
    Object.values(deliveryMoves)
      .flat()
      .every((state) => states.includes(state)),
  ).toBe(true)
  expect(statesLeadingTo('received').toSorted()).toEqual(['applied', 'refused', 'rejected', 'retrying', 'waiting'])
})

test('attempts spread over about two days, each later than the one before and none more than 6.6 hours apart', () => {
  let at = new Date(0)
  for (let attempt = 1; attempt < mostAttempts; attempt++) {
    const next = nextAttempt(attempt, at)
    expect(next.getTime()).toBeGreaterThan(at.getTime())
    expect(next.getTime() - at.getTime()).toBeLessThanOrEqual(6.6 * 3_600_000)
    at = next
  }
  expect(at.getTime() / 3_600_000).toBeGreaterThan(24)
  expect(at.getTime() / 3_600_000).toBeLessThan(72)
})
