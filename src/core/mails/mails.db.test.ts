import { once } from 'node:events'
import type { AddressInfo } from 'node:net'

import nodemailer from 'nodemailer'
import type { SendMailOptions } from 'nodemailer'
import { SMTPServer } from 'smtp-server'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'

import type { ParsedMail } from '../../platform/mail/parsed-mail.ts'
import { readRaw } from '../../platform/mail/read-raw.ts'
import { acmeMail } from '../../testing/acme-mail.ts'
import { startTestDesk } from '../../testing/desk.ts'
import type { TestDesk, TestOrg } from '../../testing/desk.ts'

// A desk that takes mail and sends it by a server that does as it is told.

let desk: TestDesk
let org: TestOrg
let server: SMTPServer
let address: string
const sent: ParsedMail[] = []
let refusal: { code: number; message: string } | undefined

beforeAll(async () => {
  server = new SMTPServer({
    disabledCommands: ['AUTH', 'STARTTLS'],
    authOptional: true,
    onData: (stream, _session, callback) => {
      void (async () => {
        const chunks: Buffer[] = []
        for await (const chunk of stream) {
          chunks.push(chunk as Buffer)
        }
        if (refusal !== undefined) {
          callback(Object.assign(new Error(refusal.message), { responseCode: refusal.code }))
          return
        }
        sent.push(await readRaw(Buffer.concat(chunks)))
        callback()
      })()
    },
  })
  const listening = server.listen(0, '127.0.0.1')
  await once(listening, 'listening')
  const { port } = listening.address() as AddressInfo
  desk = await startTestDesk({
    integrations: [acmeMail],
    smtpPort: 0,
    environment: { TELLBACK_MAIL_URL: `smtp://127.0.0.1:${port}` },
  })
})
afterAll(async () => {
  await desk[Symbol.asyncDispose]()
  await new Promise<void>((resolve) => server.close(() => resolve()))
})
beforeEach(async () => {
  sent.length = 0
  refusal = undefined
  org = await desk.newOrg()
  address = (await org.install('acme-mail', { address: 'support@shop.example' })).url
})

async function write(mail: SendMailOptions): Promise<void> {
  const transport = nodemailer.createTransport({ host: '127.0.0.1', port: desk.desk.smtpPort ?? 0, ignoreTLS: true })
  await transport.sendMail({
    from: 'Mia Berg <mia@example.com>',
    to: 'support@shop.example',
    envelope: { from: 'mia@example.com', to: address },
    ...mail,
  })
  await org.settled()
}
const conversations = async () => (await org.call('GET', '/v1/conversations')).body.data
const messages = async (id: string) => (await org.call('GET', `/v1/conversations/${id}/messages`)).body.data
async function answer(
  conversation: { id: string; relationships: { customer: { data: { id: string } } } },
  body: string,
): Promise<void> {
  const reply = await org.call('POST', `/v1/customers/${conversation.relationships.customer.data.id}/drafts`, {
    channel: 'email',
    conversation: conversation.id,
    body,
    sendAt: new Date().toISOString(),
  })
  expect(reply.status, JSON.stringify(reply.body)).toBe(200)
}
async function mailsBecome(...states: string[]): Promise<void> {
  await expect
    .poll(
      async () => {
        const { data } = (await org.call('GET', '/v1/mails')).body
        return data.map((it: { attributes: { status: string } }) => it.attributes.status)
      },
      { timeout: 15_000 },
    )
    .toEqual(states)
}

