import { z } from 'zod'

import { parseJson } from '../../../platform/json.ts'
import { ActionFailed, defineAction } from './action.ts'

/** The name by which a document asks for it (facts 4.2). */
export const restAction = 'kustomer.rest-api.json'

const longestAnswer = 256 * 1024
const longestBody = 1_000_000
const forbiddenHeaders = /^(?:host|content-length|connection|transfer-encoding|upgrade|expect|te|trailer)$/i

const Scalar = z.union([z.string().max(20_000), z.number(), z.boolean()])

const Input = z.strictObject({
  uri: z.string().min(1, 'must be an address').max(8192).meta({ title: 'Address' }),
  method: z
    .enum(['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'get', 'post', 'put', 'patch', 'delete'])
    .default('GET')
    .meta({ title: 'Method' }),
  headers: z.record(z.string().max(128), Scalar.nullish()).default({}).meta({ title: 'Headers' }),
  qs: z
    .record(z.string().max(255), z.union([Scalar, z.array(Scalar)]).nullish())
    .default({})
    .meta({ title: 'Query' }),
  data: z.unknown().optional().meta({ title: 'Body', multiline: true }),
  json: z.boolean().default(true).meta({ title: 'Read the answer as JSON' }),
  appSettings: z
    .record(z.string(), z.looseObject({ key: z.string().max(255) }))
    .optional()
    .meta({
      title: 'Settings of apps',
      description: 'A name to `<app>.default.<setting>`; then `/#appSettings.<name>`.',
    }),
})

function headersOf(input: z.output<typeof Input>, body: Buffer, idempotencyKey: string): Record<string, string> {
  const given = Object.entries(input.headers).flatMap(([name, value]) =>
    value === null || value === undefined ? [] : [[name.toLowerCase(), String(value)] as const],
  )
  const bad = given.find(
    ([name, value]) => forbiddenHeaders.test(name) || !/^[a-z0-9-]+$/.test(name) || !/^[\t\x20-\x7e]*$/.test(value),
  )
  if (bad !== undefined) {
    throw new ActionFailed(`The header ${bad[0]} cannot be sent.`, { code: 'badparam' })
  }
  return {
    accept: 'application/json',
    ...(body.length === 0
      ? {}
      : { 'content-type': typeof input.data === 'string' ? 'text/plain; charset=utf-8' : 'application/json' }),
    'user-agent': 'tellback-workflows',
    'idempotency-key': idempotencyKey,
    ...Object.fromEntries(given),
  }
}

function bodyOf({ data, headers }: z.output<typeof Input>): Buffer {
  if (data === undefined || data === null) {
    return Buffer.alloc(0)
  }
  const type = Object.entries(headers).find(([name]) => name.toLowerCase() === 'content-type')?.[1]
  if (typeof data === 'object' && String(type ?? '').includes('urlencoded')) {
    const fields = Object.entries(data).map(([name, value]) => [
      name,
      typeof value === 'object' ? JSON.stringify(value) : String(value),
    ])
    return Buffer.from(new URLSearchParams(fields as [string, string][]).toString())
  }
  return Buffer.from(typeof data === 'string' ? data : JSON.stringify(data))
}

function addressOf({ uri, qs }: z.output<typeof Input>): string {
  const url = URL.parse(uri)
  if (url === null) {
    throw new ActionFailed('The address is none: it must begin with https://.', { code: 'badparam' })
  }
  for (const [name, value] of Object.entries(qs)) {
    for (const it of Array.isArray(value) ? value : [value]) {
      if (it !== null && it !== undefined) {
        url.searchParams.append(name, String(it))
      }
    }
  }
  return url.href
}

function readAnswer(text: string, wantsJson: boolean): unknown {
  if (!wantsJson || text === '') {
    return text
  }
  try {
    return parseJson(Buffer.from(text))
  } catch {
    return text
  }
}

const tooManyRequests = 429
const firstServerError = 500
const firstError = 400

export const restActions = [
  defineAction({
    kind: 'outside',
    name: restAction,
    title: 'Call an address',
    description:
      'A request to another system by HTTPS. It carries an Idempotency-Key, which stays the same when the call is tried again.',
    group: 'Other systems',
    input: Input,
    main: ['method', 'uri', 'headers', 'qs', 'data'],
    output: ['body', 'response.statusCode', 'response.headers'],
    effect: ({ method, uri }) => `Would call ${method.toUpperCase()} ${uri}. A dry run calls nobody.`,
    call: async ({ services, idempotencyKey }, input) => {
      const address = addressOf(input)
      const problem = services.outbound.problemWith(address)
      if (problem !== undefined) {
        throw new ActionFailed(`The address ${problem}.`, { code: 'badparam' })
      }
      const body = bodyOf(input)
      if (body.length > longestBody) {
        throw new ActionFailed(`The body has more than ${longestBody} bytes.`, { code: 'payload_too_large' })
      }
      const headers = headersOf(input, body, idempotencyKey)
      const answer = await services.outbound
        .call(input.method.toUpperCase(), address, body, headers, longestAnswer)
        .catch((error: unknown) => {
          const isPrivate = (error as Error).message.includes('private address')
          throw new ActionFailed((error as Error).message, {
            code: isPrivate ? 'forbidden' : 'unreachable',
            mayPass: !isPrivate,
          })
        })
      const result = {
        response: { statusCode: answer.status, headers: answer.headers },
        body: readAnswer(answer.text, input.json),
      }
      if (answer.status >= firstError) {
        throw new ActionFailed(`Answered ${answer.status}.`, {
          status: answer.status,
          body: result.body,
          mayPass: answer.status === tooManyRequests || answer.status >= firstServerError,
        })
      }
      return result
    },
  }),
]
