import { expect, test } from 'vitest'

import { field } from './csv.ts'

test.each([
  ['Ann', '"Ann"'],
  ['5" pole, bent', '"5"" pole, bent"'],
  ['two\nlines', '"two\nlines"'],
  ['-4', '"-4"'],
  ['=HYPERLINK("http://x")', `"'=HYPERLINK(""http://x"")"`],
  ['+49 171 1234', `"'+49 171 1234"`],
  ['@SUM(A1)', `"'@SUM(A1)"`],
])('%j is written so that a spreadsheet shows it and runs nothing', (value, written) => {
  expect(field(value)).toBe(written)
})
