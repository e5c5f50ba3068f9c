import { useQuery } from '@tanstack/react-query'

import { api } from '../../api.ts'
import type { ItemOf } from '../../api.ts'

const rarelyChanges = 60_000

export type User = ItemOf<'GET /v1/users'>
export type Team = ItemOf<'GET /v1/teams'>

/** Who is signed in; undefined until it is known. */
export function useCurrentUser() {
  return useQuery({
    queryKey: ['user'],
    queryFn: async () => (await api.call('GET /v1/users/current')).data,
    staleTime: rarelyChanges,
  }).data
}

/** Everybody who works here, by id, machines included. */
export function useUsers(): Map<string, User> {
  const users = useQuery({
    queryKey: ['users'],
    queryFn: async () => {
      const found = []
      for await (const user of api.all('GET /v1/users', { query: { pageSize: 100 } })) {
        found.push(user)
      }
      return found
    },
    staleTime: rarelyChanges,
  })
  return new Map(users.data?.map((user) => [user.id, user]))
}

export function useTeams(): Map<string, Team> {
  const teams = useQuery({
    queryKey: ['teams'],
    queryFn: () => api.call('GET /v1/teams', { query: { pageSize: 100 } }),
    staleTime: rarelyChanges,
  })
  return new Map(teams.data?.data.map((team) => [team.id, team]))
}

export function useTags(): ItemOf<'GET /v1/tags'>[] {
  const tags = useQuery({
    queryKey: ['tags'],
    queryFn: () => api.call('GET /v1/tags', { query: { pageSize: 100 } }),
    staleTime: rarelyChanges,
  })
  return tags.data?.data ?? []
}
