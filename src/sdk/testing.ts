import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

import { ZodError } from 'zod'

import { attributeTypeOf } from './domain.ts'
import { ProviderError } from './index.ts'
import type {
  Context,
  Effect,
  Integration,
  ProviderAnswer,
  ProviderCall,
  ProviderHttp,
  RawRequest,
  SimulatedProvider,
  SimulatedRequest,
  World,
} from './index.ts'

/** A real payload, redacted, as the integration keeps it: `<webhook>.<what it is>.json`. */
export interface Fixture {
  name: string
  webhook: string
  body: string
}

export function fixturesOf(folder: string): Fixture[] {
  return readdirSync(join(folder, 'fixtures'))
    .filter((name) => name.endsWith('.json'))
    .map((name) => ({
      name,
      webhook: name.split('.')[0] ?? '',
      body: readFileSync(join(folder, 'fixtures', name), 'utf8'),
    }))
}

const receivedAt = new Date('2026-01-02T03:04:05.000Z')

/** Runs a body through parse and handle, as the pipe does. */
export async function effectsOf<S>(
  integration: Integration<S>,
  webhookName: string,
  body: unknown,
  settings: S,
  headers: Record<string, string> = {},
): Promise<Effect[]> {
  const webhook = integration.webhooks[webhookName]
  if (webhook === undefined) {
    throw new Error(`${integration.id} has no webhook "${webhookName}"`)
  }
  const context: Context<S> = { settings, headers, receivedAt, http: providerOf(integration, settings) }
  return webhook.handle(webhook.payload.parse(body), context)
}

/** Calls the integration's own simulated provider, in this process; without one, nobody answers. */
function providerOf<S>(integration: Integration<S>, _settings: S): ProviderHttp {
  const world: World = {
    now: () => receivedAt,
    addressOf: (host) => `https://${host}.example`,
    post: async () => 0,
    head: async () => 0,
  }
  const provider = integration.simulator.provider?.(world)
  return {
    send: async (call) => {
      if (provider === undefined) {
        throw new ProviderError('retry-later', 'there is no provider here')
      }
      return answerOf(provider, call, integration)
    },
  }
}

async function answerOf<S>(
  provider: SimulatedProvider,
  { method, host, path, query = {}, json, form, headers = {} }: ProviderCall,
  integration: Integration<S>,
): Promise<ProviderAnswer> {
  const given = Object.entries(query).filter((entry) => entry[1] !== undefined)
  const {
    status,
    body,
    headers: answered = {},
  } = await provider.handle({
    method,
    host,
    path,
    query: new URLSearchParams(given.map(([name, value]): [string, string] => [name, String(value)])),
    headers: {
      'content-type': json === undefined ? '' : 'application/json',
      authorization: `Bearer ${provider.accessToken?.() ?? ''}`,
      ...headers,
    },
    body: json === undefined ? new URLSearchParams(form).toString() : JSON.stringify(json),
  })
  if (status >= 300) {
    throw new ProviderError(status >= 500 ? 'retry-later' : 'rejected', integration.reasonOf?.(status, body) ?? '', {
      status,
    })
  }
  return { status, body, headers: answered }
}

export function rawRequest(request: Pick<SimulatedRequest, 'headers' | 'body'>): RawRequest {
  return { headers: request.headers, body: Buffer.from(request.body) }
}

/** What is wrong with an effect by the app's own definitions; empty when nothing is. */
export function complaintsAbout(integration: Integration<unknown>, effect: Effect): string[] {
  if (effect.kind !== 'object' && effect.kind !== 'customer') {
    return []
  }
  const declared =
    effect.kind === 'object' ? integration.klasses[effect.klass]?.attributes : integration.customerAttributes
  if (declared === undefined) {
    return [
      effect.kind === 'object' ? `the klass ${effect.klass} is not declared` : 'no customer attributes are declared',
    ]
  }
  const fields = Object.entries(effect.fields).flatMap(([name, value]) => {
    const isDeclared = name in declared
    const fits = value === null || value === undefined || typeMatches(name, value)
    return [...(isDeclared ? [] : [`${name} is not declared`]), ...(fits ? [] : [`${name} holds a ${typeof value}`])]
  })
  const latest = effect.kind === 'object' ? effect.feedback?.latestAttribute : undefined
  const undeclaredLatest = latest !== undefined && !(latest in (integration.customerAttributes ?? {}))
  const count = Object.keys(effect.fields).length
  return [
    ...fields,
    ...(undeclaredLatest ? [`the customer attribute ${latest} is not declared`] : []),
    ...(count <= mostFields ? [] : [`it sets ${count} attributes; at most ${mostFields} fit an object`]),
  ]
}

const mostFields = 20

function typeMatches(name: string, value: string | number | boolean): boolean {
  switch (attributeTypeOf(name)) {
    case 'number':
      return typeof value === 'number' && Number.isFinite(value)
    case 'boolean':
      return typeof value === 'boolean'
    case 'date':
      return typeof value === 'string' && new Date(value).toISOString() === value
    case 'url':
      return typeof value === 'string' && URL.canParse(value)
    default:
      return typeof value === 'string'
  }
}

/** The readable reason for which a body is refused, or undefined when it is taken. */
export async function refusalOf(
  integration: Integration<unknown>,
  webhook: string,
  body: unknown,
): Promise<string | undefined> {
  try {
    await effectsOf(integration, webhook, body, integration.settings.parse({}))
    return undefined
  } catch (error) {
    if (error instanceof ZodError) {
      return error.issues.map((issue) => `${issue.path.join('.')} ${issue.message}`).join('; ')
    }
    return error instanceof Error ? error.message : String(error)
  }
}
