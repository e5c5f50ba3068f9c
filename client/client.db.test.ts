import { afterAll, beforeAll, expect, test } from 'vitest'

import { startTestDesk } from '../src/testing/desk.ts'
import type { TestDesk } from '../src/testing/desk.ts'
import { createClient, RequestFailed } from './index.ts'
import type { Client } from './index.ts'

let desk: TestDesk
let client: Client

beforeAll(async () => {
  desk = await startTestDesk({ integrations: [] })
  const org = await desk.newOrg()
  client = createClient({ baseUrl: desk.desk.address, token: org.token })
})
afterAll(() => desk[Symbol.asyncDispose]())

test('operations are called by their names, with what goes into path, query and body', async () => {
  const { data: made } = await client.call('POST /v1/customers', {
    body: { name: 'Ana', emails: [{ email: 'ana+x@example.com' }] },
  })
  const found = await client.call('GET /v1/customers/email={value}', { params: { value: 'ana+x@example.com' } })
  expect(found.data).toMatchObject({ id: made.id, attributes: { name: 'Ana' } })
  const page = await client.call('GET /v1/customers', { query: { q: 'ana', pageSize: 5 } })
  expect(page.data.map((it) => it.attributes.displayName)).toEqual(['Ana'])
  expect(await client.call('DELETE /v1/customers/{id}', { params: { id: made.id } })).toBeUndefined()
})

test('a list is walked to its end', async () => {
  for (const name of ['a', 'b', 'c', 'd', 'e']) {
    await client.call('POST /v1/tags', { body: { name } })
  }
  const names: string[] = []
  for await (const tag of client.all('GET /v1/tags', { query: { pageSize: 2 } })) {
    names.push(tag.attributes.name)
  }
  expect(names.toSorted()).toEqual(['a', 'b', 'c', 'd', 'e'])
})

test('a refusal says what is wrong with which field; a desk that is not there is told from one that refuses', async () => {
  const wrong = client.call('POST /v1/tags', { body: { name: '' } })
  await expect(wrong).rejects.toThrow(RequestFailed)
  await expect(wrong).rejects.toMatchObject({ status: 400, problems: [{ source: { pointer: '/name' } }] })
  const nowhere = createClient({ baseUrl: 'http://127.0.0.1:9', token: 'x' })
  await expect(nowhere.call('GET /v1/tags')).rejects.toMatchObject({ status: 0, problems: [{ code: 'offline' }] })
})

test('a file is announced and sent in one call', async () => {
  const file = new File(['order;state\n42;sent\n'], 'orders.csv', { type: 'text/csv' })
  const sent = await client.upload(file)
  expect(sent).toEqual({ _id: expect.any(String), name: 'orders.csv', contentLength: file.size })
  expect(await client.request('GET', `/v1/attachments/${sent._id}`)).toMatchObject({
    data: { attributes: { uploaded: true, contentLength: file.size } },
  })
})
