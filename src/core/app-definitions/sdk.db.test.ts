import { createRequire } from 'node:module'
import { createServer } from 'node:net'
import type { AddressInfo } from 'node:net'

import { afterAll, beforeAll, expect, test, vi } from 'vitest'

import { startTestDesk } from '../../testing/desk.ts'
import type { TestDesk, TestOrg } from '../../testing/desk.ts'

// The platform's own library for servers of apps, as it is on the registry: only its addresses are those of this desk.
const require = createRequire(import.meta.url)

interface KApp {
  onInstall?: (userId: string, orgId: string) => void
  onEnable?: (userId: string, orgId: string) => void
  onDisable?: (userId: string, orgId: string) => void
  start: (options: { port: number }) => Promise<void>
  stop: () => Promise<void>
  useKlass: (name: string, options: object) => void
  useView: (name: string, template: string, options: object) => void
  onCommand: (name: string, callback: (org: string, user: string, data: unknown) => unknown) => void
  onHook: (name: string, callback: (org: string, query: object, headers: object, body: Score) => unknown) => void
  on: (resource: string, action: string, callback: (event: { name: string; data: { id: string } }) => void) => void
  // oxlint-disable-next-line typescript/no-explicit-any -- the library's types describe another server
  org: (org: string) => any
}

interface Score {
  email: string
  score: number
}

let desk: TestDesk
let org: TestOrg
let app: KApp
let port: number
let credentials: { clientId: string; clientSecret: string }
const heard: { lifecycle: string[]; events: { name: string; id: string }[] } = { lifecycle: [], events: [] }

beforeAll(async () => {
  desk = await startTestDesk({ integrations: [] })
  org = await desk.newOrg('Acme')
  const { ENVS } = require('@kustomer/apps-server-sdk/lib/constants') as {
    ENVS: Record<string, Record<string, string>>
  }
  ENVS['test'] = { gateway: desk.desk.address, api: desk.desk.address, web: desk.desk.address }
  port = await freePort()
  const registered = await org.call('POST', '/v1/apps', { name: 'acme_reviews', url: `http://127.0.0.1:${port}` })
  credentials = registered.body.data.attributes
  app = makeApp('1.0.0')
  await app.start({ port })
})
afterAll(async () => {
  await app.stop()
  await desk[Symbol.asyncDispose]()
})

async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve))
  const found = (server.address() as AddressInfo).port
  await new Promise((resolve) => void server.close(resolve))
  return found
}

function makeApp(version: string, parts: object = {}): KApp {
  const { KApp } = require('@kustomer/apps-server-sdk') as { KApp: new (options: object) => KApp }
  const made = new KApp({
    app: 'acme_reviews',
    version,
    title: 'Acme Reviews',
    visibility: 'private',
    url: `http://127.0.0.1:${port}`,
    clientId: credentials.clientId,
    clientSecret: credentials.clientSecret,
    roles: ['org.user.customer.read', 'org.user.customer.write', 'org.user.kobject.read', 'org.user.kobject.write'],
    iconUrl: 'https://acme.example/icon.png',
    env: 'test',
    description: 'Reviews of Acme.',
    appDetails: {
      appDeveloper: { name: 'Acme', website: 'https://acme.example', supportEmail: 'care@acme.example' },
      externalPlatform: { name: 'Acme', website: 'https://acme.example' },
    },
    settings: {
      default: {
        apiKey: { type: 'secret', required: true, description: 'From Acme' },
        threshold: { type: 'number', defaultValue: 3 },
      },
    },
    ...parts,
  })
  made.useKlass('review', {
    icon: 'star',
    color: '#64943E',
    metadata: { properties: { ratingNum: { displayName: 'Rating' } } },
  })
  made.useView('review', '<div/>', {
    resource: 'kobject',
    klass: 'review',
    context: 'expanded-timeline',
    displayName: 'Review',
    icon: 'star',
    state: 'open',
  })
  made.onCommand('greet', (orgId, userId, data) => ({ hello: (data as { name: string }).name, orgId, userId }))
  made.on('conversation', 'create', (event) => heard.events.push({ name: event.name, id: event.data.id }))
  made.on('conversation', 'update', (event) => heard.events.push({ name: event.name, id: event.data.id }))
  made.onHook('score', async (orgId, _query, _headers, body) => {
    const api = made.org(orgId)
    const known = await api.customers.getByEmail(body.email)
    const customer =
      known ??
      (await api.customers.create({ name: 'Ana', emails: [{ type: 'home', email: body.email, verified: true }] }))
    const object = await api.customers.createKObject(customer.id, 'review', {
      title: `Rated ${body.score}`,
      externalId: 'r-1',
      custom: { ratingNum: body.score },
    })
    await api.customers.update(customer.id, { custom: { latestRatingNum: body.score } })
    await api.log.info('took a score')
    return { known: known !== undefined, customer: customer.id, object: object.id }
  })
  made.onInstall = (userId, orgId) => void heard.lifecycle.push(`installed ${userId} ${orgId}`)
  made.onEnable = (userId, orgId) => void heard.lifecycle.push(`enabled ${userId} ${orgId}`)
  made.onDisable = (userId, orgId) => void heard.lifecycle.push(`disabled ${userId} ${orgId}`)
  return made
}

