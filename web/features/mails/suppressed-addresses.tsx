import { Button, Group, Select, Stack, Text, TextInput, Title } from '@mantine/core'
import { IconMailOff, IconPlus, IconTrash } from '@tabler/icons-react'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'

import { api } from '../../api.ts'
import type { ItemOf } from '../../api.ts'
import { EmptyState } from '../../ui/states.tsx'
import { Time } from '../../ui/time.tsx'
import { offerUndo, sayFailed } from '../../ui/undo.tsx'
import { EditDialog } from '../settings/edit-dialog.tsx'
import { ResourceTable } from '../settings/resource-table.tsx'
import { RowActions } from '../settings/row-actions.tsx'
import { useResourceForm } from '../settings/use-resource-form.ts'

type Suppression = ItemOf<'GET /v1/mail-suppressions'>
type Scope = Suppression['attributes']['scope']

const reasons: Record<Suppression['attributes']['reason'], string> = {
  bounced: 'Mails came back',
  complained: 'Reported as spam',
  unsubscribed: 'Unsubscribed',
  added: 'Added here',
}
const scopes: Record<Scope, string> = { all: 'Nothing', notices: 'Answers only' }
const most = 200

/** The addresses that nothing, or nothing but answers, is sent to. */
export function SuppressedAddresses() {
  const client = useQueryClient()
  const [isAdding, setIsAdding] = useState(false)
  const suppressions = useQuery({
    queryKey: ['mail-suppressions'],
    queryFn: async () => (await api.call('GET /v1/mail-suppressions', { query: { pageSize: most } })).data,
  })
  const refresh = () => client.invalidateQueries({ queryKey: ['mail-suppressions'] })
  const add = useMutation({
    mutationFn: ({ address, scope }: { address: string; scope: Scope }) =>
      api.call('POST /v1/mail-suppressions', { body: { address, scope } }),
    onError: (error) => sayFailed('The address was not put back on the list', error),
    onSettled: refresh,
  })
  const remove = useMutation({
    mutationFn: ({ id }: Suppression) => api.call('DELETE /v1/mail-suppressions/{id}', { params: { id } }),
    onSuccess: (_, { attributes }) =>
      offerUndo(`Mails are sent to ${attributes.address} again.`, () => add.mutate(attributes)),
    onError: (error) => sayFailed('The address was not taken off the list', error),
    onSettled: refresh,
  })
  return (
    <Stack gap="xs" mt="md">
      <Group justify="space-between">
        <Title order={2} size="h4">
          Addresses that are not written to
        </Title>
        <Button variant="default" size="xs" leftSection={<IconPlus size={14} />} onClick={() => setIsAdding(true)}>
          Add an address
        </Button>
      </Group>
      <ResourceTable
        query={suppressions}
        columns={['Address', 'They get', 'Why', 'Since', '']}
        empty={
          <EmptyState icon={IconMailOff} title="No address yet">
            Addresses that do not exist any more, and people who want no more mail, come here by themselves.
          </EmptyState>
        }
        renderRow={(row) => {
          const { address, scope, reason, detail, createdAt } = row.attributes
          return {
            key: row.id,
            cells: [
              <Text key="address" size="sm" style={{ overflowWrap: 'anywhere' }}>
                {address}
              </Text>,
              <Text key="scope" size="sm">
                {scopes[scope]}
              </Text>,
              <Stack key="reason" gap={0}>
                <Text size="sm">{reasons[reason]}</Text>
                <Text size="xs" c="dimmed" className="said">
                  {detail}
                </Text>
              </Stack>,
              <Text key="at" size="sm" c="dimmed">
                <Time at={createdAt} />
              </Text>,
              <RowActions
                key="actions"
                actions={[
                  {
                    label: `Write to ${address} again`,
                    icon: IconTrash,
                    run: () => remove.mutate(row),
                    isDangerous: true,
                  },
                ]}
              />,
            ],
          }
        }}
      />
      {isAdding && <AddDialog onClose={() => setIsAdding(false)} />}
    </Stack>
  )
}

const nobody: { address: string; scope: Scope } = { address: '', scope: 'all' }

function AddDialog({ onClose }: { onClose: () => void }) {
  const { form, submit, isSaving, problem } = useResourceForm({
    initial: nobody,
    save: (body) => api.call('POST /v1/mail-suppressions', { body }),
    touches: ['mail-suppressions'],
    onSaved: onClose,
  })
  return (
    <EditDialog title="An address that is not written to" {...{ onClose, isSaving, problem }} onSubmit={submit}>
      <TextInput label="Address" type="email" required data-autofocus {...form.getInputProps('address')} />
      <Select
        label="They get"
        allowDeselect={false}
        data={Object.entries(scopes).map(([value, label]) => ({ value, label }))}
        {...form.getInputProps('scope')}
      />
    </EditDialog>
  )
}
