import { useQuery } from '@tanstack/react-query'

import { attributeLabel } from '../../../src/sdk/domain.ts'
import { api } from '../../api.ts'
import type { ItemOf, ReplyOf } from '../../api.ts'

export type Klass = ItemOf<'GET /v1/klasses'>
export type Properties = ReplyOf<'GET /v1/metadata/{resource}'>['data']['attributes']['properties']

const rarelyChanges = 60_000

/** Every kind of object that the organisation knows. */
export function useKlasses() {
  return useQuery({
    queryKey: ['klasses'],
    queryFn: () => Array.fromAsync(api.all('GET /v1/klasses', { query: { pageSize: 100 } })),
    staleTime: rarelyChanges,
  })
}

/** What has no custom attributes. */
const fixed = new Set(['note', 'kobject', 'survey'])

/** The custom attributes of `customer`, `conversation`, `company` or `kobject.<klass>`, by name. */
export function useProperties(resource: string) {
  return useQuery({
    queryKey: ['metadata', resource],
    queryFn: async () =>
      (await api.call('GET /v1/metadata/{resource}', { params: { resource } })).data.attributes.properties,
    staleTime: rarelyChanges,
    enabled: !fixed.has(resource),
  })
}

/** What people call an attribute. */
export function labelOf(properties: Properties | undefined, name: string): string {
  return properties?.[name]?.displayName ?? attributeLabel(name)
}

/** Attributes that are still there, in the order in which they are shown. */
export function inOrder(properties: Properties): [name: string, property: Properties[string]][] {
  const rank = ({ position }: Properties[string]) => position ?? Number.MAX_SAFE_INTEGER
  return Object.entries(properties)
    .filter(([, property]) => property.deletedAt === undefined || property.deletedAt === null)
    .toSorted(([, a], [, b]) => rank(a) - rank(b))
}
