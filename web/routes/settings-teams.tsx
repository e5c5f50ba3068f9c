import { Button, MultiSelect, Text, TextInput } from '@mantine/core'
import { IconPencil, IconPlus, IconTrash, IconUsersGroup } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'

import { api } from '../api.ts'
import { useUsers } from '../features/people/people.ts'
import type { Team } from '../features/people/people.ts'
import { ConfirmDialog } from '../features/settings/confirm-dialog.tsx'
import { EditDialog } from '../features/settings/edit-dialog.tsx'
import { ResourceTable } from '../features/settings/resource-table.tsx'
import { RowActions } from '../features/settings/row-actions.tsx'
import { useResourceForm } from '../features/settings/use-resource-form.ts'
import { Page } from '../ui/page.tsx'
import { EmptyState } from '../ui/states.tsx'

/** Groups of people that conversations are assigned to and searches are shared with. */
export function TeamsPage() {
  const users = useUsers()
  const [editing, setEditing] = useState<Team | 'new'>()
  const [deleting, setDeleting] = useState<Team>()
  const teams = useQuery({
    queryKey: ['teams', 'all'],
    queryFn: () => Array.fromAsync(api.all('GET /v1/teams', { query: { pageSize: 100 } })),
  })
  const add = (
    <Button leftSection={<IconPlus size={16} />} onClick={() => setEditing('new')}>
      New team
    </Button>
  )
  return (
    <Page
      title="Teams"
      description="Conversations can be assigned to a team, and anybody of it takes them."
      width={980}
      actions={add}
    >
      <ResourceTable
        query={teams}
        columns={['Team', 'Members', '']}
        empty={
          <EmptyState icon={IconUsersGroup} title="No teams yet">
            Make one for each group that answers by itself, such as returns or billing.
          </EmptyState>
        }
        renderRow={(team) => {
          const { displayName, members } = team.attributes
          return {
            key: team.id,
            cells: [
              <Text key="name" size="sm" fw={600} className="said">
                {displayName}
              </Text>,
              <Text key="members" size="sm" c="dimmed" lineClamp={2}>
                {members.length === 0
                  ? 'Nobody'
                  : members.map((id) => users.get(id)?.attributes.displayName ?? 'somebody who left').join(', ')}
              </Text>,
              <RowActions
                key="actions"
                actions={[
                  { label: `Edit ${displayName}`, icon: IconPencil, run: () => setEditing(team) },
                  { label: `Delete ${displayName}`, icon: IconTrash, run: () => setDeleting(team), isDangerous: true },
                ]}
              />,
            ],
          }
        }}
      />
      {editing !== undefined && (
        <TeamDialog team={editing === 'new' ? undefined : editing} onClose={() => setEditing(undefined)} />
      )}
      {deleting !== undefined && (
        <ConfirmDialog
          title={`Delete ${deleting.attributes.displayName}?`}
          action="Delete team"
          run={() => api.call('DELETE /v1/teams/{id}', { params: { id: deleting.id } })}
          touches={['teams']}
          onClose={() => setDeleting(undefined)}
        >
          Its people stay. Conversations that are assigned to it keep their people and lose the team.
        </ConfirmDialog>
      )}
    </Page>
  )
}

function TeamDialog({ team, onClose }: { team: Team | undefined; onClose: () => void }) {
  const users = useUsers()
  const { form, submit, isSaving, problem } = useResourceForm({
    initial: { name: team?.attributes.name ?? '', members: team?.attributes.members ?? [] },
    save: (body) =>
      team === undefined
        ? api.call('POST /v1/teams', { body })
        : api.call('PUT /v1/teams/{id}', { params: { id: team.id }, body: { ...body, displayName: body.name } }),
    touches: ['teams'],
    onSaved: onClose,
  })
  return (
    <EditDialog
      title={team === undefined ? 'New team' : `Edit ${team.attributes.displayName}`}
      {...{ onClose, isSaving, problem }}
      onSubmit={submit}
    >
      <TextInput label="Name" required data-autofocus {...form.getInputProps('name')} />
      <MultiSelect
        label="Members"
        searchable
        data={[...users.values()]
          .filter(({ attributes }) => attributes.userType === 'user')
          .map(({ id, attributes }) => ({ value: id, label: attributes.displayName }))}
        {...form.getInputProps('members')}
      />
    </EditDialog>
  )
}
