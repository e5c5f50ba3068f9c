import { createHmac, generateKeyPairSync } from 'node:crypto'
import { createConnection } from 'node:net'

import nodemailer from 'nodemailer'
import type { SendMailOptions } from 'nodemailer'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'

import { acmeMail } from '../../testing/acme-mail.ts'
import { startTestDesk } from '../../testing/desk.ts'
import type { TestDesk, TestOrg } from '../../testing/desk.ts'

const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
const dnsKey = publicKey.export({ type: 'spki', format: 'der' }).toString('base64')
const dkim = {
  domainName: 'shop.example',
  keySelector: 'key',
  privateKey: privateKey.export({ type: 'pkcs8', format: 'pem' }),
}
/** The only domain that says anything of itself. */
const records: Record<string, string[][]> = {
  'key._domainkey.shop.example': [[`v=DKIM1; k=rsa; p=${dnsKey}`]],
  '_dmarc.shop.example': [['v=DMARC1; p=reject']],
}

let desk: TestDesk
let org: TestOrg

beforeAll(async () => {
  desk = await startTestDesk({
    integrations: [acmeMail],
    smtpPort: 0,
    environment: { TELLBACK_MAILGUN_KEY: 'signing-key' },
    resolver: (name, type) => {
      const found = type === 'TXT' ? records[name] : undefined
      return found === undefined
        ? Promise.reject(Object.assign(new Error('none'), { code: 'ENOTFOUND' }))
        : Promise.resolve(found)
    },
  })
})
afterAll(() => desk[Symbol.asyncDispose]())
beforeEach(async () => {
  org = await desk.newOrg()
})

const port = () => desk.desk.smtpPort ?? 0
async function send(mail: SendMailOptions): Promise<void> {
  const transport = nodemailer.createTransport({ host: '127.0.0.1', port: port(), ignoreTLS: true })
  await transport.sendMail({ from: 'Ann <ann@shop.example>', ...mail })
}
async function newHook(): Promise<{ id: string; address: string; eventName: string }> {
  const { id, attributes } = (await org.call('POST', '/v1/hooks/email', { title: 'Orders' })).body.data
  return { id, address: attributes.url, eventName: attributes.eventName }
}
// oxlint-disable-next-line typescript/no-explicit-any -- replies are read as programs read them
const deliveries = async (): Promise<any[]> => (await org.call('GET', '/v1/deliveries')).body.data

/** Speaks SMTP line by line, as bytes, for what no mail program sends. */
async function talk(steps: (string | Buffer)[]): Promise<string[]> {
  const socket = createConnection(port(), '127.0.0.1')
  const answers: string[] = []
  const lines = (async function* () {
    for await (const chunk of socket) {
      yield* String(chunk)
        .split('\r\n')
        .filter((line) => /^\d{3} /.test(line))
    }
  })()
  const next = async () => {
    const line = await lines.next()
    answers.push(line.done === true ? 'closed' : line.value)
  }
  await next()
  for (const step of steps) {
    socket.write(step)
    await next()
  }
  socket.destroy()
  return answers
}

test('a mail to an e-mail hook becomes its event, with what it carries for programs', async () => {
  const { id, address, eventName } = await newHook()
  expect(address).toMatch(/^[0-9a-z]{50}@/)
  await send({
    to: address.replace('@', '+summer@'),
    subject: 'Order 7',
    html: '<p>Sold.</p><script type="application/ld+json" data-kustomer-key="k7">{"@type":"Order","orderNumber":7}</script>',
  })
  await org.settled()
  const [delivery] = await deliveries()
  expect(delivery.attributes).toMatchObject({ status: 'applied', contentType: 'message/rfc822', trust: 'secret' })
  const { rows } = await desk.owner.query('select name, data from events where org_id = $1 and name = $2', [
    org.id,
    eventName,
  ])
  expect(rows[0].data.data).toMatchObject({
    from: { name: 'Ann', address: 'ann@shop.example' },
    subject: 'Order 7',
    text: 'Sold.',
    tag: 'summer',
    data: [{ key: 'k7', value: { '@type': 'Order', orderNumber: 7 } }],
  })
  const came = await org.call('GET', `/v1/hooks/email/${id}/transactions`)
  expect(came.body.data).toHaveLength(1)
})

test('the address is the same in capitals, and the same mail again is no second one', async () => {
  const { address } = await newHook()
  const mail = { messageId: '<once@shop.example>', date: new Date(0), subject: 'Once', text: 'x' }
  await send({ ...mail, to: address })
  await send({ ...mail, to: address.toUpperCase() })
  await send({ ...mail, to: address, text: 'another text by the same id' })
  await org.settled()
  expect((await deliveries()).map((it) => it.attributes.duplicates)).toEqual([0, 1])
})

