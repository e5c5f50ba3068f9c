import { RE2JS } from 're2js'

import { asText } from './as-text.ts'
import { resolveValue } from './references.ts'
import type { Scope } from './references.ts'
import { isReference, referenceMark } from './schema.ts'
import type { Condition } from './schema.ts'

interface Operator {
  title: string
  /** How many values it takes; 0: further conditions. */
  values: 0 | 1 | 2
  holds: (left: unknown, right: unknown) => boolean
}

const isEmpty = (value: unknown) =>
  value === undefined || value === null || value === '' || (Array.isArray(value) && value.length === 0)

const isNumeric = (value: unknown) =>
  typeof value === 'number' || (typeof value === 'string' && value.trim() !== '' && Number.isFinite(Number(value)))

/** A number that came as text, as it does from a form, equals the number that it stands for. */
function isEqual(left: unknown, right: unknown): boolean {
  if (left === right) {
    return true
  }
  if (isEmpty(left) || isEmpty(right)) {
    return isEmpty(left) && isEmpty(right)
  }
  if (isNumeric(left) && isNumeric(right) && (typeof left === 'number' || typeof right === 'number')) {
    return Number(left) === Number(right)
  }
  return typeof left === 'object' || typeof right === 'object'
    ? JSON.stringify(left) === JSON.stringify(right)
    : asText(left) === asText(right)
}

/** Below, equal or above, as numbers, or as moments where both are; undefined where they cannot be compared. */
function order(left: unknown, right: unknown): number | undefined {
  if (isEmpty(left) || isEmpty(right)) {
    return undefined
  }
  const numbers = [Number(left), Number(right)] as const
  if (!Number.isNaN(numbers[0]) && !Number.isNaN(numbers[1])) {
    return numbers[0] - numbers[1]
  }
  const moments = [Date.parse(asText(left)), Date.parse(asText(right))] as const
  return Number.isNaN(moments[0]) || Number.isNaN(moments[1]) ? undefined : moments[0] - moments[1]
}

const listOf = (value: unknown): unknown[] => (Array.isArray(value) ? value : isEmpty(value) ? [] : [value])

function contains(whole: unknown, part: unknown): boolean {
  return Array.isArray(whole)
    ? whole.some((it) => isEqual(it, part))
    : typeof whole === 'string' && !isEmpty(part) && whole.toLowerCase().includes(asText(part).toLowerCase())
}

/** A pattern never takes longer than its text is long: RE2 does not go back. */
function matches(text: unknown, pattern: unknown): boolean {
  return RE2JS.compile(asText(pattern), RE2JS.CASE_INSENSITIVE).matcher(asText(text)).find()
}

/** The first eight are the platform's (facts 4.1); the others are [inferred], for what its documentation has beside them. */
const operators: Record<string, Operator> = {
  true: { title: 'always', values: 1, holds: (it) => it === true || it === undefined || it === 'true' },
  eq: { title: 'is', values: 2, holds: isEqual },
  exists: { title: 'has a value', values: 1, holds: (it) => !isEmpty(it) },
  dne: { title: 'has no value', values: 1, holds: isEmpty },
  gt: { title: 'is more than', values: 2, holds: (left, right) => (order(left, right) ?? Number.NaN) > 0 },
  gte: { title: 'is at least', values: 2, holds: (left, right) => (order(left, right) ?? Number.NaN) >= 0 },
  and: { title: 'all of', values: 0, holds: () => false },
  or: { title: 'any of', values: 0, holds: () => false },
  not: { title: 'not', values: 0, holds: () => false },
  lt: { title: 'is less than', values: 2, holds: (left, right) => (order(left, right) ?? Number.NaN) < 0 },
  lte: { title: 'is at most', values: 2, holds: (left, right) => (order(left, right) ?? Number.NaN) <= 0 },
  neq: { title: 'is not', values: 2, holds: (left, right) => !isEqual(left, right) },
  in: {
    title: 'is one of',
    values: 2,
    holds: (left, right) => listOf(left).some((it) => listOf(right).some((other) => isEqual(it, other))),
  },
  nin: {
    title: 'is none of',
    values: 2,
    holds: (left, right) => !listOf(left).some((it) => listOf(right).some((other) => isEqual(it, other))),
  },
  contains: { title: 'contains', values: 2, holds: contains },
  ncontains: { title: 'does not contain', values: 2, holds: (whole, part) => !contains(whole, part) },
  starts: {
    title: 'begins with',
    values: 2,
    holds: (text, part) => asText(text).toLowerCase().startsWith(asText(part).toLowerCase()),
  },
  ends: {
    title: 'ends with',
    values: 2,
    holds: (text, part) => asText(text).toLowerCase().endsWith(asText(part).toLowerCase()),
  },
  matches: { title: 'matches the pattern', values: 2, holds: matches },
}

