import {
  Button,
  Card,
  Checkbox,
  Group,
  Menu,
  SegmentedControl,
  Select,
  Skeleton,
  Stack,
  Text,
  TextInput,
} from '@mantine/core'
import { useDebouncedCallback, useLocalStorage } from '@mantine/hooks'
import { notifications } from '@mantine/notifications'
import { IconColumns3, IconDeviceFloppy, IconSearch, IconX } from '@tabler/icons-react'
import { keepPreviousData, useInfiniteQuery, useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { useNavigate, useParams, useSearchParams } from 'react-router'

import { api } from '../api.ts'
import { useInstallations } from '../features/apps/use-installations.ts'
import { useKlasses, useProperties } from '../features/objects/use-klasses.ts'
import { useTags, useTeams, useUsers } from '../features/people/people.ts'
import { AddFilter } from '../features/search/add-filter.tsx'
import { columnsAtFirst, columnsFor } from '../features/search/columns.ts'
import type { Row } from '../features/search/columns.ts'
import { FilterToken, isFilled } from '../features/search/filter-token.tsx'
import { foundTable } from '../features/search/found-table.ts'
import { ResultTable } from '../features/search/result-table.tsx'
import { SaveSearch } from '../features/search/save-search.tsx'
import { SavedMenu } from '../features/search/saved-menu.tsx'
import { objectOf, queryOf, readAddress, startState, stateOf, writeAddress } from '../features/search/search-state.ts'
import type { Filter, SearchState } from '../features/search/search-state.ts'
import { attributesFor, operatorsOf, useSearchAttributes } from '../features/search/use-search-attributes.ts'
import { useValueChoices } from '../features/search/value-choices.ts'
import { runSearch } from '../features/searches/run-search.ts'
import { ExportButton } from '../ui/export-button.tsx'
import { Page } from '../ui/page.tsx'
import { ShowMore } from '../ui/show-more.tsx'
import { EmptyState, ErrorState, LoadingCards } from '../ui/states.tsx'
import { sayFailed } from '../ui/undo.tsx'

const contexts = [
  { value: 'customer', label: 'Customers' },
  { value: 'conversation', label: 'Conversations' },
  { value: 'message', label: 'Messages' },
  { value: 'note', label: 'Notes' },
  { value: 'company', label: 'Companies' },
  { value: 'survey', label: 'Surveys' },
  { value: 'kobject', label: 'All objects' },
]

/** Finds anything: what to show, words, filters. The whole search is in the address. */
export function SearchPage() {
  const { saved: savedId } = useParams()
  const [parameters] = useSearchParams()
  const saved = useQuery({
    queryKey: ['searches', savedId],
    queryFn: async () => (await api.call('GET /v1/customers/searches/{id}', { params: { id: savedId ?? '' } })).data,
    enabled: savedId !== undefined,
  })
  if (saved.error !== null) {
    return (
      <Page title="Search">
        <ErrorState error={saved.error} onRetry={() => void saved.refetch()} />
      </Page>
    )
  }
  if (savedId !== undefined && saved.data === undefined) {
    return (
      <Page title="Search">
        <LoadingCards />
      </Page>
    )
  }
  const state = parameters.has('show')
    ? readAddress(parameters)
    : saved.data === undefined
      ? startState
      : stateOf(saved.data.attributes.query)
  return (
    <Search
      key={savedId}
      state={state}
      saved={saved.data === undefined ? undefined : { id: saved.data.id, name: saved.data.attributes.name }}
      isChanged={saved.data !== undefined && parameters.has('show')}
    />
  )
}

interface SearchProps {
  state: SearchState
  saved: { id: string; name: string } | undefined
  isChanged: boolean
}

function Search({ state, saved, isChanged }: SearchProps) {
  const navigate = useNavigate()
  const client = useQueryClient()
  const [, setParameters] = useSearchParams()
  const [text, setText] = useState(state.text)
  const [adding, setAdding] = useState<Filter>()
  const [isSaving, setSaving] = useState(false)
  const attributes = useSearchAttributes()
  const choicesOf = useValueChoices()
  const klasses = useKlasses()
  const names = useNames()
  const object = objectOf(state.show)
  const properties = useProperties(state.show.startsWith('kobject_') ? `kobject.${state.show.slice(8)}` : object)
  const columns = columnsFor(state.show, properties.data)
  const [chosen, setChosen] = useLocalStorage<string[] | null>({
    key: `tellback-columns-${state.show}`,
    defaultValue: null,
  })
  const shownIds = chosen ?? columnsAtFirst(state.show, columns)
  const shown = columns.filter(({ id }) => shownIds.includes(id))
  const query = queryOf(state)
  const found = useInfiniteQuery({
    queryKey: ['search', query],
    queryFn: ({ pageParam }) => runSearch<Row>(query, { after: pageParam, pageSize: 50 }),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next,
    placeholderData: keepPreviousData,
  })
  const rows = found.data?.pages.flatMap((page) => page.items) ?? []
  const customers = new Map(found.data?.pages.flatMap((page) => [...page.customers]))
  const [first] = found.data?.pages ?? []
  const nameOf = (id: string) => customers.get(id)?.attributes.displayName ?? names.get(id) ?? ''
  const context = contexts.find(({ value }) => value === state.show)?.label
  const label = context ?? klassLabel(klasses.data, state.show)

  function change(part: Partial<SearchState>): void {
    setParameters(writeAddress({ ...state, text, ...part }), { replace: part.text !== undefined })
  }
  const typed = useDebouncedCallback((words: string) => change({ text: words }), 250)
  const update = useMutation({
    mutationFn: () =>
      api.call('PUT /v1/customers/searches/{id}', {
        params: { id: saved?.id ?? '' },
        body: { query: queryOf({ ...state, text }) },
      }),
    onSuccess: async () => {
      await client.invalidateQueries({ queryKey: ['searches'] })
      await navigate(`/search/${saved?.id ?? ''}`, { replace: true })
      notifications.show({ message: `“${saved?.name ?? ''}” is saved.` })
    },
    onError: (error) => sayFailed('The search was not saved', error),
  })

  return (
    <Page
      title={saved?.name ?? 'Search'}
      {...(saved === undefined
        ? { description: 'Everything that is here, of any age.' }
        : { above: [{ title: 'Search', to: '/search' }] })}
      width={1320}
      actions={
        <>
          <SavedMenu />
          {isChanged && (
            <Button variant="default" loading={update.isPending} onClick={() => update.mutate()}>
              Save changes
            </Button>
          )}
          <Button leftSection={<IconDeviceFloppy size={16} />} onClick={() => setSaving(true)}>
            {saved === undefined ? 'Save' : 'Save as new'}
          </Button>
        </>
      }
    >
      <Card withBorder p="md">
        <Stack gap="sm">
          <Group gap="sm" align="flex-end" wrap="wrap">
            <Select
              label="Show"
              maxDropdownHeight={420}
              w={210}
              searchable
              allowDeselect={false}
              data={[
                { group: 'Of the desk', items: contexts },
                {
                  group: 'Objects',
                  items: (klasses.data ?? []).map(({ attributes: klass }) => ({
                    value: `kobject_${klass.name}`,
                    label: klass.displayName,
                  })),
                },
              ]}
              value={state.show}
              onChange={(show) => show !== null && change({ show, sort: undefined })}
            />
            <TextInput
              data-page-search
              flex={1}
              miw={200}
              label="Words"
              placeholder="Any word, or a part of one"
              leftSection={<IconSearch size={16} />}
              value={text}
              onChange={(event) => {
                setText(event.currentTarget.value)
                typed(event.currentTarget.value)
              }}
            />
          </Group>
          <Group gap={8}>
            {state.filters.map((filter, index) => {
              const attribute = attributes.get(filter.attribute)
              return (
                <FilterToken
                  key={JSON.stringify([index, filter])}
                  filter={filter}
                  attribute={attribute}
                  choices={attribute === undefined ? undefined : choicesOf(attribute)}
                  isForeign={attribute?.attributes.object !== object}
                  startsOpen={false}
                  onChange={(next) => change({ filters: state.filters.with(index, next) })}
                  onRemove={() => change({ filters: state.filters.toSpliced(index, 1) })}
                />
              )
            })}
            {adding !== undefined && (
              <FilterToken
                key={`new-${adding.attribute}`}
                filter={adding}
                attribute={attributes.get(adding.attribute)}
                choices={choicesOfNamed(attributes, adding.attribute, choicesOf)}
                isForeign={attributes.get(adding.attribute)?.attributes.object !== object}
                startsOpen
                onChange={(next) => {
                  setAdding(undefined)
                  if (isFilled(next, attributes.get(next.attribute))) {
                    change({ filters: [...state.filters, next] })
                  }
                }}
                onRemove={() => setAdding(undefined)}
              />
            )}
            {state.others.and.length + state.others.not.length > 0 && (
              <span className="filter-token">
                <Text size="sm" px={8}>
                  and what was asked elsewhere
                </Text>
                <Button
                  size="compact-xs"
                  variant="subtle"
                  color="gray"
                  aria-label="Remove what was asked elsewhere"
                  onClick={() => change({ others: startState.others })}
                >
                  <IconX size={13} />
                </Button>
              </span>
            )}
            <AddFilter
              shownKlass={state.show.startsWith('kobject_') ? state.show.slice('kobject_'.length) : undefined}
              attributes={attributesFor(state.show, attributes.values())}
              onAdd={(attribute) =>
                setAdding({
                  attribute: attribute.id,
                  operator: operatorsOf(attribute)[0]?.operator ?? 'equals',
                  value: undefined,
                })
              }
            />
            {state.filters.length > 1 && (
              <SegmentedControl
                size="xs"
                aria-label="How many must hold"
                value={state.match}
                onChange={(match) => change({ match })}
                data={[
                  { value: 'all', label: 'All of them' },
                  { value: 'any', label: 'Any of them' },
                ]}
              />
            )}
          </Group>
        </Stack>
      </Card>
      <Group justify="space-between">
        {first === undefined ? (
          <Skeleton height={18} width={130} />
        ) : (
          <Text size="sm" fw={600} role="status">
            {new Intl.NumberFormat().format(first.total)}
            {first.totalIsEstimated && ' or so'} {context?.toLowerCase() ?? `${label} objects`}
          </Text>
        )}
        <Group gap="xs">
          <Menu closeOnItemClick={false} position="bottom-end">
            <Menu.Target>
              <Button size="compact-sm" variant="default" leftSection={<IconColumns3 size={15} />}>
                Columns
              </Button>
            </Menu.Target>
            <Menu.Dropdown mah={400} style={{ overflowY: 'auto' }}>
              {columns.map(({ id, label: name }) => (
                <Menu.Item
                  key={id}
                  role="menuitemcheckbox"
                  aria-checked={shownIds.includes(id)}
                  leftSection={<Checkbox.Indicator size="xs" checked={shownIds.includes(id)} />}
                  onClick={() =>
                    setChosen(shownIds.includes(id) ? shownIds.filter((it) => it !== id) : [...shownIds, id])
                  }
                >
                  {name}
                </Menu.Item>
              ))}
              <Menu.Divider />
              <Menu.Item onClick={() => setChosen(null)}>As they were</Menu.Item>
            </Menu.Dropdown>
          </Menu>
          <ExportButton
            table={() => foundTable(query, shown, nameOf)}
            total={first?.total ?? 0}
            fileName={`${(saved?.name ?? label).replaceAll(/[^\p{L}\p{N} -]/gu, '')}.csv`}
          />
        </Group>
      </Group>
      {found.error !== null && <ErrorState error={found.error} onRetry={() => void found.refetch()} />}
      {found.isPending && <LoadingCards count={5} height={52} />}
      {found.isSuccess && rows.length === 0 && (
        <Card withBorder>
          <EmptyState icon={IconSearch} title="Nothing fits">
            Take away a filter, or look for a shorter part of the word.
          </EmptyState>
        </Card>
      )}
      {rows.length > 0 && (
        <ResultTable
          show={state.show}
          rows={rows}
          columns={shown}
          nameOf={nameOf}
          sort={state.sort}
          onSort={(sort) => change({ sort })}
        />
      )}
      <ShowMore list={found} />
      {isSaving && (
        <SaveSearch
          query={queryOf({ ...state, text })}
          onClose={() => setSaving(false)}
          onSaved={(id) => void navigate(`/search/${id}`)}
        />
      )}
    </Page>
  )
}

/** People, teams, tags and installations by their ids. */
function useNames(): Map<string, string> {
  const [users, teams, tags, installations] = [useUsers(), useTeams(), useTags(), useInstallations().data ?? []]
  return new Map([
    ...installations.map(({ id, attributes }): [string, string] => [id, attributes.name]),
    ...Array.from(users.values(), ({ id, attributes }): [string, string] => [id, attributes.displayName]),
    ...Array.from(teams.values(), ({ id, attributes }): [string, string] => [id, attributes.displayName]),
    ...tags.map(({ id, attributes }): [string, string] => [id, attributes.name]),
  ])
}

function klassLabel(
  klasses: { attributes: { name: string; displayName: string } }[] | undefined,
  show: string,
): string {
  return klasses?.find(({ attributes }) => `kobject_${attributes.name}` === show)?.attributes.displayName ?? 'Objects'
}

function choicesOfNamed(
  attributes: ReturnType<typeof useSearchAttributes>,
  name: string,
  choicesOf: ReturnType<typeof useValueChoices>,
) {
  const attribute = attributes.get(name)
  return attribute === undefined ? undefined : choicesOf(attribute)
}
