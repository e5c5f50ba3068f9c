import type { Config } from '../src/config.ts'
import { findRunningPostgres, startEmbeddedPostgres } from '../src/platform/db/embedded.ts'
import { migrate } from '../src/platform/db/migrate.ts'

/** Brings the database up to date and says what was done. */
export async function migrateCommand(config: Config): Promise<void> {
  await using started = new AsyncDisposableStack()
  const connectionString =
    config.databaseUrl ??
    (await findRunningPostgres(config.dataFolder)) ??
    started.use(await startEmbeddedPostgres(config.dataFolder)).connectionString
  const names = await migrate(connectionString)
  process.stdout.write(
    names.length === 0 ? 'The database is up to date.\n' : `${names.map((name) => `Applied ${name}`).join('\n')}\n`,
  )
}
