import { useQuery } from '@tanstack/react-query'

import { api } from '../../api.ts'
import { useTeams, useUsers } from '../people/people.ts'

export type Suggestion =
  | { kind: 'person'; id: string; label: string; hint: string }
  | { kind: 'shortcut'; id: string; label: string; hint: string }

/** The word before the caret that asks for suggestions: a name after `@`, a shortcut after `/`. */
export interface Asked {
  sign: '@' | '/'
  word: string
  /** Where the sign stands in the text. */
  from: number
}

const asking = /(?:^|\s)(?<sign>[@/])(?<word>[\p{L}\p{N}_.-]*)$/u

export function askedAt(text: string, caret: number): Asked | undefined {
  const found = asking.exec(text.slice(0, caret))?.groups
  if (found?.['word'] === undefined) {
    return undefined
  }
  return { sign: found['sign'] as Asked['sign'], word: found['word'], from: caret - found['word'].length - 1 }
}

const most = 8

/** What fits what is being typed: colleagues and teams, or shortcuts by keyword and name. */
export function useSuggestions(asked: Asked | undefined): Suggestion[] {
  const [users, teams] = [useUsers(), useTeams()]
  const shortcuts = useQuery({
    queryKey: ['shortcuts'],
    queryFn: () => api.call('GET /v1/shortcuts', { query: { pageSize: 100 } }),
    staleTime: 60_000,
    enabled: asked?.sign === '/',
  })
  if (asked === undefined) {
    return []
  }
  const word = asked.word.toLowerCase()
  const fits = (text: string) => text.toLowerCase().includes(word)
  if (asked.sign === '/') {
    return (shortcuts.data?.data ?? [])
      .filter(({ attributes }) => fits(attributes.keyword ?? '') || fits(attributes.name))
      .slice(0, most)
      .map(({ id, attributes }) => ({
        kind: 'shortcut',
        id,
        label: attributes.name,
        hint: attributes.keyword === null ? attributes.body : `/${attributes.keyword}`,
      }))
  }
  const people = [...users.values()].filter(({ attributes }) => attributes.userType === 'user')
  return [
    ...people.map(({ id, attributes }) => ({
      kind: 'person' as const,
      id,
      label: attributes.displayName,
      hint: attributes.email ?? '',
    })),
    ...[...teams.values()].map(({ id, attributes }) => ({
      kind: 'person' as const,
      id,
      label: attributes.displayName,
      hint: 'Team',
    })),
  ]
    .filter(({ label, hint }) => fits(label) || fits(hint))
    .slice(0, most)
}
