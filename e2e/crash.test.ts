import { setTimeout as sleep } from 'node:timers/promises'

import nodemailer from 'nodemailer'
import { afterAll, beforeAll, expect, test } from 'vitest'

import { newDesk } from './server.ts'
import type { DeskProcess } from './server.ts'

const responses = 667 // each as created, as updated, and one of the two again: 2,000 deliveries
const clients = 8
const kills = 5

let desk: DeskProcess
let token = ''

beforeAll(async () => {
  desk = await newDesk()
  await desk.start()
  token = await desk.newApiKey('org.user', 'org.admin', 'org.hooks')
})
afterAll(() => desk[Symbol.asyncDispose]())

async function call<T>(method: string, path: string, body?: object): Promise<T> {
  const reply = await fetch(desk.address + path, {
    method,
    headers: {
      authorization: `Bearer ${token}`,
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  })
  return (await reply.json()) as T
}

interface Sending {
  id: number
  version: number
  body: string
}

/** The provider's traffic: a third repeats, a third comes after what follows it. */
function traffic(): Sending[] {
  const sendings: Sending[] = []
  for (let id = 0; id < responses; id++) {
    const created = sending(id, 1)
    const updated = sending(id, 2)
    sendings.push(...(id % 3 === 0 ? [updated, created] : [created, updated]), id % 2 === 0 ? updated : created)
  }
  return sendings.slice(0, 2_000)
}

function sending(id: number, version: number): Sending {
  const data = {
    id: `r${id}`,
    person: { id: `${id}`, email: `person${id % 200}@example.com`, name: `Person ${id % 200}` },
    survey_type: 'nps',
    score: version === 1 ? id % 10 : (id % 10) + 1,
    comment: version === 1 ? null : `final word ${id}`,
    created_at: 1_700_000_000 + id,
    updated_at: 1_700_000_000 + id + version * 60,
  }
  return {
    id,
    version,
    body: JSON.stringify({
      event_type: `survey_response.${version === 1 ? 'created' : 'updated'}`,
      event_id: `e${id}v${version}`,
      event_data: data,
    }),
  }
}

test('2,000 deliveries from 8 clients with five kills: everything acknowledged has exactly its one effect, and the newest state wins', async () => {
  const installed = await call<{ data: { attributes: { hooks: { url: string }[] } } }>('POST', '/v1/apps/install', {
    app: 'delighted',
  })
  const url = installed.data.attributes.hooks[0]?.url ?? ''
  const queue = traffic()
  const acknowledged = new Set<string>()
  let sent = 0
  let interruptions = 0

  async function client(): Promise<void> {
    for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
      // A provider sends again until it is answered.
      for (;;) {
        const reply = await fetch(url, {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body: next.body,
        }).catch(() => undefined)
        if (reply?.ok === true) {
          await reply.text()
          acknowledged.add(`${next.id}/${next.version}`)
          sent += 1
          break
        }
        interruptions += 1
        await sleep(50)
      }
      await sleep(4)
    }
  }

  async function killer(): Promise<void> {
    for (let kill = 1; kill <= kills; kill++) {
      const mark = (kill * 2_000) / (kills + 1)
      while (sent < mark) {
        await sleep(5)
      }
      await desk.kill()
      await desk.start()
    }
  }

  await Promise.all([...Array.from({ length: clients }, client), killer()])
  expect(sent).toBe(2_000)
  expect(interruptions).toBeGreaterThan(0)
  expect(acknowledged.size).toBe(responses * 2)

  await expect
    .poll(() => call<{ data: unknown[] }>('GET', '/v1/deliveries?status=received').then((page) => page.data.length), {
      timeout: 60_000,
      interval: 200,
    })
    .toBe(0)
  expect((await call<{ data: unknown[] }>('GET', '/v1/deliveries?status=failed')).data).toEqual([])

  const objects = await all<{ attributes: { externalId: string; description: string; custom: { scoreNum: number } } }>(
    '/v1/klasses/net-promoter-score?pageSize=100',
  )
  expect(objects).toHaveLength(responses)
  expect(new Set(objects.map((it) => it.attributes.externalId)).size).toBe(responses)
  for (const { attributes } of objects) {
    const id = Number(attributes.externalId.slice(1))
    expect(attributes).toMatchObject({ description: `final word ${id}`, custom: { scoreNum: (id % 10) + 1 } })
  }
  const customers = await all<{
    id: string
    attributes: { custom: { latestNpsNum: number }; emails: { email: string }[] }
  }>('/v1/customers?pageSize=100')
  expect(customers).toHaveLength(200)
  let cards = 0
  for (const { id, attributes } of customers) {
    const person = Number(/\d+/.exec(attributes.emails[0]?.email ?? '')?.[0])
    const last = Math.max(
      ...Array.from({ length: responses }, (_, response) => response).filter((response) => response % 200 === person),
    )
    expect(attributes.custom.latestNpsNum).toBe((last % 10) + 1)
    cards += (await call<{ data: unknown[] }>('GET', `/v1/customers/${id}/timeline?pageSize=100`)).data.length
  }
  expect(cards).toBe(responses)
})

