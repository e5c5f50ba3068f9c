import { execFile, spawn } from 'node:child_process'
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

/** The real desk in a process of its own, as users start it. */
export interface BenchDesk extends AsyncDisposable {
  address: string
  dataFolder: string
  pid: number
  /** Milliseconds from starting the process to the first good answer of /readyz. */
  startedInMs: number
}

const root = fileURLToPath(new URL('..', import.meta.url))

export async function newDataFolder(): Promise<{ path: string } & AsyncDisposable> {
  const path = await mkdtemp(join(tmpdir(), 'tellback-bench-'))
  return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true }) }
}

export async function startDeskProcess(
  dataFolder: string,
  port: number,
  role: 'web' | 'worker' | 'both',
  more: string[] = [],
  environment: Record<string, string> = {},
): Promise<BenchDesk> {
  const begin = performance.now()
  const child = spawn(process.execPath, ['cli/main.ts', 'serve', '--role', role, ...more], {
    cwd: root,
    stdio: ['ignore', 'ignore', 'inherit'],
    env: {
      ...process.env,
      PORT: String(port),
      HOST: '127.0.0.1',
      TELLBACK_DATA: dataFolder,
      TELLBACK_LOG_LEVEL: 'error',
      TELLBACK_API_LIMIT: '100000000',
      TELLBACK_ALLOW_PRIVATE: '127.0.0.0/8',
      ...environment,
    },
  })
  const address = `http://127.0.0.1:${port}`
  while (
    !(await fetch(`${address}/readyz`).then(
      (reply) => reply.ok,
      () => false,
    ))
  ) {
    if (child.exitCode !== null) {
      throw new Error(`the desk ended with ${child.exitCode}`)
    }
    await sleep(10)
  }
  const startedInMs = performance.now() - begin
  return {
    address,
    dataFolder,
    pid: child.pid ?? 0,
    startedInMs,
    [Symbol.asyncDispose]: async () => {
      child.kill('SIGTERM')
      await new Promise((resolve) => (child.exitCode === null ? child.once('exit', resolve) : resolve(undefined)))
    },
  }
}

/** Memory of a process and all below it, in MB: each page counted once, shared ones by their share (PSS). */
export async function memoryOf(pids: number[]): Promise<number> {
  const parents = new Map<number, number>()
  for (const entry of await readdir('/proc')) {
    const stat = /^\d+$/.test(entry) ? await readFile(`/proc/${entry}/stat`, 'utf8').catch(() => undefined) : undefined
    if (stat !== undefined) {
      parents.set(Number(entry), Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]))
    }
  }
  const isBelow = (pid: number): boolean =>
    pids.includes(pid) || (parents.has(pid) && pid > 1 && isBelow(parents.get(pid) ?? 0))
  let kilobytes = 0
  for (const pid of parents.keys()) {
    if (isBelow(pid)) {
      const rollup = await readFile(`/proc/${pid}/smaps_rollup`, 'utf8').catch(() => '')
      kilobytes += Number(/^Pss:\s+(\d+)/m.exec(rollup)?.[1] ?? 0)
    }
  }
  return kilobytes / 1024
}

/** Memory of one process without those below it, in MB (RSS). */
export async function ownMemoryOf(pid: number): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8')
  return Number(/VmRSS:\s+(\d+) kB/.exec(status)?.[1]) / 1024
}

export async function postgresPid(dataFolder: string): Promise<number> {
  return Number((await readFile(join(dataFolder, 'postgres', 'postmaster.pid'), 'utf8')).split('\n')[0])
}

/** A one-time link for somebody who works at the desk, made beside it. */
export async function signInLink(dataFolder: string): Promise<string> {
  const command = [
    'cli/main.ts',
    'user',
    'create',
    '--email',
    'bench@example.com',
    '--name',
    'Bench',
    '--role',
    'org.user',
  ]
  const { stdout } = await promisify(execFile)(process.execPath, command, {
    cwd: root,
    env: { ...process.env, TELLBACK_DATA: dataFolder, TELLBACK_LOG_LEVEL: 'error' },
  })
  return /https?:\/\/\S+/.exec(stdout)?.[0] ?? ''
}
