import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'

import { afterAll, beforeAll, expect, test, vi } from 'vitest'

import { newDesk } from './server.ts'
import type { DeskProcess } from './server.ts'

const kills = 4
const patienceMs = 90_000 // what a killed sender had claimed is due again after 60 s

let desk: DeskProcess
let token = ''
const heard = new Set<string>()
const receiver = createServer((request, response) => {
  const chunks: Buffer[] = []
  request.on('data', (chunk: Buffer) => chunks.push(chunk))
  request.on('end', () => {
    heard.add((JSON.parse(Buffer.concat(chunks).toString()) as { dataId: string }).dataId)
    response.end('{}')
  })
})

beforeAll(async () => {
  await new Promise<void>((resolve) => void receiver.listen(0, '127.0.0.1', resolve))
  desk = await newDesk()
  await desk.start()
  token = await desk.newApiKey('org.user', 'org.admin')
})
afterAll(async () => {
  await desk[Symbol.asyncDispose]()
  receiver.closeAllConnections()
  await new Promise((resolve) => void receiver.close(resolve))
})

async function call(method: string, path: string, body?: object) {
  const reply = await fetch(desk.address + path, {
    method,
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  })
  const answer = (await reply.json()) as { data: { id: string; attributes: Record<string, unknown> } }
  if (!reply.ok) {
    throw new Error(`${path} answered ${reply.status}: ${JSON.stringify(answer)}`)
  }
  return answer.data
}

test('a kill between a change and its webhook loses neither', { timeout: 180_000 }, async () => {
  const url = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}`
  await call('POST', '/v1/outbound-webhooks', { name: 'All', url, events: ['kustomer.customer.create'] })
  const acknowledged: string[] = []
  let isWriting = true
  const writers = Array.from({ length: 4 }, async (_, writer) => {
    for (let count = 0; isWriting; count++) {
      try {
        acknowledged.push((await call('POST', '/v1/customers', { name: `Customer ${writer}/${count}` })).id)
      } catch {
        await sleep(50) // killed meanwhile: it is not known whether it was written
      }
    }
  })
  for (let kill = 0; kill < kills; kill++) {
    await sleep(1_000)
    await desk.kill()
    await desk.start()
  }
  isWriting = false
  await Promise.all(writers)
  expect(acknowledged.length).toBeGreaterThan(100)
  await vi.waitFor(() => expect(acknowledged.filter((id) => !heard.has(id))).toEqual([]), {
    timeout: patienceMs,
    interval: 200,
  })
})

test('a bulk goes on after a kill, and does each item once', { timeout: 120_000 }, async () => {
  const items = Array.from({ length: 100 }, (_, index) => ({ name: `Bulk ${index}`, externalId: `bulk-${index}` }))
  const started = await call('POST', '/v1/customers/bulk', items)
  await sleep(60)
  await desk.kill()
  await desk.start()
  await vi.waitFor(
    async () => expect((await call('GET', `/v1/bulk/${started.id}`)).attributes['status']).toBe('complete'),
    { timeout: patienceMs, interval: 200 },
  )
  const { attributes } = await call('GET', `/v1/bulk/${started.id}`)
  expect(attributes['progress']).toEqual({ done: 100, failed: 0, total: 100 })
  expect(new Set(attributes['ids'] as string[]).size).toBe(100)
})
