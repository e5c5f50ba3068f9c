import { expect, test } from 'vitest'

import { sentimentOf } from './sentiment.ts'

test.each([
  [
    'nps',
    0,
    10,
    [
      [0, 'negative'],
      [6, 'negative'],
      [7, 'neutral'],
      [8, 'neutral'],
      [9, 'positive'],
      [10, 'positive'],
    ],
  ],
  [
    'csat',
    1,
    5,
    [
      [1, 'negative'],
      [2, 'negative'],
      [3, 'neutral'],
      [4, 'positive'],
      [5, 'positive'],
    ],
  ],
  [
    'csat',
    1,
    3,
    [
      [1, 'negative'],
      [2, 'neutral'],
      [3, 'positive'],
    ],
  ],
  [
    'ces',
    1,
    5,
    [
      [2, 'negative'],
      [3, 'neutral'],
      [4, 'positive'],
    ],
  ],
  [
    'ces',
    1,
    7,
    [
      [3, 'negative'],
      [4, 'neutral'],
      [5, 'positive'],
    ],
  ],
  [
    'stars',
    1,
    5,
    [
      [2, 'negative'],
      [3, 'neutral'],
      [4, 'positive'],
    ],
  ],
  [
    'thumbs',
    0,
    1,
    [
      [0, 'negative'],
      [1, 'positive'],
    ],
  ],
  [
    'pmf',
    1,
    3,
    [
      [1, 'negative'],
      [2, 'neutral'],
      [3, 'positive'],
    ],
  ],
] as const)('%s from %i to %i', (metric, min, max, expected) => {
  expect(expected.map(([score]) => [score, sentimentOf(metric, score, { min, max })])).toEqual(expected)
})

test('no score has no sentiment', () => {
  expect(sentimentOf('nps', undefined, { min: 0, max: 10 })).toBeUndefined()
})
