import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'

import type { Database, OrgDb } from '../db/database.ts'
import { authorize } from './access.ts'
import type { Access, Actor, Authorized } from './access.ts'
import { ErrorReply } from './envelope.ts'
import { ApiError } from './errors.ts'

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
  handle: (call: Call<z.output<P>, z.output<Q>, z.output<B>, Resource>) => Promise<z.input<R>>
}

/** One row of the route table. */
export type Endpoint = (app: FastifyInstance, services: EndpointServices) => void

export interface EndpointServices {
  database: Database
  /** Finds the caller of a request; undefined when the request carries no credentials at all. */
  authenticate: (request: FastifyRequest) => Promise<Actor | undefined>
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
        const by = authorize(actor, spec.access)
        const result = await spec.handle({
          params: request.params as z.output<P>,
          query: request.query as z.output<Q>,
          body: request.body as z.output<B>,
          by,
          db: services.database.forOrg(by.orgId),
          request,
          reply,
        })
        return reply.sent ? reply : reply.status(spec.status).send(spec.status === 204 ? undefined : result)
      },
    })
  }
}

function operationId(method: string, path: string): string {
  const words = path
    .replace(/^\/v1\//, '')
    .split(/[^a-zA-Z0-9]+/)
    .filter((word) => word !== '')
  return method.toLowerCase() + words.map((word) => word.charAt(0).toUpperCase() + word.slice(1)).join('')
}
