import { afterAll, beforeAll, expect, test } from 'vitest'

import { startTestDesk } from '../testing/desk.ts'
import type { Reply, TestDesk, TestOrg } from '../testing/desk.ts'

let desk: TestDesk
let org: TestOrg

beforeAll(async () => {
  desk = await startTestDesk()
  org = await desk.newOrg('Acme')
})
afterAll(() => desk[Symbol.asyncDispose]())

const customer = async (body: object) => (await org.call('POST', '/v1/customers', body)).body.data

test('an organisation is found as current and by its id', async () => {
  expect((await org.call('GET', '/v1/orgs/current')).body.data).toMatchObject({
    type: 'org',
    id: org.id,
    attributes: { name: 'Acme' },
  })
  expect((await org.call('GET', `/v1/orgs/${org.id}`)).status).toBe(200)
})

test('a customer is created and answered in the envelope', async () => {
  const { status, body } = await org.call('POST', '/v1/customers', {
    name: 'Ana',
    externalId: 'C 1/2',
    emails: [{ type: 'home', email: 'Ana@Example.com', verified: true }],
    phones: [{ phone: '+1 (415) 555-0132' }],
    custom: { latestNpsNum: 9 },
  })
  expect(status).toBe(201)
  expect(body.data).toMatchObject({
    type: 'customer',
    attributes: {
      name: 'Ana',
      displayName: 'Ana',
      displayColor: 'blue',
      displayIcon: 'plane',
      rev: 1,
      custom: { latestNpsNum: 9 },
      conversationCounts: { all: 0 },
      progressiveStatus: null,
    },
    relationships: { org: { links: { self: `/v1/orgs/${org.id}` }, data: { type: 'org', id: org.id } } },
    links: { self: `/v1/customers/${body.data.id}` },
  })
  expect(body.data.id).toMatch(/^[0-9a-f]{24}$/)
  const found = async (path: string) => (await org.call('GET', `/v1/customers/${path}`)).body.data?.id
  expect(await found('email=ana%40example.com')).toBe(body.data.id)
  expect(await found('email=ANA@example.com')).toBe(body.data.id)
  expect(await found('externalId=C%201%2F2')).toBe(body.data.id)
  expect(await found('phone=%2B14155550132')).toBe(body.data.id)
  expect(await found('phone=+1-415-555-0132')).toBe(body.data.id)
})

test('nobody found is a 404 that names the key', async () => {
  const { status, body } = await org.call('GET', '/v1/customers/externalId=nobody')
  expect(status).toBe(404)
  expect(body.errors[0]).toMatchObject({ status: 404, code: 'notfound', source: { parameter: 'externalId' } })
})

test('a clash of addresses is a 409 that names the field, and writes nothing', async () => {
  await customer({ emails: [{ email: 'taken@example.com' }] })
  const { status, body } = await org.call('POST', '/v1/customers', {
    name: 'Second',
    emails: [{ email: 'TAKEN@example.com' }],
  })
  expect(status).toBe(409)
  expect(body.errors[0]).toMatchObject({ code: 'conflict', source: { pointer: '/emails' } })
  expect((await org.call('GET', '/v1/customers?q=second')).body.data).toEqual([])
})

test('PUT merges, null clears, lists replace, custom merges name by name, replace=true clears the rest', async () => {
  const { id } = await customer({
    name: 'Ben',
    externalId: 'B1',
    tags: ['a', 'b'],
    locale: 'de',
    custom: { aStr: 'x', bNum: 1 },
  })
  const put = async (body: object, query = '') =>
    (await org.call('PUT', `/v1/customers/${id}${query}`, body)).body.data.attributes
  expect(await put({ tags: ['c'], custom: { bNum: null, cBool: true } })).toMatchObject({
    name: 'Ben',
    externalId: 'B1',
    tags: ['c'],
    locale: 'de',
    custom: { aStr: 'x', cBool: true },
    rev: 2,
  })
  expect(await put({ externalId: null, locale: null })).toMatchObject({ externalId: null, name: 'Ben' })
  const replaced = await put({ name: 'Benno' }, '?replace=true')
  expect(replaced).toMatchObject({ name: 'Benno', tags: [], custom: {} })
  expect((await org.call('GET', '/v1/customers/externalId=B1')).status).toBe(404)
  const patched = await org.call('PATCH', `/v1/customers/${id}`, { name: 'B', rev: 1 })
  expect(patched.status).toBe(409)
  expect((await org.call('DELETE', `/v1/customers/${id}`)).status).toBe(204)
  expect((await org.call('GET', `/v1/customers/${id}`)).status).toBe(404)
})