let installation: string

test('an app publishes itself, appears in the directory, and is installed as any other', async () => {
  const directory = await org.call('GET', '/v1/apps/available')
  expect(directory.body.data).toMatchObject([
    {
      id: 'acme_reviews',
      attributes: {
        title: 'Acme Reviews',
        version: '1.0.0',
        developer: 'Acme',
        icon: 'https://acme.example/icon.png',
        installed: 0,
      },
    },
  ])
  const { settings, writes } = directory.body.data[0].attributes
  expect(settings).toMatchObject({
    properties: {
      'default.apiKey': { secret: true, description: 'From Acme' },
      'default.threshold': { type: 'number', default: 3 },
    },
    required: ['default.apiKey'],
  })
  expect(writes.klasses).toMatchObject([{ name: 'acme_reviews--review', attributes: { ratingNum: 'Rating' } }])
  const incomplete = await org.call('POST', '/v1/apps/install', { app: 'acme_reviews' })
  expect(incomplete).toMatchObject({
    status: 400,
    body: { errors: [{ source: { pointer: '/settings/default.apiKey' } }] },
  })
  const installed = await org.call('POST', '/v1/apps/install', {
    app: 'acme_reviews-^1.0.0',
    settings: { 'default.apiKey': 'k-123' },
  })
  expect(installed.status, JSON.stringify(installed.body)).toBe(201)
  installation = installed.body.data.id
  expect(installed.body.data.attributes).toMatchObject({
    app: 'acme_reviews',
    title: 'Acme Reviews',
    settings: { 'default.apiKey': '********' },
  })
  const me = (await org.call('GET', '/v1/users/current')).body.data.id
  await vi.waitFor(() => expect(heard.lifecycle).toEqual([`installed ${me} ${org.id}`]), 10_000)
  expect(
    (await org.call('GET', '/v1/klasses')).body.data.map((it: { attributes: { name: string } }) => it.attributes.name),
  ).toEqual(['acme_reviews--review'])
  expect((await org.call('GET', '/v1/kviews')).body.data).toMatchObject([
    { attributes: { app: 'acme_reviews', context: 'expanded-timeline', resource: 'kobject.acme_reviews--review' } },
  ])
})

test('it receives a hook, looks a customer up in vain, creates the customer and an object, and finds both the next time', async () => {
  const hook = `http://127.0.0.1:${port}/orgs/${org.id}/hooks/score`
  const deliver = async () => {
    const response = await fetch(hook, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ email: 'ana@example.com', score: 4 }),
    })
    return {
      status: response.status,
      body: (await response.json().catch(() => undefined)) as { known: boolean; customer: string } | undefined,
    }
  }
  const first = await deliver()
  expect(first).toMatchObject({ status: 200, body: { known: false } })
  const customer = await org.call('GET', `/v1/customers/${first.body?.customer ?? ''}`)
  expect(customer.body.data.attributes).toMatchObject({ name: 'Ana', custom: { latestRatingNum: 4 } })
  expect(customer.body.data.relationships['acme_reviews--reviews'].meta).toEqual({ kobject: true })
  const api = app.org(org.id)
  expect(await api.kobjects.getByExternalId('r-1', 'review')).toMatchObject({
    title: 'Rated 4',
    custom: { ratingNum: 4 },
  })
  expect(await api.kobjects.getByExternalId('r-2', 'review')).toBeUndefined()
  expect(await api.customers.getById(first.body?.customer)).toMatchObject({ name: 'Ana' })
  expect(await api.customers.getByPhone('+4366000000')).toBeUndefined()
  expect(await api.getById(org.id)).toMatchObject({ name: 'Acme' })
  expect((await org.call('GET', '/v1/logs?app=acme_reviews')).body.data).toMatchObject([
    { attributes: { level: 'info', message: 'took a score' } },
  ])
})

