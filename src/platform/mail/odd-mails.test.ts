import { afterAll, describe, expect, test } from 'vitest'

import { oddMails } from '../../testing/odd-mails.ts'
import { createMailParser, UnreadableMail } from './parse-mail.ts'

// Mails that others collected in a quarter of a century, most of them since something choked on them.

const parser = createMailParser()
afterAll(() => parser[Symbol.asyncDispose]())
const mails = oddMails()

test('they are there', () => {
  expect(mails.length).toBeGreaterThan(40)
})

describe.each(mails.map(({ name, raw }) => [name, raw] as const))('%s', (_, raw) => {
  test.each([
    ['as it is', raw],
    ['with line ends as on their way', Buffer.from(raw.toString('latin1').replaceAll(/\r?\n/g, '\r\n'), 'latin1')],
    ['cut in the middle', raw.subarray(0, raw.length / 2)],
  ])('%s, is read or refused, and what is read can be kept and shown', async (__, bytes) => {
    const mail = await parser.parse(bytes).catch((error: unknown) => {
      if (error instanceof UnreadableMail) {
        return undefined
      }
      throw error
    })
    if (mail === undefined) {
      return
    }
    for (const text of [mail.text, mail.subject, ...mail.to.map((it) => it.address)]) {
      expect(text.isWellFormed()).toBe(true)
      expect(text).not.toContain('\0')
    }
    expect(mail.subject).not.toMatch(/[\r\n]/)
    for (const { address } of [mail.from ?? [], mail.replyTo, mail.to].flat()) {
      expect(address).toMatch(/^[^\r\n]+@[^\r\n@]*$/)
    }
    const safe = await parser.safeHtml(mail.html ?? '', { remoteImages: false, inline: {} })
    expect(safe.html).not.toMatch(/<script|onerror=/i)
  })
})

test('reports of mails that did not arrive are known as such', async () => {
  const found = await Promise.all(
    mails.map(async ({ name, raw }) => {
      const mail = await parser.parse(raw).catch(() => undefined)
      return mail?.report === undefined ? [] : [[name, mail.report.kind]]
    }),
  )
  expect(found.flat()).toEqual([
    ['msg_16.txt', 'failed'],
    ['msg_43.txt', 'failed'],
  ])
})
