import { ApiError } from '../../platform/http/errors.ts'
import { findAttribute } from './attributes.ts'
import type { Attribute, AttributeKind } from './attributes.ts'
import type { SearchQuery } from './schema.ts'

/** What is asked of one attribute. */
export interface Criterion {
  attribute: Attribute
  operator: Operator
  value: unknown
  /** Where it stands in the request, as a JSON pointer. */
  pointer: string
}

export type Criteria = { all: Criteria[] } | { any: Criteria[] } | { none: Criteria[] } | { criterion: Criterion }

export type Operator =
  | 'equals'
  | 'not_equals'
  | 'contains'
  | 'not_contains'
  | 'contains_any'
  | 'not_contains_any'
  | 'in'
  | 'not_in'
  | 'gt'
  | 'gte'
  | 'lt'
  | 'lte'
  | 'within'
  | 'prefix'
  | 'set'
  | 'not_set'

/**
 * The spellings of the API and those of the desk's filters (facts 8.2). Capitals, spaces and `camelCase` are no
 * difference. The API's negatives, `set`, `prefix` and `within` are inferred.
 */
const spellings: Record<string, Operator> = {
  equals: 'equals',
  eq: 'equals',
  is_equal_to: 'equals',
  not_equals: 'not_equals',
  does_not_equal: 'not_equals',
  contains: 'contains',
  not_contains: 'not_contains',
  does_not_contain: 'not_contains',
  contains_any: 'contains_any',
  contains_any_of: 'contains_any',
  not_contains_any: 'not_contains_any',
  does_not_contain_any_of: 'not_contains_any',
  in: 'in',
  is_one_of: 'in',
  not_in: 'not_in',
  is_not_one_of: 'not_in',
  gt: 'gt',
  after: 'gt',
  is_greater_than: 'gt',
  gte: 'gte',
  on_or_after: 'gte',
  is_greater_than_or_equals: 'gte',
  lt: 'lt',
  before: 'lt',
  is_less_than: 'lt',
  lte: 'lte',
  on_or_before: 'lte',
  is_less_than_or_equals: 'lte',
  within: 'within',
  is_within: 'within',
  prefix: 'prefix',
  starts_with: 'prefix',
  set: 'set',
  is_set: 'set',
  not_set: 'not_set',
  is_not_set: 'not_set',
}

const presence: Operator[] = ['set', 'not_set']
const equality: Operator[] = ['equals', 'not_equals', 'in', 'not_in']
const containing: Operator[] = ['contains', 'not_contains', 'contains_any', 'not_contains_any']
const order: Operator[] = ['gt', 'gte', 'lt', 'lte']

/** Which operators each kind of attribute knows, in the spelling of the API. */
export const legal: Record<AttributeKind, readonly Operator[]> = {
  any: ['equals', 'not_equals', ...containing],
  string: [...equality, ...containing, 'prefix', ...presence],
  text: [...equality, ...containing, 'prefix', ...presence],
  exact: [...equality, ...containing, 'prefix', ...presence],
  list: [...equality, ...containing, ...presence],
  number: [...equality, ...order, ...presence],
  datetime: ['equals', 'not_equals', ...order, 'within', ...presence],
  boolean: ['equals', 'not_equals', ...presence],
}

const mostCriteria = 100
const deepest = 5

/** Reads what a search asks for; throws 400 that names an attribute or operator that there is not. */
export function readCriteria(query: Pick<SearchQuery, 'and' | 'or' | 'not'>): Criteria {
  const budget = { left: mostCriteria }
  return readGroups(query, '', budget, deepest)
}

type Groups = Record<string, unknown>

function readGroups(groups: Groups, pointer: string, budget: { left: number }, depth: number): Criteria {
  if (depth === 0) {
    throw new ApiError('badparam', `criteria must not be nested more than ${deepest} deep`, { pointer })
  }
  const all = readList(groups['and'], `${pointer}/and`, budget, depth)
  const any = readList(groups['or'], `${pointer}/or`, budget, depth)
  const none = readList(groups['not'], `${pointer}/not`, budget, depth)
  return { all: [...all, ...(any.length === 0 ? [] : [{ any }]), ...(none.length === 0 ? [] : [{ none }])] }
}

function readList(list: unknown, pointer: string, budget: { left: number }, depth: number): Criteria[] {
  if (list === undefined || list === null) {
    return []
  }
  return Array.isArray(list)
    ? list.flatMap((item, index) => readItem(item, `${pointer}/${index}`, budget, depth))
    : readItem(list, pointer, budget, depth)
}

const groupNames = new Set(['and', 'or', 'not'])

function readItem(item: unknown, pointer: string, budget: { left: number }, depth: number): Criteria[] {
  if (typeof item !== 'object' || item === null || Array.isArray(item)) {
    throw new ApiError('badparam', 'must be {attribute: {operator: value}}', { pointer })
  }
  const entries = Object.entries(item)
  if (entries.length > 0 && entries.every(([name]) => groupNames.has(name))) {
    return [readGroups(item as Groups, pointer, budget, depth - 1)]
  }
  return entries.flatMap(([name, operators]) => readAttribute(name, operators, `${pointer}/${escaped(name)}`, budget))
}

function readAttribute(name: string, operators: unknown, pointer: string, budget: { left: number }): Criteria[] {
  const attribute = attributeOrRefusal(name, pointer)
  if (typeof operators !== 'object' || operators === null || Array.isArray(operators)) {
    throw new ApiError('badparam', `${name} needs an operator: {"${name}": {"equals": …}}`, { pointer })
  }
  return Object.entries(operators).map(([spelling, value]) => {
    budget.left -= 1
    if (budget.left < 0) {
      throw new ApiError('badparam', `there must not be more than ${mostCriteria} criteria`, { pointer })
    }
    const at = `${pointer}/${escaped(spelling)}`
    return { criterion: { attribute, operator: readOperator(name, attribute.kind, spelling, at), value, pointer: at } }
  })
}

/** The attribute of that name; throws 400 naming it. */
export function attributeOrRefusal(name: string, pointer: string): Attribute {
  const attribute = findAttribute(name)
  if (attribute === undefined) {
    throw new ApiError('badparam', `${name} is not an attribute to search by`, { pointer })
  }
  return attribute
}

function readOperator(name: string, kind: AttributeKind, spelling: string, pointer: string): Operator {
  const plain = spelling
    .trim()
    .replaceAll(/([a-z])([A-Z])/g, '$1_$2')
    .replaceAll(/[\s-]+/g, '_')
    .toLowerCase()
  const operator = Object.hasOwn(spellings, plain) ? spellings[plain] : undefined
  if (operator === undefined) {
    throw new ApiError('badparam', `${spelling} is not an operator; ${name} knows ${legal[kind].join(', ')}`, {
      pointer,
    })
  }
  if (!legal[kind].includes(operator)) {
    throw new ApiError('badparam', `${name} does not know ${spelling}, only ${legal[kind].join(', ')}`, { pointer })
  }
  return operator
}

function escaped(part: string): string {
  return part.replaceAll('~', '~0').replaceAll('/', '~1')
}
