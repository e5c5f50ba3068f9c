import { afterAll, beforeAll, expect, test } from 'vitest'

import { startTestDesk } from '../../testing/desk.ts'
import type { TestDesk, TestOrg } from '../../testing/desk.ts'
import { newId } from '../ids.ts'
import { indexTexts, matchingIds, textCondition } from './word-index.ts'

let desk: TestDesk
let org: TestOrg
beforeAll(async () => {
  desk = await startTestDesk({ integrations: [] })
  org = await desk.newOrg()
})
afterAll(() => desk[Symbol.asyncDispose]())

async function found(part: string): Promise<string[]> {
  return org.db.read(async (reader) => {
    const condition = await textCondition(reader, 'note', part)
    return condition === undefined ? [] : ((await matchingIds(reader, 'note', condition)) ?? [])
  })
}

test('a word of a transaction that did not commit is found by its parts once another one does', async () => {
  const [lost, kept] = [newId(), newId()]
  const failing = org.db.write(async (tx) => {
    await indexTexts(tx, 'note', [{ id: lost, texts: ['Regenschirm'] }])
    await indexTexts(tx, 'note', [{ id: newId(), texts: ['Regenschirm'] }])
    throw new Error('changed my mind')
  })
  await expect(failing).rejects.toThrow('changed my mind')
  expect(await found('schirm')).toEqual([])
  await org.db.write((tx) => indexTexts(tx, 'note', [{ id: kept, texts: ['ein Regenschirm'] }]))
  expect(await found('schirm')).toEqual([kept])
  await org.db.write((tx) => indexTexts(tx, 'note', [{ id: lost, texts: ['zwei Regenschirm'] }])) // known by now
  expect((await found('schirm')).toSorted()).toEqual([lost, kept].toSorted())
})
