import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'

import { startDeskProcess } from './desk.ts'
import { median } from './figures.ts'
import type { Figures } from './figures.ts'
import { sampleOf } from './intake.ts'
import { load } from './load.ts'
import { connectOwner } from './target.ts'
import type { Target } from './target.ts'

const connections = 32
const warmUpSeconds = 8
const rounds = 5
const roundSeconds = 6

/** Intake with and without a webhook that hears of everything that comes in, in turn, and how fast it hears. */
export async function measureWebhooks(target: Target, figures: Figures): Promise<void> {
  let heard = 0
  const receiver = createServer((request, response) => {
    request.resume().on('end', () => {
      heard += 1
      response.end('{}')
    })
  })
  await new Promise<void>((resolve) => void receiver.listen(0, '127.0.0.1', resolve))
  await using desk = await startDeskProcess(target.dataFolder, target.port, 'both')
  await using owner = await connectOwner(target)
  const url = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}`
  const created = await fetch(`${desk.address}/v1/outbound-webhooks`, {
    method: 'POST',
    headers: { authorization: `Bearer ${target.adminToken}`, 'content-type': 'application/json' },
    body: JSON.stringify({ name: 'Bench', url, events: ['tellback.feedback.create', 'tellback.feedback.update'] }),
  })
  const { data } = (await created.json()) as { data: { id: string } }
  const turn = (status: 'enabled' | 'disabled') =>
    owner.client.query('update outbound_webhooks set status = $1 where id = $2', [status, data.id])
  let next = 1
  const post = async (seconds: number) => {
    const body = sampleOf('{n%2000}')
    const headers = { 'content-type': 'application/json' }
    const result = await load(desk.address, target.dataFolder, connections, seconds, {
      method: 'POST',
      headers,
      paths: [target.path],
      body,
      first: next,
    })
    next += result.requests + 10 * connections
    return result.perSecond
  }
  const quiet = async () => {
    for (;;) {
      const { rowCount } = await owner.client.query(
        `select from deliveries where status = 'received' union all select from webhook_transactions where status = 'waiting' limit 1`,
      )
      if (rowCount === 0) {
        return
      }
      await sleep(50)
    }
  }
  await post(warmUpSeconds)
  await quiet()
  const ratios: number[] = []
  const rates: number[] = []
  for (let round = 0; round < rounds; round++) {
    await turn('disabled')
    await owner.client.query('checkpoint')
    const without = await post(roundSeconds)
    await quiet()
    await turn('enabled')
    await owner.client.query('checkpoint')
    heard = 0
    const begin = performance.now()
    const withThem = await post(roundSeconds)
    await quiet()
    rates.push(heard / ((performance.now() - begin) / 1000))
    ratios.push(withThem / without)
  }
  figures.report(
    'webhooks sent, from the first delivery to the last webhook',
    median(rates),
    'a second',
    'at least 500',
    median(rates) >= 500,
  )
  const ratio = median(ratios)
  figures.report('intake with webhooks against without', ratio, '×', 'at least 0.8', ratio >= 0.8)
  receiver.closeAllConnections()
  await new Promise((resolve) => void receiver.close(resolve))
}
