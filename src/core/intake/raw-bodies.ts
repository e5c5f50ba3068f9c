import type { FastifyInstance } from 'fastify'

/** Has the routes of a scope see bodies as the bytes that came, whatever type they say: signatures are made over those. */
export function takeRawBodies(scope: FastifyInstance, bodyLimit: number): void {
  scope.removeAllContentTypeParsers()
  scope.addContentTypeParser('*', { parseAs: 'buffer', bodyLimit }, (_request, body, parsed) => parsed(null, body))
}
