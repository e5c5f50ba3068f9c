import { createHash, randomBytes } from 'node:crypto'
import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { buffer } from 'node:stream/consumers'

import { afterAll, beforeAll, describe, expect, test } from 'vitest'

import { startS3Simulator } from '../../testing/s3.ts'
import type { S3Simulator } from '../../testing/s3.ts'
import { newId } from '../ids.ts'
import type { FileStore } from './file-store.ts'
import { createFolderStore } from './folder.ts'
import { createS3Store } from './s3.ts'

let folder: string
let simulator: S3Simulator
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tellback-files-'))
  simulator = await startS3Simulator()
})
afterAll(async () => {
  await simulator[Symbol.asyncDispose]()
  await rm(folder, { recursive: true, force: true })
})

async function* inChunks(...chunks: Buffer[]): AsyncGenerator<Buffer> {
  yield* chunks
}

const stores: [name: string, create: () => FileStore, kept: () => Promise<string[]>][] = [
  ['a folder', () => createFolderStore(folder), async () => readdir(folder, { recursive: true })],
  ['a bucket', () => createS3Store(simulator.settings), async () => [...simulator.objects.keys()]],
]

describe.each(stores)('files in %s', (_, create, kept) => {
  test('are read as they were written, with their length, digest and beginning told', async () => {
    const [org, id, content] = [newId(), newId(), randomBytes(300_000)]
    const written = await create().write(org, id, inChunks(content.subarray(0, 5), content.subarray(5)), 300_000)
    expect(written).toMatchObject({ bytes: 300_000, sha256: createHash('sha256').update(content).digest('hex') })
    expect(content.subarray(0, written?.head.length).equals(written?.head ?? Buffer.alloc(0))).toBe(true)
    expect((await buffer(await create().read(org, id))).equals(content)).toBe(true)
  })

  test('may be empty', async () => {
    const [org, id] = [newId(), newId()]
    expect(await create().write(org, id, inChunks(), 10)).toMatchObject({ bytes: 0 })
    expect(await buffer(await create().read(org, id))).toHaveLength(0)
  })

  test('are not kept when they are larger than allowed, or when the sender breaks off', async () => {
    const [org, id] = [newId(), newId()]
    const before = await kept()
    expect(await create().write(org, id, inChunks(randomBytes(6), randomBytes(6)), 10)).toBeUndefined()
    async function* broken(): AsyncGenerator<Buffer> {
      yield randomBytes(6)
      throw new Error('gone')
    }
    await expect(create().write(org, id, broken(), 10)).rejects.toThrow('gone')
    const left = (await kept()).filter((it) => !before.includes(it) && !it.endsWith(org))
    expect(left).toEqual([])
    await expect(create().read(org, id)).rejects.toThrow(/ENOENT|404/)
  })

  test('are gone after they are removed, twice does no harm, and nobody else’s go with them', async () => {
    const [org, id, other] = [newId(), newId(), newId()]
    await create().write(org, id, inChunks(Buffer.from('mine')), 10)
    await create().write(other, id, inChunks(Buffer.from('theirs')), 10)
    await create().remove(org, id)
    await create().remove(org, id)
    await expect(create().read(org, id)).rejects.toThrow(/ENOENT|404/)
    expect(String(await buffer(await create().read(other, id)))).toBe('theirs')
  })

  test('have no name from outside', async () => {
    await expect((async () => create().write('../x', newId(), inChunks(), 10))()).rejects.toThrow(
      'not the name of a file',
    )
  })
})

test('a storage in trouble is asked again; one that refuses is an error that says so', async () => {
  const [org, id] = [newId(), newId()]
  simulator.failNext = 2
  await createS3Store(simulator.settings).write(org, id, inChunks(Buffer.from('kept')), 10)
  expect(String(simulator.objects.get(`/attachments/${org}/${id}`))).toBe('kept')

  const stranger = createS3Store({ ...simulator.settings, secretAccessKey: 'guessed' })
  await expect(stranger.write(org, id, inChunks(Buffer.from('x')), 10)).rejects.toThrow('403')
  expect(String(simulator.objects.get(`/attachments/${org}/${id}`))).toBe('kept')
})
