import { useQuery } from '@tanstack/react-query'

import { api } from '../../api.ts'
import type { ItemOf } from '../../api.ts'

export type ApiKey = ItemOf<'GET /v1/auth/tokens'>
export type Brand = ItemOf<'GET /v1/brands'>
export type Hook = ItemOf<'GET /v1/hooks/web'>
export type Shortcut = ItemOf<'GET /v1/shortcuts'>
export type SubStatus = ItemOf<'GET /v1/sub-statuses'>
export type OutboundWebhook = ItemOf<'GET /v1/outbound-webhooks'>

const everything = { query: { pageSize: 100 } }

export function useApiKeys() {
  return useQuery({
    queryKey: ['api-keys'],
    queryFn: () => Array.fromAsync(api.all('GET /v1/auth/tokens', everything)),
  })
}

export function useRoles(): string[] {
  const roles = useQuery({
    queryKey: ['roles'],
    queryFn: () => api.call('GET /v1/auth/roles'),
    staleTime: Infinity,
  })
  return roles.data?.data.map(({ id }) => id) ?? []
}

export function useBrands() {
  return useQuery({
    queryKey: ['brands'],
    queryFn: () => Array.fromAsync(api.all('GET /v1/brands', everything)),
  })
}

const hookKinds = ['web', 'form', 'email'] as const

/** All kinds of hooks: what is sent to them comes as JSON, as a form or as mail. */
export function useHooks() {
  return useQuery({
    queryKey: ['hooks'],
    queryFn: async () => {
      const lists = await Promise.all(
        hookKinds.map(async (kind) =>
          (await Array.fromAsync(api.all(`GET /v1/hooks/${kind}`, everything))).map((hook) => ({ kind, hook })),
        ),
      )
      return lists.flat()
    },
  })
}

export function useAllShortcuts() {
  return useQuery({
    queryKey: ['shortcuts', 'all'],
    queryFn: () => Array.fromAsync(api.all('GET /v1/shortcuts', everything)),
  })
}

export function useSubStatuses() {
  return useQuery({
    queryKey: ['sub-statuses'],
    queryFn: () => Array.fromAsync(api.all('GET /v1/sub-statuses', everything)),
  })
}

export function useWebhooks() {
  return useQuery({
    queryKey: ['webhooks'],
    queryFn: () => Array.fromAsync(api.all('GET /v1/outbound-webhooks', everything)),
  })
}
