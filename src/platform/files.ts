import { createHash, randomBytes } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { mkdir, open, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { Readable } from 'node:stream'

import { isId } from './ids.ts'
import type { Id } from './ids.ts'

/** What came of writing a file. */
export interface WrittenFile {
  bytes: number
  sha256: string
  /** Its beginning, enough to tell what it is. */
  head: Buffer
}

/** Keeps files by organisation and id. A file is there whole or not at all, whenever the process ends. */
export interface FileStore {
  /** Undefined, and nothing is kept, when there are more than `most` bytes. */
  write: (orgId: Id, id: Id, content: AsyncIterable<Buffer>, most: number) => Promise<WrittenFile | undefined>
  read: (orgId: Id, id: Id) => Readable
  remove: (orgId: Id, id: Id) => Promise<void>
}

const headBytes = 4100 // what the detection of types asks for

/** Files in a folder of this machine, a folder below it for each organisation. */
export function createFileStore(folder: string): FileStore {
  const place = (orgId: Id, id: Id) => {
    if (!isId(orgId) || !isId(id)) {
      throw new TypeError(`not the name of a file: ${orgId}/${id}`)
    }
    return join(folder, orgId, id)
  }
  return {
    write: async (orgId, id, content, most) => {
      const path = place(orgId, id)
      await mkdir(join(folder, orgId), { recursive: true })
      const unfinished = `${path}.${randomBytes(4).toString('hex')}.part`
      const hash = createHash('sha256')
      let head = Buffer.alloc(0)
      let bytes = 0
      const file = await open(unfinished, 'wx', 0o600)
      try {
        for await (const chunk of content) {
          bytes += chunk.length
          if (bytes > most) {
            continue // read on: whoever sends still listens for the answer
          }
          hash.update(chunk)
          head = head.length < headBytes ? Buffer.concat([head, chunk]).subarray(0, headBytes) : head
          await file.write(chunk)
        }
        if (bytes > most) {
          return undefined
        }
        await file.sync()
        await rename(unfinished, path)
        return { bytes, sha256: hash.digest('hex'), head }
      } finally {
        await file.close()
        await rm(unfinished, { force: true })
      }
    },
    read: (orgId, id) => createReadStream(place(orgId, id)),
    remove: (orgId, id) => rm(place(orgId, id), { force: true }),
  }
}
