import { Avatar, Badge, Button, Group, Switch, Text, TextInput } from '@mantine/core'
import { IconBuildingStore, IconPencil, IconPlus, IconTrash } from '@tabler/icons-react'
import { useState } from 'react'

import { api } from '../api.ts'
import { ConfirmDialog } from '../features/settings/confirm-dialog.tsx'
import { EditDialog } from '../features/settings/edit-dialog.tsx'
import { ResourceTable } from '../features/settings/resource-table.tsx'
import { useBrands } from '../features/settings/resources.ts'
import type { Brand } from '../features/settings/resources.ts'
import { RowActions } from '../features/settings/row-actions.tsx'
import { useResourceForm } from '../features/settings/use-resource-form.ts'
import { Page } from '../ui/page.tsx'
import { EmptyState } from '../ui/states.tsx'

/** The names under which an organisation speaks to its customers. */
export function BrandsPage() {
  const brands = useBrands()
  const [editing, setEditing] = useState<Brand | 'new'>()
  const [deleting, setDeleting] = useState<Brand>()
  return (
    <Page
      title="Brands"
      description="The names you speak to customers under. A conversation belongs to one of them."
      width={820}
      actions={
        <Button leftSection={<IconPlus size={16} />} onClick={() => setEditing('new')}>
          New brand
        </Button>
      }
    >
      <ResourceTable
        query={brands}
        columns={['Brand', 'Default', '']}
        empty={
          <EmptyState icon={IconBuildingStore} title="No brands yet">
            With one brand alone you need none. Make them when customers know you by several names.
          </EmptyState>
        }
        renderRow={(brand) => {
          const { displayName, iconUrl, default: isDefault } = brand.attributes
          return {
            key: brand.id,
            cells: [
              <Group key="name" gap="sm" wrap="nowrap">
                <Avatar src={iconUrl} name={displayName} color="initials" size={30} radius="md" alt="" />
                <Text size="sm" fw={600} className="said">
                  {displayName}
                </Text>
              </Group>,
              isDefault ? (
                <Badge key="default" variant="light" tt="none">
                  Default
                </Badge>
              ) : (
                ''
              ),
              <RowActions
                key="actions"
                actions={[
                  { label: `Edit ${displayName}`, icon: IconPencil, run: () => setEditing(brand) },
                  { label: `Delete ${displayName}`, icon: IconTrash, run: () => setDeleting(brand), isDangerous: true },
                ]}
              />,
            ],
          }
        }}
      />
      {editing !== undefined && (
        <BrandDialog brand={editing === 'new' ? undefined : editing} onClose={() => setEditing(undefined)} />
      )}
      {deleting !== undefined && (
        <ConfirmDialog
          title={`Delete ${deleting.attributes.displayName}?`}
          action="Delete brand"
          run={() => api.call('PUT /v1/brands/{id}', { params: { id: deleting.id }, body: { deleted: true } })}
          touches={['brands']}
          onClose={() => setDeleting(undefined)}
        >
          Conversations that belong to it keep its id; new ones cannot be given it.
        </ConfirmDialog>
      )}
    </Page>
  )
}

function BrandDialog({ brand, onClose }: { brand: Brand | undefined; onClose: () => void }) {
  const { form, submit, isSaving, problem } = useResourceForm({
    initial: {
      name: brand?.attributes.displayName ?? '',
      iconUrl: brand?.attributes.iconUrl ?? '',
      default: brand?.attributes.default ?? false,
    },
    save: ({ name, iconUrl, default: isDefault }) => {
      const body = { name, displayName: name, iconUrl: iconUrl === '' ? null : iconUrl, default: isDefault }
      return brand === undefined
        ? api.call('POST /v1/brands', { body })
        : api.call('PUT /v1/brands/{id}', { params: { id: brand.id }, body })
    },
    touches: ['brands'],
    onSaved: onClose,
  })
  return (
    <EditDialog
      title={brand === undefined ? 'New brand' : `Edit ${brand.attributes.displayName}`}
      {...{ onClose, isSaving, problem }}
      onSubmit={submit}
    >
      <TextInput label="Name" required data-autofocus {...form.getInputProps('name')} />
      <TextInput
        label="Address of its picture"
        type="url"
        placeholder="https://example.com/logo.png"
        {...form.getInputProps('iconUrl')}
      />
      <Switch
        label="Conversations belong to it unless they say otherwise"
        checked={form.values.default}
        onChange={(event) => form.setFieldValue('default', event.currentTarget.checked)}
      />
    </EditDialog>
  )
}
