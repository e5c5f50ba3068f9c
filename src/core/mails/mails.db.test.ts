import { generateKeyPairSync } from 'node:crypto'
import { once } from 'node:events'
import { mkdtemp, writeFile } from 'node:fs/promises'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import nodemailer from 'nodemailer'
import type { SendMailOptions } from 'nodemailer'
import { SMTPServer } from 'smtp-server'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'

import { authenticateMail } from '../../platform/mail/authenticate-mail.ts'
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
const sent: (ParsedMail & { raw: Buffer; returnPath: string })[] = []
let refusal: { code: number; message: string } | undefined

const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })

beforeAll(async () => {
  const keyFile = join(await mkdtemp(join(tmpdir(), 'tellback-dkim-')), 'key.pem')
  await writeFile(keyFile, privateKey.export({ type: 'pkcs8', format: 'pem' }))
  server = new SMTPServer({
    disabledCommands: ['AUTH', 'STARTTLS'],
    authOptional: true,
    onData: (stream, session, callback) => {
      void (async () => {
        const chunks: Buffer[] = []
        for await (const chunk of stream) {
          chunks.push(chunk as Buffer)
        }
        if (refusal !== undefined) {
          callback(Object.assign(new Error(refusal.message), { responseCode: refusal.code }))
          return
        }
        const raw = Buffer.concat(chunks)
        const { mailFrom } = session.envelope
        sent.push({ ...(await readRaw(raw)), raw, returnPath: mailFrom === false ? '' : mailFrom.address })
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
    environment: {
      TELLBACK_MAIL_URL: `smtp://127.0.0.1:${port}`,
      TELLBACK_DKIM_DOMAIN: 'shop.example',
      TELLBACK_DKIM_SELECTOR: 'desk',
      TELLBACK_DKIM_KEY: keyFile,
      TELLBACK_BOUNCE_DOMAIN: 'bounces.shop.example',
      TELLBACK_REPLY_DOMAIN: 'in.shop.example',
    },
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
  more: object = {},
): Promise<void> {
  const reply = await org.call('POST', `/v1/customers/${conversation.relationships.customer.data.id}/drafts`, {
    channel: 'email',
    conversation: conversation.id,
    body,
    sendAt: new Date().toISOString(),
    ...more,
  })
  expect(reply.status, JSON.stringify(reply.body)).toBe(200)
}
async function mailsBecome(...states: string[]): Promise<void> {
  await expect
    .poll(async () => {
      const { data } = (await org.call('GET', '/v1/mails')).body
      return data.map((it: { attributes: { status: string } }) => it.attributes.status)
    })
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
  const [delivery] = (await org.call('GET', '/v1/deliveries')).body.data
  const came = (await org.call('GET', `/v1/deliveries/${delivery.id}`)).body.data.attributes
  expect(JSON.stringify(came)).not.toContain('Hello')
  await org.call('POST', '/v1/deliveries/runs', { ids: [delivery.id] })
  await org.settled()
  expect(await messages(conversation.id)).toHaveLength(1)
})

test('mails are signed by the key of their domain, and the admin is told what to publish for it', async () => {
  const { dkim, server: host } = (await org.call('GET', '/v1/mail-sending')).body.data.attributes
  expect({ record: dkim.record, host }).toEqual({
    record: 'desk._domainkey.shop.example',
    host: expect.stringContaining('127.0.0.1'),
  })
  await write({ subject: 'Question', text: 'Where is it?' })
  const [conversation] = await conversations()
  await answer(conversation, 'Here.', { auto: true })
  await mailsBecome('sent')
  const resolver = (name: string) =>
    name === dkim.record
      ? Promise.resolve([[dkim.value]])
      : Promise.reject(Object.assign(new Error('none'), { code: 'ENOTFOUND' }))
  const verdict = await authenticateMail(
    sent[0]?.raw ?? Buffer.alloc(0),
    { ip: '127.0.0.1', helo: 'desk', sender: '' },
    resolver,
  )
  expect(verdict.signedBy).toEqual(['shop.example'])
  const signature = sent[0]?.headers.find(([name]) => name === 'dkim-signature')?.[1] ?? ''
  expect(signature.replaceAll(/\s/g, '').toLowerCase()).toMatch(/h=[^;]*list-unsubscribe:list-unsubscribe-post/)
})

test('what nobody asked for can be unsubscribed from with one click, by programs as well; answers come still', async () => {
  await write({ subject: 'Question', text: 'Where is it?' })
  const [conversation] = await conversations()
  await answer(conversation, 'How did we do?', { source: 'satisfaction' })
  await mailsBecome('sent')
  const header = (name: string) => sent[0]?.headers.find(([it]) => it === name)?.[1]
  expect(header('list-unsubscribe-post')).toBe('List-Unsubscribe=One-Click')
  expect(header('auto-submitted')).toBe('auto-generated')
  const url = (header('list-unsubscribe') ?? '').slice(1, -1)
  expect(sent[0]?.text).toContain(url)

  const looked = await fetch(url) // as programs do that look for harm
  expect(await looked.text()).toContain('No more of these mails?')
  expect((await org.call('GET', '/v1/mail-suppressions')).body.data).toEqual([])
  const form = new FormData()
  form.append('List-Unsubscribe', 'One-Click')
  expect((await fetch(url, { method: 'POST', body: form, redirect: 'error' })).status).toBe(200)
  expect(
    (await fetch(url, { method: 'POST', body: new URLSearchParams({ 'List-Unsubscribe': 'One-Click' }) })).status,
  ).toBe(200)
  expect((await fetch(url.slice(0, -1) + (url.endsWith('0') ? '1' : '0'), { method: 'POST' })).status).toBe(404)
  const [entry] = (await org.call('GET', '/v1/mail-suppressions')).body.data
  expect(entry.attributes).toMatchObject({ address: 'mia@example.com', scope: 'notices', reason: 'unsubscribed' })
  const objection = async () => {
    const { customer } = conversation.relationships
    return (await org.call('GET', `/v1/customers/${customer.data.id}/survey-opt-out`)).body.data
  }
  expect(await objection()).toMatchObject({ optedOut: true, reason: 'They unsubscribed from a mail.' })

  await answer(conversation, 'How did we do now?', { source: 'satisfaction' })
  await mailsBecome('failed', 'sent')
  expect((await messages(conversation.id))[0].attributes.error.title).toContain('they want no more of these')
  await answer(conversation, 'Here it is.')
  await mailsBecome('sent', 'failed', 'sent')
  expect(sent[1]?.headers.map(([name]) => name)).not.toContain('list-unsubscribe')
  expect((await org.call('DELETE', `/v1/mail-suppressions/${entry.id}`)).status).toBe(204)
  expect(await objection()).toMatchObject({ optedOut: false })
  await answer(conversation, 'How did we do then?', { source: 'satisfaction' })
  await mailsBecome('sent', 'sent', 'failed', 'sent')
})

const bounce = (status: string, action = 'failed') => `From: MAILER-DAEMON@mx.example.com\r
Subject: Undelivered Mail Returned to Sender\r
MIME-Version: 1.0\r
Content-Type: multipart/report; report-type=delivery-status; boundary=x\r
\r
--x\r
Content-Type: text/plain\r
\r
I am sorry.\r
--x\r
Content-Type: message/delivery-status\r
\r
Reporting-MTA: dns; mx.example.com\r
\r
Final-Recipient: rfc822; mia@example.com\r
Action: ${action}\r
Status: ${status}\r
Diagnostic-Code: smtp; 550 No such user\r
   here\r
--x--\r
`
async function comesBack(to: string, raw: string): Promise<void> {
  const transport = nodemailer.createTransport({ host: '127.0.0.1', port: desk.desk.smtpPort ?? 0, ignoreTLS: true })
  await transport.sendMail({ envelope: { from: '', to }, raw })
}

test('a mail that comes back says so where it was written, and nothing more is sent to an address that is gone', async () => {
  await write({ subject: 'Question', text: 'Where is it?' })
  const [conversation] = await conversations()
  await answer(conversation, 'Here.')
  await mailsBecome('sent')
  const returnPath = sent[0]?.returnPath ?? ''
  expect(returnPath).toMatch(/^b\w{53}@bounces\.shop\.example$/)
  await expect(comesBack(returnPath.replace(/^b./, 'bz'), bounce('5.1.1'))).rejects.toThrow(/550/)
  await comesBack(returnPath.toUpperCase(), bounce('4.4.1', 'delayed'))
  expect((await org.call('GET', '/v1/mails')).body.data[0].attributes).toMatchObject({
    status: 'sent',
    reason: expect.stringContaining('Not delivered yet'),
  })
  await comesBack(returnPath, bounce('5.1.1'))
  await comesBack(returnPath, bounce('5.1.1'))
  await mailsBecome('bounced')
  expect((await messages(conversation.id))[0].attributes).toMatchObject({
    status: 'error',
    error: { code: 'not_sent', title: 'It came back. The server says: 5.1.1 550 No such user here' },
  })
  await answer(conversation, 'Are you there?')
  await mailsBecome('failed', 'bounced')
  expect((await messages(conversation.id))[0].attributes.error.title).toContain('earlier ones came back')
  const [entry, ...others] = (await org.call('GET', '/v1/mail-suppressions')).body.data
  expect(others).toEqual([])
  expect(entry.attributes).toMatchObject({ address: 'mia@example.com', scope: 'all', reason: 'bounced' })
})

test('a full mailbox is no reason to give an address up, unless it stays full', async () => {
  await write({ subject: 'Question', text: 'Where is it?' })
  const [conversation] = await conversations()
  for (const count of [1, 2, 3]) {
    expect((await org.call('GET', '/v1/mail-suppressions')).body.data).toEqual([])
    await answer(conversation, `Try ${count}`)
    await expect.poll(() => sent.length).toBe(count)
    await comesBack(sent.at(-1)?.returnPath ?? '', bounce('5.2.2'))
  }
  expect((await org.call('GET', '/v1/mail-suppressions')).body.data).toMatchObject([
    { attributes: { address: 'mia@example.com', reason: 'bounced' } },
  ])
})

test('where mails come back to the address that they are from, the report is known by the mail that it repeats', async () => {
  await write({ subject: 'Question', text: 'Where is it?' })
  const [conversation] = await conversations()
  await answer(conversation, 'Here.')
  await mailsBecome('sent')
  const whole = (id: string) =>
    bounce('5.1.1').replace('--x--', `--x\r\nContent-Type: text/rfc822-headers\r\n\r\nMessage-ID: <${id}>\r\n--x--`)
  await comesBack(address, whole('another@example.com'))
  await comesBack(address, whole(sent[0]?.messageId ?? ''))
  await org.settled()
  await mailsBecome('bounced')
  const remarks = (await org.call('GET', '/v1/deliveries')).body.data.flatMap(
    (it: { attributes: { effects: { text?: string }[] } }) => it.attributes.effects.flatMap(({ text }) => text ?? []),
  )
  expect(remarks).toEqual([
    'A mail to mia@example.com came back. It is noted with the answer “Re: Question”.',
    'A mail to mia@example.com came back. It is about no mail of this desk.',
  ])
})

test('no line break in a subject or a text makes a header or a recipient of its own', async () => {
  await write({ subject: 'Question', text: 'Where is it?' })
  const [conversation] = await conversations()
  await answer(conversation, 'Here.\r\n.\r\nMAIL FROM:<evil@example.com>', {
    subject: 'Re: Question\r\nBcc: evil@example.com\r\n\r\nInjected',
  })
  await mailsBecome('sent')
  expect(sent).toHaveLength(1)
  expect(sent[0]?.headers.map(([name]) => name)).not.toContain('bcc')
  expect(sent[0]).toMatchObject({
    to: [{ address: 'mia@example.com' }],
    subject: 'Re: Question Bcc: evil@example.com Injected',
  })
  expect(sent[0]?.text).toContain('MAIL FROM:<evil@example.com>')
})

test('what could mean something else one day leads to a conversation for 30 days', async () => {
  const ask = (id: string) =>
    write({ subject: 'Question', messageId: `<${id}@example.com>`, text: id, headers: { 'X-About': 'mia/tent' } })
  await ask('first')
  await ask('second')
  expect(await conversations()).toHaveLength(1)
  await desk.owner.query(`update conversation_threads set created_at = now() - interval '31 days' where org_id = $1`, [
    org.id,
  ])
  await ask('a year later')
  expect(await conversations()).toHaveLength(2)
})

test('an answer to the address that was made for it is in its conversation, though its headers say nothing of that', async () => {
  await write({ subject: 'Question', text: 'Where is it?' })
  const [conversation] = await conversations()
  await answer(conversation, 'Here.')
  await mailsBecome('sent')
  const to = sent[0]?.replyTo[0]?.address ?? ''
  expect(to).toMatch(/^r\w{53}@in\.shop\.example$/)
  const transport = nodemailer.createTransport({ host: '127.0.0.1', port: desk.desk.smtpPort ?? 0, ignoreTLS: true })
  const mail = { from: 'Mia Berg <mia@example.com>', subject: 'Another Question', text: 'Thank you!' }
  await transport.sendMail({ ...mail, to: to.toUpperCase() })
  await expect(transport.sendMail({ ...mail, to: to.replace(/^r./, 'rz') })).rejects.toThrow(/550/)
  await org.settled()
  expect(await conversations()).toHaveLength(1)
  expect((await messages(conversation.id))[0].attributes).toMatchObject({ direction: 'in', preview: 'Thank you!' })
})

test('what comes back and is no report, such as a holiday answer, is not lost', async () => {
  await write({ subject: 'Question', text: 'Where is it?' })
  const [conversation] = await conversations()
  await answer(conversation, 'Here.')
  await mailsBecome('sent')
  await comesBack(
    sent[0]?.returnPath ?? '',
    'From: mia@example.com\r\nSubject: Question: I am away\r\nMessage-ID: <away@example.com>\r\n\r\nBack on Monday.\r\n',
  )
  await org.settled()
  expect((await messages(conversation.id))[0].attributes).toMatchObject({ direction: 'in', preview: 'Back on Monday.' })
})
