import { readdir, readFile } from 'node:fs/promises'

import { runMigrations as migrateJobs } from 'graphile-worker'
import pg from 'pg'

const folder = new URL('./migrations/', import.meta.url)
const fileName = /^(\d{4})_[a-z0-9_]+\.sql$/

// Any constant will do; it keeps two starting servers from migrating at once.
const migrationLock = 7_315_001

/** Brings the database up to date and returns the names of the migrations that ran. Each is all or nothing. */
export async function migrate(connectionString: string): Promise<string[]> {
  const client = new pg.Client({ connectionString })
  await client.connect()
  try {
    await client.query('select pg_advisory_lock($1)', [migrationLock])
    await migrateJobs({ connectionString })
    await client.query(
      'create table if not exists schema_migrations (name text primary key, applied_at timestamptz not null default now())',
    )
    const applied = new Set(
      (await client.query<{ name: string }>('select name from schema_migrations')).rows.map((row) => row.name),
    )
    const pending = (await migrationNames()).filter((name) => !applied.has(name))
    for (const name of pending) {
      await apply(client, name)
    }
    return pending
  } finally {
    await client.end()
  }
}

/** The names of the migrations that the database still lacks. */
export async function pendingMigrations(pool: pg.Pool): Promise<string[]> {
  const applied = await pool.query<{ name: string }>('select name from schema_migrations')
  const names = new Set(applied.rows.map((row) => row.name))
  return (await migrationNames()).filter((name) => !names.has(name))
}

async function migrationNames(): Promise<string[]> {
  const names = (await readdir(folder)).toSorted()
  const odd = names.find((name) => !fileName.test(name))
  if (odd !== undefined) {
    throw new Error(`migrations/${odd}: a migration is named 0001_what_it_does.sql`)
  }
  return names
}

async function apply(client: pg.Client, name: string): Promise<void> {
  await client.query('begin')
  try {
    await client.query(await readFile(new URL(name, folder), 'utf8'))
    await client.query('insert into schema_migrations (name) values ($1)', [name])
    await client.query('commit')
  } catch (error) {
    await client.query('rollback')
    throw new Error(`Migration ${name} failed and changed nothing: ${(error as Error).message}`, { cause: error })
  }
}