async function all<T>(first: string): Promise<T[]> {
  const items: T[] = []
  for (let path: string | null = first; path !== null;) {
    const page: { data: T[]; links: { next: string | null } } = await call('GET', path)
    items.push(...page.data)
    path = page.links.next
  }
  return items
}

test('400 mails, from two servers and two of a provider, with two kills: every mail that was taken is there exactly once', async () => {
  const { data: hook } = await call<{ data: { id: string; attributes: { url: string } } }>('POST', '/v1/hooks/email', {
    title: 'Mail',
  })
  const to = hook.attributes.url
  const mails = Array.from({ length: 400 }, (_, index) => index)
  const taken = new Set<number>()
  let interruptions = 0

  /** Tries again until it is told that the mail was taken, as every mail server does. */
  async function bring(send: (index: number) => Promise<unknown>): Promise<void> {
    for (let next = mails.shift(); next !== undefined; next = mails.shift()) {
      for (;;) {
        const answer = await send(next).catch(() => undefined)
        if (answer !== undefined) {
          taken.add(next)
          break
        }
        interruptions += 1
        await sleep(50)
      }
    }
  }

  async function server(): Promise<void> {
    const transport = nodemailer.createTransport({
      host: '127.0.0.1',
      port: desk.smtpPort,
      ignoreTLS: true,
      pool: true,
    })
    await bring((index) =>
      transport.sendMail({
        from: 'shop@shop.example',
        to,
        messageId: `<${index}@shop.example>`,
        date: new Date(0),
        subject: `Mail ${index}`,
        text: `Text ${index}`,
      }),
    )
    transport.close()
  }

  async function provider(): Promise<void> {
    const authorization = `Basic ${Buffer.from('postmark:secret').toString('base64')}`
    await bring(async (index) => {
      const raw = `From: shop@shop.example\r\nSubject: Mail ${index}\r\nMessage-ID: <${index}@shop.example>\r\n\r\nText ${index}\r\n`
      const reply = await fetch(`${desk.address}/v1/mail/postmark`, {
        method: 'POST',
        headers: { authorization, 'content-type': 'application/json' },
        body: JSON.stringify({ RawEmail: raw, OriginalRecipient: to, From: 'shop@shop.example' }),
      })
      await reply.text()
      return reply.ok ? true : undefined
    })
  }

  async function killer(): Promise<void> {
    for (const mark of [130, 260]) {
      while (taken.size < mark) {
        await sleep(5)
      }
      await desk.kill()
      await desk.start()
    }
  }

  await Promise.all([server(), server(), provider(), provider(), killer()])
  expect(taken.size).toBe(400)
  expect(interruptions).toBeGreaterThan(0)
  const came = () => all<{ attributes: { status: string } }>(`/v1/hooks/email/${hook.id}/transactions?pageSize=100`)
  await expect
    .poll(async () => (await came()).filter((it) => it.attributes.status === 'applied').length, { timeout: 60_000 })
    .toBe(400)
  expect(await came()).toHaveLength(400)
})
