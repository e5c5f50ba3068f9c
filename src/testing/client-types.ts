/** The types of the client, from the API's own description. */

interface Schema {
  type?: string | string[]
  properties?: Record<string, Schema>
  required?: string[]
  additionalProperties?: boolean | Schema
  items?: Schema
  enum?: unknown[]
  const?: unknown
  anyOf?: Schema[]
  oneOf?: Schema[]
  allOf?: Schema[]
  $ref?: string
}

interface Operation {
  summary?: string
  parameters?: { in: string; name: string; required?: boolean; schema: Schema }[]
  requestBody?: { required?: boolean; content: Record<string, { schema: Schema }> }
  responses: Record<string, { content?: Record<string, { schema: Schema }> }>
}

interface OpenApi {
  paths: Record<string, Record<string, Operation>>
  components: { schemas: Record<string, Schema> }
}

/** One entry for each operation: what goes in, and what comes back. */
export function clientTypes(description: string): string {
  const { paths, components } = JSON.parse(description) as OpenApi
  const shared = Object.entries(components.schemas).map(([name, schema]) => `export type ${name} = ${typeOf(schema)}`)
  const operations = Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(
      ([method, it]) => `  /** ${it.summary ?? ''} */\n  '${method.toUpperCase()} ${path}': ${operationType(it)}`,
    ),
  )
  return `// Written by npm run golden from docs/openapi.json, which follows from the schemas of the routes.

${shared.join('\n\n')}

export interface Operations {
${operations.join('\n')}
}
`
}

function operationType({ parameters = [], requestBody, responses }: Operation): string {
  const parts: string[] = []
  for (const [place, name] of [
    ['path', 'params'],
    ['query', 'query'],
  ]) {
    const some = parameters.filter((parameter) => parameter.in === place)
    if (some.length > 0) {
      const isNeeded = some.some((parameter) => parameter.required === true)
      const fields = some.map((it) => `${quoted(it.name)}${it.required === true ? '' : '?'}: ${typeOf(it.schema)}`)
      parts.push(`${name}${isNeeded ? '' : '?'}: { ${fields.join('; ')} }`)
    }
  }
  const body = requestBody?.content['application/json']?.schema
  if (body !== undefined) {
    parts.push(`body${requestBody?.required === true ? '' : '?'}: ${typeOf(body)}`)
  }
  const success = Object.entries(responses).find(([status]) => status.startsWith('2'))?.[1]
  const reply = success?.content?.['application/json']?.schema
  parts.push(`reply: ${reply === undefined || reply.type === 'null' ? 'undefined' : typeOf(reply)}`)
  return `{ ${parts.join('; ')} }`
}

function typeOf(schema: Schema): string {
  if (schema.$ref !== undefined) {
    return schema.$ref.split('/').at(-1) ?? 'unknown'
  }
  if (schema.const !== undefined) {
    return JSON.stringify(schema.const)
  }
  if (schema.enum !== undefined) {
    return union(schema.enum.map((value) => JSON.stringify(value)))
  }
  const alternatives = schema.anyOf ?? schema.oneOf
  if (alternatives !== undefined) {
    return union(alternatives.map(typeOf))
  }
  if (schema.allOf !== undefined) {
    return schema.allOf.map((it) => `(${typeOf(it)})`).join(' & ')
  }
  if (Array.isArray(schema.type)) {
    return union(schema.type.map((type) => typeOf({ ...schema, type })))
  }
  switch (schema.type) {
    case 'string':
      return 'string'
    case 'number':
    case 'integer':
      return 'number'
    case 'boolean':
      return 'boolean'
    case 'null':
      return 'null'
    case 'array':
      return `(${typeOf(schema.items ?? {})})[]`
    case 'object':
      return objectType(schema)
    default:
      return schema.properties === undefined ? 'unknown' : objectType(schema)
  }
}

function objectType({ properties = {}, required = [], additionalProperties }: Schema): string {
  const fields = Object.entries(properties).map(
    ([name, schema]) => `${quoted(name)}${required.includes(name) ? '' : '?'}: ${typeOf(schema)}`,
  )
  if (fields.length === 0) {
    const values = typeof additionalProperties === 'object' ? typeOf(additionalProperties) : 'unknown'
    return `Record<string, ${values}>`
  }
  // What an open object may hold besides is read by name, as a record.
  const open = additionalProperties === undefined || additionalProperties === false ? '' : ' & Record<string, unknown>'
  return `{ ${fields.join('; ')} }${open}`
}

function union(types: string[]): string {
  const different = [...new Set(types)]
  return different.length === 1 ? (different[0] ?? 'unknown') : `(${different.join(' | ')})`
}

function quoted(name: string): string {
  return /^[A-Za-z_$][\w$]*$/.test(name) ? name : `'${name}'`
}
