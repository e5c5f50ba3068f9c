import { Readable } from 'node:stream'

import { fileTypeFromBuffer } from 'file-type'

import type { Database, Reader, Tx } from '../../platform/db/database.ts'
import type { FileStore } from '../../platform/files/file-store.ts'
import type { Authorized } from '../../platform/http/access.ts'
import { ApiError, notFound } from '../../platform/http/errors.ts'
import { isId, newId } from '../../platform/ids.ts'
import type { Id } from '../../platform/ids.ts'
import { recordEvents } from '../events/events.ts'
import { largestFile } from './schema.ts'
import type { AttachmentInput, AttachmentRef, AttachmentRefs, AttachmentUpdate } from './schema.ts'
import { findAttachments, insertAttachment, insertKept, saveAttachment } from './store.ts'
import type { AttachmentRow } from './store.ts'

export type { AttachmentRow } from './store.ts'
export { findAttachments } from './store.ts'

export async function getAttachment(reader: Reader, id: Id): Promise<AttachmentRow> {
  const [row] = isId(id) ? await findAttachments(reader, [id]) : []
  if (row === undefined) {
    throw notFound('Attachment')
  }
  return row
}

/** Announces a file; its bytes follow at the address that the answer names. */
export async function createAttachment(
  tx: Tx,
  by: Authorized<'attachment'>,
  input: AttachmentInput,
): Promise<AttachmentRow> {
  const id = newId()
  await insertAttachment(tx, {
    id,
    name: input.name,
    content_type: input.contentType,
    content_length: input.contentLength,
    created_by: by.userId,
  })
  await recordEvents(tx, [{ name: 'kustomer.attachment.create', objectType: 'attachment', objectId: id }])
  return getAttachment(tx, id)
}

export async function updateAttachment(
  tx: Tx,
  _by: Authorized<'attachment'>,
  id: Id,
  change: AttachmentUpdate,
): Promise<AttachmentRow> {
  await getAttachment(tx, id)
  await saveAttachment(tx, id, change.name === undefined ? {} : { name: change.name })
  return getAttachment(tx, id)
}

/**
 * Takes a file's bytes, once: a second upload to the same address is refused, so what a message shows stays what it was.
 * Throws 413 for more than 25 MB.
 */
export async function receiveFile(
  database: Database,
  files: FileStore,
  orgId: Id,
  id: Id,
  content: AsyncIterable<Buffer>,
): Promise<void> {
  const db = database.forOrg(orgId)
  const row = await db.read((reader) => getAttachment(reader, id))
  if (row.uploaded_at !== null) {
    throw new ApiError('conflict', 'This file was uploaded already. Announce another one.')
  }
  const written = await files.write(orgId, id, content, largestFile)
  if (written === undefined) {
    throw new ApiError('payload_too_large', `A file may have ${largestFile} bytes at most.`)
  }
  const detected = await fileTypeFromBuffer(new Uint8Array(written.head))
  await db.write((tx) =>
    saveAttachment(tx, id, {
      content_length: written.bytes,
      sha256: written.sha256,
      detected_type: detected?.mime ?? null,
      uploaded_at: new Date(),
    }),
  )
}

/** A file whose bytes are kept, and which is not yet among the attachments. */
export interface KeptFile {
  id: Id
  name: string
  type: string
  bytes: number
  sha256: string
  detectedType: string | null
}

/** Keeps the bytes of a file that came with something; again under the same id it is the same file. Undefined for one that is too large. */
export async function keepFile(
  files: FileStore,
  orgId: Id,
  id: Id,
  { name, type, content }: { name: string; type: string; content: Uint8Array },
): Promise<KeptFile | undefined> {
  const written = await files.write(orgId, id, Readable.from([Buffer.from(content)]), largestFile)
  if (written === undefined) {
    return undefined
  }
  const detected = await fileTypeFromBuffer(new Uint8Array(written.head))
  return { id, name, type, bytes: written.bytes, sha256: written.sha256, detectedType: detected?.mime ?? null }
}

/** Makes attachments of files that are kept. */
export async function addKeptFiles(tx: Tx, by: Authorized<'attachment'>, files: KeptFile[]): Promise<void> {
  await insertKept(
    tx,
    files.map(({ id, name, type, bytes, sha256, detectedType }) => ({
      id,
      name,
      content_type: type,
      content_length: bytes,
      detected_type: detectedType,
      sha256,
      created_by: by.userId,
    })),
  )
}

/** The files that a request refers to, as messages and notes keep them; throws 400 for one that there is not. */
export async function resolveAttachments(
  reader: Reader,
  given: AttachmentRefs,
  pointer = '/attachments',
): Promise<AttachmentRef[]> {
  const ids = given.map((it) => (typeof it === 'string' ? it : it._id))
  const rows = new Map((await findAttachments(reader, ids.filter(isId))).map((row) => [row.id, row]))
  return ids.map((id, index) => {
    const row = rows.get(id)
    if (row === undefined || row.redacted_at !== null) {
      throw new ApiError('badparam', `There is no attachment ${id}.`, { pointer: `${pointer}/${index}` })
    }
    return { _id: row.id, name: row.name, contentType: row.content_type, contentLength: row.content_length }
  })
}

/** Removes a file for good; its name stays, to show that it was there. */
export async function redactAttachments(tx: Tx, files: FileStore, ids: readonly Id[]): Promise<void> {
  for (const id of ids) {
    await saveAttachment(tx, id, { redacted_at: new Date(), sha256: null })
    await files.remove(tx.orgId, id)
  }
}
