import {
  Anchor,
  Alert,
  Badge,
  Button,
  Code,
  Modal,
  Select,
  Stack,
  TagsInput,
  Text,
  TextInput,
  Tooltip,
} from '@mantine/core'
import { IconKey, IconPlus, IconTrash } from '@tabler/icons-react'
import { useState } from 'react'

import { api } from '../api.ts'
import { RoleChoice } from '../features/people/role-choice.tsx'
import { rolesLabel } from '../features/people/roles.ts'
import { ConfirmDialog } from '../features/settings/confirm-dialog.tsx'
import { EditDialog } from '../features/settings/edit-dialog.tsx'
import { ResourceTable } from '../features/settings/resource-table.tsx'
import { useApiKeys } from '../features/settings/resources.ts'
import type { ApiKey } from '../features/settings/resources.ts'
import { RowActions } from '../features/settings/row-actions.tsx'
import { useResourceForm } from '../features/settings/use-resource-form.ts'
import { CopyField } from '../ui/copy-field.tsx'
import { Page } from '../ui/page.tsx'
import { EmptyState } from '../ui/states.tsx'
import { formatDateTime, isPast, Time } from '../ui/time.tsx'

/** The keys that programs sign in with. */
export function ApiKeysPage() {
  const keys = useApiKeys()
  const [adding, setAdding] = useState(false)
  const [made, setMade] = useState<{ name: string; token: string }>()
  const [revoking, setRevoking] = useState<ApiKey>()
  return (
    <Page
      title="API keys"
      description="A program that uses the API sends one of these. Give each program its own, and no more roles than it needs."
      width={1080}
      actions={
        <Button leftSection={<IconPlus size={16} />} onClick={() => setAdding(true)}>
          New key
        </Button>
      }
    >
      <ResourceTable
        query={keys}
        columns={['Key', 'May do', 'From', 'Expires', 'Last used', '']}
        empty={
          <EmptyState icon={IconKey} title="No keys yet">
            The API does all that this page does. Its reference is at{' '}
            <Anchor href="/docs" inherit>
              /docs
            </Anchor>
            .
          </EmptyState>
        }
        renderRow={(key) => ({
          key: key.id,
          cells: [
            <Stack key="name" gap={0}>
              <Text size="sm" fw={600} className="said">
                {key.attributes.name}
              </Text>
              <Code style={{ alignSelf: 'flex-start' }}>…{key.attributes.lastTokenChars}</Code>
            </Stack>,
            <Tooltip key="roles" label={key.attributes.roles.join(', ')} multiline maw={320}>
              <Badge variant="light" tt="none" tabIndex={0}>
                {rolesLabel(key.attributes.roles)}
              </Badge>
            </Tooltip>,
            <Text key="cidrs" size="sm" c="dimmed">
              {key.attributes.cidrs.length === 0 ? 'Anywhere' : key.attributes.cidrs.join(', ')}
            </Text>,
            <Expiry key="expiry" at={key.attributes.expiresAt} />,
            <Text key="used" size="sm" c="dimmed">
              {key.attributes.lastAccessedAt === null ? 'Never' : <Time at={key.attributes.lastAccessedAt} />}
            </Text>,
            <RowActions
              key="actions"
              actions={[
                {
                  label: `Revoke ${key.attributes.name}`,
                  icon: IconTrash,
                  run: () => setRevoking(key),
                  isDangerous: true,
                },
              ]}
            />,
          ],
        })}
      />
      {adding && <KeyDialog onClose={() => setAdding(false)} onMade={setMade} />}
      {made !== undefined && (
        <Modal
          opened
          onClose={() => setMade(undefined)}
          title={`The key “${made.name}”`}
          size="lg"
          closeOnClickOutside={false}
        >
          <Stack>
            <Alert color="yellow">Copy it now: it is shown this once and cannot be read again.</Alert>
            <CopyField label="Token" value={made.token} />
            <Text size="sm" c="dimmed">
              Programs send it as <Code>Authorization: Bearer …</Code>
            </Text>
          </Stack>
        </Modal>
      )}
      {revoking !== undefined && (
        <ConfirmDialog
          title={`Revoke ${revoking.attributes.name}?`}
          action="Revoke key"
          run={() => api.call('DELETE /v1/auth/tokens/{id}', { params: { id: revoking.id } })}
          touches={['api-keys']}
          onClose={() => setRevoking(undefined)}
        >
          What uses it is refused from then on. A revoked key does not come back; make a new one instead.
        </ConfirmDialog>
      )}
    </Page>
  )
}

function Expiry({ at }: { at: string | null }) {
  if (at === null) {
    return (
      <Text size="sm" c="dimmed">
        Never
      </Text>
    )
  }
  return isPast(at) ? (
    <Badge color="red" variant="light" tt="none">
      Expired
    </Badge>
  ) : (
    <Text size="sm">{formatDateTime(at)}</Text>
  )
}

const lifetimes = [
  { value: '1', label: 'In a day' },
  { value: '30', label: 'In 30 days' },
  { value: '90', label: 'In 90 days' },
  { value: '365', label: 'In a year' },
  { value: '', label: 'Never' },
]

function KeyDialog({
  onClose,
  onMade,
}: {
  onClose: () => void
  onMade: (made: { name: string; token: string }) => void
}) {
  const { form, submit, isSaving, problem } = useResourceForm({
    initial: { name: '', roles: ['org.user'], expiresInDays: '90', cidrs: [] as string[] },
    save: async ({ name, roles, expiresInDays, cidrs }) => {
      const body = { name, roles, cidrs, expiresInDays: expiresInDays === '' ? null : Number(expiresInDays) }
      const { data } = await api.call('POST /v1/auth/api-keys', { body })
      return { name, token: data.attributes.token }
    },
    touches: ['api-keys'],
    onSaved: (made) => {
      onClose()
      onMade(made)
    },
  })
  return (
    <EditDialog title="New API key" submit="Make the key" {...{ onClose, isSaving, problem }} onSubmit={submit}>
      <TextInput
        label="Name"
        description="Which program it is for"
        required
        data-autofocus
        {...form.getInputProps('name')}
      />
      <RoleChoice
        value={form.values.roles}
        onChange={(roles) => form.setFieldValue('roles', roles)}
        error={form.errors['roles'] as string | undefined}
      />
      <Select label="Expires" data={lifetimes} allowDeselect={false} {...form.getInputProps('expiresInDays')} />
      <TagsInput
        label="Only from these networks"
        description="In CIDR notation; empty means from anywhere."
        placeholder={form.values.cidrs.length === 0 ? '203.0.113.0/24' : ''}
        splitChars={[',', ' ']}
        {...form.getInputProps('cidrs')}
      />
    </EditDialog>
  )
}
