import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'

import type { Integration, ProviderReply, SimulatedProvider, World } from '../../sdk/index.ts'
import type { Catalog } from './catalog.ts'

/** Simulated providers, each at an address of this desk. They forget everything when the desk stops. */
export interface Simulators {
  /** Where a host of a simulated provider is; undefined for an app without a simulated provider. */
  addressOf: (integration: Integration<unknown>, host: string) => string | undefined
  /** The simulated provider of an app; undefined where there is none. */
  find: (app: string) => SimulatedProvider | undefined
  routes: (instance: FastifyInstance) => void
}

const path = '/simulators'
const postTimeoutMs = 10_000
const largestBody = 1024 * 1024
/** Pages of a simulated provider are plain forms: no script, and nothing from elsewhere. */
const pagePolicy = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'"

/** Where a host of an app's simulated provider is, at the desk that has it. */
export function simulatorAddress(desk: string, app: string, host: string): string {
  return `${desk}${path}/${app}/${host}`
}

export function createSimulators(catalog: Catalog, ownAddress: () => string): Simulators {
  const addressOf = (app: string, host: string) => simulatorAddress(ownAddress(), app, host)
  const providers = new Map<string, SimulatedProvider>()
  for (const { integration } of catalog.list()) {
    const world: World = { now: () => new Date(), addressOf: (host) => addressOf(integration.id, host), post, head }
    const provider = integration.simulator.provider?.(world)
    if (provider !== undefined) {
      providers.set(integration.id, provider)
    }
  }
  return {
    addressOf: ({ id }, host) => (providers.has(id) ? addressOf(id, host) : undefined),
    find: (app) => providers.get(app),
    routes: (instance) => {
      void instance.register(async (scope) => {
        scope.removeAllContentTypeParsers()
        scope.addContentTypeParser('*', { parseAs: 'string', bodyLimit: largestBody }, (_, body, done) =>
          done(null, body),
        )
        const answer = async (request: FastifyRequest<{ Params: Asked }>, reply: FastifyReply) => {
          const provider = providers.get(request.params.app)
          if (provider === undefined) {
            return reply.status(404).send({ message: 'No such simulator' })
          }
          const answered = await provider.handle({
            method: request.method,
            host: request.params.host,
            path: `/${request.params['*'] ?? ''}`,
            query: new URL(request.url, ownAddress()).searchParams,
            headers: Object.fromEntries(
              Object.entries(request.headers).map(([name, value]) => [name, [value].flat().join(', ')]),
            ),
            body: typeof request.body === 'string' ? request.body : '',
          })
          return reply
            .status(answered.status)
            .headers({ 'content-security-policy': pagePolicy, ...answered.headers })
            .type(typeof answered.body === 'string' ? 'text/html; charset=utf-8' : 'application/json; charset=utf-8')
            .serializer(String)
            .send(written(answered))
        }
        for (const url of [`${path}/:app/:host`, `${path}/:app/:host/*`]) {
          scope.route<{ Params: Asked }>({
            method: ['GET', 'POST', 'PUT', 'DELETE'],
            url,
            schema: { hide: true },
            handler: answer,
          })
        }
      })
    },
  }
}

interface Asked {
  app: string
  host: string
  '*'?: string
}

function written({ body }: ProviderReply): string {
  return body === undefined ? '' : typeof body === 'string' ? body : JSON.stringify(body)
}

async function post(url: string, headers: Record<string, string>, body: string): Promise<number> {
  return call(url, { method: 'POST', headers, body })
}

async function head(url: string): Promise<number> {
  return call(url, { method: 'HEAD' })
}

async function call(url: string, request: RequestInit): Promise<number> {
  try {
    const answer = await fetch(url, { ...request, signal: AbortSignal.timeout(postTimeoutMs) })
    await answer.arrayBuffer()
    return answer.status
  } catch {
    return 0
  }
}
