import { Select } from '@mantine/core'
import { useDebouncedValue } from '@mantine/hooks'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'

import { api } from '../../api.ts'
import type { ChoiceProps } from '../../ui/schema-form.tsx'

/** A setting that is looked for among what the provider has, and never typed. */
export function ProviderChoice({
  installationId,
  name,
  value,
  onChange,
  ...field
}: ChoiceProps & { installationId: string }) {
  const [text, setText] = useState('')
  const [typed] = useDebouncedValue(text.trim(), 250)
  const search = typed === '' ? (value ?? '') : typed // what is chosen already is looked up for its name
  const found = useQuery({
    queryKey: ['installation', installationId, 'choices', name, search],
    enabled: search !== '',
    retry: false,
    queryFn: async () =>
      (
        await api.call('GET /v1/apps/installations/{id}/choices/{setting}', {
          params: { id: installationId, setting: name },
          query: { q: search },
        })
      ).data,
  })
  const choices = (found.data ?? []).map((it) => ({
    value: it.value,
    label: it.detail === undefined ? it.title : `${it.title} (${it.detail})`,
  }))
  const shown =
    value === null || choices.some((it) => it.value === value) ? choices : [{ value, label: value }, ...choices]
  return (
    <Select
      {...field}
      name={name}
      searchable
      clearable
      data={shown}
      value={value}
      onChange={onChange}
      onSearchChange={setText}
      filter={({ options }) => options}
      error={field.error ?? found.error?.message}
      placeholder="Type to search"
      nothingFoundMessage={search === '' ? 'Type a few letters' : found.isFetching ? 'Searching…' : 'Nothing is found'}
    />
  )
}
