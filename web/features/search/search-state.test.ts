import { expect, test } from 'vitest'

import { queryOf, readAddress, startState, stateOf, writeAddress } from './search-state.ts'
import type { SearchState } from './search-state.ts'

const state: SearchState = {
  ...startState,
  show: 'kobject_order',
  text: 'tent pole',
  filters: [
    { attribute: 'kobject_custom_order_totalNum', operator: 'gte', value: 100 },
    { attribute: 'customer_tags', operator: 'contains_any', value: ['vip'] },
  ],
  sort: { attribute: 'kobject_created_at', direction: 'desc' },
}

test('words and filters become criteria, and criteria become words and filters again', () => {
  const query = queryOf(state)
  expect(query).toMatchObject({
    queryContext: 'kobject_order',
    and: [
      { kobject_any_text: { contains: 'tent pole' } },
      { kobject_custom_order_totalNum: { gte: 100 } },
      { customer_tags: { contains_any: ['vip'] } },
    ],
    sort: [{ kobject_created_at: 'desc' }],
  })
  expect(stateOf(query)).toEqual(state)
})

test('one of several filters may be enough, while words must always hold', () => {
  const any: SearchState = { ...state, match: 'any' }
  const query = queryOf(any)
  expect(query.and).toEqual([{ kobject_any_text: { contains: 'tent pole' } }])
  expect(query.or).toHaveLength(2)
  expect(stateOf(query)).toEqual(any)
})

test('what no filter can show is asked all the same', () => {
  const query = {
    queryContext: 'conversation',
    and: { conversation_status: { equals: 'open' } },
    or: [{ and: [{ conversation_priority: { gte: 4 } }] }],
    not: [{ conversation_tags: { contains_any: ['spam'] } }],
  }
  const shown = stateOf(query)
  expect(shown.filters).toEqual([{ attribute: 'conversation_status', operator: 'equals', value: 'open' }])
  expect(queryOf(shown)).toMatchObject({
    and: [{ or: query.or }, { conversation_status: { equals: 'open' } }],
    not: query.not,
  })
})

test('a search is the same after a way through the address', () => {
  expect(readAddress(writeAddress(state))).toEqual(state)
  expect(readAddress(writeAddress(startState))).toEqual(startState)
  expect(readAddress(new URLSearchParams('show=note&filters=[{'))).toEqual({ ...startState, show: 'note' })
})
