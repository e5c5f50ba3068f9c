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
const eventsPerSecond = 500
const partsOfSecond = 10

/**
 * Intake at full load while 500 events a second happen besides, in turn with nobody who hears of them and with a webhook that
 * hears of all, and how many it hears a second meanwhile.
 */
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
  const created = await fetch(`${desk.address}/v1/outbound-webhooks`, {
    method: 'POST',
    headers: { authorization: `Bearer ${target.adminToken}`, 'content-type': 'application/json' },
    body: JSON.stringify({
      name: 'Bench',
      url: `http://127.0.0.1:${(receiver.address() as AddressInfo).port}`,
      events: ['kustomer.tag.update'],
    }),
  })
  const { data } = (await created.json()) as { data: { id: string } }
  let next = 1
  const post = async (seconds: number) => {
    const result = await load(desk.address, target.dataFolder, connections, seconds, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      paths: [target.path],
      body: sampleOf('{n%2000}'),
      first: next,
    })
    next += result.requests + 10 * connections
    return result.perSecond
  }
  const quiet = async () => {
    for (;;) {
      const { rowCount } = await owner.client.query(
        `(select from deliveries where status = 'received' limit 1) union all (select from webhook_transactions where status = 'waiting' limit 1)`,
      )
      if (rowCount === 0) {
        return
      }
      await sleep(50)
    }
  }
  let batch = 0
  const happen = () =>
    owner.client.query(
      `insert into events (org_id, id, name, object_type, object_id)
       select $1, lpad(to_hex((extract(epoch from clock_timestamp()) * 1000)::bigint), 12, '0') || lpad(to_hex($2::int), 6, '0') || lpad(to_hex(n), 6, '0'),
         'kustomer.tag.update', 'tag', $1 from generate_series(1, ${eventsPerSecond / partsOfSecond}) n`,
      [target.orgId, batch++],
    )
  const round = async (status: 'enabled' | 'disabled') => {
    await owner.client.query('update outbound_webhooks set status = $1 where id = $2', [status, data.id])
    await owner.client.query('checkpoint')
    heard = 0
    const timer = setInterval(() => void happen(), 1000 / partsOfSecond)
    const perSecond = await post(roundSeconds)
    clearInterval(timer)
    const meanwhile = heard / roundSeconds
    await quiet()
    return { perSecond, meanwhile }
  }
  await post(warmUpSeconds)
  await quiet()
  const ratios: number[] = []
  const rates: number[] = []
  for (let count = 0; count < rounds; count++) {
    const without = await round('disabled')
    const withThem = await round('enabled')
    ratios.push(withThem.perSecond / without.perSecond)
    rates.push(withThem.meanwhile)
    figures.note(`intake with webhooks against without, round ${count + 1}`, ratios.at(-1) ?? Number.NaN)
  }
  const [rate, ratio] = [median(rates), median(ratios)]
  const enough = 0.95 * eventsPerSecond
  figures.report('webhooks heard at full intake', rate, 'a second', 'the 500 that happen', rate >= enough)
  figures.report('intake with 500 webhooks a second', ratio, '×', 'at least 0.8 of that without', ratio >= 0.8)
  receiver.closeAllConnections()
  await new Promise((resolve) => void receiver.close(resolve))
}
