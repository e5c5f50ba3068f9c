import type { Reader, Tx } from '../../platform/db/database.ts'
import { ApiError, InvalidRequest } from '../../platform/http/errors.ts'
import { isId } from '../../platform/ids.ts'
import { attributeLabel, attributeTypeOf } from '../../sdk/domain.ts'
import type { AttributeType, Fields } from '../../sdk/domain.ts'
import type { Custom, Properties } from './schema.ts'
import { findMetadata, listProperties, mergeProperties } from './store.ts'
import type { MetadataRow } from './store.ts'

/** Documented limit of the platform for `Str` (facts 2.3). */
export const longestStr = 1024
/** [inferred] The API reference says 1024 for `Txt` too, while the desk shows it multi-line; comments are longer. */
const longestTxt = 100_000

const wireTypes: Record<AttributeType, string> = {
  string: 'string',
  text: 'string',
  number: 'number',
  date: 'date',
  boolean: 'boolean',
  url: 'string',
  id: 'string',
  tree: 'string',
}

/** A resource's attributes; a resource that has none yet has empty ones. */
export async function readMetadata(reader: Reader, resource: string): Promise<MetadataRow> {
  return (
    (await findMetadata(reader, resource)) ?? {
      properties: {},
      standard_properties: {},
      relationships: {},
      validations: [],
    }
  )
}

export interface DeclaredAttribute {
  /** `customer`, `conversation`, … or `kobject.<klass>`. */
  resource: string
  name: string
  label: string
  /** The only values it may be given; undefined: any. */
  choices: string[] | undefined
}

/** Every custom attribute that is in use, of every resource. */
export async function declaredAttributes(reader: Reader): Promise<DeclaredAttribute[]> {
  return (await listProperties(reader)).flatMap(({ resource, properties }) =>
    Object.entries(properties)
      .filter(([, property]) => property.deletedAt === undefined || property.deletedAt === null)
      .map(([name, { displayName, enumeration }]) => ({
        resource,
        name,
        label: displayName ?? attributeLabel(name),
        choices: enumeration?.length === 0 ? undefined : enumeration,
      })),
  )
}

/** Declares attributes by their labels; attributes that are declared already keep what an admin made of them. */
export async function declareAttributes(
  tx: Tx,
  resource: string,
  labels: Record<string, string | undefined>,
): Promise<void> {
  const properties: Properties = {}
  for (const [position, [name, label]] of Object.entries(labels).entries()) {
    properties[name] = { type: wireType(name), displayName: label ?? attributeLabel(name), position }
  }
  await mergeProperties(tx, resource, properties, 'keep')
}

/** Fills in what follows from an attribute's name. */
export function completeProperties(properties: Properties): Properties {
  return Object.fromEntries(
    Object.entries(properties).map(([name, property]) => [
      name,
      { type: wireType(name), displayName: attributeLabel(name), ...property },
    ]),
  )
}

function wireType(name: string): string {
  const type = attributeTypeOf(name)
  return type === undefined ? 'string' : wireTypes[type]
}

/**
 * Checks `custom` of a request. A name without a known suffix is refused in the platform's recorded words (facts 1.6);
 * one with a suffix needs no declaration [inferred, facts 2.3].
 */
export function checkCustom(custom: Custom): void {
  const problems = Object.entries(custom).flatMap(([name, value]) => {
    const type = attributeTypeOf(name)
    if (type === undefined) {
      return [
        new ApiError(
          'badparam',
          'Additional properties not allowed',
          { parameter: name },
          '/properties/custom/additionalProperties',
        ),
      ]
    }
    const complaint = value === null ? undefined : complaintAbout(type, value)
    return complaint === undefined
      ? []
      : [new ApiError('badparam', `${name} ${complaint}`, { pointer: `/custom/${name}` })]
  })
  if (problems.length > 0) {
    throw new InvalidRequest(problems)
  }
}

const wordy = new Set<AttributeType | undefined>(['string', 'text', 'url', 'tree'])

/** The texts among custom attributes: those that people look for by words. */
export function customTexts(custom: Custom): string[] {
  return Object.entries(custom).flatMap(([name, value]) =>
    typeof value === 'string' && wordy.has(attributeTypeOf(name)) ? [value] : [],
  )
}

function complaintAbout(type: AttributeType, value: NonNullable<Custom[string]>): string | undefined {
  switch (type) {
    case 'number':
      return typeof value === 'number' ? undefined : 'must be a number'
    case 'boolean':
      return typeof value === 'boolean' ? undefined : 'must be true or false'
    case 'date':
      return typeof value === 'string' && !Number.isNaN(Date.parse(value))
        ? undefined
        : 'must be an ISO 8601 date and time'
    case 'url':
      return typeof value === 'string' && URL.canParse(value) ? undefined : 'must be a URL'
    case 'id':
      return [value].flat().every((id) => typeof id === 'string' && isId(id))
        ? undefined
        : 'must be 24 lower-case hexadecimal characters'
    case 'string':
    case 'tree':
      return textComplaint(value, longestStr)
    case 'text':
      return textComplaint(value, longestTxt)
  }
}

function textComplaint(value: NonNullable<Custom[string]>, longest: number): string | undefined {
  if (typeof value !== 'string') {
    return 'must be text'
  }
  return value.length <= longest ? undefined : `must not be longer than ${longest} characters`
}

/**
 * Makes an integration's fields fit: a text that is too long is cut with an ellipsis, since nobody is there to be told,
 * and the delivery keeps the whole of it. Names and types are the integration's own and must be right.
 */
export function fitFields(fields: Fields): Custom {
  const fitted: Custom = {}
  for (const [name, value] of Object.entries(fields)) {
    if (value === undefined) {
      continue
    }
    const limit = attributeTypeOf(name) === 'text' ? longestTxt : longestStr
    fitted[name] =
      typeof value === 'string' && value.length > limit ? `${value.slice(0, limit - 1).toWellFormed()}…` : value
  }
  checkCustom(fitted)
  return fitted
}
