/** Writes the committed files that follow from others: the schema and its types from the migrations, the API from the routes. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { readConfig } from '../src/config.ts'
import { startDesk } from '../src/main.ts'
import { clientTypes } from '../src/testing/client-types.ts'
import {
  describeApi,
  describeOperations,
  describeSchema,
  generateTypes,
  goldenClient,
  goldenOpenApi,
  goldenOperations,
  goldenSchema,
  goldenTypes,
} from '../src/testing/golden.ts'

const folder = await mkdtemp(join(tmpdir(), 'tellback-golden-'))
{
  await using desk = await startDesk(
    readConfig({ PORT: '0', HOST: '127.0.0.1', TELLBACK_DATA: folder, TELLBACK_LOG_LEVEL: 'error' }),
  )
  await writeFile(goldenSchema, await describeSchema(desk.connectionString))
  await writeFile(goldenTypes, await generateTypes(desk.connectionString))
  const description = await describeApi(desk.app)
  await writeFile(goldenOpenApi, description)
  await writeFile(goldenClient, clientTypes(description))
  await writeFile(goldenOperations, describeOperations(desk.app))
}
await rm(folder, { recursive: true, force: true })
