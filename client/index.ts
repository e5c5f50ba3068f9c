import type { Operations } from './operations.generated.ts'

export type { Operations } from './operations.generated.ts'

/** An operation as the API reference names it: `GET /v1/customers/{id}`. */
export type OperationName = keyof Operations
export type InputOf<Name extends OperationName> = Omit<Operations[Name], 'reply'>
export type ReplyOf<Name extends OperationName> = Operations[Name]['reply']
/** One item of what a list answers. */
export type ItemOf<Name extends OperationName> = ReplyOf<Name> extends { data: (infer Item)[] } ? Item : never
/** The lists. */
export type ListName = {
  [Name in OperationName]: ReplyOf<Name> extends { data: unknown[]; links: { next: string | null } } ? Name : never
}[OperationName]

/** What was wrong, and with which field. */
export interface Problem {
  status: number
  code: string
  title: string
  source?: { pointer?: string; parameter?: string }
}

/** The desk said no; `message` is a sentence to show, `problems` say which field is meant. */
export class RequestFailed extends Error {
  override readonly name = 'RequestFailed'
  /** 0: the desk could not be reached. */
  readonly status: number
  readonly problems: Problem[]

  constructor(status: number, problems: Problem[]) {
    super(problems.map((problem) => problem.title).join(' ') || 'The desk did not answer as expected. Try again.')
    this.status = status
    this.problems = problems
  }
}

export interface ClientOptions {
  /** Where the desk is, without a slash at the end; nothing: the page's own. */
  baseUrl?: string
  /** An API key. Without one, a browser's session counts. */
  token?: string
  /** Hears that the desk did not know who asks, with the path that was asked for. */
  onUnauthorized?: (path: string) => void
  /** Replaces the platform's own, for tests and proxies. */
  fetch?: typeof fetch
}

type Arguments<Name extends OperationName> =
  Record<string, never> extends InputOf<Name> ? [input?: InputOf<Name>] : [input: InputOf<Name>]

export interface Client {
  /** Calls one operation. Rejects with `RequestFailed` when the desk refuses or cannot be reached. */
  call: <Name extends OperationName>(name: Name, ...input: Arguments<Name>) => Promise<ReplyOf<Name>>
  /** Follows a link that an earlier reply of the same operation gave, such as `links.next`. */
  follow: <Name extends OperationName>(name: Name, link: string) => Promise<ReplyOf<Name>>
  /** Calls an address that is no operation of the API, such as those of sign-in. */
  request: (method: string, path: string, body?: unknown) => Promise<unknown>
  /** Walks a list from its first item to its last, page by page, as far as one reads. */
  all: <Name extends ListName>(name: Name, ...input: Arguments<Name>) => AsyncGenerator<ItemOf<Name>, void>
  /** Announces a file and sends it; what it answers is what a message or a note names among its attachments. */
  upload: (file: File) => Promise<Uploaded>
}

export interface Uploaded {
  _id: string
  name: string
  /** In bytes. */
  contentLength: number
}

interface Input {
  params?: Record<string, string>
  query?: Record<string, unknown>
  body?: unknown
}

/** A client of the API: every operation by its name, its input and its reply typed from the schemas that the desk itself checks them by. */
export function createClient(options: ClientOptions = {}): Client {
  const { baseUrl = '', token } = options
  const send = options.fetch ?? ((...given: Parameters<typeof fetch>) => fetch(...given))

  async function request(method: string, path: string, body?: unknown): Promise<unknown> {
    const form = body instanceof FormData
    const headers: Record<string, string> = {
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      ...(body === undefined || form ? {} : { 'content-type': 'application/json' }), // a form names its own
    }
    const reply = await send(baseUrl + path, {
      method,
      credentials: 'same-origin',
      headers,
      ...(body === undefined ? {} : { body: form ? body : JSON.stringify(body) }),
    }).catch(() => {
      throw new RequestFailed(0, [
        { status: 0, code: 'offline', title: 'The desk cannot be reached. Check that it is running and try again.' },
      ])
    })
    const text = await reply.text()
    const parsed = text === '' ? undefined : parse(reply.status, text)
    if (reply.status === 401) {
      options.onUnauthorized?.(path)
    }
    if (!reply.ok) {
      throw new RequestFailed(reply.status, (parsed as { errors?: Problem[] } | undefined)?.errors ?? [])
    }
    return parsed
  }

  const client: Client = {
    call: async (name, ...[input]) => {
      const [method = '', template = ''] = name.split(' ')
      const { params = {}, query = {}, body } = (input ?? {}) as Input
      return (await request(method, pathOf(template, params) + queryOf(query), body)) as never
    },
    follow: async (name, link) => (await request(name.split(' ')[0] ?? 'GET', link)) as never,
    request,
    all: async function* (name, ...input) {
      let page = (await client.call(name, ...input)) as { data: unknown[]; links: { next: string | null } }
      for (;;) {
        yield* page.data as never[]
        if (page.links.next === null) {
          return
        }
        page = await client.follow(name, page.links.next)
      }
    },
    upload: async (file) => {
      const { data, meta } = await client.call('POST /v1/attachments', {
        body: { name: file.name, contentType: file.type || 'application/octet-stream', contentLength: file.size },
      })
      const form = new FormData()
      for (const [name, value] of Object.entries(meta.upload.fields)) {
        form.append(name, value)
      }
      form.append('file', file)
      // The desk takes it by whatever name it is reached here, not by the one it goes by in public.
      const { pathname, search } = new URL(meta.upload.url, 'http://desk')
      await request('POST', pathname + search, form)
      return { _id: data.id, name: file.name, contentLength: file.size }
    },
  }
  return client
}

function parse(status: number, text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    throw new RequestFailed(status, [])
  }
}

function pathOf(template: string, params: Record<string, string>): string {
  return template.replaceAll(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(params[name] ?? ''))
}

function queryOf(query: Record<string, unknown>): string {
  const given = Object.entries(query).filter(([, value]) => value !== undefined)
  const texts = given.map(([name, value]) => [name, typeof value === 'string' ? value : JSON.stringify(value)])
  return texts.length === 0 ? '' : `?${new URLSearchParams(texts as [string, string][]).toString()}`
}
