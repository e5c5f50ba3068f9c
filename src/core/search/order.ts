import { sql } from 'kysely'
import type { RawBuilder } from 'kysely'

import { ApiError } from '../../platform/http/errors.ts'
import { isId } from '../../platform/ids.ts'
import type { Id } from '../../platform/ids.ts'
import type { AttributeKind, SearchObject } from './attributes.ts'
import type { Condition } from './compile.ts'
import { attributeOrRefusal } from './criteria.ts'
import type { SearchQuery } from './schema.ts'

type Direction = 'asc' | 'desc'

/** One thing to sort by: an expression that is never null, so that a page can go on after any row. */
interface Key {
  expression: RawBuilder<unknown>
  type: 'text' | 'numeric' | 'timestamptz' | 'boolean'
  direction: Direction
}

/** Where a page ended: the values it was sorted by, as the database writes them, and the id of its last row. */
export interface Position {
  values: string[]
  id: Id
}

const types: Record<Exclude<AttributeKind, 'any'>, { type: Key['type']; least: string }> = {
  string: { type: 'text', least: `''` },
  text: { type: 'text', least: `''` },
  exact: { type: 'text', least: `''` },
  list: { type: 'text', least: `''` },
  number: { type: 'numeric', least: `'-Infinity'::numeric` },
  datetime: { type: 'timestamptz', least: `'-infinity'::timestamptz` },
  boolean: { type: 'boolean', least: 'false' },
}

/** What the newest first are told by, where nothing is asked for; each has an index in that order. */
const newest: Partial<Record<SearchObject, string>> = { survey: 'survey_closed_at' }

/** The order of results: by what is asked for, else the newest change first; the id decides between equals. */
export class Order {
  readonly #keys: Key[]
  readonly #row: string

  constructor(sort: SearchQuery['sort'], object: SearchObject, row: string) {
    this.#row = row
    this.#keys = readSort(sort, object).map(({ name, direction, pointer }) =>
      keyOf(name, direction, pointer, object, row),
    )
  }

  get by(): RawBuilder<unknown> {
    const keys = this.#keys.map((key) => sql`${key.expression} ${sql.raw(key.direction)}`)
    return sql.join([...keys, sql`${this.#id} ${sql.raw(this.#idDirection)}`])
  }

  /** The values of a row that its position is made of. */
  get values(): RawBuilder<string[]> {
    return sql`array[${sql.join(this.#keys.map((key) => sql`(${key.expression})::text`))}]::text[]`
  }

  /** Only what comes after a position. */
  after({ values, id }: Position): Condition {
    const parts = [
      ...this.#keys.map((key, index) => ({ ...key, value: sql`${values[index]}::${sql.raw(key.type)}` })),
      { expression: this.#id, direction: this.#idDirection, value: sql`${id}` },
    ]
    const directions = new Set(parts.map((part) => part.direction))
    if (directions.size === 1) {
      // One comparison of rows, which an index in the same order can begin at.
      const than = this.#idDirection === 'asc' ? sql`>` : sql`<`
      return sql`(${sql.join(parts.map((part) => part.expression))}) ${than} (${sql.join(parts.map((part) => part.value))})`
    }
    const alternatives = parts.map((part, index) => {
      const equal = parts.slice(0, index).map((it) => sql`${it.expression} = ${it.value}`)
      const beyond = sql`${part.expression} ${part.direction === 'asc' ? sql`>` : sql`<`} ${part.value}`
      return sql`(${sql.join([...equal, beyond], sql` and `)})`
    })
    return sql`(${sql.join(alternatives, sql` or `)})`
  }

  /** Throws 400 for a cursor that this order did not write. */
  read(cursor: string): Position {
    const refusal = new ApiError('badparam', 'after must be taken from links.next of the same search', {
      parameter: 'after',
    })
    let parsed: unknown
    try {
      parsed = JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'))
    } catch {
      throw refusal
    }
    if (
      !Array.isArray(parsed) ||
      parsed.length !== this.#keys.length + 1 ||
      !parsed.every((it) => typeof it === 'string' && !it.includes('\0'))
    ) {
      throw refusal
    }
    const [id, ...values] = parsed as [string, ...string[]]
    if (!isId(id)) {
      throw refusal
    }
    return { id, values }
  }

  get #id(): RawBuilder<unknown> {
    return sql.ref(`${this.#row}.id`)
  }

  get #idDirection(): Direction {
    return this.#keys[0]?.direction ?? 'desc'
  }
}

export function writePosition({ id, values }: Position): string {
  return Buffer.from(JSON.stringify([id, ...values])).toString('base64url')
}

function readSort(
  sort: SearchQuery['sort'],
  object: SearchObject,
): { name: string; direction: Direction; pointer: string }[] {
  const list = sort === undefined ? [] : Array.isArray(sort) ? sort : [sort]
  const read = list.flatMap((item, index) =>
    Object.entries(item).map(([name, direction]) => ({
      name,
      direction,
      pointer: Array.isArray(sort) ? `/sort/${index}/${name}` : `/sort/${name}`,
    })),
  )
  return read.length === 0
    ? [{ name: newest[object] ?? `${object}_updated_at`, direction: 'desc', pointer: '/sort' }]
    : read
}

function keyOf(name: string, direction: Direction, pointer: string, object: SearchObject, row: string): Key {
  const attribute = attributeOrRefusal(name, pointer)
  if (attribute.object !== object || attribute.isArray || attribute.kind === 'any') {
    throw new ApiError('badparam', `results cannot be sorted by ${name}`, { pointer })
  }
  const { type, least } = types[attribute.kind]
  const held = attribute.value(row)
  const comparable =
    attribute.kind === 'string' || attribute.kind === 'text'
      ? sql`folded(${held})`
      : type === 'text'
        ? sql`(${held})::text`
        : held
  const expression =
    attribute.notNull && comparable === held
      ? held
      : sql`coalesce(${comparable}${type === 'numeric' ? sql`::numeric` : sql``}, ${sql.raw(least)})`
  return { expression, type, direction }
}
