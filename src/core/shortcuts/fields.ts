const field = /\{\{\s*([A-Za-z][A-Za-z0-9_.]*)\s*\}\}/g

/** The names of the fields in a text, each once, in order. */
export function fieldsOf(text: string): string[] {
  return [...new Set(Array.from(text.matchAll(field), (match) => match[1] ?? ''))]
}

/** A text with its fields filled in from `values`; those that are not known, or empty, are left for the agent to see. */
export function filled(text: string, values: object): { text: string; missing: string[] } {
  const missing = new Set<string>()
  const result = text.replaceAll(field, (whole, name: string) => {
    const value = valueAt(values, name.split('.'))
    if (value === undefined) {
      missing.add(name)
      return whole
    }
    return value
  })
  return { text: result, missing: [...missing] }
}

function valueAt(values: unknown, path: string[]): string | undefined {
  const [name, ...rest] = path
  if (name === undefined) {
    return typeof values === 'string' && values !== ''
      ? values
      : typeof values === 'number' || typeof values === 'boolean'
        ? String(values)
        : undefined
  }
  if (typeof values !== 'object' || values === null || !Object.hasOwn(values, name)) {
    return undefined
  }
  return valueAt((values as Record<string, unknown>)[name], rest)
}
