import { connect } from 'node:net'
import type { AddressInfo } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'

import fastify from 'fastify'
import { expect, test, vi } from 'vitest'

import { liveRoute } from './routes.ts'

const actor = { orgId: '0'.repeat(24), userId: '1'.repeat(24), userType: 'user' as const, roles: [] }

/** The route on a real server; `open` counts who listens. */
async function serve(signInMs: number) {
  const listeners = { open: 0 }
  const app = fastify()
  liveRoute({
    authenticate: () => sleep(signInMs, actor),
    live: {
      subscribe: () => {
        listeners.open += 1
        return () => {
          listeners.open -= 1
        }
      },
      [Symbol.dispose]: () => undefined,
    },
  })(app)
  await app.listen({ host: '127.0.0.1', port: 0 })
  const socket = connect((app.server.address() as AddressInfo).port, '127.0.0.1')
  socket.write('GET /v1/live HTTP/1.1\r\nhost: desk\r\n\r\n')
  return { listeners, socket, [Symbol.asyncDispose]: () => app.close() }
}

test('a page that leaves is forgotten', async () => {
  await using server = await serve(0)
  await vi.waitFor(() => expect(server.listeners.open).toBe(1))
  server.socket.destroy()
  await vi.waitFor(() => expect(server.listeners.open).toBe(0))
})

test('a page that leaves while it is being recognised never listens', async () => {
  await using server = await serve(200)
  await sleep(50)
  server.socket.destroy()
  await sleep(400)
  expect(server.listeners.open).toBe(0)
})
