import { isReference } from '../../../src/core/workflows/schema.ts'
import type { Condition } from '../../../src/core/workflows/schema.ts'

const joins = ['and', 'or', 'not'] as const
export type Join = (typeof joins)[number]

/** Conditions that are joined by one word, some of which may be groups themselves. */
export interface ConditionGroup {
  op: Join
  values: Condition[]
}

export function isGroup(condition: Condition): condition is Condition & ConditionGroup {
  return joins.some((it) => it === condition.op)
}

/** A condition as a group; undefined where something in it is no condition, which only a text can show. */
export function groupIn(condition: Condition | undefined): ConditionGroup | undefined {
  if (condition === undefined || condition.op === 'true') {
    return { op: 'and', values: [] }
  }
  return isGroup(condition) ? (isTree(condition) ? condition : undefined) : { op: 'and', values: [condition] }
}

function isTree(value: unknown): boolean {
  if (typeof value !== 'object' || value === null || !('op' in value) || !('values' in value)) {
    return false
  }
  const condition = value as Condition
  return !isGroup(condition) || condition.values.every(isTree)
}

/** A group as the document has it: nothing when it is empty, its only condition alone when nothing joins it. */
export function conditionIn({ op, values }: ConditionGroup): Condition | undefined {
  const [first] = values
  return first === undefined ? undefined : values.length === 1 && op !== 'not' ? first : { op, values }
}

export const newComparison: Condition = { op: 'eq', values: ['', ''] }

/** What is typed to be compared with: a list by its commas, numbers as numbers. */
export function valueFrom(op: string, text: string): unknown {
  if (op === 'in' || op === 'nin') {
    return isReference(text) ? text : text.split(',').map((it) => scalarFrom(it.trim()))
  }
  return scalarFrom(text)
}

function scalarFrom(text: string): unknown {
  return text === 'true' || text === 'false' ? text === 'true' : numberFrom(text)
}

/** A number where it is written as one would write it; otherwise the text: `2.` may become `2.5`, and `007` is none. */
export function numberFrom(text: string): number | string {
  const number = Number(text)
  return Number.isFinite(number) && String(number) === text ? number : text
}
