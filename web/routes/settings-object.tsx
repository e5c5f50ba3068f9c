import { Button, Card, Code, Stack, Switch, Text } from '@mantine/core'
import {
  IconArrowBackUp,
  IconArrowDown,
  IconArrowUp,
  IconListDetails,
  IconPencil,
  IconPlus,
  IconTrash,
} from '@tabler/icons-react'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { useParams } from 'react-router'

import { api } from '../api.ts'
import { AttributeDialog } from '../features/objects/attribute-dialog.tsx'
import { typeLabelOf } from '../features/objects/attribute-types.ts'
import { KlassDialog, KlassState } from '../features/objects/klass-dialog.tsx'
import { inOrder, labelOf, useKlasses, useProperties } from '../features/objects/use-klasses.ts'
import type { Properties } from '../features/objects/use-klasses.ts'
import { ResourceTable } from '../features/settings/resource-table.tsx'
import { RowActions } from '../features/settings/row-actions.tsx'
import { Page } from '../ui/page.tsx'
import { EmptyState } from '../ui/states.tsx'
import { offerUndo, sayFailed } from '../ui/undo.tsx'

const standardNames: Record<string, string> = {
  customer: 'Customers',
  conversation: 'Conversations',
  company: 'Companies',
}

/** The attributes of one resource: what they are called, their type, their order, their values to choose from. */
export function ObjectPage() {
  const { resource = '' } = useParams()
  const client = useQueryClient()
  const klassName = resource.startsWith('kobject.') ? resource.slice('kobject.'.length) : undefined
  const klass = useKlasses().data?.find(({ attributes }) => attributes.name === klassName)
  const properties = useProperties(resource)
  const [withDeleted, setWithDeleted] = useState(false)
  const [editing, setEditing] = useState<string>() // the name of one, or "new", which no name is: it ends in no type
  const [editingKlass, setEditingKlass] = useState(false)
  const change = useMutation({
    mutationFn: (body: { properties: Properties }) =>
      api.call('PUT /v1/metadata/{resource}', { params: { resource }, body }),
    onError: (error) => sayFailed('The attribute was not changed', error),
    onSettled: () => client.invalidateQueries({ queryKey: ['metadata', resource] }),
  })
  const all = properties.data ?? {}
  const shown = inOrder(all)
  const deleted = Object.entries(all).filter(([name]) => !shown.some(([it]) => it === name))
  const mark = (name: string, at: string | null) => change.mutate({ properties: { [name]: { deletedAt: at } } })

  function remove(name: string): void {
    mark(name, new Date().toISOString())
    offerUndo(`${labelOf(all, name)} is no longer shown; what it holds stays.`, () => mark(name, null))
  }
  /** Gives every attribute the place it is seen at, with one moved. */
  function move(name: string, by: -1 | 1): void {
    const names = shown.map(([it]) => it)
    const from = names.indexOf(name)
    names.splice(from, 1)
    names.splice(from + by, 0, name)
    change.mutate({ properties: Object.fromEntries(names.map((it, position) => [it, { position }])) })
  }
  return (
    <Page
      title={klass?.attributes.displayName ?? standardNames[resource] ?? klassName ?? resource}
      description={
        klass === undefined ? 'Attributes besides the usual ones' : <KlassState status={klass.attributes.status} />
      }
      above={[{ title: 'Custom objects', to: '/settings/objects' }]}
      width={980}
      actions={
        <>
          {klass !== undefined && (
            <Button variant="default" leftSection={<IconPencil size={16} />} onClick={() => setEditingKlass(true)}>
              Edit
            </Button>
          )}
          <Button leftSection={<IconPlus size={16} />} onClick={() => setEditing('new')}>
            New attribute
          </Button>
        </>
      }
    >
      {deleted.length > 0 && (
        <Switch
          label={`Show deleted attributes (${deleted.length})`}
          checked={withDeleted}
          onChange={(event) => setWithDeleted(event.currentTarget.checked)}
        />
      )}
      <ResourceTable
        query={{
          data: properties.data === undefined ? undefined : [...shown, ...(withDeleted ? deleted : [])],
          error: properties.error,
          refetch: properties.refetch,
        }}
        columns={['Attribute', 'Type', 'Name for programs', '']}
        empty={
          <EmptyState icon={IconListDetails} title="No attributes yet">
            Add what is kept about each. Programs may also write attributes that are not listed here, as long as their
            names end in a type.
          </EmptyState>
        }
        renderRow={([name, property]) => {
          const label = labelOf(all, name)
          const isGone = !shown.some(([it]) => it === name)
          return {
            key: name,
            cells: [
              <Stack key="label" gap={0}>
                <Text size="sm" fw={600} c={isGone ? 'dimmed' : 'inherit'} className="said">
                  {label} {isGone && '(deleted)'}
                </Text>
                {property.enumeration !== undefined && property.enumeration.length > 0 && (
                  <Text size="xs" c="dimmed" lineClamp={1}>
                    {property.enumeration.join(', ')}
                  </Text>
                )}
              </Stack>,
              <Text key="type" size="sm">
                {typeLabelOf(name)}
              </Text>,
              <Code key="name">{name}</Code>,
              <RowActions
                key="actions"
                actions={
                  isGone
                    ? [{ label: `Bring back ${label}`, icon: IconArrowBackUp, run: () => mark(name, null) }]
                    : [
                        { label: `Move ${label} up`, icon: IconArrowUp, run: () => move(name, -1) },
                        { label: `Move ${label} down`, icon: IconArrowDown, run: () => move(name, 1) },
                        { label: `Edit ${label}`, icon: IconPencil, run: () => setEditing(name) },
                        { label: `Delete ${label}`, icon: IconTrash, run: () => remove(name), isDangerous: true },
                      ]
                }
              />,
            ],
          }
        }}
      />
      {klass === undefined && klassName !== undefined && (
        <Card withBorder>
          <Text size="sm" c="dimmed">
            There is no object of this name (yet).
          </Text>
        </Card>
      )}
      {editing !== undefined && (
        <AttributeDialog
          resource={resource}
          properties={all}
          name={editing === 'new' ? undefined : editing}
          onClose={() => setEditing(undefined)}
        />
      )}
      {editingKlass && klass !== undefined && (
        <KlassDialog klass={klass} onClose={() => setEditingKlass(false)} onSaved={() => undefined} />
      )}
    </Page>
  )
}
