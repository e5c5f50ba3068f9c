import { expect, test } from 'vitest'

import { folded, wantedWords, wordsOf } from './words.ts'

test('words are kept in lower case, without accents, each once', () => {
  expect(wordsOf(['Zürich, ZURICH and Łódź!', 'and so on'])).toEqual(['zurich', 'and', 'łodz', 'so', 'on'])
})

test('what separates words is no part of them, whatever it is', () => {
  expect(wordsOf(['ana.b+x@example.com', "'); drop table--", 'a\0b 🙂 %_'])).toEqual([
    'ana',
    'b',
    'x',
    'example',
    'com',
    'drop',
    'table',
    'a',
  ])
})

test('a script without spaces is kept by its neighbours, and found by any part', () => {
  const kept = wordsOf(['帳篷漏水了 OK'])
  expect(kept).toEqual(['帳篷', '篷漏', '漏水', '水了', '了', 'ok'])
  for (const part of ['漏', '漏水', '帳篷漏水', '了', 'OK']) {
    const wanted = wantedWords(part)
    expect(
      wanted.every((word) => kept.some((it) => it.startsWith(word))),
      part,
    ).toBe(true)
  }
  expect(wantedWords('水漏').every((word) => kept.includes(word))).toBe(false)
})

test('one letter has one spelling, composed or not, and vowel signs stay', () => {
  expect(folded('E\u0301')).toBe(folded('É'))
  expect(folded('ﬁn')).toBe('fin')
  expect(wordsOf(['हिन्दी'])).toEqual(['हिन्दी'])
})

test('a text of words without end is cut', () => {
  expect(wordsOf([Array.from({ length: 20_000 }, (_, n) => `w${n}`).join(' ')])).toHaveLength(10_000)
  expect(wordsOf(['x'.repeat(500)])[0]).toHaveLength(64)
})
