import { afterAll, beforeAll, expect, test } from 'vitest'

import { startTestDesk } from '../../testing/desk.ts'
import type { TestDesk, TestOrg } from '../../testing/desk.ts'

let desk: TestDesk
let org: TestOrg
let conversation: string

const png = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
  'base64',
)

beforeAll(async () => {
  desk = await startTestDesk({ integrations: [] })
  org = await desk.newOrg()
  const customer = (await org.call('POST', '/v1/customers', { name: 'Ana' })).body.data.id
  conversation = (await org.call('POST', '/v1/conversations', { customer })).body.data.id
})
afterAll(() => desk[Symbol.asyncDispose]())

async function announce(name: string, contentType: string, contentLength = 10) {
  const { status, body } = await org.call('POST', '/v1/attachments', { name, contentType, contentLength })
  expect(status, JSON.stringify(body)).toBe(201)
  return { id: body.data.id as string, upload: body.meta.upload as { url: string; fields: Record<string, string> } }
}

async function upload(
  target: { url: string; fields: Record<string, string> },
  content: Buffer | string,
): Promise<number> {
  const form = new FormData()
  for (const [name, value] of Object.entries(target.fields)) {
    form.append(name, value)
  }
  form.append('file', new Blob([new Uint8Array(Buffer.from(content))]), 'whatever')
  return (await fetch(target.url, { method: 'POST', body: form })).status
}

async function stored(name: string, contentType: string, content: Buffer | string) {
  const announced = await announce(name, contentType)
  expect(await upload(announced.upload, content)).toBe(204)
  const { body } = await org.call('GET', `/v1/attachments/${announced.id}`)
  return { id: announced.id, data: body.data, file: await fetch(body.data.links.related) }
}

test('a picture goes in and out as it was, and is shown in place', async () => {
  const { data, file } = await stored('Zelt "ä".png', 'image/png', png)
  expect(data.attributes).toMatchObject({ uploaded: true, detectedType: 'image/png', contentLength: png.length })
  expect(file.headers.get('content-type')).toBe('image/png')
  expect(file.headers.get('content-disposition')).toBe(
    `inline; filename="Zelt ___.png"; filename*=UTF-8''Zelt%20%22%C3%A4%22.png`,
  )
  expect(Buffer.from(await file.arrayBuffer()).equals(png)).toBe(true)
})

test.each([
  ['page.html', 'text/html', '<html><script>alert(1)</script>'],
  ['drawing.svg', 'image/svg+xml', '<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'],
  ['liar.png', 'image/png', '<html><script>alert(1)</script>'],
])('%s is only ever saved, never shown in place', async (name, type, content) => {
  const { file } = await stored(name, type, content)
  expect(file.headers.get('content-type')).toBe('application/octet-stream')
  expect(file.headers.get('content-disposition')).toMatch(/^attachment;/)
  expect(file.headers.get('content-security-policy')).toContain('sandbox')
  expect(file.headers.get('x-content-type-options')).toBe('nosniff')
  expect(await file.text()).toBe(content)
})

test('nobody uploads or downloads without the signature, or to another place', async () => {
  const { id, upload: target } = await announce('a.txt', 'text/plain')
  expect(await upload({ ...target, fields: { ...target.fields, signature: '0'.repeat(64) } }, 'x')).toBe(403)
  expect(await upload({ ...target, fields: { ...target.fields, expires: '9999999999' } }, 'x')).toBe(403)
  const other = await announce('b.txt', 'text/plain')
  expect(await upload({ url: other.upload.url, fields: target.fields }, 'x')).toBe(403)
  expect(await upload(target, 'first')).toBe(204)
  expect(await upload(target, 'second')).toBe(409)
  const { body } = await org.call('GET', `/v1/attachments/${id}`)
  expect(await (await fetch(body.data.links.related)).text()).toBe('first')
  expect((await fetch(`${body.data.links.related}0`)).status).toBe(403)
  expect((await fetch(`${desk.desk.address}/v1/files/..%2f..%2f/x`)).status).toBe(404)
  const stranger = await desk.newOrg()
  expect((await stranger.call('GET', `/v1/attachments/${id}`)).status).toBe(404)
})

test('a file that is too large is refused and leaves nothing', { timeout: 30_000 }, async () => {
  expect(
    (await org.call('POST', '/v1/attachments', { name: 'x', contentType: 'a/b', contentLength: 26_214_401 })).status,
  ).toBe(400)
  const { id, upload: target } = await announce('big.bin', 'application/octet-stream')
  expect(await upload(target, Buffer.alloc(26 * 1024 * 1024))).toBe(413)
  expect((await org.call('GET', `/v1/attachments/${id}`)).body.data.attributes.uploaded).toBe(false)
  expect(await upload(target, 'small enough')).toBe(204)
})

test('messages and notes carry files, a conversation lists them, a redaction removes them for good', async () => {
  const { id } = await stored('bill.txt', 'text/plain', 'secret')
  const note = await org.call('POST', `/v1/conversations/${conversation}/notes`, {
    body: 'See bill',
    attachments: [{ _id: id }],
  })
  expect(note.body.data.attributes.attachments).toMatchObject([{ _id: id, name: 'bill.txt' }])
  const message = await org.call('POST', '/v1/messages', {
    conversation,
    app: 'x',
    channel: 'email',
    direction: 'in',
    preview: 'My card is 4111',
    attachments: [id],
  })
  const messageId = message.body.data.id
  expect((await org.call('GET', `/v1/messages/${messageId}/attachments/${id}`)).body.data.id).toBe(id)
  expect((await org.call('GET', `/v1/conversations/${conversation}/attachments`)).body.data).toMatchObject([{ id }])
  const unknown = await org.call('PUT', `/v1/messages/${messageId}`, { attachments: ['0'.repeat(24)] })
  expect(unknown).toMatchObject({ status: 400, body: { errors: [{ source: { pointer: '/attachments/0' } }] } })

  const { related } = (await org.call('GET', `/v1/attachments/${id}`)).body.data.links
  const path = `/v1/messages/${messageId}/redactions`
  expect((await org.call('POST', path, { attachments: [id] }, await org.key(['org.user']))).status).toBe(403)
  expect((await org.call('POST', path, { attachments: [id] })).body.data.attributes).toMatchObject({
    redacted: true,
    attachments: [],
  })
  expect((await fetch(related)).status).toBe(404)
  expect((await org.call('GET', `/v1/attachments/${id}`)).body.data.attributes.redacted).toBe(true)

  await org.call('PUT', `/v1/messages/${messageId}`, { preview: 'My card is 4222' })
  await org.call('POST', path, { preview: 'My card is …' })
  for (const table of ['messages', 'conversations', 'events', 'audit_logs', 'search_texts', 'notifications']) {
    // With what stands around them: an id or a time may hold these digits by chance.
    const { rows } = await desk.owner.query(`select 1 from ${table} t where org_id = $1 and t::text ~ $2`, [
      org.id,
      "card is 4(111|222)|'4(111|222)'",
    ])
    expect(rows, table).toEqual([])
  }
})
