import { createClient, RequestFailed } from '../client/index.ts'
import type { ItemOf, ListName } from '../client/index.ts'

export { RequestFailed } from '../client/index.ts'
export type { InputOf, ItemOf, ReplyOf, Uploaded } from '../client/index.ts'

/** The API, as every program has it; the page's own session counts. */
export const api = createClient()

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
