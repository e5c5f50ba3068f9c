import fc from 'fast-check'
import { expect, test } from 'vitest'

import { parseJson, storable } from './json.ts'

test('what JSON can say comes through unchanged', () => {
  fc.assert(
    fc.property(fc.jsonValue({ maxDepth: 6 }), (value) => {
      const text = JSON.stringify(value)
      expect(JSON.stringify(parseJson(Buffer.from(text)))).toBe(text)
    }),
  )
})

test('storable text has no NUL and no half of a surrogate pair, and is otherwise the same', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      const stored = storable({ text }) as { text: string }
      expect(stored.text.isWellFormed()).toBe(true)
      expect(stored.text.includes('\0')).toBe(false)
      expect(stored.text).toBe(text.replaceAll('\0', '\u{FFFD}'))
    }),
  )
})

test.each([
  ['invalid UTF-8', Buffer.from([0x22, 0xc3, 0x28, 0x22]), /UTF-8/],
  ['no JSON', Buffer.from('nope'), /not JSON/],
  ['65 levels', Buffer.from('['.repeat(66) + ']'.repeat(66)), /levels deep/],
])('%s is refused with a reason', (_, bytes, reason) => {
  expect(() => parseJson(bytes)).toThrow(reason)
})
