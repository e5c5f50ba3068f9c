import { api } from '../../api.ts'

export interface Uploaded {
  _id: string
  name: string
  contentLength: number
}

/** Announces a file and sends it; rejects with what is wrong. */
export async function upload(file: File): Promise<Uploaded> {
  const { data, meta } = await api.call('POST /v1/attachments', {
    body: { name: file.name, contentType: file.type || 'application/octet-stream', contentLength: file.size },
  })
  const form = new FormData()
  for (const [name, value] of Object.entries(meta.upload.fields)) {
    form.append(name, value)
  }
  form.append('file', file)
  const { pathname, search } = new URL(meta.upload.url, window.location.href) // this desk, by the name it is open as
  const reply = await fetch(pathname + search, { method: 'POST', body: form })
  if (!reply.ok) {
    throw new Error(`${file.name} was not taken: the desk answered ${reply.status}. Try again.`)
  }
  return { _id: data.id, name: file.name, contentLength: file.size }
}
