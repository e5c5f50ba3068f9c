import { existsSync, readFileSync } from 'node:fs'
import { createServer as createHttpServer } from 'node:http'
import type { IncomingMessage, ServerResponse } from 'node:http'

import helmet from '@fastify/helmet'
import fastifyStatic from '@fastify/static'
import swagger from '@fastify/swagger'
import swaggerUi from '@fastify/swagger-ui'
import type { FastifySwaggerUiOptions } from '@fastify/swagger-ui'
import fastify, { LogController } from 'fastify'
import type { FastifyBaseLogger, FastifyInstance } from 'fastify'
import { jsonSchemaTransform, jsonSchemaTransformObject, serializerCompiler } from 'fastify-type-provider-zod'
import type { z } from 'zod'

import { parseJson, storable, UnreadableJson } from '../json.ts'
import type { JsonValue } from '../json.ts'
import type { Log } from '../log.ts'
import type { Endpoint, EndpointServices } from './endpoint.ts'
import { ApiError, InvalidRequest, parameterProblemsOf, problemsOf, toErrorDocument } from './errors.ts'

/** Answers a request itself, before the framework sees it, or says false and leaves it alone. */
export type RawListener = (request: IncomingMessage, response: ServerResponse) => boolean

export interface ServerOptions extends EndpointServices {
  log: Log
  version: string
  endpoints: Endpoint[]
  /** Folder of the built page; undefined serves the API alone. */
  webFolder: string | undefined
  /** Checks every reply against its schema; the tests' way to prove that the API reference tells the truth. */
  checkReplies: boolean
  /** Routes that are no rows of the route table: hooks with raw bodies, sign-in, live events. */
  extra: ((app: FastifyInstance) => void)[]
  /** Beginnings of paths that stand for others: `/v1/kobjects/` for `/v1/klasses/`. */
  aliases: Record<string, string>
  /** For the one address where every microsecond counts. */
  first: RawListener
}

declare module 'fastify' {
  interface FastifyInstance {
    /** Every address there is, for what is written about them. */
    routeList: readonly { method: string; url: string }[]
  }
}

const apiBodyLimit = 2 * 1024 * 1024
const longestPathParameter = 1024 // lookups carry e-mail addresses and external ids in the path

/** Builds the HTTP server; `listen` is the caller's. */
export async function createServer(options: ServerOptions): Promise<FastifyInstance> {
  const loggerInstance: FastifyBaseLogger = options.log
  const aliases = Object.entries(options.aliases)
  const app = fastify({
    loggerInstance,
    logController: new LogController({ disableRequestLogging: true }),
    bodyLimit: apiBodyLimit,
    routerOptions: { ignoreTrailingSlash: true, maxParamLength: longestPathParameter },
    forceCloseConnections: true,
    trustProxy: 'loopback',
    rewriteUrl: ({ url = '/' }) => {
      const [from, to] = aliases.find(([beginning]) => url.startsWith(beginning)) ?? ['', '']
      return to + url.slice(from.length)
    },
    serverFactory: (handle) =>
      createHttpServer((request, response) => {
        if (!options.first(request, response)) {
          handle(request, response)
        }
      }),
  })
  const routeList: { method: string; url: string }[] = []
  app.decorate('routeList', routeList)
  app.addHook('onRoute', ({ method, url }) => {
    routeList.push(...[method].flat().map((it) => ({ method: it, url })))
  })
  app.setValidatorCompiler(({ schema, httpPart }) => checkWith(schema as z.ZodType, httpPart ?? 'body'))
  app.addContentTypeParser('application/json', { parseAs: 'buffer' }, (_request, body, done) =>
    parseBody(body as Buffer, done),
  )
  app.setSerializerCompiler(options.checkReplies ? serializerCompiler : () => (data) => JSON.stringify(data))
  app.setErrorHandler((error, request, reply) => {
    const { status, body, unexpected } = toErrorDocument(error)
    if (unexpected) {
      request.log.error({ err: error, method: request.method, path: request.routeOptions.url }, 'request failed')
    }
    return reply.status(status).type('application/json; charset=utf-8').serializer(JSON.stringify).send(body)
  })
  await app.register(helmet, {
    contentSecurityPolicy: { directives: contentSecurityPolicy },
    strictTransportSecurity: false,
  })
  await app.register(swagger, {
    openapi: openApiHead(options.version),
    transform: jsonSchemaTransform,
    transformObject: jsonSchemaTransformObject,
  })
  await app.register(swaggerUi, apiReferenceOptions(options.webFolder))
  app.get('/healthz', { schema: { hide: true } }, () => ({ alive: true }))
  for (const mount of options.endpoints) {
    mount(app, options)
  }
  for (const mount of options.extra) {
    mount(app)
  }
  await servePage(app, options.webFolder)
  return app
}

