import { openAsBlob } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'

import { AwsClient } from 'aws4fetch'

import { fileKey } from './file-store.ts'
import type { FileStore } from './file-store.ts'
import { createFolderStore } from './folder.ts'

/** A bucket of a storage that speaks Amazon's S3, and who may write there. */
export interface S3Settings {
  /** Where the storage is, without a slash at the end: `https://s3.eu-central-1.amazonaws.com`. */
  endpoint: string
  bucket: string
  region: string
  accessKeyId: string
  secretAccessKey: string
}

const deadline = 60_000 // milliseconds for one request, the largest file included

/**
 * Files in a bucket, as `<bucket>/<organisation>/<file>`. A file waits in a temporary folder until all of it is there, as the
 * storage wants to know its length and digest before its first byte; the storage shows it only when all of it has arrived.
 */
export function createS3Store(settings: S3Settings): FileStore {
  const client = new AwsClient({ ...settings, service: 's3', retries: 3 })
  const addressOf = (orgId: string, id: string) => `${settings.endpoint}/${settings.bucket}/${fileKey(orgId, id)}`
  const request = async (url: string, init: RequestInit): Promise<Response> => {
    const answer = await client.fetch(url, { ...init, signal: AbortSignal.timeout(deadline) })
    if (!answer.ok && !(init.method === 'DELETE' && answer.status === 404)) {
      throw new Error(`The file storage answered ${answer.status}: ${(await answer.text()).slice(0, 300)}`)
    }
    return answer
  }
  return {
    write: async (orgId, id, content, most) => {
      const url = addressOf(orgId, id)
      const folder = await mkdtemp(join(tmpdir(), 'tellback-upload-'))
      try {
        const written = await createFolderStore(folder).write(orgId, id, content, most)
        if (written === undefined) {
          return undefined
        }
        const answer = await request(url, {
          method: 'PUT',
          body: await openAsBlob(join(folder, fileKey(orgId, id))),
          headers: { 'x-amz-content-sha256': written.sha256 },
        })
        await answer.body?.cancel()
        return written
      } finally {
        await rm(folder, { recursive: true, force: true })
      }
    },
    read: async (orgId, id) => {
      const { body } = await request(addressOf(orgId, id), { method: 'GET' })
      return body === null ? Readable.from([]) : Readable.fromWeb(body)
    },
    remove: async (orgId, id) => {
      const answer = await request(addressOf(orgId, id), { method: 'DELETE' })
      await answer.body?.cancel()
    },
  }
}