test('what a domain signs and stands behind is signed; what anybody may have sent is known by its address alone', async () => {
  const { url } = await org.install('acme-mail')
  await send({ to: url, subject: 'Signed', text: 'x', dkim })
  await send({ to: url, subject: 'Not signed', text: 'y' })
  await send({ from: 'ann@elsewhere.example', to: url, subject: 'Signed by another', text: 'z', dkim })
  await org.settled()
  const trusts = await Promise.all(
    (await deliveries()).map(async (it) => {
      const { body } = await org.call('GET', `/v1/klasses/acme-note/${it.attributes.effects[0].id}`)
      return [body.data.attributes.title, it.attributes.trust]
    }),
  )
  expect(Object.fromEntries(trusts)).toEqual({
    Signed: 'signed',
    'Not signed': 'secret',
    'Signed by another': 'secret',
  })
})

test('nobody is at a wrong address, and who guesses on is shown the door', async () => {
  const { address } = await newHook()
  const domain = address.slice(address.indexOf('@'))
  await expect(send({ to: `nobody${domain}`, text: 'x' })).rejects.toThrow(/550/)
  const guesses = Array.from({ length: 6 }, (_, at) => `RCPT TO:<${String(at).padStart(50, '0')}${domain}>\r\n`)
  const answers = await talk(['EHLO guess\r\n', 'MAIL FROM:<a@example.com>\r\n', ...guesses])
  expect(answers.slice(3).map((it) => it.slice(0, 3))).toEqual(['550', '550', '550', '550', '550', '421'])
})

test('a hook that is deleted takes no mail any more, and a form’s address never did', async () => {
  const { id, address } = await newHook()
  await org.call('DELETE', `/v1/hooks/email/${id}`)
  await expect(send({ to: address, text: 'x' })).rejects.toThrow(/550/)
})

test('a mail above the limit is refused before and after it is sent', async () => {
  const { address } = await newHook()
  const answers = await talk(['EHLO big\r\n', 'MAIL FROM:<a@example.com> SIZE=30000000\r\n'])
  expect(answers[2]).toMatch(/^552/)
  const attachment = { filename: 'a.bin', content: Buffer.alloc(20_000_000) } // 27 MB on its way
  await expect(send({ to: address, text: 'x', attachments: [attachment] })).rejects.toThrow(
    /552|closed|EPIPE|ECONNRESET/,
  )
  expect(await deliveries()).toEqual([])
})

test('a mail that is too much to parse is kept as it came, and says why', async () => {
  const { address } = await newHook()
  const parts = Array.from({ length: 2_000 }, () => '--x\r\n\r\na\r\n').join('')
  await send({
    to: address,
    envelope: { from: 'ann@shop.example', to: address },
    raw: `Subject: Many\r\nContent-Type: multipart/mixed; boundary="x"\r\n\r\n${parts}--x--\r\n`,
  })
  await org.settled()
  const [delivery] = await deliveries()
  expect(delivery.attributes).toMatchObject({
    status: 'rejected',
    error: expect.stringContaining('more than 1000 lines'),
  })
  const { body } = await org.call('GET', `/v1/deliveries/${delivery.id}`)
  expect(body.data.attributes.body).toContain('Subject: Many')
})

test.each(['\n.\r\n', '\n.\n', '\r.\r\n', '\r\n.\n', '\r\n.\r', '\r\n\0.\r\n', '\r\r\n.\r\r\n'])(
  'a message ends at its end, not at %j: nobody smuggles a second one in',
  async (end) => {
    const { address } = await newHook()
    const smuggled = `MAIL FROM:<boss@shop.example>\r\nRCPT TO:<${address}>\r\nDATA\r\nSubject: smuggled\r\n\r\nx`
    await talk([
      'EHLO smuggler\r\n',
      'MAIL FROM:<a@example.com>\r\n',
      `RCPT TO:<${address}>\r\n`,
      'DATA\r\n',
      `Subject: first\r\n\r\nx${end}${smuggled}\r\n.\r\n`,
    ])
    await org.settled()
    expect(await deliveries()).toHaveLength(1)
  },
)

const conversations = async () => (await org.call('GET', '/v1/conversations')).body.data

test('what is only to be read is marked done by the app’s workflow; what it needs first is said in a note', async () => {
  const { url } = await org.install('acme-mail')
  await send({ to: url, subject: 'Review', text: 'Broke at once.' })
  await expect.poll(async () => (await conversations())[0]?.attributes.status).toBe('done')
  const [done] = await conversations()
  expect(done.attributes).toMatchObject({ status: 'done', name: 'Review' })

  await org.call('PUT', '/v1/conversations/rules', { requiredForDone: ['tags'] })
  await send({ to: url, subject: 'Review of another', text: 'Broke, too.' })
  const notes = async () =>
    (await org.call('GET', '/v1/notes')).body.data.map((it: { attributes: { body: string } }) => it.attributes.body)
  await expect.poll(notes).toEqual([expect.stringMatching(/^It stays open: tags must be filled in/)])
  const open = (await conversations()).find((it: { id: string }) => it.id !== done.id)
  expect(open.attributes.status).toBe('open')
})