test('the search finds parts of words in names and addresses, and ends', async () => {
  const { id } = await customer({ name: 'Søren Kierkegaard-Smith', emails: [{ email: 'soren.k+list@example.dk' }] })
  const ids = async (q: string) =>
    (await org.call('GET', `/v1/customers?q=${encodeURIComponent(q)}`)).body.data.map((it: { id: string }) => it.id)
  for (const q of ['søren', 'kierk', 'erke', 'smith', 'sø', 's', 'soren.k+list@example.dk', 'SØREN smi', 'example']) {
    expect(await ids(q), q).toContain(id)
  }
  for (const q of ['ferke', 'søren jones', '%', "'; drop table customers; --"]) {
    expect(await ids(q), q).not.toContain(id)
  }
})

test('lists are paged until next is null', async () => {
  const many = await desk.newOrg('Many')
  for (let index = 0; index < 5; index++) {
    await many.call('POST', '/v1/customers', { name: `N${index}` })
  }
  const seen: string[] = []
  let path: string | null = '/v1/customers?page=1&pageSize=2'
  while (path !== null) {
    const { body } = await many.call('GET', path)
    seen.push(...body.data.map((it: { attributes: { name: string } }) => it.attributes.name))
    path = body.links.next
  }
  expect(seen.toSorted()).toEqual(['N0', 'N1', 'N2', 'N3', 'N4'])
  expect((await many.call('GET', '/v1/customers?pageSize=9000')).body.meta.pageSize).toBe(100)
})

test('klasses and objects, with singular and plural paths, external ids and the recorded shapes', async () => {
  expect(
    (await org.call('POST', '/v1/klasses', { name: 'order', displayName: 'Order', icon: 'shopping' })).status,
  ).toBe(200)
  expect((await org.call('POST', '/v1/klasses', { name: 'order' })).status).toBe(409)
  const { id: customerId } = await customer({ name: 'Cleo' })
  const created = await org.call('POST', `/v1/customers/${customerId}/klasses/order`, {
    title: 'Order',
    externalId: 'R1',
    custom: { orderIdNum: 1, orderNumberStr: 'R1', orderCreatedAt: '2020-10-01T12:06:19.825Z' },
  })
  expect(created.status).toBe(201)
  expect(created.body.data).toMatchObject({
    type: 'kobject.order',
    attributes: {
      title: 'Order',
      icon: 'shopping',
      images: [],
      externalId: 'R1',
      custom: { orderIdNum: 1 },
      tags: [],
      rev: 1,
    },
    relationships: {
      klass: { link: { self: '/v1/klasses/order' }, data: { type: 'klass', id: 'order' } },
      customer: { links: { self: `/v1/customers/${customerId}` }, data: { type: 'customer', id: customerId } },
    },
    links: { self: `/v1/klasses/orders/${created.body.data.id}` },
  })
  for (const path of [`/v1/klasses/orders/${created.body.data.id}`, '/v1/klasses/order/externalId=R1']) {
    expect((await org.call('GET', path)).body.data.id).toBe(created.body.data.id)
  }
  expect((await org.call('GET', '/v1/klasses/orders')).body.data).toHaveLength(1)
  expect((await org.call('GET', `/v1/customers/${customerId}/klasses/orders`)).body.data).toHaveLength(1)
  expect((await org.call('GET', `/v1/customers/${customerId}`)).body.data.relationships.orders).toEqual({
    links: { self: `/v1/customers/${customerId}/klasses/orders` },
    meta: { kobject: true },
  })
  expect((await org.call('POST', '/v1/klasses/order', { title: 'again', externalId: 'R1' })).status).toBe(409)
  const klass = (await org.call('GET', '/v1/klasses')).body.data.find(
    (it: { attributes: { name: string } }) => it.attributes.name === 'order',
  )
  expect((await org.call('GET', `/v1/klasses/${klass.id}`)).body.data.type).toBe('klass')
  expect((await org.call('DELETE', `/v1/klasses/${klass.id}`)).status).toBe(422)
  const { id: other } = await customer({ name: 'Dora' })
  const moved = await org.call('PUT', `/v1/klasses/order/${created.body.data.id}`, {
    customer: other,
    custom: { orderIdNum: null },
  })
  expect(moved.body.data).toMatchObject({
    attributes: { rev: 2, custom: { orderNumberStr: 'R1' } },
    relationships: { customer: { data: { id: other } } },
  })
  expect((await org.call('GET', `/v1/customers/${customerId}/timeline`)).body.data).toEqual([])
  expect((await org.call('GET', `/v1/customers/${other}/timeline`)).body.data).toHaveLength(1)
  expect((await org.call('DELETE', `/v1/klasses/order/${created.body.data.id}`)).status).toBe(204)
  expect((await org.call('GET', `/v1/customers/${other}/timeline`)).body.data).toEqual([])
})

