import { Anchor, Badge, Button, MultiSelect, Stack, Switch, Text, TextInput } from '@mantine/core'
import { IconPencil, IconPin, IconPinnedOff, IconSearch, IconTrash } from '@tabler/icons-react'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { Link } from 'react-router'

import { api } from '../api.ts'
import type { ItemOf } from '../api.ts'
import { useTeams } from '../features/people/people.ts'
import { EditDialog } from '../features/settings/edit-dialog.tsx'
import { ResourceTable } from '../features/settings/resource-table.tsx'
import { RowActions } from '../features/settings/row-actions.tsx'
import { useResourceForm } from '../features/settings/use-resource-form.ts'
import { Page } from '../ui/page.tsx'
import { EmptyState } from '../ui/states.tsx'
import { offerUndo, sayFailed } from '../ui/undo.tsx'

type SavedSearch = ItemOf<'GET /v1/customers/searches'>

/** The searches that somebody kept: their names, who sees them, what stands in the inbox. */
export function SearchesPage() {
  const client = useQueryClient()
  const teams = useTeams()
  const [editing, setEditing] = useState<SavedSearch>()
  const searches = useQuery({
    queryKey: ['searches', 'all'],
    queryFn: () => Array.fromAsync(api.all('GET /v1/customers/searches', { query: { pageSize: 100 } })),
  })
  const refresh = () => client.invalidateQueries({ queryKey: ['searches'] })
  const pin = useMutation({
    mutationFn: ({ id, attributes }: SavedSearch) =>
      api.call('PUT /v1/customers/searches/{id}', { params: { id }, body: { pinned: !attributes.pinned } }),
    onError: (error) => sayFailed('The search was not changed', error),
    onSettled: refresh,
  })
  const restore = useMutation({
    mutationFn: ({ attributes: { name, query, icon, shared, sharedTeams, pinned, position } }: SavedSearch) =>
      api.call('POST /v1/customers/searches', {
        body: { name, query, icon, shared, sharedTeams, pinned, position },
      }),
    onError: (error) => sayFailed('The search was not brought back', error),
    onSettled: refresh,
  })
  const remove = useMutation({
    mutationFn: ({ id }: SavedSearch) => api.call('DELETE /v1/customers/searches/{id}', { params: { id } }),
    onSuccess: (_, search) => offerUndo(`Deleted “${search.attributes.name}”.`, () => restore.mutate(search)),
    onError: (error) => sayFailed('The search was not deleted', error),
    onSettled: refresh,
  })
  return (
    <Page
      title="Saved searches"
      description="Searches for conversations stand in the inbox with their counts; all of them open on the search page."
      width={980}
      actions={
        <Button component={Link} to="/search" leftSection={<IconSearch size={16} />}>
          New search
        </Button>
      }
    >
      <ResourceTable
        query={searches}
        columns={['Search', 'Finds', 'Who sees it', '']}
        empty={
          <EmptyState icon={IconSearch} title="No saved searches yet">
            Search for something, then press <b>Save</b> there.
          </EmptyState>
        }
        renderRow={(search) => {
          const { name, queryContext, shared, sharedTeams, pinned } = search.attributes
          return {
            key: search.id,
            cells: [
              <Anchor key="name" component={Link} to={`/search/${search.id}`} size="sm" fw={600} className="said">
                {name} {pinned && <IconPin size={13} role="img" aria-label="pinned" />}
              </Anchor>,
              <Text key="finds" size="sm" c="dimmed">
                {queryContext.replace('kobject_', '')}
              </Text>,
              <Badge key="shared" variant="default" tt="none">
                {shared
                  ? 'Everybody'
                  : sharedTeams.length === 0
                    ? 'You'
                    : sharedTeams.map((id) => teams.get(id)?.attributes.displayName ?? 'a team').join(', ')}
              </Badge>,
              <RowActions
                key="actions"
                actions={[
                  {
                    label: pinned ? `Unpin ${name}` : `Pin ${name}`,
                    icon: pinned ? IconPinnedOff : IconPin,
                    run: () => pin.mutate(search),
                  },
                  { label: `Edit ${name}`, icon: IconPencil, run: () => setEditing(search) },
                  { label: `Delete ${name}`, icon: IconTrash, run: () => remove.mutate(search), isDangerous: true },
                ]}
              />,
            ],
          }
        }}
      />
      {editing !== undefined && <SearchDialog search={editing} onClose={() => setEditing(undefined)} />}
    </Page>
  )
}

function SearchDialog({ search, onClose }: { search: SavedSearch; onClose: () => void }) {
  const teams = useTeams()
  const { form, submit, isSaving, problem } = useResourceForm({
    initial: {
      name: search.attributes.name,
      shared: search.attributes.shared,
      sharedTeams: search.attributes.sharedTeams,
    },
    save: (body) => api.call('PUT /v1/customers/searches/{id}', { params: { id: search.id }, body }),
    touches: ['searches'],
    onSaved: onClose,
  })
  return (
    <EditDialog title={`Edit ${search.attributes.name}`} {...{ onClose, isSaving, problem }} onSubmit={submit}>
      <TextInput label="Name" required data-autofocus {...form.getInputProps('name')} />
      <Stack gap="xs">
        <Switch
          label="Everybody sees it"
          checked={form.values.shared}
          onChange={(event) => form.setFieldValue('shared', event.currentTarget.checked)}
        />
        {!form.values.shared && (
          <MultiSelect
            label="Teams that see it"
            data={[...teams.values()].map(({ id, attributes }) => ({ value: id, label: attributes.displayName }))}
            {...form.getInputProps('sharedTeams')}
          />
        )}
      </Stack>
    </EditDialog>
  )
}
