import { Select } from '@mantine/core'
import { useDebouncedValue } from '@mantine/hooks'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'

import { api } from '../../api.ts'
import { runSearch } from '../searches/run-search.ts'

interface Company {
  id: string
  attributes: { name: string }
}

/** A company by its id; nothing asks for none. */
export function useCompany(id: string | undefined) {
  return useQuery({
    queryKey: ['company', id],
    queryFn: async () => (await api.call('GET /v1/companies/{id}', { params: { id: id ?? '' } })).data,
    enabled: id !== undefined,
  }).data
}

const isNew = 'new:'

interface CompanyChoiceProps {
  value: string | null
  onChange: (id: string | null) => void
  error: string | undefined
}

/** Finds a company by a part of its name, or makes one of that name. */
export function CompanyChoice({ value, onChange, error }: CompanyChoiceProps) {
  const [text, setText] = useState('')
  const [search] = useDebouncedValue(text.trim(), 200)
  const current = useCompany(value ?? undefined)
  const found = useQuery({
    queryKey: ['companies', 'choice', search],
    queryFn: () =>
      runSearch<Company>(
        { queryContext: 'company', ...(search === '' ? {} : { and: { company_any_text: { contains: search } } }) },
        { pageSize: 8 },
      ),
  })
  const companies = found.data?.items ?? []
  const options = companies.map(({ id, attributes }) => ({ value: id, label: attributes.name }))
  const shown =
    current !== undefined && !options.some((it) => it.value === current.id)
      ? [{ value: current.id, label: current.attributes.name }, ...options]
      : options
  const exists = shown.some(({ label }) => label.toLowerCase() === search.toLowerCase())
  return (
    <Select
      aria-label="Company"
      searchable
      clearable
      autoFocus
      error={error}
      nothingFoundMessage="Type the name of a company"
      filter={({ options: all }) => all} // the desk has looked already
      data={
        search === '' || exists ? shown : [...shown, { value: isNew + search, label: `Make the company “${search}”` }]
      }
      value={value}
      onSearchChange={setText}
      onChange={(next) => {
        if (next?.startsWith(isNew) === true) {
          void api
            .call('POST /v1/companies', { body: { name: next.slice(isNew.length) } })
            .then(({ data }) => onChange(data.id))
        } else {
          onChange(next)
        }
      }}
    />
  )
}
