import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import type { TestProject } from 'vitest/node'

import { startEmbeddedPostgres } from '../platform/db/embedded.ts'
import { migrate } from '../platform/db/migrate.ts'

declare module 'vitest' {
  interface ProvidedContext {
    /** A migrated database to clone; nobody connects to it, since only a database at rest can be cloned. */
    templateDatabase: string
  }
}

/** One PostgreSQL server for all database tests, with a migrated database that each test file clones. */
export default async function setUp(project: TestProject): Promise<() => Promise<void>> {
  const folder = await mkdtemp(join(tmpdir(), 'tellback-test-'))
  const server = await startEmbeddedPostgres(folder)
  await migrate(server.connectionString)
  project.provide('templateDatabase', server.connectionString)
  return async () => {
    await server[Symbol.asyncDispose]()
    await rm(folder, { recursive: true, force: true })
  }
}
