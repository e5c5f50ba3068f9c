import { isReference } from '../../../src/core/workflows/schema.ts'
import type { Step } from '../../../src/core/workflows/schema.ts'
import type { Choices } from './use-catalogue.ts'

/** What a step is about, in one line: its values that people wrote, names for ids. */
export function summaryOf({ params }: Step, choices: Choices): string {
  const names = new Map(Object.values(choices).flatMap((list) => list.map((it) => [it.value, it.label])))
  const said = (value: unknown): string[] => {
    if (typeof value === 'string') {
      return value === '' || isReference(value) || (/^[0-9a-f]{24}$/.test(value) && !names.has(value))
        ? []
        : [names.get(value) ?? value.replaceAll(/\{\{\{?\s*[\w.-]*?\.?(\w+)\s*\}?\}\}/g, '[$1]')]
    }
    if (typeof value === 'number') {
      return [String(value)]
    }
    return Array.isArray(value) ? value.flatMap(said) : []
  }
  return Object.values(params).flatMap(said).join(' · ')
}
