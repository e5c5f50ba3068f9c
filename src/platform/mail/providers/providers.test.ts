import { createHmac, createSign, generateKeyPairSync, sign } from 'node:crypto'

import { expect, test } from 'vitest'

import type { MailProvider, MailRequest } from './mail-provider.ts'
import { mailgun } from './mailgun.ts'
import { postmark } from './postmark.ts'
import { sendgrid } from './sendgrid.ts'
import { ses } from './ses.ts'

const raw = 'From: ann@shop.example\r\nSubject: Hello\r\n\r\nText\r\n'
const outcome = (provider: MailProvider, request: MailRequest) =>
  provider.read(request).then(
    (mail) => (mail === undefined ? 'nothing' : { ...mail, raw: mail.raw.toString() }),
    (error: Error) => `${error.name}: ${error.message}`,
  )

async function form(fields: Record<string, string>): Promise<MailRequest> {
  const body = new FormData()
  Object.entries(fields).forEach(([name, value]) => body.append(name, value))
  const response = new Response(body)
  return {
    headers: { 'content-type': response.headers.get('content-type') ?? '' },
    body: Buffer.from(await response.arrayBuffer()),
  }
}

test('Mailgun: a mail signed with the key and lately is taken; forged, old or not as it was, it is not', async () => {
  const now = new Date('2026-11-26T10:00:00Z')
  const provider = mailgun('key', () => now)
  const signed = (at: Date, key = 'key') => {
    const timestamp = String(at.getTime() / 1000)
    return { timestamp, token: 't', signature: createHmac('sha256', key).update(`${timestamp}t`).digest('hex') }
  }
  const fields = { recipient: 'a@in.example.com', sender: 'ann@shop.example', 'body-mime': raw }
  expect(await outcome(provider, await form({ ...fields, ...signed(now) }))).toMatchObject({
    raw,
    sender: 'ann@shop.example',
    recipients: ['a@in.example.com'],
  })
  expect(await outcome(provider, await form({ ...fields, ...signed(now, 'other') }))).toMatch(/^UntrustedMail/)
  expect(await outcome(provider, await form({ ...fields, ...signed(new Date(now.getTime() - 3_600_000)) }))).toMatch(
    /too old/,
  )
  expect(await outcome(provider, await form({ recipient: 'a', ...signed(now) }))).toMatch(/^UnusableMail.*mime/)
})

test('Postmark: by the name and password in its address, with the raw mail', async () => {
  const provider = postmark('user:secret')
  const request = (authorization: string, document: object): MailRequest => ({
    headers: { authorization },
    body: Buffer.from(JSON.stringify(document)),
  })
  const right = `Basic ${Buffer.from('user:secret').toString('base64')}`
  const document = {
    RawEmail: raw,
    OriginalRecipient: 'a@in.example.com',
    Headers: [{ Name: 'Return-Path', Value: '<ann@shop.example>' }],
  }
  expect(await outcome(provider, request(right, document))).toMatchObject({
    raw,
    sender: 'ann@shop.example',
    recipients: ['a@in.example.com'],
  })
  expect(await outcome(provider, request('Basic eDp5', document))).toMatch(/^UntrustedMail/)
  expect(await outcome(provider, request('', document))).toMatch(/^UntrustedMail/)
  expect(await outcome(provider, request(right, { Subject: 'x' }))).toMatch(/^UnusableMail.*raw email/)
})

test('SendGrid: signed over the time and the bytes; one byte more is another request', async () => {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const provider = sendgrid(publicKey.export({ type: 'spki', format: 'der' }).toString('base64'))
  const request = await form({
    email: raw,
    envelope: JSON.stringify({ to: ['a@in.example.com'], from: 'ann@shop.example' }),
    sender_ip: '192.0.2.1',
  })
  const signature = sign('sha256', Buffer.concat([Buffer.from('1'), request.body]), {
    key: privateKey,
    dsaEncoding: 'der',
  })
  const headers = {
    ...request.headers,
    'x-twilio-email-event-webhook-signature': signature.toString('base64'),
    'x-twilio-email-event-webhook-timestamp': '1',
  }
  expect(await outcome(provider, { ...request, headers })).toMatchObject({
    raw,
    ip: '192.0.2.1',
    recipients: ['a@in.example.com'],
  })
  expect(await outcome(provider, { headers, body: Buffer.concat([request.body, Buffer.from(' ')]) })).toMatch(
    /^UntrustedMail/,
  )
  expect(await outcome(provider, request)).toMatch(/^UntrustedMail/)
})

test('Amazon SES: our topic, signed by a certificate of Amazon’s; a subscription is confirmed, a stranger’s topic never', async () => {
  const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
  const fetched: string[] = []
  const provider = ses(
    'arn:aws:sns:eu-west-1:1:mail',
    (url) => {
      fetched.push(url)
      return Promise.resolve('certificate')
    },
    (certificate) => {
      expect(certificate).toBe('certificate')
      return publicKey
    },
  )
  const request = (parts: Record<string, string>): MailRequest => {
    const document: Record<string, string> = {
      Type: 'Notification',
      MessageId: 'm',
      TopicArn: 'arn:aws:sns:eu-west-1:1:mail',
      Message: JSON.stringify({
        notificationType: 'Received',
        content: Buffer.from(raw).toString('base64'),
        mail: { source: 'ann@shop.example' },
        receipt: { recipients: ['a@in.example.com'], action: { encoding: 'BASE64' } },
      }),
      Timestamp: '2026-11-26T10:00:00.000Z',
      SignatureVersion: '2',
      SigningCertURL: 'https://sns.eu-west-1.amazonaws.com/cert.pem',
      ...parts,
    }
    const names =
      document['Type'] === 'Notification'
        ? ['Message', 'MessageId', 'Subject', 'Timestamp', 'TopicArn', 'Type']
        : ['Message', 'MessageId', 'SubscribeURL', 'Timestamp', 'Token', 'TopicArn', 'Type']
    const signer = createSign('sha256').update(
      names.flatMap((name) => (document[name] === undefined ? [] : [`${name}\n${document[name]}\n`])).join(''),
    )
    return {
      headers: {},
      body: Buffer.from(JSON.stringify({ Signature: signer.sign(privateKey, 'base64'), ...document })),
    }
  }
  expect(await outcome(provider, request({}))).toMatchObject({
    raw,
    sender: 'ann@shop.example',
    recipients: ['a@in.example.com'],
  })
  expect(await outcome(provider, request({ Signature: 'eA==' }))).toMatch(/^UntrustedMail/)
  expect(await outcome(provider, request({ TopicArn: 'arn:aws:sns:eu-west-1:2:other' }))).toMatch(/^UntrustedMail/)
  expect(
    await outcome(provider, request({ SigningCertURL: 'https://sns.eu-west-1.amazonaws.com.evil.example/cert.pem' })),
  ).toMatch(/^UntrustedMail/)
  expect(await outcome(provider, request({ Message: '{}' }))).toMatch(/^UnusableMail/)
  const subscribe = 'https://sns.eu-west-1.amazonaws.com/?Action=ConfirmSubscription'
  expect(
    await outcome(provider, request({ Type: 'SubscriptionConfirmation', Token: 't', SubscribeURL: subscribe })),
  ).toBe('nothing')
  expect(fetched).toContain(subscribe)
  expect(fetched.filter((url) => url.endsWith('.pem'))).toHaveLength(1)
})
