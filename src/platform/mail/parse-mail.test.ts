import { afterAll, beforeAll, expect, test } from 'vitest'

import { createMailParser, UnreadableMail } from './parse-mail.ts'
import type { MailParser } from './parse-mail.ts'

let parser: MailParser
beforeAll(() => {
  parser = createMailParser()
})
afterAll(() => parser[Symbol.asyncDispose]())

const mail = (...lines: string[]) => Buffer.from(lines.join('\r\n'))
const refusal = (raw: Buffer) =>
  parser.parse(raw).then(
    () => 'parsed',
    (error: unknown) => (error instanceof UnreadableMail ? error.message : String(error)),
  )

test('a mail is read with its people, its thread, its text and what hangs on it', async () => {
  const parsed = await parser.parse(
    mail(
      'From: =?utf-8?q?J=C3=B6rg_M=C3=BCller?= <Joerg@Example.COM>',
      'To: "Desk" <desk@in.example.com>, other@example.com',
      'Reply-To: shopper@example.com',
      'Subject: =?utf-8?b?V28gaXN0IG1laW4gWmVsdD8=?=',
      'Message-ID: <b@example.com>',
      'In-Reply-To: <a@example.com>',
      'References: <first@example.com>\r\n <a@example.com>',
      'Date: Thu, 26 Nov 2026 10:00:00 +0100',
      'Content-Type: multipart/mixed; boundary="x"',
      '',
      '--x',
      'Content-Type: text/html; charset=utf-8',
      '',
      '<p>Wo ist mein <b>Zelt</b>?</p><script type="application/ld+json" data-kustomer-key="k">{"a":1}</script><script>alert(1)</script>',
      '--x',
      'Content-Type: image/png; name="a.png"',
      'Content-Disposition: attachment; filename="a.png"',
      'Content-Transfer-Encoding: base64',
      '',
      Buffer.from('png').toString('base64'),
      '--x--',
    ),
  )
  expect(parsed).toMatchObject({
    from: { name: 'Jörg Müller', address: 'Joerg@example.com' },
    to: [{ address: 'desk@in.example.com' }, { address: 'other@example.com' }],
    replyTo: [{ address: 'shopper@example.com' }],
    subject: 'Wo ist mein Zelt?',
    messageId: 'b@example.com',
    inReplyTo: ['a@example.com'],
    references: ['first@example.com', 'a@example.com'],
    text: 'Wo ist mein Zelt?',
    documents: [{ key: 'k', value: { a: 1 } }],
  })
  expect(parsed.date?.toISOString()).toBe('2026-11-26T09:00:00.000Z')
  expect(parsed.attachments).toMatchObject([{ name: 'a.png', type: 'image/png', bytes: 3, isInline: false }])
  expect(Buffer.from(parsed.attachments[0]?.content ?? [])).toEqual(Buffer.from('png'))
})

test.each([
  [
    '50,000 parts side by side',
    mail('Content-Type: multipart/mixed; boundary="x"', '', '--x\r\n\r\na\r\n'.repeat(50_000)),
    /more than 1000 lines/,
  ],
  ['a header of five megabytes', mail(`Subject: ${'a'.repeat(5_000_000)}`, '', 'x'), /header has 500\d+ bytes/],
  ['200,000 short headers', mail('X: y\r\n'.repeat(200_000), 'x'), /header has/],
])('%s are not given to the parser', async (_, raw, reason) => {
  expect(await refusal(raw)).toMatch(reason)
})

test('parts within parts, far too deep, are refused by the parser and harm nobody', async () => {
  const depth = 300
  const opening = Array.from(
    { length: depth },
    (_, at) => `Content-Type: multipart/mixed; boundary="b${at}"\r\n\r\n--b${at}`,
  )
  expect(await refusal(mail(...opening, '', 'the end'))).toMatch(/cannot be parsed: .*depth/)
  expect((await parser.parse(mail('Subject: after', '', 'x'))).subject).toBe('after')
})

test.each([
  ['a charset that there is not', 'Content-Type: text/plain; charset=x-made-up', 'caf\u00E9'],
  [
    'a charset that is another',
    'Content-Type: text/plain; charset=utf-8',
    Buffer.from([0x63, 0x61, 0x66, 0xe9]).toString('latin1'),
  ],
  ['broken base64', 'Content-Transfer-Encoding: base64', '!!!not base64!!!'],
  ['no header at all', '', ''],
  ['an encoded word without an end', 'Subject: =?utf-8?b?', 'x'],
  ['encoded words within encoded words', `Subject: ${'=?utf-8?q?=3D=3Futf-8=3Fq=3Fa=3F=3D?= '.repeat(3_000)}`, 'x'],
  ['a NUL in the text', 'Subject: a', 'a\0b'],
])('%s: it is read as far as it can be', async (_, header, body) => {
  const parsed = await parser.parse(mail(header, '', body))
  expect(parsed.text).not.toContain('\0')
  expect(parsed.text.isWellFormed()).toBe(true)
})

test('a line break in a header makes no second header, and a bad address is no address', async () => {
  const parsed = await parser.parse(
    mail(
      'From: "a\r\n\tBcc: all@example.com" <a@example.com>',
      'Subject: =?utf-8?q?a=0D=0ABcc:_b@example.com?=',
      'Reply-To: <>',
      '',
      'x',
    ),
  )
  expect(parsed.subject).toBe('a Bcc: b@example.com')
  expect(parsed.headers.map(([name]) => name)).toEqual(['from', 'subject', 'reply-to'])
  expect(parsed.replyTo).toEqual([])
})

test('a mail that takes too long is stopped, and the next one is read', async () => {
  await using impatient = createMailParser({ ms: 1 })
  const large = mail('Content-Type: text/html', '', `<p>${'<b>a</b> '.repeat(200_000)}`)
  await expect(impatient.parse(large)).rejects.toThrow(/longer than 0.001 seconds/)
  expect((await parser.parse(mail('Subject: next', '', 'x'))).subject).toBe('next')
})
