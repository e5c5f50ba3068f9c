import { spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'

import { Client } from 'pg'

const root = fileURLToPath(new URL('..', import.meta.url))
const patienceMs = 60_000

/** The desk as its users run it: a process of its own with an embedded database in a folder of its own. */
export interface DeskProcess extends AsyncDisposable {
  readonly address: string
  /** Where it takes mail. */
  readonly smtpPort: number
  readonly dataFolder: string
  /** Everything it printed on standard output so far. */
  output: () => string
  /** Starts it (again) and waits until it serves. */
  start: (args?: string[]) => Promise<void>
  /** Ends it without warning, as a power cut or an out-of-memory kill does. */
  kill: () => Promise<void>
  /** Asks it to stop and waits until it has; returns its exit code. */
  stop: () => Promise<number | null>
  /** Changes its database directly, for what only time brings about otherwise. */
  sql: (text: string, values: unknown[]) => Promise<void>
  /** Runs a `tellback` command beside it. */
  command: (...args: string[]) => Promise<{ code: number | null; stdout: string; stderr: string }>
  /** Makes an API key with these roles and returns its token. */
  newApiKey: (...roles: string[]) => Promise<string>
}

export async function newDesk(): Promise<DeskProcess> {
  const dataFolder = await mkdtemp(join(tmpdir(), 'tellback-e2e-'))
  const port = await freePort()
  const smtpPort = await freePort()
  const address = `http://127.0.0.1:${port}`
  const env = {
    ...process.env,
    PORT: String(port),
    HOST: '127.0.0.1',
    TELLBACK_SMTP_PORT: String(smtpPort),
    TELLBACK_POSTMARK_LOGIN: 'postmark:secret',
    TELLBACK_DATA: dataFolder,
    TELLBACK_LOG_LEVEL: 'error',
    TELLBACK_ALLOW_PRIVATE: '127.0.0.0/8', // webhooks go to receivers of the tests
    TELLBACK_API_LIMIT: '100000',
    TELLBACK_PERSON_LIMIT: '100000', // a test works faster than people
  }
  let child: ChildProcess | undefined
  let output = ''

  async function ended(): Promise<number | null> {
    const running = child
    if (running !== undefined && running.exitCode === null && running.signalCode === null) {
      await new Promise((resolve) => running.once('exit', resolve))
    }
    child = undefined
    return running?.exitCode ?? null
  }

  async function stop(): Promise<number | null> {
    child?.kill('SIGTERM')
    return ended()
  }

  const command: DeskProcess['command'] = (...args) =>
    new Promise((resolve, reject) => {
      const run = spawn(process.execPath, ['cli/main.ts', ...args], {
        cwd: root,
        env,
        stdio: ['ignore', 'pipe', 'pipe'],
      })
      let stdout = ''
      let stderr = ''
      run.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString()))
      run.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()))
      run.once('error', reject)
      run.once('close', (code) => resolve({ code, stdout, stderr }))
    })

  return {
    address,
    smtpPort,
    dataFolder,
    output: () => output,
    start: async (args = []) => {
      const started = spawn(process.execPath, ['cli/main.ts', 'serve', ...args], {
        cwd: root,
        env,
        stdio: ['ignore', 'pipe', 'inherit'],
      })
      started.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()))
      child = started
      const deadline = Date.now() + patienceMs
      while (
        !(await fetch(`${address}/readyz`).then(
          (reply) => reply.ok,
          () => false,
        ))
      ) {
        if (started.exitCode !== null || Date.now() > deadline) {
          throw new Error(`the desk did not start: ${output}`)
        }
        await sleep(30)
      }
    },
    kill: async () => {
      child?.kill('SIGKILL')
      await ended()
    },
    stop,
    sql: async (text, values) => {
      const [, , , postgresPort] = (await readFile(join(dataFolder, 'postgres', 'postmaster.pid'), 'utf8')).split('\n')
      const client = new Client({
        host: '127.0.0.1',
        port: Number(postgresPort),
        user: 'tellback',
        database: 'tellback',
        password: (await readFile(join(dataFolder, 'postgres-password'), 'utf8')).trim(),
      })
      await client.connect()
      await client.query(text, values)
      await client.end()
    },
    command,
    newApiKey: async (...roles) => {
      const given = roles.flatMap((role) => ['--role', role])
      return (await command('api-key', 'create', '--name', 'Shop', ...given)).stdout.trim()
    },
    [Symbol.asyncDispose]: async () => {
      await stop()
      await rm(dataFolder, { recursive: true, force: true, maxRetries: 5 })
    },
  }
}

export async function freePort(): Promise<number> {
  const probe = createServer()
  await new Promise<void>((resolve) => probe.listen(0, '127.0.0.1', resolve))
  const address = probe.address()
  await new Promise<void>((resolve) => probe.close(() => resolve()))
  return typeof address === 'object' && address !== null ? address.port : 0
}
