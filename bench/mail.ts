import { setTimeout as sleep } from 'node:timers/promises'

import nodemailer from 'nodemailer'
import type { SendMailOptions } from 'nodemailer'

import { createClient } from '../client/index.ts'
import { freePort } from '../e2e/server.ts'
import { ownMemoryOf, startDeskProcess } from './desk.ts'
import type { Figures } from './figures.ts'
import { connectOwner } from './target.ts'
import type { Target } from './target.ts'

const mails = 2_000
const connections = 8
const text = 'A sentence that a customer writes about a tent. '.repeat(40)
const largeBytes = 18_000_000 // 25 MB on its way
const sampleMs = 20

/** From SMTP to what it wrote, beside the same many posts to a form hook; and memory while the largest mail passes. */
export async function measureMail(target: Target, figures: Figures): Promise<void> {
  const smtpPort = await freePort()
  await using desk = await startDeskProcess(target.dataFolder, target.port, 'both', [], {
    TELLBACK_SMTP_PORT: String(smtpPort),
  })
  await using owner = await connectOwner(target)
  const api = createClient({ baseUrl: desk.address, token: target.adminToken })
  const { data: hook } = await api.call('POST /v1/hooks/email', { body: { title: 'Bench' } })
  const { data: form } = await api.call('POST /v1/hooks/form', { body: { title: 'Bench' } })
  const applied = async (id: string, count: number) => {
    for (;;) {
      const { rows } = await owner.client.query<{ count: number }>(
        `select count(*)::int as count from deliveries where org_id = $1 and hook_id = $2 and status = 'applied'`,
        [target.orgId, id],
      )
      if ((rows[0]?.count ?? 0) >= count) {
        return
      }
      await sleep(sampleMs)
    }
  }
  const to = hook.attributes.url
  const transports = Array.from({ length: connections }, () =>
    nodemailer.createTransport({
      host: '127.0.0.1',
      port: smtpPort,
      ignoreTLS: true,
      pool: true,
      maxConnections: 1,
      maxMessages: Infinity,
    }),
  )
  const send = (mail: SendMailOptions, index: number) =>
    transports[index % connections]?.sendMail({ from: 'ann@shop.example', to, ...mail })

  const mailBegin = performance.now()
  await inTurn(mails, (index) => send({ subject: `Mail ${index}`, text: `${index} ${text}` }, index))
  await applied(hook.id, mails)
  const mailRate = (mails * 1000) / (performance.now() - mailBegin)

  const postBegin = performance.now()
  await inTurn(mails, async (index) => {
    const body = JSON.stringify({ subject: `Mail ${index}`, text: `${index} ${text}` })
    const reply = await fetch(form.attributes.url.replace(/^https?:\/\/[^/]+/, desk.address), {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body,
    })
    await reply.arrayBuffer()
  })
  await applied(form.id, mails)
  const postRate = (mails * 1000) / (performance.now() - postBegin)
  figures.note('mails a second, from SMTP to what they wrote', mailRate)
  figures.note('posts to a form hook a second, likewise', postRate)
  figures.report('mails against posts', mailRate / postRate, '×', 'at least 0.2', mailRate / postRate >= 0.2)

  const before = await ownMemoryOf(desk.pid)
  let most = before
  const passed = new AbortController()
  const watching = (async () => {
    while (!passed.signal.aborted) {
      most = Math.max(most, await ownMemoryOf(desk.pid))
      await sleep(sampleMs)
    }
  })()
  await send({ subject: 'Large', text, attachments: [{ filename: 'a.bin', content: Buffer.alloc(largeBytes, 1) }] }, 0)
  await applied(hook.id, mails + 1)
  passed.abort()
  await watching
  figures.note('memory of the desk before the largest mail in MB', before)
  figures.report(
    'memory while a mail of 25 MB passes, more than before',
    most - before,
    'MB',
    'at most 300',
    most - before <= 300,
  )
  transports.forEach((transport) => transport.close())
}

/** Does something so many times, as many at once as there are connections. */
async function inTurn(count: number, work: (index: number) => Promise<unknown> | undefined): Promise<void> {
  let next = 0
  await Promise.all(
    Array.from({ length: connections }, async () => {
      for (let index = next++; index < count; index = next++) {
        await work(index)
      }
    }),
  )
}
