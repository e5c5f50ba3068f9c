import { createClient, RequestFailed } from '../client/index.ts'
import type { ItemOf, ListName } from '../client/index.ts'

export { RequestFailed } from '../client/index.ts'
export type { InputOf, ItemOf, ReplyOf, Uploaded } from '../client/index.ts'

type Listener = () => void
const whenRefused = new Set<Listener>()
const currentUser = '/v1/users/current'

/** Hears when the desk no longer knows the session; returns how to stop. Asking who is signed in is not reported: it is how one finds out. */
export function onSessionRefused(listener: Listener): () => void {
  whenRefused.add(listener)
  return () => whenRefused.delete(listener)
}

/** The API, as every program has it; the page's own session counts. */
export const api = createClient({
  onUnauthorized: (path) => {
    if (path !== currentUser && path.startsWith('/v1/')) {
      whenRefused.forEach((listener) => listener())
    }
  },
})

/** What has relationships, as every item of the API has. */
export interface Related {
  relationships: Record<string, { data?: unknown } | undefined>
}

/** The id that a relationship of an item names; undefined when it names none. */
export function relatedId({ relationships }: Related, name: string): string | undefined {
  return (relationships[name]?.data as { id?: string } | null | undefined)?.id
}

/** What is wrong with one field of a form, by its JSON pointer. */
export function fieldProblem(error: unknown, pointer: string): string | undefined {
  return error instanceof RequestFailed
    ? error.problems.find((problem) => problem.source?.pointer === pointer)?.title
    : undefined
}

/** How a list is read page by page while somebody scrolls: each page says where the next one is. */
export function pagesOf<Name extends ListName>(name: Name, first: () => Promise<Page<Name>>) {
  return {
    queryFn: ({ pageParam }: { pageParam: string | null }) =>
      pageParam === null ? first() : (api.follow(name, pageParam) as Promise<unknown> as Promise<Page<Name>>),
    initialPageParam: null as string | null,
    getNextPageParam: (page: Page<Name>) => page.links.next,
  }
}

export interface Page<Name extends ListName> {
  data: ItemOf<Name>[]
  links: { next: string | null }
}
