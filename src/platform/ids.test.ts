import { expect, test } from 'vitest'

import { isId, newId } from './ids.ts'

test('ids are 24 hexadecimal characters, never repeat and sort by age', () => {
  const ids = Array.from({ length: 100_000 }, () => newId())
  expect(new Set(ids).size).toBe(ids.length)
  expect(ids.toSorted()).toEqual(ids)
  expect(ids.every(isId)).toBe(true)
})