test('an answer by mail goes into the conversation that it answers, and opens it again; the same mail writes nothing twice', async () => {
  const { url } = await org.install('acme-mail')
  await send({ to: url, subject: 'Question', messageId: '<q1@shop.example>', text: 'Does it come with pegs?' })
  await org.settled()
  const [conversation] = await conversations()
  await org.call('PUT', `/v1/conversations/${conversation.id}`, { status: 'done' })
  await send({
    to: url,
    subject: 'Re: Question',
    messageId: '<q2@shop.example>',
    inReplyTo: '<q1@shop.example>',
    text: 'And poles?',
  })
  await send({ to: url, subject: 'Question of another', messageId: '<q3@shop.example>', text: 'Is it blue?' })
  await org.settled()
  const [, again] = await deliveries()
  await org.call('POST', '/v1/deliveries/runs', { ids: [again.id] })
  await org.settled()
  expect((await conversations()).length).toBe(2)
  const messages = (await org.call('GET', `/v1/conversations/${conversation.id}/messages`)).body.data
  expect(messages.map((it: { attributes: { preview: string } }) => it.attributes.preview)).toEqual([
    'And poles?',
    'Does it come with pegs?',
  ])
  expect((await org.call('GET', `/v1/conversations/${conversation.id}`)).body.data.attributes.status).toBe('open')
})

test('a provider of mail that is set posts what it took; for nobody here, or unsigned, it takes nothing', async () => {
  const { address } = await newHook()
  const timestamp = String(Math.floor(Date.now() / 1000))
  const signature = createHmac('sha256', 'signing-key').update(`${timestamp}token`).digest('hex')
  const post = async (recipient: string, given = signature, provider = 'mailgun/mime') => {
    const raw = 'From: ann@shop.example\r\nSubject: By another way\r\n\r\nText\r\n'
    const fields = {
      timestamp,
      token: 'token',
      signature: given,
      recipient,
      sender: 'ann@shop.example',
      'body-mime': raw,
    }
    const reply = await fetch(`${desk.desk.address}/v1/mail/${provider}`, {
      method: 'POST',
      body: new URLSearchParams(fields),
    })
    await reply.arrayBuffer()
    return reply.status
  }
  expect(await post(address)).toBe(200)
  expect(await post(address)).toBe(200) // its answer was lost
  expect(await post('nobody@in.example.com')).toBe(406)
  expect(await post(address, '00')).toBe(401)
  expect(await post(address, signature, 'sendgrid')).toBe(404)
  await org.settled()
  const [delivery, ...others] = await deliveries()
  expect(others).toEqual([])
  expect(delivery.attributes).toMatchObject({ status: 'applied', duplicates: 1, contentType: 'message/rfc822' })
})

test('an address that leaked is replaced; the old one takes what comes for a while, and then ends', async () => {
  const { id, address } = await newHook()
  const rotate = (overlapDays: number) => org.call('POST', '/v1/hooks/rotations', { hook: id, overlapDays })
  const turned = (await rotate(7)).body.data.attributes
  expect(turned.url).not.toBe(address)
  expect(new Date(turned.previousUntil).getTime()).toBeGreaterThan(Date.now() + 6 * 24 * 60 * 60_000)
  await send({ to: address, subject: 'To the old one', text: 'x' })
  await send({ to: turned.url, subject: 'To the new one', text: 'x' })
  await org.settled()
  expect(await deliveries()).toHaveLength(2)
  const last = (await rotate(0)).body.data.attributes
  expect(last.previousUntil).toBeNull()
  await expect(send({ to: address, subject: 'x', text: 'x' })).rejects.toThrow(/550/)
  await expect(send({ to: turned.url, subject: 'x', text: 'x' })).rejects.toThrow(/550/)
  await send({ to: last.url, subject: 'To the last one', text: 'x' })
})

test('what the domain of a mail says of it is kept with the mail', async () => {
  const { address } = await newHook()
  const transport = nodemailer.createTransport({ host: '127.0.0.1', port: port(), ignoreTLS: true, dkim })
  await transport.sendMail({ from: 'ann@shop.example', to: address, subject: 'Signed', text: 'x' })
  await send({ to: address, subject: 'Not signed', text: 'x' })
  await org.settled()
  const said = (await deliveries()).map((it) => it.attributes.mail)
  expect(said.map((it) => [it.dkim, it.dmarc, it.signedBy])).toEqual([
    ['none', 'fail', []],
    ['pass', 'pass', ['shop.example']],
  ])
})

test('an address that gets too much asks servers to come again later', async () => {
  await using small = await startTestDesk({
    integrations: [],
    smtpPort: 0,
    environment: { TELLBACK_MAIL_LIMIT: '2' },
  })
  const other = await small.newOrg()
  const { attributes } = (await other.call('POST', '/v1/hooks/email', { title: 'Orders' })).body.data
  const transport = nodemailer.createTransport({ host: '127.0.0.1', port: small.desk.smtpPort ?? 0, ignoreTLS: true })
  const mail = (subject: string) =>
    transport.sendMail({ from: 'a@shop.example', to: attributes.url, subject, text: 'x' })
  await mail('one')
  await mail('two')
  await expect(mail('three')).rejects.toThrow(/452/)
})
