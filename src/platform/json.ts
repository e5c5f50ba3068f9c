/** Why bytes are not a document that we can keep. The message is for whoever sent them. */
export class UnreadableJson extends Error {
  override readonly name = 'UnreadableJson'
}

/** JSON as it comes out of the parser. */
export type JsonValue = string | number | boolean | null | JsonValue[] | { [key: string]: JsonValue }

// Deeper documents are mistakes or attacks: they exhaust the stack of whatever walks them later.
const deepest = 64

const strictUtf8 = new TextDecoder('utf-8', { fatal: true })

/** Decodes and parses; throws `UnreadableJson` for invalid UTF-8, invalid JSON and nesting deeper than 64. */
export function parseJson(bytes: Buffer): JsonValue {
  let text: string
  try {
    text = strictUtf8.decode(bytes)
  } catch {
    throw new UnreadableJson('The body is not valid UTF-8.')
  }
  let value: JsonValue
  try {
    value = JSON.parse(text) as JsonValue
  } catch (error) {
    throw new UnreadableJson(`The body is not JSON: ${(error as SyntaxError).message}`)
  }
  if (isDeeperThan(value, deepest)) {
    throw new UnreadableJson(`The body is nested more than ${deepest} levels deep.`)
  }
  return value
}

function isDeeperThan(value: JsonValue, levels: number): boolean {
  if (typeof value !== 'object' || value === null) {
    return false
  }
  return levels === 0 || Object.values(value).some((child) => isDeeperThan(child, levels - 1))
}

/** The same document with every text made storable: the database keeps neither NUL nor half a surrogate pair. */
export function storable(value: JsonValue): JsonValue {
  if (typeof value === 'string') {
    return storableText(value)
  }
  if (typeof value !== 'object' || value === null) {
    return value
  }
  if (Array.isArray(value)) {
    return value.map(storable)
  }
  return Object.fromEntries(Object.entries(value).map(([key, child]) => [storableText(key), storable(child)]))
}

const replacement = '\u{FFFD}'

function storableText(text: string): string {
  return text.toWellFormed().replaceAll('\0', replacement)
}