function checkWith(schema: z.ZodType, part: string) {
  return (data: unknown): { value: unknown } | { error: Error } => {
    // A body was made storable when it was read.
    const parsed = schema.safeParse(part === 'body' ? data : storable(data as JsonValue))
    if (parsed.success) {
      return { value: parsed.data }
    }
    return { error: new InvalidRequest(part === 'body' ? problemsOf(parsed.error) : parameterProblemsOf(parsed.error)) }
  }
}

function parseBody(body: Buffer, done: (error: Error | null, value?: unknown) => void): void {
  if (body.length === 0) {
    done(null, undefined) // many programs announce JSON with every request, also with those that have no body
    return
  }
  try {
    done(null, storable(parseJson(body)))
  } catch (error) {
    done(error instanceof UnreadableJson ? new ApiError('bad_request', error.message) : (error as Error))
  }
}

// Styles: the component library sets style attributes while it measures and animates; scripts only come from here.
const contentSecurityPolicy = {
  'default-src': ["'self'"],
  'script-src': ["'self'"],
  'style-src': ["'self'", "'unsafe-inline'"],
  'img-src': ["'self'", 'data:', 'https:'],
  'connect-src': ["'self'"],
  'object-src': ["'none'"],
  'frame-ancestors': ["'none'"],
  'base-uri': ["'self'"],
  'form-action': ["'self'"],
  'upgrade-insecure-requests': null, // a desk on a private network may have no certificate
}

function openApiHead(version: string) {
  return {
    openapi: '3.1.0' as const,
    info: {
      title: 'Tellback',
      version,
      description: 'Every review and survey answer, verified, on one customer timeline.',
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    servers: [{ url: '/', description: 'This desk' }],
    components: {
      securitySchemes: {
        apiKey: { type: 'http' as const, scheme: 'bearer', description: 'An API key of an organisation.' },
      },
    },
    security: [{ apiKey: [] }],
  }
}

// The reference reads this desk's own description, so there is no other address to enter.
const referenceStyle = '.topbar-wrapper form { display: none !important } .swagger-ui .topbar { padding: 6px 0 }'

function apiReferenceOptions(webFolder: string | undefined): FastifySwaggerUiOptions {
  const logo = webFolder === undefined ? undefined : `${webFolder}/favicon.svg`
  return {
    routePrefix: '/docs',
    staticCSP: true,
    uiConfig: { docExpansion: 'none', deepLinking: true, filter: true },
    theme: { title: 'Tellback API', css: [{ filename: 'reference.css', content: referenceStyle }] },
    ...(logo === undefined || !existsSync(logo)
      ? {}
      : { logo: { type: 'image/svg+xml', content: readFileSync(logo), href: '/', target: '_self' } }),
  }
}

async function servePage(app: FastifyInstance, folder: string | undefined): Promise<void> {
  const hasPage = folder !== undefined && existsSync(folder)
  if (hasPage) {
    const kept = { immutable: true, maxAge: '365d' } as const // their names change with their content
    await app.register(fastifyStatic, { root: folder, wildcard: false, preCompressed: true, index: false, ...kept })
  }
  app.setNotFoundHandler(async (request, reply) => {
    const wantsPage =
      request.method === 'GET' &&
      !request.url.startsWith('/v1/') &&
      (request.headers.accept ?? '').includes('text/html')
    if (hasPage && wantsPage) {
      return reply.header('cache-control', 'no-cache').sendFile('index.html', { maxAge: 0, immutable: false })
    }
    throw new ApiError('notfound', `There is nothing at ${request.method} ${request.url.split('?')[0] ?? ''}.`)
  })
}
