import '@mantine/spotlight/styles.css'
import { useMantineColorScheme } from '@mantine/core'
import { useDebouncedValue } from '@mantine/hooks'
import { Spotlight, spotlight } from '@mantine/spotlight'
import { IconBolt, IconInbox, IconSearch, IconSunMoon, IconUser } from '@tabler/icons-react'
import type { Icon } from '@tabler/icons-react'
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useNavigate } from 'react-router'

import { api } from '../../api.ts'
import { keyActions } from '../../ui/key-actions.ts'
import { actionsNow } from '../../ui/keys.ts'
import { places } from '../../ui/rail.tsx'
import { useInboxViews, useSavedSearches } from '../searches/inbox-views.ts'
import { settingsPages } from '../settings/settings-pages.ts'

interface Entry {
  id: string
  label: string
  hint?: string
  icon: Icon
  run: () => void
}

const closedMs = 200

export function togglePalette(): void {
  spotlight.toggle()
}

/** Ctrl-K: every page, saved search, customer and action by a few letters. */
export function Palette() {
  const [query, setQuery] = useState('')
  const [search] = useDebouncedValue(query.trim(), 150)
  const navigate = useNavigate()
  const { setColorScheme, colorScheme } = useMantineColorScheme()
  const { views } = useInboxViews()
  const [doable, setDoable] = useState<ReturnType<typeof actionsNow>>([])
  const searches = useSavedSearches().data?.data ?? []
  const customers = useQuery({
    queryKey: ['customers', 'palette', search],
    queryFn: () => api.call('GET /v1/customers', { query: { q: search, pageSize: 6 } }),
    enabled: search.length > 1,
    placeholderData: keepPreviousData,
  })
  const go = (to: string) => () => void navigate(to)
  const pages: Entry[] = [
    ...places.map(({ to, label, icon }) => ({ id: to, label, icon, run: go(to) })),
    ...settingsPages.map(({ to, label, icon }) => ({ id: to, label, hint: 'Settings', icon, run: go(to) })),
  ]
  const inbox: Entry[] = views.map((view) => ({
    id: `view-${view.id}`,
    label: view.name,
    hint: view.isBuiltIn ? 'Inbox' : 'Saved search',
    icon: view.isBuiltIn ? IconInbox : IconSearch,
    run: go(`/inbox/${view.id}`),
  }))
  const saved: Entry[] = searches
    .filter(({ attributes }) => attributes.queryContext !== 'conversation')
    .map(({ id, attributes }) => ({
      id: `search-${id}`,
      label: attributes.name,
      hint: 'Saved search',
      icon: IconSearch,
      run: go(`/search/${id}`),
    }))
  const people: Entry[] = (search.length > 1 ? (customers.data?.data ?? []) : []).map(({ id, attributes }) => ({
    id,
    label: attributes.displayName,
    hint: attributes.emails[0]?.email ?? '',
    icon: IconUser,
    run: go(`/customers/${id}`),
  }))
  const actions: Entry[] = [
    {
      id: 'theme',
      label: 'Switch between light and dark',
      icon: IconSunMoon,
      run: () => setColorScheme(colorScheme === 'dark' ? 'light' : 'dark'),
    },
    ...doable.map(({ name, key, run }) => ({
      id: `do-${name}`,
      label: keyActions[name].label,
      hint: key === '' ? '' : `Key ${key.toUpperCase()}`,
      icon: IconBolt,
      run: () => void setTimeout(run, closedMs), // once the focus is back where it was
    })),
  ]
  const fits = ({ label, hint = '' }: Entry) => `${label} ${hint}`.toLowerCase().includes(query.trim().toLowerCase())
  const groups = [
    { label: 'Pages', entries: pages.filter(fits) },
    { label: 'Inbox and searches', entries: [...inbox, ...saved].filter(fits) },
    { label: 'Customers', entries: people },
    { label: 'Actions', entries: actions.filter(fits) },
  ].filter((group) => group.entries.length > 0)
  return (
    <Spotlight.Root
      query={query}
      onQueryChange={setQuery}
      shortcut={null}
      scrollable
      maxHeight={420}
      onSpotlightOpen={() => setDoable(actionsNow())}
      onSpotlightClose={() => setQuery('')}
    >
      <Spotlight.Search
        placeholder="Go to a page, a customer or a search, or do something"
        aria-label="Find anything"
        leftSection={<IconSearch size={18} />}
      />
      <Spotlight.ActionsList>
        {groups.map((group) => (
          <Spotlight.ActionsGroup key={group.label} label={group.label}>
            {group.entries.map(({ id, label, hint, icon: Picture, run }) => (
              <Spotlight.Action
                key={id}
                label={label}
                {...(hint === undefined || hint === '' ? {} : { description: hint })}
                leftSection={<Picture size={18} stroke={1.6} />}
                onClick={() => {
                  spotlight.close()
                  run()
                }}
              />
            ))}
          </Spotlight.ActionsGroup>
        ))}
        {groups.length === 0 && <Spotlight.Empty>Nothing is called that</Spotlight.Empty>}
      </Spotlight.ActionsList>
    </Spotlight.Root>
  )
}
