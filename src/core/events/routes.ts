import type { FastifyInstance, FastifyRequest } from 'fastify'

import type { Actor } from '../../platform/http/access.ts'
import { ApiError } from '../../platform/http/errors.ts'
import type { LiveHub } from '../../platform/live.ts'

const keepAliveMs = 20_000

/** The stream that open pages listen to: server-sent events, one for each commit that changed something, and who is where. */
export function liveRoute(deps: {
  live: LiveHub
  authenticate: (request: FastifyRequest) => Promise<Actor | undefined>
}) {
  return (app: FastifyInstance): void => {
    app.get('/v1/live', { schema: { hide: true } }, async (request, reply) => {
      const actor = await deps.authenticate(request)
      if (actor === undefined) {
        throw new ApiError('unauthorized', 'Sign in to listen.')
      }
      reply.hijack()
      const stream = reply.raw
      if (request.raw.socket.destroyed) {
        return // gone meanwhile; nobody would say so again, and what is begun here would never end
      }
      stream.writeHead(200, {
        'content-type': 'text/event-stream',
        'cache-control': 'no-cache, no-transform',
        'x-accel-buffering': 'no',
      })
      stream.write('retry: 1000\nevent: ready\ndata: {}\n\n')
      const unsubscribe = deps.live.subscribe(actor.orgId, ({ names, customers, presence }) => {
        stream.write(
          presence === undefined
            ? `event: change\ndata: ${JSON.stringify({ names, customers })}\n\n`
            : `event: presence\ndata: ${JSON.stringify(presence)}\n\n`,
        )
      })
      const keepAlive = setInterval(() => stream.write(': still here\n\n'), keepAliveMs)
      stream.on('close', () => {
        clearInterval(keepAlive)
        unsubscribe()
      })
    })
  }
}