export const operatorList = Object.entries(operators).map(([op, { title, values }]) => ({ op, title, values }))

const deepest = 10

/** Whether a condition holds; one that is not given always does. Throws for an operator that there is none of. */
export function holds(condition: Condition | undefined, scope: Scope, depth = 0): boolean {
  if (condition === undefined) {
    return true
  }
  const { op, values } = condition
  const operator = Object.hasOwn(operators, op) ? operators[op] : undefined
  if (operator === undefined || depth > deepest) {
    throw new Error(operator === undefined ? `There is no operator ${op}.` : 'A condition is nested too deeply.')
  }
  switch (op) {
    case 'and':
      return values.every((it) => nested(it, scope, depth))
    case 'or':
      return values.some((it) => nested(it, scope, depth))
    case 'not':
      return !values.every((it) => nested(it, scope, depth))
    default:
      return operator.holds(resolveValue(values[0], scope), resolveValue(values[1], scope))
  }
}

/** A comparison for which a condition does not hold. */
export interface Unmet {
  op: string
  /** The reference that it looks at, without its mark; null where it looks at something fixed. */
  looksAt: string | null
  found: unknown
  wanted: unknown
}

/** Why a condition does not hold: of `and` what is not so, of `or` everything; nothing when it holds. */
export function unmetIn(condition: Condition | undefined, scope: Scope): Unmet[] {
  if (condition === undefined || holds(condition, scope)) {
    return []
  }
  const { op, values } = condition
  if (op === 'and' || op === 'or') {
    return values.filter(isCondition).flatMap((it) => unmetIn(it, scope))
  }
  const [left, right] = values
  return [
    {
      op,
      looksAt: isReference(left) ? left.slice(referenceMark.length) : null,
      found: op === 'not' ? null : (resolveValue(left, scope) ?? null),
      wanted: op === 'not' ? null : (resolveValue(right, scope) ?? null),
    },
  ]
}

/** Inside `and`, `or` and `not` a value is a condition, or something that is true or not. */
function nested(value: unknown, scope: Scope, depth: number): boolean {
  return isCondition(value) ? holds(value, scope, depth + 1) : resolveValue(value, scope) === true
}

export function isCondition(value: unknown): value is Condition {
  return (
    typeof value === 'object' && value !== null && 'op' in value && 'values' in value && Array.isArray(value.values)
  )
}

/** What is wrong with a condition, as it stands. */
export function conditionProblems(condition: Condition, depth = 0): string[] {
  const operator = Object.hasOwn(operators, condition.op) ? operators[condition.op] : undefined
  if (operator === undefined) {
    return [`There is no operator ${condition.op}.`]
  }
  if (depth > deepest) {
    return ['A condition is nested too deeply.']
  }
  if (operator.values === 0) {
    return condition.values.length === 0
      ? ['Add a condition.']
      : condition.values.filter(isCondition).flatMap((it) => conditionProblems(it, depth + 1))
  }
  const pattern = condition.values[1]
  if (condition.op === 'matches' && typeof pattern === 'string' && !isReference(pattern) && !pattern.includes('{{')) {
    try {
      RE2JS.compile(pattern)
    } catch (error) {
      return [`The pattern cannot be read: ${(error as Error).message}`]
    }
  }
  if (condition.op === 'true') {
    return []
  }
  return isEmpty(condition.values[0]) ? ['Choose what to look at.'] : []
}

/** Where a run goes: the first transition whose condition holds (facts 4.1); undefined: it ends. */
export function firstThatHolds<T extends { condition?: Condition | undefined }>(
  transitions: readonly T[],
  scope: Scope,
): T | undefined {
  return transitions.find((it) => holds(it.condition, scope))
}
