import type { z } from 'zod'

/** One resource of a reply, its attributes checked by the server's own schema. */
export interface Resource<A> {
  id: string
  type: string
  attributes: A
  relationships: Record<string, { data?: { id: string } | { id: string }[] | null } | undefined>
}

export interface Page<A> {
  data: Resource<A>[]
  links: { next: string | null }
}

export interface Problem {
  status: number
  code: string
  title: string
  source?: { pointer?: string; parameter?: string }
}

/** The desk said no; `message` is the sentence to show, `problems` say which field is meant. */
export class RequestFailed extends Error {
  override readonly name = 'RequestFailed'
  readonly status: number
  readonly problems: Problem[]

  constructor(status: number, problems: Problem[]) {
    super(problems.map((problem) => problem.title).join(' ') || 'The desk did not answer as expected. Try again.')
    this.status = status
    this.problems = problems
  }
}

/** What is wrong with one field of a form, by its JSON pointer. */
export function fieldProblem(error: unknown, pointer: string): string | undefined {
  return error instanceof RequestFailed
    ? error.problems.find((problem) => problem.source?.pointer === pointer)?.title
    : undefined
}

export async function request(method: string, path: string, body?: unknown): Promise<unknown> {
  const reply = await fetch(path, {
    method,
    credentials: 'same-origin',
    ...(body === undefined ? {} : { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
  }).catch(() => {
    throw new RequestFailed(0, [
      { status: 0, code: 'offline', title: 'The desk cannot be reached. Check that it is running and try again.' },
    ])
  })
  const text = await reply.text()
  const parsed: unknown = text === '' ? undefined : JSON.parse(text)
  if (!reply.ok) {
    throw new RequestFailed(reply.status, (parsed as { errors?: Problem[] } | undefined)?.errors ?? [])
  }
  return parsed
}

function checked<A>(schema: z.ZodType<A>, resource: Resource<unknown>): Resource<A> {
  return { ...resource, attributes: schema.parse(resource.attributes) }
}

export async function getOne<A>(schema: z.ZodType<A>, path: string): Promise<Resource<A>> {
  const { data } = (await request('GET', path)) as { data: Resource<unknown> }
  return checked(schema, data)
}

export async function getPage<A>(schema: z.ZodType<A>, path: string): Promise<Page<A>> {
  const page = (await request('GET', path)) as Page<unknown>
  return { ...page, data: page.data.map((resource) => checked(schema, resource)) }
}

export async function send<A>(
  schema: z.ZodType<A>,
  method: 'POST' | 'PUT',
  path: string,
  body: unknown,
): Promise<Resource<A>> {
  const { data } = (await request(method, path, body)) as { data: Resource<unknown> }
  return checked(schema, data)
}
