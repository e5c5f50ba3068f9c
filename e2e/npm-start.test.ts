import { spawn } from 'node:child_process'
import { mkdtemp, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

import { expect, test } from 'vitest'

import { freePort } from './server.ts'

const root = fileURLToPath(new URL('..', import.meta.url))

test('npm start serves, and a SIGTERM to npm stops server and database cleanly', async () => {
  const dataFolder = await mkdtemp(join(tmpdir(), 'tellback-npm-'))
  const port = await freePort()
  const env = { ...process.env, PORT: String(port), HOST: '127.0.0.1', TELLBACK_DATA: dataFolder }
  const npm = spawn('npm', ['start'], { cwd: root, env, stdio: 'ignore' })
  const answers = () =>
    fetch(`http://127.0.0.1:${port}/readyz`).then(
      (reply) => reply.ok,
      () => false,
    )
  await expect.poll(answers, { timeout: 60_000, interval: 100 }).toBe(true)
  npm.kill('SIGTERM')
  await expect.poll(answers, { timeout: 20_000, interval: 100 }).toBe(false)
  const pidFile = join(dataFolder, 'postgres', 'postmaster.pid')
  const databaseRuns = () =>
    stat(pidFile).then(
      () => true,
      () => false,
    )
  await expect.poll(databaseRuns, { timeout: 20_000, interval: 100 }).toBe(false)
  await rm(dataFolder, { recursive: true, force: true, maxRetries: 5 })
})