test('an answer leaves to whoever wrote, in the thread that they see, and their answer comes back into the conversation', async () => {
  await write({
    subject: 'Question',
    messageId: '<m1@example.com>',
    text: 'Where is my invoice?',
    attachments: [{ filename: 'order.txt', content: 'Order 7' }],
  })
  const [conversation] = await conversations()
  const [first] = await messages(conversation.id)
  expect(first.attributes).toMatchObject({
    preview: 'Where is my invoice?',
    attachments: [{ name: 'order.txt', contentLength: 7 }],
  })

  await answer(conversation, 'Here it is.')
  await mailsBecome('sent')
  expect(sent).toMatchObject([
    {
      from: { address: 'support@shop.example' },
      to: [{ address: 'mia@example.com' }],
      subject: 'Re: Question',
      inReplyTo: ['m1@example.com'],
      references: ['m1@example.com'],
      text: 'Here it is.',
    },
  ])
  const [out] = await messages(conversation.id)
  expect(out.attributes).toMatchObject({ direction: 'out', status: 'sent', error: null })

  await write({
    subject: 'Re: Question',
    inReplyTo: `<${sent[0]?.messageId}>`,
    messageId: '<m2@example.com>',
    text: 'Thank you!',
  })
  expect(await conversations()).toHaveLength(1)
  expect(
    (await messages(conversation.id)).map((it: { attributes: { preview: string } }) => it.attributes.preview),
  ).toEqual(['Thank you!', 'Here it is.', 'Where is my invoice?'])
  await answer(conversation, 'You are welcome.')
  await mailsBecome('sent', 'sent')
  expect(sent[1]?.references).toEqual(['m1@example.com', sent[0]?.messageId, 'm2@example.com'])
})

test('what a server refuses is not called sent, says why, and is sent again when somebody wants it', async () => {
  await write({ subject: 'Question', text: 'Where is it?' })
  const [conversation] = await conversations()
  refusal = { code: 550, message: 'No such user' }
  await answer(conversation, 'Here.')
  await mailsBecome('failed')
  const [out] = await messages(conversation.id)
  expect(out.attributes).toMatchObject({
    status: 'error',
    error: { code: 'not_sent', title: expect.stringContaining('No such user') },
  })
  refusal = undefined
  expect((await org.call('POST', `/v1/mails/${out.id}/attempts`)).status).toBe(202)
  await mailsBecome('sent')
  expect((await messages(conversation.id))[0].attributes).toMatchObject({ status: 'sent', error: null })
  expect((await org.call('POST', `/v1/mails/${out.id}/attempts`)).status).toBe(422)
})

test('what may pass is tried again by itself, and until then says so', async () => {
  await write({ subject: 'Question', text: 'Where is it?' })
  const [conversation] = await conversations()
  refusal = { code: 451, message: 'Greylisted' }
  await answer(conversation, 'Here.')
  await expect
    .poll(async () => (await messages(conversation.id))[0].attributes.error?.title)
    .toMatch(/Greylisted.*tried again/)
  await mailsBecome('waiting')
  expect((await org.call('GET', '/v1/mails')).body.data[0].attributes).toMatchObject({
    attempts: 1,
    nextAttemptAt: expect.any(String),
  })
})

test('nobody is answered by mail in a conversation to which no mail came', async () => {
  const customer = (await org.call('POST', '/v1/customers', { name: 'Ben', emails: [{ email: 'ben@example.com' }] }))
    .body.data
  const conversation = (await org.call('POST', '/v1/conversations', { customer: customer.id })).body.data
  await answer(conversation, 'Hello')
  await expect.poll(async () => (await messages(conversation.id))[0]?.attributes.error?.code).toBe('no_connection')
  expect((await org.call('GET', '/v1/mails')).body.data).toEqual([])
})

test('the HTML of a mail is given out safe, with its pictures, and is gone once its text is redacted', async () => {
  await write({
    subject: 'Question',
    html: '<p onclick="x()">Hello <img src="cid:photo@mail"></p><script>x()</script>',
    attachments: [{ filename: 'photo.png', content: 'png', cid: 'photo@mail' }],
  })
  const [conversation] = await conversations()
  const [message] = await messages(conversation.id)
  const path = `/v1/messages/${message.id}/html`
  const { html } = (await org.call('GET', path)).body.data.attributes
  const [, picture = ''] = /<body><p>Hello <img src="([^"]+)"><\/p>\s*<\/body>/.exec(html) ?? []
  expect((await fetch(desk.desk.address + picture.replaceAll('&amp;', '&'))).status).toBe(200)
  expect((await (await desk.newOrg()).call('GET', path)).status).toBe(404)
  await org.call('POST', `/v1/messages/${message.id}/redactions`, { preview: '…' })
  expect((await org.call('GET', path)).status).toBe(404)
})
