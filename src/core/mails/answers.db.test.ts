import nodemailer from 'nodemailer'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'

import { acmeAnswers, acmeMail } from '../../testing/acme-mail.ts'
import { startTestDesk } from '../../testing/desk.ts'
import type { TestDesk, TestOrg } from '../../testing/desk.ts'

// A question that an app brought, answered by that app.

let desk: TestDesk
let org: TestOrg
let conversation: { id: string; relationships: { customer: { data: { id: string } } } }

beforeAll(async () => {
  desk = await startTestDesk({ integrations: [acmeMail], smtpPort: 0 })
})
afterAll(() => desk[Symbol.asyncDispose]())
beforeEach(async () => {
  acmeAnswers.length = 0
  org = await desk.newOrg()
  await ask('q1@example.com')
})

async function ask(id: string): Promise<void> {
  const { url } = await org.install('acme-mail', {}, id)
  const transport = nodemailer.createTransport({ host: '127.0.0.1', port: desk.desk.smtpPort ?? 0, ignoreTLS: true })
  const envelope = { from: 'mia@example.com', to: url }
  await transport.sendMail({
    envelope,
    from: 'Mia <mia@example.com>',
    subject: 'Question',
    messageId: `<${id}>`,
    text: 'Pegs?',
  })
  await org.settled()
  const { data } = (await org.call('GET', '/v1/conversations')).body
  conversation = data[0]
}
async function answer(body: string, way: string): Promise<void> {
  await org.call('POST', `/v1/customers/${conversation.relationships.customer.data.id}/drafts`, {
    channel: 'email',
    conversation: conversation.id,
    body,
    payload: { way },
    sendAt: new Date().toISOString(),
  })
}
const ways = async () =>
  (await org.call('GET', `/v1/conversations/${conversation.id}/answer-ways`)).body.data.map(
    (it: { attributes: object }) => it.attributes,
  )
async function mail() {
  const { data } = (await org.call('GET', '/v1/mails')).body
  return data[0]?.attributes
}
const lastMessage = async () =>
  (await org.call('GET', `/v1/conversations/${conversation.id}/messages`)).body.data[0].attributes

test('the ways that there are say who reads what leaves by them, and why one is closed', async () => {
  expect(await ways()).toMatchObject([
    { way: 'mail', problem: expect.stringContaining('name no address that answers leave from') },
    { way: 'public', hint: 'Everybody reads it.', problem: null },
    { way: 'private', hint: 'The customer reads it.', problem: null },
  ])
  await ask('closed@example.com')
  expect(await ways()).toMatchObject([{}, { problem: 'It is closed.' }, { problem: 'It is closed.' }])
  await answer('Yes.', 'public')
  await expect.poll(async () => (await lastMessage()).error?.code).toBe('no_connection')
  expect(acmeAnswers).toEqual([])
})

test.each([
  ['public', false],
  ['private', true],
])('an answer goes to the provider, %s, and is called sent once it is there', async (way, isPrivate) => {
  await answer('Yes, twelve.', way)
  await expect.poll(async () => (await mail())?.status).toBe('sent')
  expect(acmeAnswers).toEqual([{ text: 'Yes, twelve.', threads: ['q1@example.com'], isPrivate }])
  expect(await lastMessage()).toMatchObject({ direction: 'out', status: 'sent', error: null })
  expect(await mail()).toMatchObject({ way, from: 'q1@example.com' })
})

test('what the provider refuses says why; what may pass is tried again', async () => {
  await answer('Please refuse.', 'public')
  await expect.poll(async () => (await mail())?.status).toBe('failed')
  expect((await lastMessage()).error.title).toBe('Acme does not like it.')
  await answer('This comes later.', 'public')
  await expect.poll(async () => (await mail())?.reason).toBe('Acme is busy.')
  const { id } = (await org.call('GET', '/v1/mails')).body.data[0]
  await org.call('POST', `/v1/mails/${id}/attempts`)
  await expect.poll(async () => (await mail())?.status).toBe('sent')
  expect(acmeAnswers).toHaveLength(1)
})

test('an answer of which nobody knows whether it got through is not sent twice by itself', async () => {
  await answer('Do not lose this.', 'public')
  await expect.poll(async () => (await mail())?.status).toBe('failed')
  expect((await lastMessage()).error.title).toMatch(/did not answer.*Whether it got through is not known/)
  expect(acmeAnswers).toHaveLength(1)
  // A process that ended in the middle of a call is as uncertain.
  await desk.owner.query(`update mails set status = 'waiting' where org_id = $1`, [org.id])
  const { id } = (await org.call('GET', '/v1/mails')).body.data[0]
  const payload = JSON.stringify({ orgId: org.id, id })
  await desk.owner.query(`select graphile_worker.add_job('mails.send', $1::json)`, [payload])
  await expect.poll(async () => (await mail())?.status).toBe('failed')
  expect(acmeAnswers).toHaveLength(1)
})
