import { TrustpilotApi } from 'trustpilot'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { z } from 'zod'

import { newDesk } from './server.ts'
import type { DeskProcess } from './server.ts'

// Trustpilot's own client, as it is published, against our simulator: what the simulator says is what that client expects.

let desk: DeskProcess
const at = (host: string) => `${desk.address}/simulators/trustpilot/${host}`
const Page = z.object({ reviews: z.array(z.object({ id: z.string(), title: z.string() })) })
const Review = z.object({ companyReply: z.object({ text: z.string() }).nullable() })

beforeAll(async () => {
  desk = await newDesk()
  await desk.start(['--simulators'])
  await fetch(`${at('shop')}/reviews`, {
    method: 'POST',
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: new URLSearchParams({ name: 'Mia Berg', stars: '2', title: 'Slow', text: 'Twelve days.' }).toString(),
  })
})
afterAll(() => desk[Symbol.asyncDispose]())

const client = (login: object) => new TrustpilotApi({ key: 'a-key', secret: 'a-secret', baseUrl: at('api'), ...login })

test('with its key alone it finds a business unit, and is refused what is not public', async () => {
  const { apiRequest } = client({})
  const found = await apiRequest.get('/v1/business-units/find', { params: { name: 'nordlicht-outdoor.example' } })
  expect(found.data).toMatchObject({ displayName: 'Nordlicht Outdoor' })
  await expect(apiRequest.get('/v1/business-units/find', { params: { name: 'nobody.example' } })).rejects.toMatchObject(
    {
      response: { status: 404 },
    },
  )
  await expect(apiRequest.get(`/v1/private/business-units/${found.data.id}/reviews`)).rejects.toMatchObject({
    response: { status: 401, data: { fault: { faultstring: 'Invalid access token' } } },
  })
})

test.each([
  ['a password', { grantType: 'password', username: 'ada@example.com', password: 'secret' }],
  ['its credentials', { grantType: 'client_credentials' }],
] as const)('signed in by %s it reads and answers a review', async (_, login) => {
  const api = await client(login).authenticate()
  const unit = await api.get('/v1/business-units/find', { params: { name: 'nordlicht-outdoor.example' } })
  const [review] = Page.parse((await api.get(`/v1/private/business-units/${unit.data.id}/reviews`)).data).reviews
  expect(review?.title).toBe('Slow')
  const message = `Sorry, says whoever signed in by ${Object.keys(login).length} things.`
  const answered = await api.post(`/v1/private/reviews/${review?.id ?? ''}/reply`, { message })
  expect(answered.status).toBe(201)
  expect(Review.parse((await api.get(`/v1/private/reviews/${review?.id ?? ''}`)).data).companyReply?.text).toBe(message)
  await expect(api.post(`/v1/private/reviews/${review?.id ?? ''}/reply`, { message: '' })).rejects.toMatchObject({
    response: { status: 400, data: { errorCode: 1001 } },
  })
})
