import { useInstallations } from '../apps/use-installations.ts'
import { useKlasses } from '../objects/use-klasses.ts'
import { useTags, useTeams, useUsers } from '../people/people.ts'
import { useBrands } from '../settings/resources.ts'
import type { SearchAttribute } from './use-search-attributes.ts'

export interface ValueChoice {
  value: string
  label: string
}

/** The values that one chooses among for an attribute; undefined where one writes them. */
export function useValueChoices(): (attribute: SearchAttribute) => ValueChoice[] | undefined {
  const [users, teams, tags, klasses, brands] = [useUsers(), useTeams(), useTags(), useKlasses(), useBrands()]
  const installations = useInstallations()
  const referred: Record<string, () => ValueChoice[]> = {
    user: () => Array.from(users.values(), ({ id, attributes }) => ({ value: id, label: attributes.displayName })),
    team: () => Array.from(teams.values(), ({ id, attributes }) => ({ value: id, label: attributes.displayName })),
    tag: () => tags.map(({ id, attributes }) => ({ value: id, label: attributes.name })),
    brand: () => (brands.data ?? []).map(({ id, attributes }) => ({ value: id, label: attributes.displayName })),
    klass: () =>
      (klasses.data ?? []).map(({ attributes }) => ({ value: attributes.name, label: attributes.displayName })),
    installation: () => (installations.data ?? []).map(({ id, attributes }) => ({ value: id, label: attributes.name })),
  }
  return ({ attributes: { values, refersTo } }) =>
    values === null
      ? refersTo === null
        ? undefined
        : referred[refersTo]?.()
      : values.map((value) => ({ value, label: value.charAt(0).toUpperCase() + value.slice(1) }))
}
