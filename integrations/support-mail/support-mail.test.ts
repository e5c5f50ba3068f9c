import { expect, test } from 'vitest'

import { simulatedMail } from '#sdk'
import type { SimulatedMail } from '#sdk'
import { mailEffectsOf } from '#sdk/testing-mail'

import supportMail from './index.ts'
import { Settings } from './schema.ts'

const at = new Date('2026-03-01T10:00:00.000Z')
const settings = Settings.parse({ address: 'support@shop.example' })
const effectOf = async (mail: Partial<SimulatedMail>, given = settings) => {
  const whole = {
    from: '"Mia Berg" <mia@example.com>',
    subject: 'Invoice',
    at,
    messageId: 'm1@example.com',
    text: 'Hello',
  }
  const [effect] = await mailEffectsOf(supportMail, 'inbox', simulatedMail({ ...whole, ...mail }), given)
  return effect
}

test('a mail is a message of whoever wrote it, known by the mails that it refers to', async () => {
  expect(await effectOf({ subject: 'Re: AW: Invoice', inReplyTo: 'm0@example.com' })).toMatchObject({
    kind: 'message',
    customer: { email: 'mia@example.com', name: 'Mia Berg' },
    externalId: 'm1@example.com',
    threads: ['m0@example.com', 'm0@example.com'],
    name: 'Invoice',
    subject: 'Re: AW: Invoice',
    text: 'Hello',
    isAutomatic: false,
  })
})

test('what the support address itself sends is the customer’s whom it answers for', async () => {
  const effect = await effectOf({ from: 'support@shop.example', replyTo: 'Mia Berg <mia@example.com>' })
  expect(effect).toMatchObject({ customer: { email: 'mia@example.com' } })
  expect(await effectOf({ from: 'support@shop.example' })).toMatchObject({ kind: 'remark' })
})

test.each([
  [{ 'Auto-Submitted': 'auto-replied' }, 'remark'],
  [{ 'Auto-Submitted': 'no' }, 'message'],
  [{ 'X-Loop': 'yes' }, 'remark'],
  [{ Precedence: 'bulk' }, 'remark'],
  [{ 'List-Id': '<news.example.com>' }, 'remark'],
  [{ 'X-Auto-Response-Suppress': 'All' }, 'message'],
  [{ 'X-Failed-Recipients': 'a@example.com' }, 'report'],
])('with %j it is a %s', async (headers, kind) => {
  expect((await effectOf({ headers }))?.kind).toBe(kind)
})

test('machines’ mails are taken where the settings want them, marked as such; a report of a mail that bounced never is', async () => {
  const take = Settings.parse({ automatic: 'take' })
  const machine = { headers: { 'Auto-Submitted': 'auto-generated' } }
  expect(await effectOf(machine, take)).toMatchObject({ kind: 'message', isAutomatic: true })
  expect((await effectOf({ from: 'MAILER-DAEMON@mx.example.com' }, take))?.kind).toBe('remark')
})

test('files come along but for those that the text itself shows', async () => {
  const file = { name: 'bill.pdf', type: 'application/pdf', content: Buffer.from('%PDF-') }
  expect(await effectOf({ files: [file] })).toMatchObject({ files: [{ name: 'bill.pdf', bytes: 5, index: 0 }] })
})
