import { Badge, Button, Group, MultiSelect, Select, Switch, Text, TextInput, Title } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { IconListCheck, IconPencil, IconPlus, IconTrash } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'

import { api } from '../api.ts'
import { inOrder, labelOf, useProperties } from '../features/objects/use-klasses.ts'
import { ConfirmDialog } from '../features/settings/confirm-dialog.tsx'
import { EditDialog } from '../features/settings/edit-dialog.tsx'
import { FormCard } from '../features/settings/form-card.tsx'
import { ResourceTable } from '../features/settings/resource-table.tsx'
import { useSubStatuses } from '../features/settings/resources.ts'
import type { SubStatus } from '../features/settings/resources.ts'
import { RowActions } from '../features/settings/row-actions.tsx'
import { useResourceForm } from '../features/settings/use-resource-form.ts'
import { Page } from '../ui/page.tsx'
import { EmptyState, ErrorState, LoadingCards } from '../ui/states.tsx'

/** What is asked of a conversation before it is done, and the finer states there are. */
export function ConversationRulesPage() {
  const rules = useQuery({
    queryKey: ['conversation-rules'],
    queryFn: async () => (await api.call('GET /v1/conversations/rules')).data.requiredForDone,
  })
  const [editing, setEditing] = useState<SubStatus | 'new'>()
  const [deleting, setDeleting] = useState<SubStatus>()
  const subStatuses = useSubStatuses()
  return (
    <Page title="Conversations" description="How conversations are closed, and the states between." width={820}>
      {rules.error !== null && <ErrorState error={rules.error} onRetry={() => void rules.refetch()} />}
      {rules.isPending && <LoadingCards count={1} />}
      {rules.data !== undefined && <RequiredFields key={rules.data.join()} required={rules.data} />}
      <ReplyApproval />
      <Group justify="space-between" mt="sm">
        <Title order={2}>Sub-statuses</Title>
        <Button variant="default" leftSection={<IconPlus size={16} />} onClick={() => setEditing('new')}>
          New sub-status
        </Button>
      </Group>
      <ResourceTable
        query={subStatuses}
        columns={['Name', 'While it is', '']}
        empty={
          <EmptyState icon={IconListCheck} title="No sub-statuses yet">
            Say more than open, snoozed or done: waiting for the warehouse, solved by refund.
          </EmptyState>
        }
        renderRow={(it) => ({
          key: it.id,
          cells: [
            <Text key="name" size="sm" fw={600} className="said">
              {it.attributes.name}
            </Text>,
            <Badge key="status" variant="light" tt="none">
              {stateNames[it.attributes.status]}
            </Badge>,
            <RowActions
              key="actions"
              actions={[
                { label: `Edit ${it.attributes.name}`, icon: IconPencil, run: () => setEditing(it) },
                {
                  label: `Delete ${it.attributes.name}`,
                  icon: IconTrash,
                  run: () => setDeleting(it),
                  isDangerous: true,
                },
              ]}
            />,
          ],
        })}
      />
      {editing !== undefined && (
        <SubStatusDialog subStatus={editing === 'new' ? undefined : editing} onClose={() => setEditing(undefined)} />
      )}
      {deleting !== undefined && (
        <ConfirmDialog
          title={`Delete ${deleting.attributes.name}?`}
          action="Delete sub-status"
          run={() => api.call('DELETE /v1/sub-statuses/{id}', { params: { id: deleting.id } })}
          touches={['sub-statuses']}
          onClose={() => setDeleting(undefined)}
        >
          Conversations that have it keep it until it is changed; it cannot be chosen any more.
        </ConfirmDialog>
      )}
    </Page>
  )
}

const stateNames = { open: 'Open', snoozed: 'Snoozed', done: 'Done' } as const

function RequiredFields({ required }: { required: string[] }) {
  const properties = useProperties('conversation')
  const { form, submit, isSaving, problem } = useResourceForm({
    initial: { requiredForDone: required },
    save: (body) => api.call('PUT /v1/conversations/rules', { body }),
    touches: ['conversation-rules'],
    onSaved: () => notifications.show({ message: 'Saved. It counts from the next conversation that is closed.' }),
  })
  const choices = [
    { value: 'name', label: 'Name' },
    { value: 'tags', label: 'A tag' },
    { value: 'assignedUsers', label: 'Somebody assigned' },
    { value: 'assignedTeams', label: 'A team assigned' },
    { value: 'brand', label: 'Brand' },
    { value: 'subStatus', label: 'Sub-status' },
    ...inOrder(properties.data ?? {}).map(([name]) => ({
      value: `custom.${name}`,
      label: labelOf(properties.data, name),
    })),
  ]
  return (
    <FormCard title="Before it is done" onSubmit={submit} canSave={form.isDirty()} {...{ isSaving, problem }}>
      <MultiSelect
        label="These must be filled in"
        description="An agent who marks a conversation done without them is told which are missing."
        data={[...choices, ...required.filter((it) => !choices.some(({ value }) => value === it))]}
        searchable
        clearable
        placeholder={form.values.requiredForDone.length === 0 ? 'Nothing' : ''}
        {...form.getInputProps('requiredForDone')}
      />
    </FormCard>
  )
}

/** Whether what is said in public waits for a second person. */
function ReplyApproval() {
  const rules = useQuery({
    queryKey: ['reply-rules'],
    queryFn: async () => (await api.call('GET /v1/replies/rules')).data.needApproval,
  })
  if (rules.data === undefined) {
    return rules.error === null ? <LoadingCards count={1} /> : <ErrorState error={rules.error} />
  }
  return <ReplyApprovalForm key={String(rules.data)} needApproval={rules.data} />
}

function ReplyApprovalForm({ needApproval }: { needApproval: boolean }) {
  const { form, submit, isSaving, problem } = useResourceForm({
    initial: { needApproval },
    save: (body) => api.call('PUT /v1/replies/rules', { body }),
    touches: ['reply-rules', 'reply'],
    onSaved: () => notifications.show({ message: 'Saved.' }),
  })
  return (
    <FormCard title="Public replies" onSubmit={submit} canSave={form.isDirty()} {...{ isSaving, problem }}>
      <Switch
        label="A second person approves what is said in public"
        description="What an agent publishes waits for an admin, or for somebody with the role org.permission.reply.approve. Their own replies go out at once."
        {...form.getInputProps('needApproval', { type: 'checkbox' })}
      />
    </FormCard>
  )
}

function SubStatusDialog({ subStatus, onClose }: { subStatus: SubStatus | undefined; onClose: () => void }) {
  const { form, submit, isSaving, problem } = useResourceForm({
    initial: {
      name: subStatus?.attributes.name ?? '',
      status: subStatus?.attributes.status ?? ('open' as const),
    },
    save: ({ name, status }) =>
      subStatus === undefined
        ? api.call('POST /v1/sub-statuses', { body: { name, status } })
        : api.call('PUT /v1/sub-statuses/{id}', { params: { id: subStatus.id }, body: { name } }),
    touches: ['sub-statuses'],
    onSaved: onClose,
  })
  return (
    <EditDialog
      title={subStatus === undefined ? 'New sub-status' : `Edit ${subStatus.attributes.name}`}
      {...{ onClose, isSaving, problem }}
      onSubmit={submit}
    >
      <TextInput label="Name" required data-autofocus {...form.getInputProps('name')} />
      {subStatus === undefined && (
        <Select
          label="While the conversation is"
          allowDeselect={false}
          data={Object.entries(stateNames).map(([value, label]) => ({ value, label }))}
          {...form.getInputProps('status')}
        />
      )}
    </EditDialog>
  )
}
