import { Select } from '@mantine/core'
import { useDebouncedValue } from '@mantine/hooks'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'

import { api } from '../../api.ts'
import type { ChoiceProps } from '../../ui/schema-form.tsx'

interface ProviderChoiceProps extends ChoiceProps {
  installationId: string
  /** What else is chosen on the page and not saved yet: what there is may depend on it. */
  given: Record<string, unknown>
}

/** A setting that is looked for among what the provider has, and never typed. */
export function ProviderChoice({ installationId, name, given, value, onChange, ...field }: ProviderChoiceProps) {
  const [text, setText] = useState('')
  const [opened, setOpened] = useState(false)
  const [typed] = useDebouncedValue(text.trim(), 250)
  const of = { installationId, name, given: JSON.stringify(given) }
  const chosen = useChoices({ ...of, search: value ?? '', enabled: value !== null }).data?.find(
    (it) => it.value === value,
  )
  const isNothingTyped = typed === '' || typed === chosen?.label || typed === value
  const search = isNothingTyped ? '' : typed
  const found = useChoices({ ...of, search, enabled: opened })
  const choices = found.data ?? []
  const mine = value === null || choices.some((it) => it.value === value) ? [] : [chosen ?? { value, label: value }]
  return (
    <Select
      {...field}
      name={name}
      searchable
      clearable
      data={[...mine, ...choices]}
      value={value}
      onChange={onChange}
      onSearchChange={setText}
      onDropdownOpen={() => setOpened(true)}
      filter={({ options }) => options}
      error={field.error ?? found.error?.message}
      placeholder="Choose or type to search"
      nothingFoundMessage={found.isFetching ? 'Searching…' : search === '' ? 'Type a few letters' : 'Nothing is found'}
    />
  )
}

interface ChoicesWanted {
  installationId: string
  name: string
  /** As JSON. */
  given: string
  search: string
  enabled: boolean
}

function useChoices({ installationId, name, given, search, enabled }: ChoicesWanted) {
  return useQuery({
    queryKey: ['installation', installationId, 'choices', name, search, given],
    enabled,
    retry: false,
    queryFn: async () => {
      const { data } = await api.call('GET /v1/apps/installations/{id}/choices/{setting}', {
        params: { id: installationId, setting: name },
        query: { q: search, given },
      })
      return data.map(({ value, title, detail }) => ({
        value,
        label: detail === undefined ? title : `${title} (${detail})`,
      }))
    },
  })
}
