import { z } from 'zod'

import { attributeTypeOf } from '../../sdk/domain.ts'
import type { AttributeType } from '../../sdk/domain.ts'

interface Shape {
  type?: string | string[]
  properties?: Record<string, Shape>
  additionalProperties?: Shape | boolean
  items?: Shape
  anyOf?: Shape[]
  enum?: unknown[]
}

const shapes = new WeakMap<z.ZodType, Shape>()

/** An action's input as JSON schema: forms are drawn from it, and what is given is brought to its types. */
export function jsonSchemaOf(input: z.ZodType): Shape & Record<string, unknown> {
  const known = shapes.get(input)
  if (known !== undefined) {
    return known as Shape & Record<string, unknown>
  }
  const shape = z.toJSONSchema(input, { io: 'input', unrepresentable: 'any' }) as Shape & Record<string, unknown>
  shapes.set(input, shape)
  return shape
}

/** Brings values to the types that an action wants (facts 4.1): `"4"` to 4, `"a"` to `["a"]`, and what is null and must not be to nothing. */
export function castInput(input: z.ZodType, value: unknown): unknown {
  return cast(jsonSchemaOf(input), value)
}

const typesOf = ({ type, anyOf }: Shape): string[] =>
  type === undefined ? (anyOf ?? []).flatMap(typesOf) : Array.isArray(type) ? type : [type]

function variantFor(shape: Shape, type: string): Shape {
  return shape.type === undefined ? (shape.anyOf?.find((it) => typesOf(it).includes(type)) ?? shape) : shape
}

function cast(shape: Shape, value: unknown): unknown {
  const types = typesOf(shape)
  if (types.length === 0 || value === undefined) {
    return value
  }
  if (value === null) {
    return types.includes('null') ? null : undefined
  }
  if (Array.isArray(value)) {
    const items = variantFor(shape, 'array').items
    return items === undefined ? value : value.map((it) => cast(items, it))
  }
  if (typeof value === 'object') {
    const { properties = {}, additionalProperties } = variantFor(shape, 'object')
    const others = typeof additionalProperties === 'object' ? additionalProperties : {}
    return Object.fromEntries(
      Object.entries(value).flatMap(([name, it]) => {
        const made = name === 'custom' ? castCustom(it) : cast(properties[name] ?? others, it)
        return made === undefined ? [] : [[name, made] as const]
      }),
    )
  }
  return castScalar(shape, types, value)
}

/** Custom attributes say by their endings what they are (facts 2.3). */
function castCustom(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    return value
  }
  return Object.fromEntries(Object.entries(value).map(([name, it]) => [name, castAttribute(attributeTypeOf(name), it)]))
}

function castAttribute(type: AttributeType | undefined, value: unknown): unknown {
  if (type === 'number' && typeof value === 'string' && value.trim() !== '' && Number.isFinite(Number(value))) {
    return Number(value)
  }
  if (type === 'boolean' && (value === 'true' || value === 'false')) {
    return value === 'true'
  }
  const isText = type === 'string' || type === 'text'
  return isText && (typeof value === 'number' || typeof value === 'boolean') ? String(value) : value
}

function castScalar(shape: Shape, types: string[], value: unknown): unknown {
  const isNumeric = types.includes('number') || types.includes('integer')
  if (typeof value === 'string' && !types.includes('string')) {
    if (isNumeric && value.trim() !== '' && Number.isFinite(Number(value))) {
      return Number(value)
    }
    if (types.includes('boolean') && (value === 'true' || value === 'false')) {
      return value === 'true'
    }
    if (types.includes('array')) {
      return value === '' ? [] : [value]
    }
    return value === '' ? undefined : value
  }
  if (typeof value === 'number' && !isNumeric && types.includes('string')) {
    return String(value)
  }
  if (typeof value === 'boolean' && !types.includes('boolean') && types.includes('string')) {
    return String(value)
  }
  return types.includes('array') && !types.includes(typeof value)
    ? [cast(variantFor(shape, 'array').items ?? {}, value)]
    : value
}
