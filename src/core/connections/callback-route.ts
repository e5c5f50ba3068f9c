import type { FastifyInstance, FastifyRequest } from 'fastify'
import { z } from 'zod'

import type { Database } from '../../platform/db/database.ts'
import { authorize, only } from '../../platform/http/access.ts'
import type { Actor } from '../../platform/http/access.ts'
import { ApiError } from '../../platform/http/errors.ts'
import { ProviderError } from '../../sdk/index.ts'
import { callbackPath, finishConnecting } from './connections.ts'
import type { ConnectionServices } from './connections.ts'

interface CallbackServices {
  database: Database
  authenticate: (request: FastifyRequest) => Promise<Actor | undefined>
  connections: ConnectionServices
}

const Back = z.object({ code: z.string().min(1).max(4096), state: z.string().min(1).max(200) })
const Refused = z.object({ error: z.string().max(200), error_description: z.string().max(1000).optional() })
const write = only('apps', 'org.admin.apps.write', 'org.permission.apps.update')

/** Where a provider sends the admin back to. It ends at the page, with what came of it. */
export function callbackRoute({ database, authenticate, connections }: CallbackServices) {
  return (instance: FastifyInstance): void => {
    instance.get(callbackPath, { schema: { hide: true } }, async (request, reply) => {
      void reply.header('cache-control', 'no-store').header('referrer-policy', 'no-referrer')
      try {
        const actor = await authenticate(request)
        if (actor === undefined) {
          throw new ApiError('unauthorized', 'Sign in to the desk in this browser, and connect again.')
        }
        const by = authorize(actor, write)
        const id = await finishConnecting(database.forOrg(by.orgId), connections, by, parse(request.query))
        return await reply.redirect(`/installations/${id}?connected`)
      } catch (error) {
        if (error instanceof ApiError || error instanceof ProviderError) {
          return reply.redirect(`/apps?${new URLSearchParams({ 'not-connected': error.message }).toString()}`)
        }
        throw error
      }
    })
  }
}

function parse(query: unknown): { code: string; state: string } {
  const back = Back.safeParse(query)
  if (back.success) {
    return back.data
  }
  const refused = Refused.safeParse(query)
  if (refused.success) {
    const { error, error_description: said = error } = refused.data
    throw new ApiError('unprocessable', `The provider did not give the access: ${said}.`)
  }
  throw new ApiError(
    'unprocessable',
    Back.pick({ code: true }).safeParse(query).success
      ? 'The provider sent you back without what tells that you began this here (state). Nothing was connected; begin again at the app.'
      : 'The provider sent you back without a code. Connect again.',
  )
}