test('it reads and writes its own settings, secrets included, which nobody else sees', async () => {
  const api = app.org(org.id)
  expect(await api.settings.get()).toEqual({ default: { apiKey: 'k-123' } })
  await api.settings.set({ default: { threshold: 5 } })
  expect(await api.settings.get()).toEqual({ default: { apiKey: 'k-123', threshold: 5 } })
  const shown = await org.call('GET', `/v1/apps/installations/${installation}`)
  expect(shown.body.data.attributes.settings).toEqual({ 'default.apiKey': '********', 'default.threshold': 5 })
})

test('it hears of conversations', async () => {
  const customer = (await org.call('POST', '/v1/customers', { name: 'Bo' })).body.data.id
  const { id } = (await org.call('POST', '/v1/conversations', { customer })).body.data
  await org.call('PUT', `/v1/conversations/${id}`, { priority: 1 })
  await vi.waitFor(
    () =>
      expect(heard.events).toEqual(
        expect.arrayContaining([
          { name: 'kustomer.conversation.create', id },
          { name: 'kustomer.conversation.update', id },
        ]),
      ),
    10_000,
  )
})

test('its command is run and answers, and no token is shown', async () => {
  const run = await org.call('POST', '/v1/commands/acme_reviews.app.acme_reviews--greet/run', { body: { name: 'Kim' } })
  expect(run.status, JSON.stringify(run.body)).toBe(200)
  const me = (await org.call('GET', '/v1/users/current')).body.data.id
  expect(run.body.data.attributes).toMatchObject({
    statusCode: 200,
    responseBody: { hello: 'Kim', orgId: org.id, userId: me },
    requestError: null,
  })
  expect(run.body.data.attributes.requestHeaders['x-kustomer-app-token']).toBe('********')
  expect((await org.call('POST', '/v1/commands/acme_reviews.app.nothing/run', {})).status).toBe(404)
  expect(
    (
      await org.call(
        'POST',
        '/v1/commands/acme_reviews.app.acme_reviews--greet/run',
        {},
        await org.key(['org.user.customer.read']),
      )
    ).status,
  ).toBe(403)
})

test('switched off, it can do nothing and hears nothing; switched on, it goes on', async () => {
  const path = `/v1/apps/installations/${installation}`
  await org.call('PUT', path, { status: 'disabled' })
  await vi.waitFor(() => expect(heard.lifecycle.at(-1)).toMatch(/^disabled/), 10_000)
  await expect(app.org(org.id).customers.getByEmail('ana@example.com')).rejects.toMatchObject({
    response: { status: 401 },
  })
  const before = heard.events.length
  const customer = (await org.call('POST', '/v1/customers', { name: 'Cy' })).body.data.id
  await org.call('POST', '/v1/conversations', { customer })
  await org.call('PUT', path, { status: 'active' })
  await vi.waitFor(() => expect(heard.lifecycle.at(-1)).toMatch(/^enabled/), 10_000)
  expect(await app.org(org.id).customers.getByEmail('ana@example.com')).toMatchObject({ name: 'Ana' })
  expect(heard.events.length).toBe(before)
})

