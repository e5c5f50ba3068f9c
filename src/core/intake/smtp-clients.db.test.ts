import { execFile } from 'node:child_process'
import { writeFile } from 'node:fs/promises'
import { promisify } from 'node:util'

import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'

import { acmeMail } from '../../testing/acme-mail.ts'
import { startTestDesk } from '../../testing/desk.ts'
import type { TestDesk, TestOrg } from '../../testing/desk.ts'
import { selfSigned } from '../../testing/self-signed.ts'

// Mail as a program of Debian's brings it, with and without encryption.

const run = promisify(execFile)
const { key, cert } = selfSigned('127.0.0.1')
let desk: TestDesk
let org: TestOrg
let address: string

beforeAll(async () => {
  desk = await startTestDesk({
    integrations: [acmeMail],
    smtpPort: 0,
    environment: { TELLBACK_SMTP_CERT: cert, TELLBACK_SMTP_KEY: key },
  })
})
afterAll(() => desk[Symbol.asyncDispose]())
beforeEach(async () => {
  org = await desk.newOrg()
  const { id } = await org.install('acme-mail', {})
  address = (await org.call('GET', `/v1/apps/installations/${id}`)).body.data.attributes.hooks[0].url
})

async function swaks(...more: string[]): Promise<string> {
  const port = String(desk.desk.smtpPort)
  const given = ['--server', '127.0.0.1', '--port', port, '--to', address, '--from', 'mia@example.com', ...more]
  return (await run('swaks', given, { maxBuffer: 16 * 1024 * 1024 })).stdout
}
const titles = async () => {
  await org.settled()
  const { rows } = await desk.owner.query(`select title from kobjects where org_id = $1 and klass = 'acme-note'`, [
    org.id,
  ])
  return rows.map((row) => row.title)
}

test('swaks delivers without encryption', async () => {
  expect(await swaks('--header', 'Subject: Plain')).toMatch(/250 2\.0\.0 Taken as [0-9a-f]{24}/)
  expect(await titles()).toEqual(['Plain'])
})

test('swaks delivers by STARTTLS, and nothing that was said before it counts', async () => {
  const said = await swaks('--tls', '--header', 'Subject: Secured')
  expect(said).toMatch(/TLS started with cipher/)
  expect(said).toMatch(/250 2\.0\.0 Taken as/)
  expect(await titles()).toEqual(['Secured'])
})

test('swaks brings a file of a megabyte', async () => {
  const file = `${cert}.file`
  await writeFile(file, Buffer.alloc(1024 * 1024, 'x'))
  expect(await swaks('--tls', '--header', 'Subject: Question', '--attach', `@${file}`)).toMatch(/250 2\.0\.0/)
  await org.settled()
  const [conversation] = (await org.call('GET', '/v1/conversations')).body.data
  const [message] = (await org.call('GET', `/v1/conversations/${conversation.id}/messages`)).body.data
  expect(message.attributes.attachments).toMatchObject([{ contentLength: 1024 * 1024 }])
})

test('swaks hears that nobody is at a wrong address', async () => {
  await expect(swaks('--to', 'nobody@example.com')).rejects.toMatchObject({
    stdout: expect.stringContaining('550 5.1.1'),
  })
})
