import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

import { expect, test } from 'vitest'

import { createOutbound } from './outbound.ts'

test.each([
  ['http://93.184.216.34/', /https/],
  ['ftp://example.com/', /https/],
  ['nonsense', /https/],
  ['https://ada:secret@example.com/', /user name/],
  ['https://127.0.0.1/', /private/],
  ['https://[::1]/', /private/],
  ['https://10.1.2.3/', /private/],
  ['https://169.254.169.254/latest/meta-data', /private/],
  ['https://[::ffff:192.168.1.1]/', /private/],
  ['https://0x7f000001/', /private/],
])('%s cannot be called', async (url, reason) => {
  using outbound = createOutbound([])
  expect(outbound.problemWith(url)).toMatch(reason)
  await expect(outbound.post(url, Buffer.alloc(0), {})).rejects.toThrow(reason)
})

test('a name that leads to a private address is refused when it is called', async () => {
  using outbound = createOutbound([])
  expect(outbound.problemWith('https://localhost/')).toBeUndefined()
  await expect(outbound.post('https://localhost/', Buffer.alloc(0), {})).rejects.toThrow(/private address/)
})

test('an allowed range is called, redirects are not followed, and a long answer is cut', async () => {
  const server = createServer((request, response) =>
    request.url === '/moved' ? response.writeHead(302, { location: '/' }).end() : response.end('x'.repeat(5_000)),
  )
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  {
    using outbound = createOutbound(['127.0.0.0/8'])
    expect(await outbound.post(address, Buffer.from('{}'), {})).toMatchObject({ status: 200, text: 'x'.repeat(1_024) })
    expect(await outbound.post(`${address}/moved`, Buffer.alloc(0), {})).toMatchObject({ status: 302 })
    expect(outbound.problemWith('http://10.0.0.1/')).toMatch(/https/)
  }
  server.closeAllConnections()
  await new Promise((resolve) => server.close(resolve))
})
