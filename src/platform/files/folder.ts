import { randomBytes } from 'node:crypto'
import { mkdir, open, rename, rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'

import { createFileMeter, fileKey } from './file-store.ts'
import type { FileStore } from './file-store.ts'

/** Files in a folder of this machine, a folder below it for each organisation. */
export function createFolderStore(folder: string): FileStore {
  return {
    write: async (orgId, id, content, most) => {
      const path = join(folder, fileKey(orgId, id))
      await mkdir(dirname(path), { recursive: true })
      const unfinished = `${path}.${randomBytes(4).toString('hex')}.part`
      const meter = createFileMeter()
      let bytes = 0
      const file = await open(unfinished, 'wx', 0o600)
      try {
        for await (const chunk of content) {
          bytes += chunk.length
          if (bytes > most) {
            continue // read on: whoever sends still listens for the answer
          }
          meter.add(chunk)
          await file.write(chunk)
        }
        if (bytes > most) {
          return undefined
        }
        await file.sync()
        await rename(unfinished, path)
        return meter.result()
      } finally {
        await file.close()
        await rm(unfinished, { force: true })
      }
    },
    read: async (orgId, id) => {
      const file = await open(join(folder, fileKey(orgId, id)))
      return file.createReadStream()
    },
    remove: (orgId, id) => rm(join(folder, fileKey(orgId, id)), { force: true }),
  }
}
