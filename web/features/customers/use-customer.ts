import { useQuery, useQueryClient } from '@tanstack/react-query'

import { api } from '../../api.ts'
import type { Customer } from '../searches/run-search.ts'

/** A customer by id, as a list shows them until they are read themselves; an empty id asks for nobody. */
export function useCustomer(id: string) {
  const client = useQueryClient()
  return useQuery({
    queryKey: ['customer', id],
    queryFn: async () => (await api.call('GET /v1/customers/{id}', { params: { id } })).data,
    enabled: id !== '',
    placeholderData: () =>
      client
        .getQueriesData<{ data: Customer[] }>({ queryKey: ['customers'] })
        .flatMap(([, list]) => list?.data ?? [])
        .find((it) => it.id === id),
  })
}
