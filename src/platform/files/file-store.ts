import { createHash } from 'node:crypto'
import type { Readable } from 'node:stream'

import { isId } from '../ids.ts'
import type { Id } from '../ids.ts'

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
  /** Throws when there is no such file. */
  read: (orgId: Id, id: Id) => Promise<Readable>
  /** Does nothing when there is no such file. */
  remove: (orgId: Id, id: Id) => Promise<void>
}

/** Where a file is kept below a store's root. Throws for anything that is not an id: no name from outside is a path. */
export function fileKey(orgId: Id, id: Id): string {
  if (!isId(orgId) || !isId(id)) {
    throw new TypeError(`not the name of a file: ${orgId}/${id}`)
  }
  return `${orgId}/${id}`
}

const headBytes = 4100 // what the detection of types asks for

/** Takes note of what passes: how much, its digest, its beginning. */
export function createFileMeter(): { add: (chunk: Buffer) => void; result: () => WrittenFile } {
  const hash = createHash('sha256')
  let head = Buffer.alloc(0)
  let bytes = 0
  return {
    add: (chunk) => {
      bytes += chunk.length
      hash.update(chunk)
      head = head.length < headBytes ? Buffer.concat([head, chunk]).subarray(0, headBytes) : head
    },
    result: () => ({ bytes, sha256: hash.digest('hex'), head }),
  }
}
