import { useQuery } from '@tanstack/react-query'

import { api } from '../../api.ts'

/** A customer by id; an empty id asks for nobody. */
export function useCustomer(id: string) {
  return useQuery({
    queryKey: ['customer', id],
    queryFn: async () => (await api.call('GET /v1/customers/{id}', { params: { id } })).data,
    enabled: id !== '',
  })
}
