import { XMLParser, XMLValidator } from 'fast-xml-parser'

import { ApiError } from '../../platform/http/errors.ts'
import { parseJson, storable } from '../../platform/json.ts'
import type { JsonValue } from '../../platform/json.ts'

/**
 * What was posted to a form or web hook as a document: JSON, a form with or without files, or XML (facts 3.1). A file is
 * told by name, type and size; its bytes stay with the delivery. Throws 415 for any other type, 400 for what cannot be read.
 */
export async function readHookBody(contentType: string | null, body: Buffer): Promise<JsonValue> {
  const type = contentType?.split(';')[0]?.trim().toLowerCase() ?? 'application/json'
  if (type === 'application/json' || type.endsWith('+json')) {
    return storable(parseJson(body))
  }
  if (type === 'application/x-www-form-urlencoded' || type === 'multipart/form-data') {
    return storable(await readForm(contentType ?? type, body))
  }
  if (type === 'application/xml' || type === 'text/xml' || type.endsWith('+xml')) {
    return storable(readXml(body.toString('utf8')))
  }
  throw new ApiError('unsupported_media_type', `A body of type ${type} cannot be read here; send JSON, a form or XML.`)
}

async function readForm(contentType: string, body: Buffer): Promise<JsonValue> {
  const form = await new Response(new Uint8Array(body), { headers: { 'content-type': contentType } })
    .formData()
    .catch(() => {
      throw new ApiError('bad_request', 'The form cannot be read: its parts are not what its type announces.')
    })
  const fields = new Map<string, JsonValue[]>()
  for (const [name, value] of form.entries()) {
    const shown =
      typeof value === 'string' ? value : { name: value.name, contentType: value.type, contentLength: value.size }
    fields.set(name, [...(fields.get(name) ?? []), shown])
  }
  // A name that comes several times is a list, as people who build forms expect.
  return Object.fromEntries(
    [...fields].map(([name, values]) => [name, values.length === 1 ? (values[0] ?? '') : values]),
  )
}

// Entities of a document's own are how XML is used against its readers; the five of the language are all that is read.
const xml = new XMLParser({
  ignoreAttributes: false,
  attributeNamePrefix: '@',
  parseTagValue: false,
  ignoreDeclaration: true,
})

function readXml(text: string): JsonValue {
  const verdict = XMLValidator.validate(text)
  if (verdict !== true) {
    throw new ApiError('bad_request', `The body is not XML: line ${verdict.err.line}: ${verdict.err.msg}`)
  }
  if (/<!DOCTYPE/i.test(text)) {
    throw new ApiError(
      'bad_request',
      'XML with a document type of its own is not read here; send it without <!DOCTYPE>.',
    )
  }
  try {
    return xml.parse(text) as JsonValue
  } catch (error) {
    throw new ApiError('bad_request', `The XML cannot be read: ${(error as Error).message}.`) // nested too deeply, say
  }
}
