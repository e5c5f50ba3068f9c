import { useQuery } from '@tanstack/react-query'

import type { Catalogue } from '../../../src/core/workflows/schema.ts'
import { api } from '../../api.ts'

/** What workflows can be made of. */
export function useCatalogue() {
  return useQuery({
    queryKey: ['workflow-catalogue'],
    queryFn: async () => (await api.call('GET /v1/workflows/catalogue')).data as Catalogue,
    staleTime: 60_000,
  })
}

export interface Choice {
  value: string
  label: string
}

/** What the fields of steps are chosen from, by the name that a field's schema gives. */
export type Choices = Record<string, Choice[]>

/** Users, teams, kinds of objects, survey apps and workflows that can be called, for the fields that name one. */
export function useChoices(catalogue: Catalogue | undefined): Choices {
  const found = useQuery({
    queryKey: ['workflow-choices'],
    staleTime: 30_000,
    queryFn: async () => {
      const [users, teams, klasses, apps, workflows] = await Promise.all([
        api.call('GET /v1/users', { query: { pageSize: 100 } }),
        api.call('GET /v1/teams', { query: { pageSize: 100 } }),
        api.call('GET /v1/klasses', {}),
        api.call('GET /v1/apps', { query: { pageSize: 100 } }),
        api.call('GET /v1/workflows', { query: { pageSize: 100 } }),
      ])
      return {
        user: users.data
          .filter((it) => it.attributes.userType === 'user')
          .map((it) => ({ value: it.id, label: it.attributes.name })),
        team: teams.data.map((it) => ({ value: it.id, label: it.attributes.name })),
        klass: klasses.data.map((it) => ({ value: it.attributes.name, label: it.attributes.displayName })),
        surveyApp: apps.data.map((it) => ({ value: it.id, label: it.attributes.name })),
        callable: workflows.data
          .filter((it) => it.attributes.callable)
          .map((it) => ({ value: it.id, label: it.attributes.name })),
      }
    },
  })
  return {
    ...found.data,
    event:
      catalogue?.events.filter((it) => it.object !== null).map((it) => ({ value: it.name, label: it.title })) ?? [],
  }
}

/** The attributes that an organisation has added, by the resource that has them. */
export function useCustomAttributes(): Record<string, string[]> {
  const found = useQuery({
    queryKey: ['workflow-attributes'],
    staleTime: 60_000,
    queryFn: async () => {
      const names = ['customer', 'conversation', 'company', 'message'] as const
      const rows = await Promise.all(
        names.map((resource) => api.call('GET /v1/metadata/{resource}', { params: { resource } })),
      )
      return Object.fromEntries(
        names.map((name, index) => [name, Object.keys(rows[index]?.data.attributes.properties ?? {})]),
      )
    },
  })
  return found.data ?? {}
}
