import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'

import type { Author, Database, OrgDb } from '../db/database.ts'
import { authorize } from './access.ts'
import type { Access, Actor, Authorized } from './access.ts'
import { ErrorReply } from './envelope.ts'
import { ApiError } from './errors.ts'
import { IdempotentRequest, readIdempotencyKey } from './idempotency.ts'
import type { RateLimiter } from './rate-limit.ts'

/** What a handler gets: parsed input, the caller with the mark of the check, and the caller's organisation. */
export interface Call<Params, Query, Body, Resource extends string> {
  readonly params: Params
  readonly query: Query
  readonly body: Body
  readonly by: Authorized<Resource>
  readonly db: OrgDb
  readonly request: FastifyRequest
  readonly reply: FastifyReply
}

interface EndpointSpec<
  P extends z.ZodType,
  Q extends z.ZodType,
  B extends z.ZodType,
  R extends z.ZodType,
  Resource extends string,
> {
  method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  /** Fastify's path syntax, beginning with /v1. */
  path: string
  /** One line for the API reference. */
  summary: string
  tag: string
  access: Access<Resource>
  params?: P
  query?: Q
  body?: B
  status: 200 | 201 | 202 | 204
  reply: R
  /** The reply holds a secret that is shown this once: it is not kept for a repetition of the request. */
  isSecret?: boolean
  handle: (call: Call<z.output<P>, z.output<Q>, z.output<B>, Resource>) => Promise<z.input<R>>
}

/** One row of the route table. */
export type Endpoint = (app: FastifyInstance, services: EndpointServices) => void

export interface EndpointServices {
  database: Database
  /** Finds the caller of a request; undefined when the request carries no credentials at all. */
  authenticate: (request: FastifyRequest) => Promise<Actor | undefined>
  limiter: RateLimiter
}

export function endpoint<
  P extends z.ZodType = z.ZodUndefined,
  Q extends z.ZodType = z.ZodUndefined,
  B extends z.ZodType = z.ZodUndefined,
  R extends z.ZodType = z.ZodVoid,
  Resource extends string = string,
>(spec: EndpointSpec<P, Q, B, R, Resource>): Endpoint {
  return (app, services) => {
    app.route({
      method: spec.method,
      url: spec.path,
      schema: {
        summary: spec.summary,
        tags: [spec.tag],
        operationId: operationId(spec.method, spec.path),
        description:
          spec.access.roles.length === 0
            ? 'Open to every role.'
            : `Roles, any one of: ${spec.access.roles.map((role) => `\`${role}\``).join(', ')}.`,
        ...(spec.params === undefined ? {} : { params: spec.params }),
        ...(spec.query === undefined ? {} : { querystring: spec.query }),
        ...(spec.body === undefined ? {} : { body: spec.body }),
        response: {
          [spec.status]:
            spec.status === 204 ? z.null().describe('Done; there is nothing to say.') : spec.reply.describe('Success.'),
          '4xx': ErrorReply,
        },
      },
      handler: async (request, reply) => {
        const actor = await services.authenticate(request)
        if (actor === undefined) {
          throw new ApiError('unauthorized', 'Sign in, or send an API key as "Authorization: Bearer …".')
        }
        await countRequest(services.limiter, actor, reply)
        const by = authorize(actor, spec.access)
        const db = services.database.forOrg(by.orgId, authorOf(request, by))
        const once = idempotent(db, by, request)
        const kept = await once?.previous()
        if (kept !== undefined) {
          void reply.header('idempotent-replayed', 'true').type('application/json; charset=utf-8').serializer(String)
          return reply.status(kept.status).send(kept.status === 204 ? undefined : kept.reply)
        }
        const result = await spec.handle({
          params: request.params as z.output<P>,
          query: request.query as z.output<Q>,
          body: request.body as z.output<B>,
          by,
          db: once?.db ?? db,
          request,
          reply,
        })
        if (spec.isSecret !== true) {
          await once?.keep({ status: spec.status, reply: spec.status === 204 ? '' : JSON.stringify(result) })
        }
        return reply.sent ? reply : reply.status(spec.status).send(spec.status === 204 ? undefined : result)
      },
    })
  }
}

async function countRequest(limiter: RateLimiter, actor: Actor, reply: FastifyReply): Promise<void> {
  const { allowed, limit, remaining, resetsAt } = await limiter.take(actor)
  void reply.headers({
    'x-ratelimit-limit': limit,
    'x-ratelimit-remaining': remaining,
    'cache-control': 'no-cache, private',
  })
  if (!allowed) {
    const seconds = Math.max(1, Math.ceil((resetsAt.getTime() - Date.now()) / 1000))
    void reply.headers({ 'x-ratelimit-reset': Math.ceil(resetsAt.getTime() / 1000), 'retry-after': seconds })
    throw new ApiError('too_many_requests', `More than ${limit} requests in this minute. Go on in ${seconds} s.`)
  }
}

function idempotent(db: OrgDb, by: Actor, request: FastifyRequest): IdempotentRequest | undefined {
  const key = request.method === 'GET' ? undefined : readIdempotencyKey(request.headers['idempotency-key'])
  return key === undefined ? undefined : new IdempotentRequest(db, by.userId, key, request)
}

const longestClient = 255

function authorOf(request: FastifyRequest, { userId, userType }: Actor): Author {
  const client = (request.headers['user-agent'] ?? '').slice(0, longestClient)
  return { userId, userType, client, ip: request.ip }
}

function operationId(method: string, path: string): string {
  const words = path
    .replace(/^\/v1\//, '')
    .split(/[^a-zA-Z0-9]+/)
    .filter((word) => word !== '')
  return method.toLowerCase() + words.map((word) => word.charAt(0).toUpperCase() + word.slice(1)).join('')
}
