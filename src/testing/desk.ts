import { randomBytes } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'

import pg from 'pg'
import { inject } from 'vitest'

import { readConfig } from '../config.ts'
import { createApiKey } from '../core/orgs/api-keys.ts'
import { createOrg } from '../core/orgs/orgs.ts'
import { startDesk } from '../main.ts'
import type { Desk, StartOptions } from '../main.ts'
import type { OrgDb } from '../platform/db/database.ts'
import type { Integration } from '../sdk/index.ts'

export interface Reply {
  status: number
  // oxlint-disable-next-line typescript/no-explicit-any -- a test reads replies as programs do, without their types
  body: any
}

/** One organisation of a test desk, and a program that uses its API. */
export interface TestOrg {
  id: string
  db: OrgDb
  token: string
  call: (method: string, path: string, body?: unknown, token?: string | null) => Promise<Reply>
  /** A new key with these roles. */
  key: (roles: string[], options?: { expiresInDays?: number; cidrs?: string[] }) => Promise<string>
  /** Installs an app and returns its first address. */
  install: (app: string, settings?: object, name?: string) => Promise<{ id: string; url: string }>
  /** Waits until nothing that came in is on its way any more. */
  settled: () => Promise<void>
}

export interface TestDesk extends AsyncDisposable {
  desk: Desk
  /** Connects as the owner of the database, whom row-level security does not bind. */
  owner: pg.Pool
  connectionString: string
  newOrg: (name?: string) => Promise<TestOrg>
}

const allRoles = ['org.admin', 'org.user', 'org.hooks']
const patienceMs = 20_000

/** The real desk on a database of its own, listening on loopback; every reply is checked against its schema. */
export async function startTestDesk(
  options: StartOptions & {
    integrations?: Integration<unknown>[]
    apiLimit?: number
    environment?: Record<string, string>
  } = {},
): Promise<TestDesk> {
  await using started = new AsyncDisposableStack()
  const connectionString = await cloneTemplate(started)
  const owner = new pg.Pool({ connectionString, max: 2 })
  // The database is dropped while the last connections close: nobody waits for them any more.
  owner.on('connect', (client) => client.on('error', () => undefined))
  owner.on('error', () => undefined)
  started.defer(() => owner.end())
  const config = readConfig({
    PORT: '0',
    TELLBACK_DATA: await dataFolder(started),
    HOST: '127.0.0.1',
    DATABASE_URL: connectionString,
    TELLBACK_SECRET_KEY: randomBytes(32).toString('hex'),
    TELLBACK_LOG_LEVEL: process.env['TEST_LOG'] ?? 'silent',
    TELLBACK_ALLOW_PRIVATE: '127.0.0.0/8',
    TELLBACK_API_LIMIT: String(options.apiLimit ?? 1_000_000),
    ...options.environment,
  })
  const desk = started.use(await startDesk(config, { checkReplies: true, ...options }))
  const running = started.move()
  return {
    desk,
    owner,
    connectionString,
    newOrg: (name = 'Acme') => newOrg(desk, owner, name),
    [Symbol.asyncDispose]: () => running.disposeAsync(),
  }
}

async function dataFolder(started: AsyncDisposableStack): Promise<string> {
  const path = await mkdtemp(join(tmpdir(), 'tellback-test-'))
  started.defer(() => rm(path, { recursive: true, force: true }))
  return path
}

async function cloneTemplate(started: AsyncDisposableStack): Promise<string> {
  const template = new URL(inject('templateDatabase'))
  const name = `test_${randomBytes(6).toString('hex')}`
  const maintenance = new URL(template)
  maintenance.pathname = '/postgres'
  await runOnce(maintenance.href, `create database ${name} template ${template.pathname.slice(1)}`)
  started.defer(() => runOnce(maintenance.href, `drop database ${name} with (force)`))
  const clone = new URL(template)
  clone.pathname = `/${name}`
  return clone.href
}

async function runOnce(connectionString: string, query: string): Promise<void> {
  const client = new pg.Client({ connectionString })
  await client.connect()
  try {
    await client.query(query)
  } finally {
    await client.end()
  }
}

async function newOrg(desk: Desk, owner: pg.Pool, name: string): Promise<TestOrg> {
  const email = `${randomBytes(6).toString('hex')}@example.com`
  const { orgId } = await createOrg(desk.database, name, { name: 'Admin', email })
  const db = desk.database.forOrg(orgId)
  const key: TestOrg['key'] = async (roles, { expiresInDays, cidrs = [] } = {}) =>
    (
      await db.write((tx) =>
        createApiKey(tx, { name: 'test', roles, cidrs, expiresInDays }, desk.signingKey, new Date()),
      )
    ).token
  const token = await key(allRoles)
  const call: TestOrg['call'] = async (method, path, body, as = token) => {
    const response = await fetch(desk.address + path, {
      method,
      headers: {
        ...(as === null ? {} : { authorization: `Bearer ${as}` }),
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
    const text = await response.text()
    return { status: response.status, body: text === '' ? undefined : JSON.parse(text) }
  }
  return {
    id: orgId,
    db,
    token,
    call,
    key,
    install: async (app, settings = {}, installationName) => {
      const { status, body } = await call('POST', '/v1/apps/install', {
        app,
        settings,
        ...(installationName === undefined ? {} : { name: installationName }),
      })
      if (status !== 201) {
        throw new Error(`install answered ${status}: ${JSON.stringify(body)}`)
      }
      return { id: body.data.id, url: body.data.attributes.hooks[0].url }
    },
    settled: async () => {
      const deadline = Date.now() + patienceMs
      for (;;) {
        const { rows } = await owner.query<{ open: number }>(
          `select count(*)::int as open from deliveries where org_id = $1 and status = 'received'`,
          [orgId],
        )
        if (rows[0]?.open === 0) {
          return
        }
        if (Date.now() > deadline) {
          throw new Error(`${rows[0]?.open} deliveries are still on their way`)
        }
        await sleep(20)
      }
    },
  }
}

/** Posts bytes to a hook as a provider does. */
export async function post(
  url: string,
  body: string | Buffer | object,
  headers: Record<string, string> = {},
): Promise<Reply> {
  const isRaw = typeof body === 'string' || Buffer.isBuffer(body)
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: isRaw ? new Uint8Array(Buffer.from(body)) : JSON.stringify(body),
  })
  const text = await response.text()
  return { status: response.status, body: text === '' ? undefined : JSON.parse(text) }
}