test('the same version again is no change, other content under it is refused, and so are an older one and other roles', async () => {
  const publishing = async (version: string, parts: object = {}) => {
    const other = await freePort()
    const made = makeApp(version, parts)
    return made.start({ port: other }).then(
      () => made.stop(),
      (error: { errors: { status: number; source: object }[] }) => error.errors[0],
    )
  }
  expect(await publishing('1.0.0')).toBeUndefined()
  expect(await publishing('1.0.0', { title: 'Changed' })).toMatchObject({
    status: 409,
    source: { pointer: '/version' },
  })
  expect(await publishing('0.9.0')).toMatchObject({ status: 400, source: { pointer: '/version' } })
  expect(await publishing('1.1.0', { roles: ['org.admin'] })).toMatchObject({
    status: 400,
    source: { pointer: '/roles' },
  })
  expect(await publishing('1.1.0')).toBeUndefined()
  expect((await org.call('GET', '/v1/apps/acme_reviews')).body.data.attributes.version).toBe('1.1.0')
  const upgraded = await org.call('POST', '/v1/apps/install', { app: 'acme_reviews' })
  expect(upgraded.body.data).toMatchObject({
    id: installation,
    attributes: { version: '1.1.0', settings: { 'default.apiKey': '********', 'default.threshold': 5 } },
  })
  expect((await org.call('POST', '/v1/apps/install', { app: 'acme_reviews' })).status).toBe(409)
  expect(await app.org(org.id).customers.getByEmail('ana@example.com')).toMatchObject({ name: 'Ana' })
  const { rows } = await desk.owner.query('select count(*)::int as n from outbound_webhooks where org_id = $1', [
    org.id,
  ])
  expect(rows).toEqual([{ n: 2 }])
})

test('nobody publishes with the wrong secret, or for another organisation', async () => {
  const right = credentials
  credentials = { ...right, clientSecret: 'f'.repeat(64) }
  await expect(makeApp('2.0.0').start({ port: await freePort() })).rejects.toMatchObject({ errors: [{ status: 401 }] })
  credentials = right
  const other = await desk.newOrg('Other')
  expect((await other.call('GET', '/v1/apps/available')).body.data).toEqual([])
  expect((await other.call('POST', '/v1/apps/install', { app: 'acme_reviews' })).status).toBe(404)
  await expect(app.org(other.id).customers.getByEmail('x@example.com')).rejects.toThrow(/failed to get token/)
})

test('a definition is published without the library, its hook raises its event, and it is removed without a trace', async () => {
  const definition = {
    app: 'plain',
    version: '1.0.0',
    title: 'Plain',
    hooks: [{ eventName: 'score', displayEventName: 'A score', type: 'form' }],
    klasses: [{ name: 'customer', metadata: { standard: true, properties: { plainNum: {} } } }],
  }
  expect((await org.call('POST', '/v1/apps/available', definition)).status).toBe(201)
  expect((await org.call('POST', '/v1/apps/available', definition)).status).toBe(409)
  const wrong = await org.call('POST', '/v1/apps/available', {
    ...definition,
    version: '1',
    commands: [{ name: 'x', url: 'http://10.0.0.1/' }],
  })
  expect(wrong.body.errors.map((it: { source: object }) => it.source)).toEqual([{ pointer: '/version' }])
  const inside = await org.call('POST', '/v1/apps/available', {
    ...definition,
    version: '1.0.1',
    commands: [{ name: 'x', url: 'http://10.0.0.1/' }],
  })
  expect(inside.body.errors[0].source).toEqual({ pointer: '/commands/0/url' })
  const installed = await org.call('POST', '/v1/apps/install', { app: 'plain' })
  const [hook] = installed.body.data.attributes.hooks
  expect(hook).toMatchObject({ title: 'A score', type: 'form' })
  await fetch(hook.url, { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{"score":1}' })
  await org.settled()
  const { rows } = await desk.owner.query(
    `select data from events where org_id = $1 and name = 'kustomer.app.plain.score'`,
    [org.id],
  )
  expect(rows).toEqual([{ data: { data: { score: 1 } } }])
  expect((await org.call('GET', '/v1/metadata/customer')).body.data.attributes.properties.plainNum).toMatchObject({
    type: 'number',
  })
  expect((await org.call('DELETE', `/v1/apps/installations/${installed.body.data.id}`)).status).toBe(204)
  expect((await org.call('GET', '/v1/apps')).body.data).toHaveLength(1)
})
