import { readFile } from 'node:fs/promises'

import { afterAll, beforeAll, expect, test } from 'vitest'

import { migrate } from './platform/db/migrate.ts'
import { clientTypes } from './testing/client-types.ts'
import { startTestDesk } from './testing/desk.ts'
import type { TestDesk } from './testing/desk.ts'
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
} from './testing/golden.ts'

// When one of these differs on purpose: npm run golden, and read what changed before committing it.

let desk: TestDesk

beforeAll(async () => {
  desk = await startTestDesk()
})
afterAll(() => desk[Symbol.asyncDispose]())

test('the committed schema is what the migrations lead to', async () => {
  expect(await describeSchema(desk.connectionString)).toBe(await readFile(goldenSchema, 'utf8'))
})

test('the committed table types are those of the schema', async () => {
  expect(await generateTypes(desk.connectionString)).toBe(await readFile(goldenTypes, 'utf8'))
})

test('the committed API description is that of the routes', async () => {
  expect(await describeApi(desk.desk.app)).toBe(await readFile(goldenOpenApi, 'utf8'))
})

test('the committed types of the client are those of the API', async () => {
  expect(clientTypes(await readFile(goldenOpenApi, 'utf8'))).toBe(await readFile(goldenClient, 'utf8'))
})

test('the committed list of operations is that of the routes', async () => {
  expect(describeOperations(desk.desk.app)).toBe(await readFile(goldenOperations, 'utf8'))
})

test('migrating an up-to-date database does nothing', async () => {
  expect(await migrate(desk.connectionString)).toEqual([])
})
