import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'

import { authorize, only } from '../../platform/http/access.ts'
import type { Actor } from '../../platform/http/access.ts'
import { ApiError } from '../../platform/http/errors.ts'
import type { HookType } from '../apps/hooks.ts'
import type { Intake } from './accept.ts'

const largestBody = 400_000 // the platform's limit, white space counted (facts 3.1)
const webAccess = only('hook', 'org.hooks')

/**
 * Where the outside world posts to. These routes see raw bytes, as signatures are made over them.
 * A form hook's address alone opens it; a web hook also wants an API key.
 */
export function hookRoutes(deps: {
  intake: Intake
  authenticate: (request: FastifyRequest) => Promise<Actor | undefined>
}) {
  return (app: FastifyInstance): void => {
    void app.register((scope, _options, done) => {
      scope.removeAllContentTypeParsers()
      scope.addContentTypeParser('*', { parseAs: 'buffer', bodyLimit: largestBody }, (_request, body, parsed) =>
        parsed(null, body),
      )

      async function take(type: HookType, request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
        const { hash, org } = request.params as { hash: string; org?: string }
        if (org !== undefined && !hash.startsWith(org)) {
          throw new ApiError('notfound', 'Hook not found', { parameter: 'hash' })
        }
        const accepted = await deps.intake.receive(type, hash, {
          headers: plainHeaders(request),
          body: (request.body as Buffer | undefined) ?? Buffer.alloc(0),
        })
        return reply
          .header('content-type', 'application/json; charset=utf-8')
          .send(
            `{"data":{"type":"hook_transaction","id":"${accepted.id}","attributes":{"duplicate":${accepted.duplicate}}}}`,
          )
      }

      // Machines post here: the headers that protect a browser would only cost time.
      const options = { bodyLimit: largestBody, schema: { hide: true }, helmet: false as const }
      scope.post('/v1/hooks/form/:hash', options, (request, reply) => take('form', request, reply))
      scope.post('/v1/hooks/form/:org/:hash', options, (request, reply) => take('form', request, reply))
      scope.post('/v1/hooks/web/:hash', options, async (request, reply) => {
        const actor = await deps.authenticate(request)
        if (actor === undefined) {
          throw new ApiError('unauthorized', 'A web hook takes requests with an API key: "Authorization: Bearer …".')
        }
        authorize(actor, webAccess)
        if (!(request.params as { hash: string }).hash.startsWith(actor.orgId)) {
          throw new ApiError('notfound', 'Hook not found', { parameter: 'hash' })
        }
        return take('web', request, reply)
      })
      done()
    })
  }
}

function plainHeaders(request: FastifyRequest): Record<string, string> {
  const headers: Record<string, string> = {}
  for (const [name, value] of Object.entries(request.headers)) {
    if (value !== undefined) {
      headers[name] = typeof value === 'string' ? value : value.join(', ')
    }
  }
  return headers
}
