import { Badge, Button, ColorInput, Switch, Text, TextInput } from '@mantine/core'
import { IconArrowBackUp, IconPencil, IconPlus, IconTag, IconTrash } from '@tabler/icons-react'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'

import { api } from '../api.ts'
import type { ItemOf } from '../api.ts'
import { EditDialog } from '../features/settings/edit-dialog.tsx'
import { ResourceTable } from '../features/settings/resource-table.tsx'
import { RowActions } from '../features/settings/row-actions.tsx'
import { useResourceForm } from '../features/settings/use-resource-form.ts'
import { Page } from '../ui/page.tsx'
import { EmptyState } from '../ui/states.tsx'
import { Time } from '../ui/time.tsx'
import { offerUndo, sayFailed } from '../ui/undo.tsx'

type Tag = ItemOf<'GET /v1/tags'>

/** The words conversations and customers are sorted by. */
export function TagsPage() {
  const client = useQueryClient()
  const [withDeleted, setWithDeleted] = useState(false)
  const [editing, setEditing] = useState<Tag | 'new'>()
  const tags = useQuery({
    queryKey: ['tags', 'all', { withDeleted }],
    queryFn: async () => {
      const list = (deleted: boolean) =>
        Array.fromAsync(api.all('GET /v1/tags', { query: { pageSize: 100, deleted: String(deleted) } }))
      const [here, deleted] = await Promise.all([list(false), withDeleted ? list(true) : []])
      return [...new Map([...here, ...deleted].map((tag) => [tag.id, tag])).values()]
    },
  })
  const refresh = () => client.invalidateQueries({ queryKey: ['tags'] })
  const restore = useMutation({
    mutationFn: ({ id }: Tag) => api.call('PUT /v1/tags/{id}', { params: { id }, body: { deleted: false } }),
    onError: (error) => sayFailed('The tag was not brought back', error),
    onSettled: refresh,
  })
  const remove = useMutation({
    mutationFn: ({ id }: Tag) => api.call('DELETE /v1/tags/{id}', { params: { id } }),
    onSuccess: (_, tag) => offerUndo(`Deleted the tag ${tag.attributes.name}.`, () => restore.mutate(tag)),
    onError: (error) => sayFailed('The tag was not deleted', error),
    onSettled: refresh,
  })
  return (
    <Page
      title="Tags"
      description="Tags are also made where they are used: type a new name there."
      width={820}
      actions={
        <Button leftSection={<IconPlus size={16} />} onClick={() => setEditing('new')}>
          New tag
        </Button>
      }
    >
      <Switch
        label="Show deleted tags"
        checked={withDeleted}
        onChange={(event) => setWithDeleted(event.currentTarget.checked)}
      />
      <ResourceTable
        query={tags}
        columns={['Tag', 'Last changed', '']}
        empty={
          <EmptyState icon={IconTag} title="No tags yet">
            A tag says what something is about, so that it can be found and counted.
          </EmptyState>
        }
        renderRow={(tag) => {
          const { name, color, deleted, updatedAt } = tag.attributes
          return {
            key: tag.id,
            cells: [
              <Badge key="name" variant="default" tt="none" radius="sm" leftSection={<Dot color={color} />}>
                {name}
                {deleted && ' (deleted)'}
              </Badge>,
              <Text key="at" size="sm" c="dimmed">
                <Time at={updatedAt} />
              </Text>,
              <RowActions
                key="actions"
                actions={
                  deleted
                    ? [{ label: `Bring back ${name}`, icon: IconArrowBackUp, run: () => restore.mutate(tag) }]
                    : [
                        { label: `Edit ${name}`, icon: IconPencil, run: () => setEditing(tag) },
                        { label: `Delete ${name}`, icon: IconTrash, run: () => remove.mutate(tag), isDangerous: true },
                      ]
                }
              />,
            ],
          }
        }}
      />
      {editing !== undefined && (
        <TagDialog tag={editing === 'new' ? undefined : editing} onClose={() => setEditing(undefined)} />
      )}
    </Page>
  )
}

function Dot({ color }: { color: string | null }) {
  return (
    <span
      aria-hidden
      style={{
        display: 'inline-block',
        width: 8,
        height: 8,
        borderRadius: '50%',
        background: color ?? 'var(--mantine-color-gray-5)',
      }}
    />
  )
}

function TagDialog({ tag, onClose }: { tag: Tag | undefined; onClose: () => void }) {
  const { form, submit, isSaving, problem } = useResourceForm({
    initial: { name: tag?.attributes.name ?? '', color: tag?.attributes.color ?? '' },
    save: ({ name, color }) => {
      const body = { name, color: color === '' ? null : color }
      return tag === undefined
        ? api.call('POST /v1/tags', { body })
        : api.call('PUT /v1/tags/{id}', { params: { id: tag.id }, body })
    },
    touches: ['tags'],
    onSaved: onClose,
  })
  return (
    <EditDialog
      title={tag === undefined ? 'New tag' : `Edit ${tag.attributes.name}`}
      {...{ onClose, isSaving, problem }}
      onSubmit={submit}
    >
      <TextInput label="Name" required data-autofocus {...form.getInputProps('name')} />
      <ColorInput label="Color" placeholder="None" swatches={swatches} {...form.getInputProps('color')} />
    </EditDialog>
  )
}

const swatches = ['#4263eb', '#0ca678', '#f59f00', '#e8590c', '#e03131', '#ae3ec9', '#1098ad', '#868e96']
