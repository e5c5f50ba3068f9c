import { expect, test } from 'vitest'

import { fieldsOf, filled } from './fields.ts'

test('fields are filled in, and those without a value are left and named', () => {
  const values = { customer: { name: 'Ana', custom: { pointsNum: 3, tierStr: '' } } }
  const text =
    'Dear {{customer.name}}, {{ customer.custom.pointsNum }} points, {{customer.custom.tierStr}} {{user.name}}'
  expect(filled(text, values)).toEqual({
    text: 'Dear Ana, 3 points, {{customer.custom.tierStr}} {{user.name}}',
    missing: ['customer.custom.tierStr', 'user.name'],
  })
})

test('what a value holds is text, not a field; what an object inherits is no value', () => {
  expect(filled('{{a}}', { a: '{{b}}', b: 'x' }).text).toBe('{{b}}')
  expect(filled('{{a.constructor.name}}', { a: {} }).missing).toEqual(['a.constructor.name'])
})

test('the fields of a text are named once each', () => {
  expect(fieldsOf('{{a.b}} {{ c }} {{a.b}} {not} {{1}}')).toEqual(['a.b', 'c'])
})
