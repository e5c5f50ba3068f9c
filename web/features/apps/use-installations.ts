import { useQuery } from '@tanstack/react-query'

import { api } from '../../api.ts'
import type { ItemOf } from '../../api.ts'

export type Installation = ItemOf<'GET /v1/apps'>

const most = 100

/** The apps that are installed, as they were installed. */
export function useInstallations() {
  return useQuery({
    queryKey: ['installations'],
    queryFn: async (): Promise<Installation[]> => (await api.call('GET /v1/apps', { query: { pageSize: most } })).data,
    staleTime: 60_000,
  })
}
