import { createConnection } from 'node:net'

import { afterAll, beforeAll, expect, test } from 'vitest'

import { acmeMail } from '../../testing/acme-mail.ts'
import { startTestDesk } from '../../testing/desk.ts'
import type { TestDesk, TestOrg } from '../../testing/desk.ts'
import { oddMails } from '../../testing/odd-mails.ts'

// Odd mails all the way from a connection to what became of them.

let desk: TestDesk
let org: TestOrg

beforeAll(async () => {
  desk = await startTestDesk({ integrations: [acmeMail], smtpPort: 0 })
  org = await desk.newOrg()
})
afterAll(() => desk[Symbol.asyncDispose]())

/** Brings a mail byte by byte as it is: a program of mail would put it right. */
async function bring(to: string, raw: Buffer): Promise<string> {
  const socket = createConnection(desk.desk.smtpPort ?? 0, '127.0.0.1')
  const body = raw.toString('latin1').replaceAll(/\r?\n/g, '\r\n').replaceAll(/^\./gm, '..')
  const steps = ['HELO x\r\n', 'MAIL FROM:<>\r\n', `RCPT TO:<${to}>\r\n`, 'DATA\r\n', `${body}\r\n.\r\n`]
  let answer = ''
  for await (const chunk of socket) {
    answer = String(chunk)
    const step = steps.shift()
    if (step === undefined) {
      socket.destroy()
      break
    }
    socket.write(step, 'latin1')
  }
  return answer
}

test('every mail is taken and ends as what it is or with the reason why not; none is lost and none ends in an error of ours', async () => {
  const { url } = await org.install('acme-mail', {})
  const mails = oddMails()
  for (const { name, raw } of mails) {
    expect(await bring(url, raw), name).toMatch(/^250 2\.0\.0/)
  }
  await org.settled()
  const { rows } = await desk.owner.query(
    'select status, error, duplicates from deliveries where org_id = $1 order by id',
    [org.id],
  )
  const came = rows.reduce((sum, row) => sum + 1 + Number(row.duplicates), 0)
  expect(came).toBe(mails.length)
  expect(rows.filter((row) => !['applied', 'rejected'].includes(row.status))).toEqual([])
  expect(rows.filter((row) => /went wrong here|cannot be stored/.test(row.error ?? ''))).toEqual([])
  expect(rows.filter((row) => row.status === 'applied').length).toBeGreaterThan(mails.length * 0.8)
})
