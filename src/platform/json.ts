import { isUtf8 } from 'node:buffer'

/** Why bytes are not a document that we can keep. The message is for whoever sent them. */
export class UnreadableJson extends Error {
  override readonly name = 'UnreadableJson'
}

/** JSON as it comes out of the parser. */
export type JsonValue = string | number | boolean | null | JsonValue[] | { [key: string]: JsonValue }

// Deeper documents are mistakes or attacks: they exhaust the stack of whatever walks them later.
const deepest = 64

/** Decodes and parses; throws `UnreadableJson` for invalid UTF-8, invalid JSON and nesting deeper than 64. */
export function parseJson(bytes: Buffer): JsonValue {
  if (!isUtf8(bytes)) {
    throw new UnreadableJson('The body is not valid UTF-8.')
  }
  let value: JsonValue
  try {
    value = JSON.parse(withoutMark(bytes.toString('utf8'))) as JsonValue
  } catch (error) {
    throw new UnreadableJson(`The body is not JSON: ${(error as SyntaxError).message}`)
  }
  if (isDeeperThan(value, deepest)) {
    throw new UnreadableJson(`The body is nested more than ${deepest} levels deep.`)
  }
  return value
}

/** Some senders begin a document with a byte order mark. */
function withoutMark(text: string): string {
  return text.codePointAt(0) === 0xfeff ? text.slice(1) : text
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

/** A record without what is null or undefined: null clears a value, and what is cleared is not kept. */
export function withoutNulls<V>(record: Record<string, V | null | undefined>): Record<string, V> {
  return Object.fromEntries(
    Object.entries(record).filter((entry): entry is [string, V] => entry[1] !== null && entry[1] !== undefined),
  )
}

/** Every text in a document, however deep; names of fields are none. */
export function textsIn(value: unknown): string[] {
  if (typeof value === 'string') {
    return [value]
  }
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(textsIn) : []
}
