import { Badge, Button, Code, Group, Select, Stack, Switch, TagsInput, Text, Textarea, TextInput } from '@mantine/core'
import { IconBolt, IconPencil, IconPlus, IconTrash } from '@tabler/icons-react'
import { useState } from 'react'

import { api } from '../api.ts'
import { priorities } from '../features/conversations/names.ts'
import { useTags } from '../features/people/people.ts'
import { ConfirmDialog } from '../features/settings/confirm-dialog.tsx'
import { EditDialog } from '../features/settings/edit-dialog.tsx'
import { ResourceTable } from '../features/settings/resource-table.tsx'
import { useAllShortcuts } from '../features/settings/resources.ts'
import type { Shortcut } from '../features/settings/resources.ts'
import { RowActions } from '../features/settings/row-actions.tsx'
import { useResourceForm } from '../features/settings/use-resource-form.ts'
import { Page } from '../ui/page.tsx'
import { EmptyState } from '../ui/states.tsx'

/** Texts that agents send again and again. */
export function ShortcutsPage() {
  const shortcuts = useAllShortcuts()
  const [editing, setEditing] = useState<Shortcut | 'new'>()
  const [deleting, setDeleting] = useState<Shortcut>()
  return (
    <Page
      title="Shortcuts"
      description="Texts to answer with: type / and the keyword where you write."
      width={980}
      actions={
        <Button leftSection={<IconPlus size={16} />} onClick={() => setEditing('new')}>
          New shortcut
        </Button>
      }
    >
      <ResourceTable
        query={shortcuts}
        columns={['Shortcut', 'Text', 'For', '']}
        empty={
          <EmptyState icon={IconBolt} title="No shortcuts yet">
            Write an answer once and send it a hundred times, with the customer’s name in it.
          </EmptyState>
        }
        renderRow={(shortcut) => {
          const { name, keyword, body, shared, folder } = shortcut.attributes
          return {
            key: shortcut.id,
            cells: [
              <Stack key="name" gap={0}>
                <Text size="sm" fw={600} className="said">
                  {folder === null ? name : `${folder} › ${name}`}
                </Text>
                {keyword !== null && <Code style={{ alignSelf: 'flex-start' }}>/{keyword}</Code>}
              </Stack>,
              <Text key="body" size="sm" c="dimmed" lineClamp={2} className="said">
                {body}
              </Text>,
              <Badge key="shared" variant="default" tt="none">
                {shared ? 'Everybody' : 'You'}
              </Badge>,
              <RowActions
                key="actions"
                actions={[
                  { label: `Edit ${name}`, icon: IconPencil, run: () => setEditing(shortcut) },
                  { label: `Delete ${name}`, icon: IconTrash, run: () => setDeleting(shortcut), isDangerous: true },
                ]}
              />,
            ],
          }
        }}
      />
      {editing !== undefined && (
        <ShortcutDialog shortcut={editing === 'new' ? undefined : editing} onClose={() => setEditing(undefined)} />
      )}
      {deleting !== undefined && (
        <ConfirmDialog
          title={`Delete ${deleting.attributes.name}?`}
          action="Delete shortcut"
          run={() => api.call('DELETE /v1/shortcuts/{id}', { params: { id: deleting.id } })}
          touches={['shortcuts']}
          onClose={() => setDeleting(undefined)}
        >
          What was sent with it stays as it is.
        </ConfirmDialog>
      )}
    </Page>
  )
}

/** What one can put between braces; the desk fills it in from the conversation. */
const usualFields = [
  'customer.firstName',
  'customer.displayName',
  'customer.email',
  'conversation.name',
  'user.firstName',
  'org.name',
]

function ShortcutDialog({ shortcut, onClose }: { shortcut: Shortcut | undefined; onClose: () => void }) {
  const tags = useTags()
  const nameOf = (id: string) => tags.find((tag) => tag.id === id)?.attributes.name ?? id
  const attributes = shortcut?.attributes
  const { form, submit, isSaving, problem } = useResourceForm({
    initial: {
      name: attributes?.name ?? '',
      keyword: attributes?.keyword ?? '',
      folder: attributes?.folder ?? '',
      body: attributes?.body ?? '',
      shared: attributes?.shared ?? true,
      status: attributes?.changes.status ?? null,
      priority: attributes?.changes.priority === undefined ? null : String(attributes.changes.priority),
      tags: attributes?.changes.tags?.map(nameOf) ?? [],
    },
    save: ({ name, keyword, folder, body, shared, status, priority, tags: wanted }) => {
      const input = {
        name,
        body,
        shared,
        keyword: keyword === '' ? null : keyword,
        folder: folder === '' ? null : folder,
        changes: {
          ...(status === null ? {} : { status }),
          ...(priority === null ? {} : { priority: Number(priority) }),
          ...(wanted.length === 0 ? {} : { tags: wanted }),
        },
      }
      return shortcut === undefined
        ? api.call('POST /v1/shortcuts', { body: input })
        : api.call('PUT /v1/shortcuts/{id}', { params: { id: shortcut.id }, body: input })
    },
    touches: ['shortcuts'],
    onSaved: onClose,
  })
  const insert = (field: string) => form.setFieldValue('body', `${form.values.body}{{${field}}}`)
  return (
    <EditDialog
      title={shortcut === undefined ? 'New shortcut' : `Edit ${shortcut.attributes.name}`}
      size="lg"
      {...{ onClose, isSaving, problem }}
      onSubmit={submit}
    >
      <Group grow align="flex-start">
        <TextInput label="Name" required data-autofocus {...form.getInputProps('name')} />
        <TextInput label="Keyword" leftSection="/" {...form.getInputProps('keyword')} />
        <TextInput label="Folder" {...form.getInputProps('folder')} />
      </Group>
      <Textarea label="Text" required autosize minRows={5} maxRows={14} {...form.getInputProps('body')} />
      <Group gap={6}>
        <Text size="xs" c="dimmed">
          Put in:
        </Text>
        {usualFields.map((field) => (
          <Button key={field} size="compact-xs" variant="default" onClick={() => insert(field)}>
            {field}
          </Button>
        ))}
      </Group>
      <Group grow align="flex-start">
        <Select
          label="Then make it"
          placeholder="Leave it"
          clearable
          data={[
            { value: 'open', label: 'Open' },
            { value: 'done', label: 'Done' },
          ]}
          {...form.getInputProps('status')}
        />
        <Select
          label="Priority"
          placeholder="Leave it"
          clearable
          data={priorities.map(({ value, label }) => ({ value: String(value), label }))}
          {...form.getInputProps('priority')}
        />
      </Group>
      <TagsInput label="Add tags" data={tags.map((tag) => tag.attributes.name)} {...form.getInputProps('tags')} />
      <Switch
        label="Everybody may use it"
        checked={form.values.shared}
        onChange={(event) => form.setFieldValue('shared', event.currentTarget.checked)}
      />
    </EditDialog>
  )
}
