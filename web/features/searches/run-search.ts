import { api } from '../../api.ts'
import type { InputOf, ReplyOf } from '../../api.ts'

export type SearchQuery = InputOf<'POST /v1/customers/search'>['body']
export type Customer = ReplyOf<'GET /v1/customers/{id}'>['data']
export type Conversation = ReplyOf<'GET /v1/conversations/{id}'>['data']

/** One page of what a search finds. */
export interface Found<Item> {
  items: Item[]
  /** The customers that the items belong to, by their id. */
  customers: Map<string, Customer>
  total: number
  totalIsEstimated: boolean
  /** Where the next page begins; null after the last one. */
  next: string | null
}

/** Runs a search whose results are `Item`s; which they are follows from the query's context. */
export async function runSearch<Item>(
  query: SearchQuery,
  { after, pageSize }: { after?: string | null; pageSize: number },
): Promise<Found<Item>> {
  const reply = await api.call('POST /v1/customers/search', {
    query: { pageSize, include: 'customers', ...(after === undefined || after === null ? {} : { after }) },
    body: query,
  })
  const included = (reply.included ?? []) as unknown as Customer[]
  return {
    items: reply.data as unknown as Item[],
    customers: new Map(included.map((customer) => [customer.id, customer])),
    total: reply.meta.total,
    totalIsEstimated: reply.meta.totalIsEstimated,
    next: reply.links.next === null ? null : new URL(reply.links.next, 'http://desk').searchParams.get('after'),
  }
}
