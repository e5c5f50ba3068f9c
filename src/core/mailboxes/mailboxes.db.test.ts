import { readFileSync } from 'node:fs'

import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'

import { acmeMail } from '../../testing/acme-mail.ts'
import { startTestDesk } from '../../testing/desk.ts'
import type { TestDesk, TestOrg } from '../../testing/desk.ts'
import { startDovecot } from '../../testing/dovecot.ts'
import type { Dovecot } from '../../testing/dovecot.ts'
import { selfSigned } from '../../testing/self-signed.ts'

// A desk to which no mail can be brought looks into a mailbox, on a real server.

let desk: TestDesk
let org: TestOrg
let server: Dovecot
let hook: string

beforeAll(async () => {
  server = await startDovecot()
  desk = await startTestDesk({
    integrations: [acmeMail],
    environment: { TELLBACK_ALLOW_PRIVATE: '127.0.0.0/8' },
  })
})
afterAll(async () => {
  await desk[Symbol.asyncDispose]()
  await server[Symbol.asyncDispose]()
})
beforeEach(async () => {
  org = await desk.newOrg()
  const { id } = await org.install('acme-mail', {})
  hook = (await org.call('GET', `/v1/apps/installations/${id}`)).body.data.attributes.hooks[0].id
})

const path = () => `/v1/hooks/email/${hook}/mailbox`
const access = (more: object = {}) => ({
  host: '127.0.0.1',
  port: server.port,
  security: 'none',
  username: server.username,
  password: server.password,
  ...more,
})
let count = 0
const mail = (id: string, text = 'Hello') =>
  `From: Mia <mia@example.com>\r\nTo: support@shop.example\r\nSubject: ${id}\r\nMessage-ID: <${id}.${(count += 1)}@example.com>\r\n\r\n${text}\r\n`
async function looks(): Promise<void> {
  const before = (await org.call('GET', path())).body.data.attributes.polledAt
  expect((await org.call('POST', `${path()}/looks`)).status).toBe(202)
  await expect.poll(async () => (await org.call('GET', path())).body.data.attributes.polledAt).not.toBe(before)
  await org.settled()
}
const subjects = async () =>
  (
    await desk.owner.query(`select title from kobjects where org_id = $1 and klass = 'acme-note' order by title`, [
      org.id,
    ])
  ).rows.map((row) => row.title)

test('new mails of a mailbox come in from the moment that it is set up, each once, and stay where they are', async () => {
  await server.deliver(mail('long ago'))
  const put = await org.call('PUT', path(), access())
  expect(put.status, JSON.stringify(put.body)).toBe(200)
  expect(JSON.stringify(put.body)).not.toContain(server.password)
  await server.deliver(mail('one'))
  await server.deliver(mail('two'))
  await looks()
  expect(await subjects()).toEqual(['one', 'two'])
  await looks()
  await server.deliver(mail('three'))
  await looks()
  expect(await subjects()).toEqual(['one', 'three', 'two'])
  expect((await org.call('GET', path())).body.data.attributes).toMatchObject({ taken: 3, reason: null })
})

test('a mailbox whose numbers were made anew is read again, and no mail counts twice', async () => {
  await org.call('PUT', path(), access())
  await server.deliver(mail('before'))
  await looks()
  await server.renumber()
  await server.deliver(mail('after'))
  await looks()
  const seen = await subjects()
  expect(seen.filter((it) => it === 'before')).toHaveLength(1)
  expect(seen.filter((it) => it === 'after')).toHaveLength(1)
})

test('a mail that came a second time because the process ended is known', async () => {
  await org.call('PUT', path(), access())
  await server.deliver(mail('once'))
  await looks()
  await desk.owner.query('update mailboxes set last_uid = last_uid - 1 where org_id = $1', [org.id])
  await looks()
  const { data } = (await org.call('GET', '/v1/deliveries')).body
  expect(data).toMatchObject([{ attributes: { duplicates: 1 } }])
})

test.each([
  ['a wrong password', { password: 'wrong' }, 'does not take this user name and password'],
  ['a folder that is not there', { folder: 'Nowhere' }, 'There is no folder Nowhere'],
  ['a port on which nobody listens', { port: 1 }, 'cannot be reached'],
  ['an address of the desk’s own network', { host: '10.1.2.3' }, 'private address'],
  ['a far server without encryption', { host: '8.8.8.8' }, 'would show the password'],
])('%s is said at once, and nothing is kept', async (_, wrong, reason) => {
  const { status, body } = await org.call('PUT', path(), access(wrong))
  expect(status, JSON.stringify(body)).toBe(422)
  expect(body.errors[0].title).toContain(reason)
  expect((await org.call('GET', path())).status).toBe(404)
})

test('what goes wrong later is said where the mailbox is set up, and it goes on when it is well again', async () => {
  await org.call('PUT', path(), access())
  await desk.owner.query('update mailboxes set port = 1 where org_id = $1', [org.id])
  await looks()
  expect((await org.call('GET', path())).body.data.attributes.reason).toContain('cannot be reached')
  await server.deliver(mail('meanwhile'))
  const { password: _, ...unchanged } = access()
  expect((await org.call('PUT', path(), unchanged)).status).toBe(200)
  await looks()
  expect(await subjects()).toContain('meanwhile')
  expect((await org.call('DELETE', path())).status).toBe(204)
  expect((await org.call('GET', path())).status).toBe(404)
})

test('a certificate that nobody vouches for is refused', async () => {
  const { key, cert } = selfSigned('localhost')
  await using secured = await startDovecot({
    certificate: { cert: readFileSync(cert, 'utf8'), key: readFileSync(key, 'utf8') },
  })
  const { status, body } = await org.call(
    'PUT',
    path(),
    access({ host: 'localhost', port: secured.port, security: 'tls' }),
  )
  expect(status).toBe(422)
  expect(body.errors[0].title).toMatch(/certificate of localhost cannot be trusted/)
})

test('another organisation sees nothing of it', async () => {
  await org.call('PUT', path(), access())
  const stranger = await desk.newOrg()
  expect((await stranger.call('GET', path())).status).toBe(404)
  expect((await stranger.call('PUT', path(), access())).status).toBe(404)
})
