import { isReference } from '../../../src/core/workflows/schema.ts'
import type { Catalogue, Step } from '../../../src/core/workflows/schema.ts'
import type { Choices } from './use-catalogue.ts'

/** What a step is about, in one line: its values that people wrote, names for ids, the important ones first. */
export function summaryOf({ action, params }: Step, catalogue: Catalogue, choices: Choices): string {
  const main = catalogue.actions.find((it) => it.name === action)?.main ?? []
  const place = (name: string) => (main.includes(name) ? main.indexOf(name) : main.length)
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
  return Object.entries(params)
    .toSorted(([a], [b]) => place(a) - place(b))
    .flatMap(([, value]) => said(value).map((text) => ({ text, isNumber: typeof value === 'number' })))
    .map(({ text, isNumber }, index, all) => (index === all.length - 1 ? text : `${text}${isNumber ? ' ' : ' · '}`)) // “24 hours”
    .join('')
}