test('a custom attribute without a known suffix is refused in the recorded words', async () => {
  await org.call('POST', '/v1/klasses', { name: 'plain' })
  const { status, body } = await org.call('POST', '/v1/klasses/plain', {
    title: 'x',
    custom: { notAnActualAttribute: 1 },
  })
  expect(status).toBe(400)
  expect(body).toEqual({
    errors: [
      {
        status: 400,
        source: { parameter: 'notAnActualAttribute' },
        code: 'badparam',
        title: 'Additional properties not allowed',
        detail: '/properties/custom/additionalProperties',
      },
    ],
  })
})

test.each([
  ['a missing title', 'POST', '/v1/klasses/plain', {}, '/title'],
  ['a wrong type', 'POST', '/v1/customers', { name: 7 }, '/name'],
  ['an unknown field', 'POST', '/v1/customers', { nmae: 'x' }, '/nmae'],
  [
    'a bad address deep inside',
    'POST',
    '/v1/customers',
    { emails: [{ email: 'ok@example.com' }, { email: 'nope' }] },
    '/emails/1/email',
  ],
  [
    'a date that does not exist',
    'POST',
    '/v1/klasses/plain',
    { title: 'x', createdAt: '2026-02-30T00:00:00Z' },
    '/createdAt',
  ],
  ['an attribute of the wrong type', 'POST', '/v1/customers', { custom: { aNum: 'x' } }, '/custom/aNum'],
  ['an attribute too long', 'POST', '/v1/customers', { custom: { aStr: 'x'.repeat(1025) } }, '/custom/aStr'],
])('%s is a 400 with a pointer', async (_, method, path, body, pointer) => {
  const reply = await org.call(method, path, body)
  expect(reply.status).toBe(400)
  expect(reply.body.errors[0].source).toEqual({ pointer })
})

test('NUL, half surrogates, deep nesting and broken JSON are answered, not stored', async () => {
  const send = async (body: string) => {
    const reply = await fetch(`${desk.desk.address}/v1/customers`, {
      method: 'POST',
      headers: { authorization: `Bearer ${org.token}`, 'content-type': 'application/json' },
      body,
    })
    return { status: reply.status, body: (await reply.json()) as Reply['body'] }
  }
  expect((await send('{"name":')).status).toBe(400)
  expect((await send('')).status).toBe(400)
  expect((await send(`{"name":"x","socials":${'['.repeat(5000)}${']'.repeat(5000)}}`)).status).toBe(400)
  expect((await send('{"name":"a\\u0000b\\ud800"}')).body.data.attributes.name).toBe('a\u{FFFD}b\u{FFFD}')
  expect((await send('{"__proto__":{"admin":true}}')).status).toBe(400)
})

