import { Badge, ColorInput, Group, Select, Text, TextInput } from '@mantine/core'

import { api } from '../../api.ts'
import { KlassIcon, klassIcons } from '../../ui/klass-icon.tsx'
import { EditDialog } from '../settings/edit-dialog.tsx'
import { useResourceForm } from '../settings/use-resource-form.ts'
import type { Klass } from './use-klasses.ts'

const states: Record<string, { label: string; color: string }> = {
  enabled: { label: 'In use', color: 'teal' },
  existing_only: { label: 'No new ones', color: 'yellow' },
  disabled: { label: 'Off', color: 'gray' },
}

/** Whether objects of a klass are made and shown. */
export function KlassState({ status }: { status: string }) {
  const { label, color } = states[status] ?? { label: status, color: 'gray' }
  return (
    <Badge variant="light" color={color} tt="none">
      {label}
    </Badge>
  )
}

interface KlassDialogProps {
  klass: Klass | undefined
  onClose: () => void
  onSaved: (klass: Klass) => void
}

/** What a klass is called and looks like. */
export function KlassDialog({ klass, onClose, onSaved }: KlassDialogProps) {
  const { form, submit, isSaving, problem } = useResourceForm({
    initial: {
      displayName: klass?.attributes.displayName ?? '',
      name: klass?.attributes.name ?? '',
      icon: klass?.attributes.icon ?? null,
      color: klass?.attributes.color ?? '',
      status: klass?.attributes.status ?? 'enabled',
    },
    save: async ({ displayName, name, icon, color, status }) => {
      const shared = {
        displayName,
        icon,
        color: color === '' ? null : color,
        status: status as 'enabled' | 'existing_only' | 'disabled',
      }
      return klass === undefined
        ? (await api.call('POST /v1/klasses', { body: { ...shared, name } })).data
        : (await api.call('PUT /v1/klasses/{name}', { params: { name: klass.attributes.name }, body: shared })).data
    },
    touches: ['klasses'],
    onSaved: (saved) => {
      onClose()
      onSaved(saved)
    },
  })
  return (
    <EditDialog
      title={klass === undefined ? 'New object' : `Edit ${klass.attributes.displayName}`}
      {...{ onClose, isSaving, problem }}
      onSubmit={submit}
    >
      <TextInput
        label="What people call it"
        placeholder="Repair"
        required
        data-autofocus
        {...form.getInputProps('displayName')}
        onChange={(event) => {
          const { value } = event.currentTarget
          form.setFieldValue('displayName', value)
          if (klass === undefined && !form.isTouched('name')) {
            form.setFieldValue('name', nameFor(value))
            form.setTouched({ name: false })
          }
        }}
      />
      {klass === undefined && (
        <TextInput
          label="Name for programs"
          description="It stays; programs find the objects by it."
          required
          {...form.getInputProps('name')}
        />
      )}
      <Group grow align="flex-start">
        <Select
          label="Icon"
          clearable
          data={Object.keys(klassIcons)}
          {...form.getInputProps('icon')}
          leftSection={<KlassIcon icon={form.values.icon} color={form.values.color || null} size={20} />}
        />
        <ColorInput label="Color" {...form.getInputProps('color')} />
      </Group>
      {klass !== undefined && (
        <Select
          label="State"
          allowDeselect={false}
          data={Object.entries(states).map(([value, { label }]) => ({ value, label }))}
          {...form.getInputProps('status')}
        />
      )}
      {klass === undefined && (
        <Text size="xs" c="dimmed">
          What is kept about each comes next.
        </Text>
      )}
    </EditDialog>
  )
}

function nameFor(label: string): string {
  return label
    .normalize('NFKD')
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replaceAll(/^-|-$/g, '')
}
