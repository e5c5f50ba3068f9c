import { queryOptions, useQuery, useQueryClient } from '@tanstack/react-query'

import { api } from '../../api.ts'
import type { Customer } from '../searches/run-search.ts'

export function customerQuery(id: string) {
  return queryOptions({
    queryKey: ['customer', id],
    queryFn: async () => (await api.call('GET /v1/customers/{id}', { params: { id } })).data,
  })
}

/** A customer by id, as a list shows them until they are read themselves; an empty id asks for nobody. */
export function useCustomer(id: string) {
  const client = useQueryClient()
  return useQuery({
    ...customerQuery(id),
    enabled: id !== '',
    placeholderData: () =>
      client
        .getQueriesData<{ data: Customer[] }>({ queryKey: ['customers'] })
        .flatMap(([, list]) => list?.data ?? [])
        .find((it) => it.id === id),
  })
}