test('metadata of a resource is read, extended and kept', async () => {
  const put = await org.call('PUT', '/v1/metadata/kobject.plain', {
    properties: { totalOrdersNum: {}, statusStr: { enumeration: ['new'] } },
  })
  expect(put.body.data.attributes.properties).toMatchObject({
    totalOrdersNum: { type: 'number', displayName: 'Total Orders' },
    statusStr: { type: 'string', displayName: 'Status' },
  })
  await org.call('PUT', '/v1/metadata/kobject.plain', { properties: { statusStr: { displayName: 'State' } } })
  const { body } = await org.call('GET', '/v1/metadata/kobject.plain')
  expect(body.data.attributes.properties).toMatchObject({
    totalOrdersNum: { displayName: 'Total Orders' },
    statusStr: { displayName: 'State', enumeration: ['new'] },
  })
  expect((await org.call('PUT', '/v1/metadata/customer', { properties: { nosuffix: {} } })).status).toBe(400)
})

test('API keys open what their roles say, from where they may be used, until they end', async () => {
  const call = async (token: string | null, path = '/v1/customers') => org.call('GET', path, undefined, token)
  expect((await call(null)).status).toBe(401)
  expect((await call('nonsense')).status).toBe(401)
  const forged = org.token.slice(0, -3) + (org.token.endsWith('aaa') ? 'bbb' : 'aaa')
  expect((await call(forged)).status).toBe(401)
  expect((await call(await org.key(['org.user.customer.read']))).status).toBe(200)
  expect((await call(await org.key(['org.permission.customer.read']))).status).toBe(200)
  expect((await call(await org.key(['org.permission']))).status).toBe(200)
  const denied = await call(await org.key(['org.user.note.read']))
  expect(denied).toMatchObject({ status: 403, body: { errors: [{ code: 'forbidden' }] } })
  expect((await call(await org.key(['org.user'], { cidrs: ['10.0.0.0/8'] }))).status).toBe(403)
  expect((await call(await org.key(['org.user'], { cidrs: ['127.0.0.0/8'] }))).status).toBe(200)
  const ending = await org.key(['org.user'], { expiresInDays: 1 })
  await desk.owner.query("update api_keys set expires_at = now() - interval '1 second' where expires_at is not null")
  const expired = await call(ending)
  expect(expired.status).toBe(401)
  expect(expired.body.errors[0].title).toContain('Expired token')
})

test('API keys are listed without their tokens, shown once when made, and revoked', async () => {
  const made = await org.call('POST', '/v1/auth/api-keys', { name: 'Export', roles: ['org.user'] })
  expect(made.status).toBe(201)
  const { token } = made.body.data.attributes
  expect(JSON.parse(Buffer.from(token.split('.')[1], 'base64url').toString())).toMatchObject({
    org: org.id,
    id: made.body.data.id,
  })
  const { body } = await org.call('GET', '/v1/auth/tokens')
  const listed = body.data.find((it: { id: string }) => it.id === made.body.data.id)
  expect(listed.attributes).toMatchObject({ name: 'Export', roles: ['org.user'], lastTokenChars: token.slice(-4) })
  expect(JSON.stringify(body)).not.toContain(token)
  expect((await org.call('GET', '/v1/auth/tokens/current', undefined, token)).status).toBe(200)
  expect((await org.call('GET', '/v1/users/current/', undefined, token)).body.data.attributes.userType).toBe('machine')
  expect((await org.call('DELETE', `/v1/auth/tokens/${made.body.data.id}`)).status).toBe(204)
  expect((await org.call('GET', '/v1/auth/tokens/current', undefined, token)).status).toBe(401)
})

