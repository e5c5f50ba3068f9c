import { asText } from './as-text.ts'
import { LimitReached } from './limits.ts'
import { isReference, referenceMark } from './schema.ts'
import { renderTemplate } from './templates.ts'

/** What references can reach: plain JSON and nothing else. */
export interface Scope {
  steps: Record<string, unknown>
  variables: Record<string, unknown>
  error?: unknown
  appSettings?: Record<string, unknown>
  _env: { orgId: string }
}

const functionMark = 'fn:'
const deepestParams = 20
const mostPathsKept = 10_000

/**
 * Replaces references and templates in a value, however deep: a text that is one reference keeps the type of what it
 * names, `{{ }}` stands inside a longer text (facts 4.1). What is not there becomes null, and in a text nothing.
 */
export function resolveValue(value: unknown, scope: Scope, depth = 0): unknown {
  if (depth > deepestParams) {
    throw new LimitReached(`A value is nested more than ${deepestParams} levels deep.`)
  }
  if (typeof value === 'string') {
    return isReference(value) ? followReference(value, scope) : renderTemplate(value, scope)
  }
  if (Array.isArray(value)) {
    return value.map((it) => resolveValue(it, scope, depth + 1))
  }
  if (typeof value === 'object' && value !== null) {
    return Object.fromEntries(Object.entries(value).map(([name, it]) => [name, resolveValue(it, scope, depth + 1)]))
  }
  return value
}

function followReference(reference: string, scope: Scope): unknown {
  const target = reference.slice(referenceMark.length)
  if (!target.startsWith(functionMark)) {
    return valueAt(scope, target) ?? null
  }
  const [name = '', ...given] = target.slice(functionMark.length).split(',')
  const apply = functions.get(name.trim())
  if (apply === undefined) {
    throw new Error(`There is no function ${name}.`)
  }
  return apply(given.map((it) => argumentOf(it.trim(), scope))) ?? null
}

/** A path where it leads somewhere that exists, otherwise the text itself. */
function argumentOf(text: string, scope: Scope): unknown {
  return pathRoots.has(pathOf(text)[0] ?? '') ? valueAt(scope, text) : text
}

export const pathRoots: ReadonlySet<string> = new Set(['steps', 'variables', 'error', 'appSettings', '_env'])

const paths = new Map<string, readonly string[]>()

/** The names of a path: `steps.1.emails[0].email` and `steps.1.emails.0.email` are the same. */
export function pathOf(path: string): readonly string[] {
  const known = paths.get(path)
  if (known !== undefined) {
    return known
  }
  const names = path.replaceAll(/\[(\d+)\]/g, '.$1').split('.')
  if (paths.size >= mostPathsKept) {
    paths.clear()
  }
  paths.set(path, names)
  return names
}

/** What stands at a path; only what a document itself holds is there, nothing that a language adds to it. */
export function valueAt(root: unknown, path: string): unknown {
  let value: unknown = root
  for (const name of pathOf(path)) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, name)) {
      return undefined
    }
    value = (value as Record<string, unknown>)[name]
  }
  return value
}

/** `parseFloat` is the platform's (facts 4.1); the others are [inferred], named as JavaScript names them. */
const functions = new Map<string, (given: unknown[]) => unknown>(
  Object.entries({
    parseFloat: ([it]: unknown[]) => finite(Number.parseFloat(asText(it))),
    parseInt: ([it]: unknown[]) => finite(Number.parseInt(asText(it), 10)),
    toString: ([it]: unknown[]) => asText(it),
    toLowerCase: ([it]: unknown[]) => asText(it).toLowerCase(),
    toUpperCase: ([it]: unknown[]) => asText(it).toUpperCase(),
    trim: ([it]: unknown[]) => asText(it).trim(),
    length: ([it]: unknown[]) => (Array.isArray(it) ? it.length : asText(it).length),
    first: ([it]: unknown[]) => (Array.isArray(it) ? it[0] : undefined),
    last: ([it]: unknown[]) => (Array.isArray(it) ? it.at(-1) : undefined),
    join: ([it, separator]: unknown[]) =>
      Array.isArray(it) ? it.map(asText).join(separator === undefined ? ', ' : asText(separator)) : asText(it),
    stringify: ([it]: unknown[]) => JSON.stringify(it ?? null),
    now: () => new Date().toISOString(),
  } satisfies Record<string, (given: unknown[]) => unknown>),
)

export const functionNames: readonly string[] = [...functions.keys()]

function finite(number: number): number | undefined {
  return Number.isFinite(number) ? number : undefined
}

/** Every path that a value names, in references and in templates; for finding what is misspelt. */
export function pathsIn(value: unknown): string[] {
  if (isReference(value)) {
    const target = value.slice(referenceMark.length)
    return target.startsWith(functionMark)
      ? target
          .split(',')
          .slice(1)
          .map((it) => it.trim())
          .filter((it) => pathRoots.has(pathOf(it)[0] ?? ''))
      : [target]
  }
  if (typeof value === 'string') {
    return [...value.matchAll(/\{\{\{?[#^&/]?\s*([\w@.[\]-]+)\s*\}?\}\}/g)].map((match) => match[1] ?? '')
  }
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(pathsIn) : []
}

/** The functions that a value calls. */
export function functionsIn(value: unknown): string[] {
  if (isReference(value)) {
    const target = value.slice(referenceMark.length)
    return target.startsWith(functionMark) ? [target.slice(functionMark.length).split(',')[0]?.trim() ?? ''] : []
  }
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(functionsIn) : []
}
