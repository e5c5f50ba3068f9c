import type { FastifyInstance, FastifyRequest } from 'fastify'

import { authorize, only } from '../../platform/http/access.ts'
import type { Actor } from '../../platform/http/access.ts'
import { ApiError } from '../../platform/http/errors.ts'
import type { Intake } from './accept.ts'
import { plainHeaders } from './form-hook-listener.ts'
import { largestBody, transactionReply } from './hook-reply.ts'
import { takeRawBodies } from './raw-bodies.ts'

const webAccess = only('hook', 'org.hooks')

/** Where programs with an API key post to. The route sees raw bytes, as signatures are made over them. */
export function webHookRoute(deps: {
  intake: Intake
  authenticate: (request: FastifyRequest) => Promise<Actor | undefined>
}) {
  return (app: FastifyInstance): void => {
    void app.register((scope, _options, done) => {
      takeRawBodies(scope, largestBody)
      const options = { bodyLimit: largestBody, schema: { hide: true }, helmet: false as const }
      scope.post('/v1/hooks/web/:hash', options, async (request, reply) => {
        const actor = await deps.authenticate(request)
        if (actor === undefined) {
          throw new ApiError('unauthorized', 'A web hook takes requests with an API key: "Authorization: Bearer …".')
        }
        authorize(actor, webAccess)
        const { hash } = request.params as { hash: string }
        if (!hash.startsWith(actor.orgId)) {
          throw new ApiError('notfound', 'Hook not found', { parameter: 'hash' })
        }
        const body = (request.body as Buffer | undefined) ?? Buffer.alloc(0)
        const accepted = await deps.intake.receive('web', hash, { headers: plainHeaders(request.raw), body })
        return reply.header('content-type', 'application/json; charset=utf-8').send(transactionReply(accepted))
      })
      done()
    })
  }
}