test('users are added with a one-time link, changed, listed and removed', async () => {
  const added = await org.call('POST', '/v1/users', { name: 'Eve', email: 'Eve@example.com' })
  expect(added.status).toBe(201)
  expect(added.body.meta.signInLink).toMatch(/\/sign-in#\w+/)
  expect((await org.call('POST', '/v1/users', { name: 'Eve', email: 'eve@example.com' })).status).toBe(409)
  const { id } = added.body.data
  expect((await org.call('PUT', `/v1/users/${id}`, { name: 'Eva' })).status).toBe(201)
  expect((await org.call('GET', '/v1/users?email=eve@example.com')).body.data[0].attributes.name).toBe('Eva')
  expect((await org.call('GET', `/v1/users/${id},${id}`)).body.data).toHaveLength(1)
  await org.call('PUT', `/v1/users/${id}`, { deleted: true })
  expect((await org.call('GET', '/v1/users?email=eve@example.com')).body.data).toEqual([])
})

test('who forgot a password gets a link from an admin; the old password is over, and the next one is changed with it', async () => {
  const { address } = desk.desk
  const send = (path: string, body: object, cookie = '') =>
    fetch(address + path, {
      method: 'POST',
      headers: { 'content-type': 'application/json', origin: address, cookie },
      body: JSON.stringify(body),
    })
  const cookieOf = (reply: Response) =>
    reply.headers
      .getSetCookie()
      .map((it) => it.split(';')[0])
      .join('; ')
  const enter = async (link: string) => cookieOf(await send('/auth/link', { token: link.split('#')[1] }))
  const signIn = (password: string) => send('/auth/sign-in/email', { email: 'gil@example.com', password })

  const added = await org.call('POST', '/v1/users', { name: 'Gil', email: 'gil@example.com' })
  const first = await enter(added.body.meta.signInLink)
  expect((await send('/v1/users/current/password', { password: 'the first one' }, first)).status).toBe(204)
  expect((await signIn('the first one')).status).toBe(200)

  const reset = await org.call('POST', `/v1/users/${added.body.data.id}/sign-in-links`)
  expect(reset.status).toBe(201)
  expect((await signIn('the first one')).status).toBe(401)
  const second = await enter(reset.body.data.signInLink)
  expect((await send('/v1/users/current/password', { password: 'the second one' }, second)).status).toBe(204)

  const third = cookieOf(await signIn('the second one'))
  const unknown = await send('/v1/users/current/password', { password: 'the third one' }, third)
  expect(unknown.status).toBe(422)
  const wrong = { password: 'the third one', currentPassword: 'not the second' }
  expect((await send('/v1/users/current/password', wrong, third)).status).toBe(422)
  const right = { password: 'the third one', currentPassword: 'the second one' }
  expect((await send('/v1/users/current/password', right, third)).status).toBe(204)
  expect((await signIn('the third one')).status).toBe(200)

  const machine = await org.call('GET', '/v1/users?userType=machine')
  const refused = await org.call('POST', `/v1/users/${machine.body.data[0].id}/sign-in-links`)
  expect(refused.status).toBe(422)
})

test('a link signs in once, by a POST; a session cannot be used by another page', async () => {
  const { address } = desk.desk
  const added = await org.call('POST', '/v1/users', { name: 'Finn', email: 'finn@example.com', roles: ['org.user'] })
  const token = added.body.meta.signInLink.split('#')[1]
  expect((await fetch(`${address}/auth/magic-link/verify?token=${token}`, { redirect: 'manual' })).status).toBe(404)
  const redeem = () =>
    fetch(`${address}/auth/link`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', origin: address },
      body: JSON.stringify({ token }),
    })
  const first = await redeem()
  expect(first.status).toBe(200)
  const cookies = first.headers.getSetCookie()
  expect(cookies.every((it) => /HttpOnly/i.test(it) && /SameSite=Lax/i.test(it))).toBe(true)
  expect((await redeem()).status).toBe(401)
  const cookie = cookies.map((it) => it.split(';')[0]).join('; ')
  const as = (method: string, path: string, headers: Record<string, string>, body?: object) =>
    fetch(address + path, {
      method,
      headers: { cookie, ...(body === undefined ? {} : { 'content-type': 'application/json' }), ...headers },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
  expect((await as('GET', '/v1/users/current', {})).status).toBe(200)
  expect(
    (
      await as(
        'POST',
        '/v1/customers',
        { 'sec-fetch-site': 'cross-site', origin: 'https://evil.example' },
        { name: 'x' },
      )
    ).status,
  ).toBe(403)
  expect((await as('POST', '/v1/customers', { origin: 'https://evil.example' }, { name: 'x' })).status).toBe(403)
  expect((await as('POST', '/v1/customers', { 'sec-fetch-site': 'same-origin' }, { name: 'x' })).status).toBe(201)
  expect(
    (await as('POST', '/v1/users', { 'sec-fetch-site': 'same-origin' }, { name: 'G', email: 'g@example.com' })).status,
  ).toBe(403)
})

test('apps: the directory, an installation with its address, settings with hidden secrets, a second installation, removal', async () => {
  const { body: directory } = await org.call('GET', '/v1/apps/available')
  const app = directory.data.find((it: { attributes: { category: string } }) => it.attributes.category === 'surveys')
  const secretName =
    Object.entries(app.attributes.settings.properties as Record<string, { secret?: boolean }>).find(
      ([, property]) => property.secret === true,
    )?.[0] ?? ''
  const first = await org.call('POST', '/v1/apps/install', {
    app: app.id,
    settings: { [secretName]: 'hunter2-hunter2' },
  })
  expect(first.status).toBe(201)
  expect(first.body.data.attributes.hooks).toEqual([
    expect.objectContaining({
      name: expect.any(String),
      type: 'form',
      url: expect.stringMatching(/\/v1\/hooks\/form\/[0-9a-f]{24}\/[0-9a-f]{64}$/),
    }),
  ])
  const second = await org.call('POST', '/v1/apps/install', { app: app.id, settings: {} })
  expect(second.body.data.id).not.toBe(first.body.data.id)
  expect(second.body.data.attributes.hooks[0].url).not.toBe(first.body.data.attributes.hooks[0].url)
  expect(
    (await org.call('POST', '/v1/apps/install', { app: app.id, name: second.body.data.attributes.name })).status,
  ).toBe(409)
  const all = JSON.stringify([
    (await org.call('GET', '/v1/apps')).body,
    (await org.call('GET', '/v1/apps/settings')).body,
  ])
  expect(all).not.toContain('hunter2')
  expect(all).toContain('********')
  const { rows } = await desk.owner.query('select settings::text, secrets from installations where id = $1', [
    first.body.data.id,
  ])
  expect(rows[0].settings).toBe('{}')
  expect(rows[0].secrets.includes('hunter2')).toBe(false)
  const bad = await org.call('PUT', `/v1/apps/installations/${first.body.data.id}`, { settings: { unheardOf: 1 } })
  expect(bad.body.errors[0].source).toEqual({ pointer: '/settings/unheardOf' })
  await org.call('PUT', '/v1/apps/settings', { [app.id]: { [secretName]: '********' } })
  const sent = await org.call('POST', `/v1/apps/installations/${first.body.data.id}/test`)
  expect(sent.body.data.status).toBe(200)
  await org.settled()
  const delivery = await org.call('GET', `/v1/deliveries/${sent.body.data.deliveryId}`)
  expect(delivery.body.data.attributes).toMatchObject({ status: 'applied', trust: 'signed' })
  expect(JSON.stringify(delivery.body)).not.toContain('hunter2')
  expect((await org.call('DELETE', `/v1/apps/installations/${first.body.data.id}`)).status).toBe(422)
  expect((await org.call('DELETE', `/v1/apps/installations/${second.body.data.id}`)).status).toBe(204)
  expect((await org.call('POST', '/v1/apps/install', { app: 'unheard-of' })).status).toBe(404)
})

test('every route answers 401 to a stranger', async () => {
  const paths = Object.entries(
    ((await (await fetch(`${desk.desk.address}/docs/json`)).json()) as { paths: Record<string, object> }).paths,
  )
  expect(paths.length).toBeGreaterThan(30)
  for (const [path, methods] of paths) {
    for (const method of Object.keys(methods)) {
      const reply = await fetch(desk.desk.address + path.replaceAll(/\{[^}]+\}/g, 'customer'), {
        method: method.toUpperCase(),
        ...(['post', 'put', 'patch'].includes(method)
          ? { headers: { 'content-type': 'application/json' }, body: '{}' }
          : {}),
      })
      expect([400, 401], `${method} ${path}`).toContain(reply.status)
    }
  }
})

test('the desk says whether it is alive and whether it serves', async () => {
  expect(await (await fetch(`${desk.desk.address}/healthz`)).json()).toEqual({ alive: true })
  expect(await (await fetch(`${desk.desk.address}/readyz`)).json()).toEqual({ serving: true })
  const missing = await fetch(`${desk.desk.address}/v1/nothing`)
  expect(missing.status).toBe(404)
  expect(await missing.json()).toMatchObject({ errors: [{ code: 'notfound' }] })
})
