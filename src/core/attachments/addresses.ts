import { grant } from '../../platform/http/signed-path.ts'
import type { AttachmentRow } from './store.ts'

const uploadSeconds = 60 * 60
const downloadSeconds = 15 * 60

export interface Addresses {
  /** Where this file's bytes are posted as a form: all `fields` first, `file` last (facts 1.12). */
  upload: (row: AttachmentRow) => { url: string; fields: Record<string, string> }
  /** Where whoever holds the address can fetch it for a while. */
  download: (row: AttachmentRow) => string
}

export const filePath = (orgId: string, id: string) => `/v1/files/${orgId}/${id}`

export function createAddresses(publicUrl: () => string, key: Buffer): Addresses {
  return {
    upload: (row) => {
      const path = filePath(row.org_id, row.id)
      const { expires, signature } = grant(key, 'upload', path, uploadSeconds, new Date())
      const fields = {
        key: `${row.org_id}/${row.id}`,
        'Content-Type': row.content_type,
        expires: String(expires),
        signature,
      }
      return { url: `${publicUrl()}${path}`, fields }
    },
    download: (row) => {
      const path = filePath(row.org_id, row.id)
      const { expires, signature } = grant(key, 'download', path, downloadSeconds, new Date())
      return `${publicUrl()}${path}?expires=${expires}&signature=${signature}`
    },
  }
}
