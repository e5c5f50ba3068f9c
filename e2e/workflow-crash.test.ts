import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'

import { afterAll, beforeAll, expect, test } from 'vitest'

import { createClient } from '../client/index.ts'
import type { Client } from '../client/index.ts'
import { newDesk } from './server.ts'
import type { DeskProcess } from './server.ts'

const runs = 1_000
const steps = 20
const kills = 5

let desk: DeskProcess
let api: Client
/** What the other system has done, by the key of the call: a key that comes again does nothing more. */
const done = new Map<string, string>()
let calls = 0

const otherSystem = createServer((request, response) => {
  request.resume()
  request.on('end', () => {
    calls += 1
    const key = String(request.headers['idempotency-key'])
    done.set(key, done.get(key) ?? request.url ?? '')
    setTimeout(() => response.end('{}'), 5) // a kill may come between what it did and its answer
  })
})

beforeAll(async () => {
  await new Promise<void>((resolve) => void otherSystem.listen(0, '127.0.0.1', resolve))
  desk = await newDesk()
  await desk.start()
  api = createClient({ baseUrl: desk.address, token: await desk.newApiKey('org.user', 'org.admin') })
}, 60_000)
afterAll(async () => {
  await desk[Symbol.asyncDispose]()
  otherSystem.closeAllConnections()
  await new Promise((resolve) => void otherSystem.close(resolve))
})

/** Every third step makes a customer, whose external id can be there once; the others call the other system. */
function document() {
  const address = `http://127.0.0.1:${(otherSystem.address() as AddressInfo).port}`
  return {
    name: 'Long',
    enabled: true,
    trigger: { callable: true, transitions: [{ target: 's1' }] },
    steps: Array.from({ length: steps }, (_, index) => {
      const n = index + 1
      const step =
        n % 3 === 0
          ? { action: 'kustomer.customer.create', params: { externalId: `{{steps.1.n}}-${n}` } }
          : { action: 'kustomer.rest-api.json', params: { method: 'POST', uri: `${address}/{{steps.1.n}}/${n}` } }
      return { id: `s${n}`, ...step, transitions: n === steps ? [] : [{ target: `s${n + 1}` }] }
    }),
  }
}

const open = async () => {
  const found = await Promise.all(
    (['ready', 'waiting'] as const).map((state) =>
      api.call('GET /v1/workflow-runs', { query: { state, pageSize: 1 } }),
    ),
  )
  return found.flatMap((it) => it.data).length
}

test(
  'killed five times amid a thousand runs of twenty steps, every run ends and every effect is there once',
  { timeout: 600_000 },
  async () => {
    const { id } = (await api.call('POST /v1/workflows', { body: document() })).data
    for (let n = 0; n < runs; n += 20) {
      const batch = Array.from({ length: 20 }, (_, index) =>
        api.call('POST /v1/workflows/{id}/calls', { params: { id }, body: { inputs: { n: n + index } } }),
      )
      await Promise.all(batch)
    }
    for (let kill = 0; kill < kills; kill++) {
      await sleep(2_500 + kill * 700)
      expect(await open(), 'killed while there is work').toBeGreaterThan(0)
      await desk.kill()
      await desk.start()
    }
    await expect.poll(open, { timeout: 400_000, interval: 1_000 }).toBe(0)
    const states = new Map<string, number>()
    const list = 'GET /v1/workflow-runs'
    let page = await api.call(list, { query: { pageSize: 100 } })
    for (;;) {
      page.data.forEach((it) => states.set(it.attributes.state, (states.get(it.attributes.state) ?? 0) + 1))
      if (page.links.next === null) {
        break
      }
      page = await api.follow(list, page.links.next)
    }
    expect(Object.fromEntries(states)).toEqual({ done: runs })
    const expected = Array.from({ length: runs }, (_, n) => n).flatMap((n) =>
      Array.from({ length: steps }, (_, index) => index + 1)
        .filter((step) => step % 3 !== 0)
        .map((step) => `/${n}/${step}`),
    )
    expect([...done.values()].toSorted()).toEqual(expected.toSorted())
    expect(calls).toBeGreaterThanOrEqual(done.size)
    const customers = (await api.call('GET /v1/customers', { query: { page: 60, pageSize: 100 } })).data
    expect(customers).toHaveLength(100)
    expect((await api.call('GET /v1/customers', { query: { page: 61, pageSize: 100 } })).data).toHaveLength(0)
  },
)
