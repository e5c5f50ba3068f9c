import { stat } from 'node:fs/promises'
import { join } from 'node:path'

import { afterAll, beforeAll, expect, test } from 'vitest'

import { newDesk } from './server.ts'
import type { DeskProcess } from './server.ts'

let desk: DeskProcess

beforeAll(async () => {
  desk = await newDesk()
  await desk.start()
})
afterAll(() => desk[Symbol.asyncDispose]())

test.each([
  [],
  ['serve'],
  ['migrate'],
  ['doctor'],
  ['demo'],
  ['api-key', 'create'],
  ['user', 'create'],
  ['sign-in-link'],
])('help for %j', async (...command) => {
  const { code, stdout } = await desk.command(...command, '--help')
  expect(code).toBe(0)
  expect(stdout).toMatch(/^Usage: tellback/)
})

async function createKey(): Promise<string> {
  const roles = ['--role', 'org.user', '--role', 'org.hooks']
  const { code, stdout } = await desk.command(
    'api-key',
    'create',
    '--name',
    'Export',
    ...roles,
    '--expires-in-days',
    '30',
    '--cidr',
    '127.0.0.0/8',
  )
  expect(code).toBe(0)
  expect(stdout).toMatch(/^[\w-]+\.[\w-]+\.[\w-]+\n$/)
  return stdout.trim()
}

test('api-key create prints the token alone, beside a running desk and without one', async () => {
  const beside = await createKey()
  expect(await desk.stop()).toBe(0)
  const without = await createKey()
  await desk.start()
  for (const token of [beside, without]) {
    const reply = await fetch(`${desk.address}/v1/users/current`, { headers: { authorization: `Bearer ${token}` } })
    expect(reply.status).toBe(200)
  }
})

test.each([
  [['api-key', 'create', '--name', 'x', '--role', 'nonsense'], /^tellback: --role must look like org\.user/],
  [
    ['api-key', 'create', '--name', 'x', '--role', 'org.user', '--expires-in-days', 'soon'],
    /^tellback: --expires-in-days must be a number/,
  ],
  [
    ['api-key', 'create', '--name', 'x', '--role', 'org.user', '--cidr', 'here'],
    /^tellback: --cidr must be an address range/,
  ],
  [
    ['api-key', 'create', '--name', 'x', '--role', 'org.user', '--org', 'Nobody'],
    /^tellback: There is no organisation "Nobody"/,
  ],
  [['user', 'create', '--email', 'nope', '--name', 'x'], /^tellback: --email must be an e-mail address/],
  [['sign-in-link', '--email', 'nobody@example.com'], /^tellback: no account has the address/],
])('%j fails with one clear sentence', async (command, sentence) => {
  const { code, stderr } = await desk.command(...command)
  expect(code).not.toBe(0)
  expect(stderr).toMatch(sentence)
  expect(stderr.trim().split('\n')).toHaveLength(1)
})

test('user create prints a link that signs in', async () => {
  const { code, stdout } = await desk.command('user', 'create', '--email', 'Grace@example.com', '--name', 'Grace')
  expect(code).toBe(0)
  const token = stdout.trim().split('#')[1]
  const reply = await fetch(`${desk.address}/auth/link`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ token }),
  })
  expect(reply.status).toBe(200)
})

test('migrate has nothing to do and doctor finds nothing wrong', async () => {
  expect((await desk.command('migrate')).stdout).toBe('The database is up to date.\n')
  const { code, stdout } = await desk.command('doctor')
  expect(stdout).not.toContain('FAIL')
  expect(code).toBe(0)
})

test('a second desk on the same folder does not start, and leaves the first alone', async () => {
  const { code, stderr } = await desk.command('serve')
  expect(code).toBe(1)
  expect(stderr).toMatch(/^tellback: Another Tellback is using .+\n$/)
  expect((await fetch(`${desk.address}/readyz`)).status).toBe(200)
})

test('the secret key is readable by its owner alone', async () => {
  expect((await stat(join(desk.dataFolder, 'secret-key'))).mode & 0o777).toBe(0o600)
})

test('stopping ends the server and its database cleanly', async () => {
  expect(await desk.stop()).toBe(0)
  await expect(stat(join(desk.dataFolder, 'postgres', 'postmaster.pid'))).rejects.toThrow(/ENOENT/)
  await desk.start()
})
