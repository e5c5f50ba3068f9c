import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { z } from 'zod'

import { defineIntegration, defineWebhook } from '../../sdk/index.ts'
import type { Integration } from '../../sdk/index.ts'
import { startTestDesk } from '../../testing/desk.ts'
import type { TestDesk, TestOrg } from '../../testing/desk.ts'

// An app whose reviews come by two ways, of which one does not know their numbers.

const Payload = z.object({
  id: z.string().optional(),
  about: z.string(),
  says: z.string(),
  at: z.string(),
  isGone: z.boolean().default(false),
})
const integration = defineIntegration({
  id: 'acme-ways',
  name: 'Acme ways',
  version: '1.0.0',
  category: 'reviews',
  summary: 'For tests.',
  developer: 'Tellback',
  website: 'https://example.com',
  settings: z.object({}),
  klasses: {
    'acme-way': { title: 'Review', icon: 'star', color: '#000000', attributes: { oneStr: 'One', twoStr: 'Two' } },
  },
  webhooks: {
    reviews: defineWebhook<object, z.infer<typeof Payload>>({
      title: 'Reviews',
      description: '',
      payload: Payload,
      handle: ({ id, about, says, at, isGone }) => [
        isGone
          ? { kind: 'removal' as const, klass: 'acme-way', externalId: `true ${id ?? ''}`, at: new Date(at) }
          : {
              kind: 'object',
              klass: 'acme-way',
              externalId: id === undefined ? `made-up ${about}` : `true ${id}`,
              isProvisional: id === undefined,
              aliases: [`said ${says}`],
              customer: { email: 'mia@example.com' },
              at: new Date(at),
              version: new Date(at),
              title: says,
              fields: id === undefined ? { oneStr: about } : { twoStr: id },
            },
      ],
    }),
  },
  simulator: { test: () => ({ webhook: '', headers: {}, body: '' }), history: () => [] },
}) as unknown as Integration<unknown>

let desk: TestDesk
let org: TestOrg
let url: string

beforeAll(async () => {
  desk = await startTestDesk({ integrations: [integration] })
})
afterAll(() => desk[Symbol.asyncDispose]())
beforeEach(async () => {
  org = await desk.newOrg()
  ;({ url } = await org.install('acme-ways', {}))
})

let second = 0
async function comes(...bodies: { id?: string; about?: string; says: string; isGone?: boolean }[]): Promise<void> {
  await Promise.all(
    bodies.map((body) =>
      fetch(url, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ about: '', at: `2026-03-01T10:00:${String(second++).padStart(2, '0')}Z`, ...body }),
      }),
    ),
  )
  await org.settled()
}
async function reviews(): Promise<{ one: string | null; two: string | null }[]> {
  const { rows } = await desk.owner.query(
    `select custom ->> 'oneStr' as one, custom ->> 'twoStr' as two from kobjects where org_id = $1 and klass = 'acme-way' order by id`,
    [org.id],
  )
  return rows
}

test('a review without a number is the one with a number that says the same, whichever came first', async () => {
  await comes({ about: 'tent', says: 'Too small' })
  await comes({ id: '1', says: 'Too small' })
  expect(await reviews()).toEqual([{ one: 'tent', two: '1' }])
  await comes({ id: '2', says: 'Leaks' })
  await comes({ about: 'boots', says: 'Leaks' })
  expect(await reviews()).toEqual([
    { one: 'tent', two: '1' },
    { one: 'boots', two: '2' },
  ])
  await comes({ id: '1', says: 'Too small, really' }, { about: 'boots', says: 'Leaks, still' })
  expect(await reviews()).toHaveLength(2)
})

test('both at the same time are one', async () => {
  await comes(
    ...Array.from({ length: 5 }, (_, index) => [
      { id: String(index), says: `Text ${index}` },
      { about: `thing ${index}`, says: `Text ${index}` },
    ]).flat(),
  )
  expect(await reviews()).toHaveLength(5)
})

test('two that have numbers stay two, however alike they are', async () => {
  await comes({ id: '1', says: 'Great!' })
  await comes({ id: '2', says: 'Great!' })
  expect(await reviews()).toEqual([
    { one: null, two: '1' },
    { one: null, two: '2' },
  ])
})

test('what is taken away by its number is found by the name that it came by first', async () => {
  await comes({ about: 'tent', says: 'Too small' })
  await comes({ id: '1', says: 'Too small' })
  await comes({ id: '1', says: '', isGone: true })
  const { data } = (await org.call('GET', '/v1/deliveries')).body
  expect(data[0].attributes.effects).toMatchObject([{ kind: 'removal', result: 'updated' }])
})
