/** Any value of a document as text: nothing for what is not there, JSON for lists and objects. */
export function asText(value: unknown): string {
  switch (typeof value) {
    case 'string':
      return value
    case 'number':
    case 'boolean':
    case 'bigint':
      return String(value)
    default:
      return value === null || value === undefined ? '' : JSON.stringify(value)
  }
}
