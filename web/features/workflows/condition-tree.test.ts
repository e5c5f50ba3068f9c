import { expect, test } from 'vitest'

import { conditionIn, groupIn, numberFrom, valueFrom } from './condition-tree.ts'

const low = { op: 'lte', values: ['/#steps.1.score', 2] }
const tent = { op: 'eq', values: ['/#steps.1.name', 'Tent'] }

test.each([
  [undefined, { op: 'and', values: [] }],
  [
    { op: 'true', values: [true] },
    { op: 'and', values: [] },
  ],
  [low, { op: 'and', values: [low] }],
  [
    { op: 'or', values: [low, tent] },
    { op: 'or', values: [low, tent] },
  ],
  [
    { op: 'not', values: [tent] },
    { op: 'not', values: [tent] },
  ],
])('a condition is shown as a group: %j', (condition, group) => {
  expect(groupIn(condition)).toEqual(group)
})

test('groups are nested; what is no condition is left to a text', () => {
  const nested = { op: 'and', values: [low, { op: 'or', values: [tent, { op: 'not', values: [low] }] }] }
  expect(groupIn(nested)).toEqual(nested)
  expect(groupIn({ op: 'and', values: [low, '/#steps.1.isGood'] })).toBeUndefined()
  expect(groupIn({ op: 'and', values: [low, { op: 'or', values: [true] }] })).toBeUndefined()
})

test('a group is written as shortly as it can be', () => {
  expect(conditionIn({ op: 'and', values: [] })).toBeUndefined()
  expect(conditionIn({ op: 'or', values: [low] })).toEqual(low)
  expect(conditionIn({ op: 'not', values: [low] })).toEqual({ op: 'not', values: [low] })
  expect(conditionIn({ op: 'or', values: [low, tent] })).toEqual({ op: 'or', values: [low, tent] })
})

test('what is typed becomes a number only when it is one, letter by letter', () => {
  expect(['2', '2.', '2.5', '-', '-1', '007', '1e3', ' ', ''].map(numberFrom)).toEqual([
    2,
    '2.',
    2.5,
    '-',
    -1,
    '007',
    '1e3',
    ' ',
    '',
  ])
  expect(valueFrom('eq', 'true')).toBe(true)
  expect(valueFrom('in', 'a, 2,')).toEqual(['a', 2, ''])
  expect(valueFrom('in', '/#steps.1.tags')).toBe('/#steps.1.tags')
})
