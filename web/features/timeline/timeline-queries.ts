import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query'

import { api, pagesOf } from '../../api.ts'

const pageSize = 50

/** A customer's timeline page by page, newest first; with `only`, these kinds of items alone. */
export function timelineQuery(customerId: string, only: string[]) {
  const kinds = only.length === 0 ? {} : { kinds: only.join(',') }
  return infiniteQueryOptions({
    queryKey: ['timeline', customerId, 'page', only],
    ...pagesOf('GET /v1/customers/{id}/timeline', () =>
      api.call('GET /v1/customers/{id}/timeline', { params: { id: customerId }, query: { pageSize, ...kinds } }),
    ),
  })
}

/** How many items of each kind a timeline has. */
export function timelineCountsQuery(customerId: string) {
  return queryOptions({
    queryKey: ['timeline', customerId, 'counts'],
    queryFn: () => api.call('GET /v1/customers/{id}/timeline/counts', { params: { id: customerId } }),
  })
}

/** What stands pinned at the top of a timeline. */
export function timelinePinnedQuery(customerId: string) {
  return queryOptions({
    queryKey: ['timeline', customerId, 'pinned'],
    queryFn: () => api.call('GET /v1/customers/{id}/timeline/pinned', { params: { id: customerId } }),
  })
}
