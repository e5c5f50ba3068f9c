import { Avatar, Badge, Button, Group, Modal, Stack, Switch, Text, TextInput } from '@mantine/core'
import { IconLink, IconPencil, IconUserMinus, IconUserPlus, IconUsers } from '@tabler/icons-react'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'

import { api } from '../api.ts'
import { useCurrentUser } from '../features/people/people.ts'
import type { User } from '../features/people/people.ts'
import { RoleChoice } from '../features/people/role-choice.tsx'
import { rolesLabel } from '../features/people/roles.ts'
import { EditDialog } from '../features/settings/edit-dialog.tsx'
import { ResourceTable } from '../features/settings/resource-table.tsx'
import { RowActions } from '../features/settings/row-actions.tsx'
import type { RowAction } from '../features/settings/row-actions.tsx'
import { useResourceForm } from '../features/settings/use-resource-form.ts'
import { CopyField } from '../ui/copy-field.tsx'
import { Page } from '../ui/page.tsx'
import { EmptyState } from '../ui/states.tsx'
import { offerUndo, sayFailed } from '../ui/undo.tsx'

/** Who works here. */
export function UsersPage() {
  const client = useQueryClient()
  const me = useCurrentUser()
  const [withFormer, setWithFormer] = useState(false)
  const [editing, setEditing] = useState<User | 'new'>()
  const [invited, setInvited] = useState<{ name: string; link: string }>()
  const users = useQuery({
    queryKey: ['users', { withFormer }],
    queryFn: async () => {
      const list = (deleted: boolean) =>
        Array.fromAsync(
          api.all('GET /v1/users', { query: { pageSize: 100, userType: 'user', deleted: String(deleted) } }),
        )
      const [here, former] = await Promise.all([list(false), withFormer ? list(true) : []])
      return [...new Map([...here, ...former].map((user) => [user.id, user])).values()]
    },
  })
  const change = useMutation({
    mutationFn: ({ id, deleted }: { id: string; deleted: boolean; name: string }) =>
      api.call('PUT /v1/users/{id}', { params: { id }, body: { deleted } }),
    onSuccess: (_, { id, deleted, name }) => {
      if (deleted) {
        offerUndo(`${name} can no longer sign in.`, () => change.mutate({ id, deleted: false, name }))
      }
    },
    onError: (error) => sayFailed('Nothing was changed', error),
    onSettled: () => client.invalidateQueries({ queryKey: ['users'] }),
  })
  const link = useMutation({
    mutationFn: ({ id }: User) => api.call('POST /v1/users/{id}/sign-in-links', { params: { id } }),
    onSuccess: ({ data }, { attributes }) => setInvited({ name: attributes.displayName, link: data.signInLink }),
    onError: (error) => sayFailed('There is no link', error),
  })
  return (
    <Page
      title="Users"
      description="Everybody who can sign in here."
      width={980}
      actions={
        <Button leftSection={<IconUserPlus size={16} />} onClick={() => setEditing('new')}>
          Invite
        </Button>
      }
    >
      <Switch
        label="Show those who left"
        checked={withFormer}
        onChange={(event) => setWithFormer(event.currentTarget.checked)}
      />
      <ResourceTable
        query={users}
        columns={['Name', 'May do', '']}
        empty={
          <EmptyState icon={IconUsers} title="Nobody yet">
            Invite the people you work with.
          </EmptyState>
        }
        renderRow={(user) => {
          const { id, attributes } = user
          const hasLeft = attributes.deletedAt !== null
          const name = attributes.displayName
          const actions: RowAction[] = hasLeft
            ? [
                {
                  label: `Let ${name} in again`,
                  icon: IconUserPlus,
                  run: () => change.mutate({ id, deleted: false, name }),
                },
              ]
            : [
                { label: `Edit ${name}`, icon: IconPencil, run: () => setEditing(user) },
                { label: `Sign-in link for ${name}`, icon: IconLink, run: () => link.mutate(user) },
                ...(id === me?.id
                  ? []
                  : [
                      {
                        label: `Remove ${name}`,
                        icon: IconUserMinus,
                        run: () => change.mutate({ id, deleted: true, name }),
                        isDangerous: true,
                      },
                    ]),
              ]
          return {
            key: id,
            cells: [
              <Group key="name" gap="sm" wrap="nowrap">
                <Avatar name={name} color="initials" size={34} radius="xl" aria-hidden />
                <Stack gap={0} miw={0}>
                  <Text size="sm" fw={600} className="said">
                    {name}{' '}
                    {id === me?.id && (
                      <Text span size="xs" c="dimmed">
                        (you)
                      </Text>
                    )}
                  </Text>
                  <Text size="xs" c="dimmed" style={{ overflowWrap: 'anywhere' }}>
                    {attributes.email}
                  </Text>
                </Stack>
              </Group>,
              <Badge
                key="roles"
                miw="max-content"
                variant={hasLeft ? 'outline' : 'light'}
                color={hasLeft ? 'gray' : 'indigo'}
                tt="none"
              >
                {hasLeft ? 'Left' : rolesLabel(attributes.roles)}
              </Badge>,
              <RowActions key="actions" actions={actions} />,
            ],
          }
        }}
      />
      {editing !== undefined && (
        <UserDialog
          user={editing === 'new' ? undefined : editing}
          onClose={() => setEditing(undefined)}
          onInvited={setInvited}
        />
      )}
      {invited !== undefined && (
        <Modal opened onClose={() => setInvited(undefined)} title={`Sign-in link for ${invited.name}`} size="lg">
          <Stack>
            <Text size="sm">
              Send this link to {invited.name} by a way that only they can read. It signs them in once, within a day;
              then they choose a password.
            </Text>
            <CopyField label="Sign-in link" value={invited.link} />
          </Stack>
        </Modal>
      )}
    </Page>
  )
}

interface UserDialogProps {
  user: User | undefined
  onClose: () => void
  onInvited: (invited: { name: string; link: string }) => void
}

function UserDialog({ user, onClose, onInvited }: UserDialogProps) {
  const { form, submit, isSaving, problem } = useResourceForm({
    initial: {
      name: user?.attributes.name ?? '',
      email: user?.attributes.email ?? '',
      roles: user?.attributes.roles ?? ['org.user'],
    },
    save: async (body) => {
      if (user !== undefined) {
        await api.call('PUT /v1/users/{id}', { params: { id: user.id }, body })
        return undefined
      }
      const { meta } = await api.call('POST /v1/users', { body })
      return { name: body.name, link: meta.signInLink }
    },
    touches: ['users', 'user'],
    onSaved: (invited) => {
      onClose()
      if (invited !== undefined) {
        onInvited(invited)
      }
    },
  })
  return (
    <EditDialog
      title={user === undefined ? 'Invite somebody' : `Edit ${user.attributes.displayName}`}
      submit={user === undefined ? 'Make the sign-in link' : 'Save'}
      {...{ onClose, isSaving, problem }}
      onSubmit={submit}
    >
      <TextInput label="Name" required data-autofocus {...form.getInputProps('name')} />
      <TextInput label="E-mail address" type="email" required {...form.getInputProps('email')} />
      <RoleChoice
        value={form.values.roles}
        onChange={(roles) => form.setFieldValue('roles', roles)}
        error={form.errors['roles'] as string | undefined}
      />
    </EditDialog>
  )
}
