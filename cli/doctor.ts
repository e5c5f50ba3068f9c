import { existsSync } from 'node:fs'
import { access, constants, mkdir } from 'node:fs/promises'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'

import pg from 'pg'

import { loadSecretKey, readConfig } from '../src/config.ts'
import type { Config } from '../src/config.ts'
import { loadCatalog } from '../src/core/apps/catalog.ts'
import { findRunningPostgres, startEmbeddedPostgres } from '../src/platform/db/embedded.ts'
import { pendingMigrations } from '../src/platform/db/migrate.ts'
import { createS3Store } from '../src/platform/files/s3.ts'
import { newId } from '../src/platform/ids.ts'

interface Check {
  name: string
  run: (config: Config) => Promise<string>
}

const checks: Check[] = [
  { name: 'Data folder', run: checkDataFolder },
  { name: 'Secret key', run: checkSecretKey },
  { name: 'Database', run: checkDatabase },
  { name: 'Attachments', run: checkFiles },
  { name: 'Integrations', run: checkIntegrations },
  { name: 'Page', run: checkPage },
]

/** Checks everything the desk needs and prints one line for each; fails when one of them does. */
export async function doctor(env: Record<string, string | undefined>): Promise<void> {
  const config = readConfig(env)
  let failures = 0
  for (const check of checks) {
    try {
      process.stdout.write(`ok    ${check.name}: ${await check.run(config)}\n`)
    } catch (error) {
      failures += 1
      process.stdout.write(`FAIL  ${check.name}: ${error instanceof Error ? error.message : String(error)}\n`)
    }
  }
  if (failures > 0) {
    throw new Error(failures === 1 ? 'one check failed' : `${failures} checks failed`)
  }
}

async function checkDataFolder({ dataFolder }: Config): Promise<string> {
  await mkdir(dataFolder, { recursive: true })
  await access(dataFolder, constants.W_OK)
  return dataFolder
}

async function checkSecretKey(config: Config): Promise<string> {
  await loadSecretKey(config)
  return config.secretKey === undefined
    ? 'in the data folder; back it up with the database'
    : 'from TELLBACK_SECRET_KEY'
}

async function checkDatabase(config: Config): Promise<string> {
  await using started = new AsyncDisposableStack()
  const running = config.databaseUrl ?? (await findRunningPostgres(config.dataFolder))
  const connectionString = running ?? started.use(await startEmbeddedPostgres(config.dataFolder)).connectionString
  const pool = new pg.Pool({ connectionString, max: 1 })
  started.defer(() => pool.end())
  const { rows } = await pool.query<{ version: string }>("select current_setting('server_version') as version")
  const pending = await pendingMigrations(pool).catch(() => undefined)
  const state =
    pending === undefined
      ? 'empty; the first start fills it'
      : pending.length === 0
        ? 'up to date'
        : `${pending.length} migrations are pending; the next start applies them`
  return `PostgreSQL ${rows[0]?.version ?? '?'}, ${config.databaseUrl === undefined ? 'embedded' : 'external'}, ${state}`
}

async function checkFiles({ s3 }: Config): Promise<string> {
  if (s3 === undefined) {
    return 'in the data folder'
  }
  const store = createS3Store(s3)
  const [org, file] = [newId(), newId()]
  async function* content(): AsyncGenerator<Buffer> {
    yield Buffer.from('written by tellback doctor')
  }
  await store.write(org, file, content(), 100)
  await text(await store.read(org, file))
  await store.remove(org, file)
  return `in the bucket ${s3.bucket} at ${s3.endpoint}; a file was written, read and removed`
}

async function checkIntegrations(): Promise<string> {
  const catalog = await loadCatalog(fileURLToPath(new URL('../integrations', import.meta.url)))
  return catalog
    .list()
    .map((app) => app.integration.name)
    .join(', ')
}

function checkPage(): Promise<string> {
  if (!existsSync(fileURLToPath(new URL('../web/dist/index.html', import.meta.url)))) {
    throw new Error('not built yet; npm start builds it')
  }
  return Promise.resolve('built')
}
