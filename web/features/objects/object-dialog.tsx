import { Textarea, TextInput } from '@mantine/core'

import { api } from '../../api.ts'
import { EditDialog } from '../settings/edit-dialog.tsx'
import { useResourceForm } from '../settings/use-resource-form.ts'
import { AttributeField } from './attribute-field.tsx'
import type { AttributeInput } from './attribute-field.tsx'
import { inOrder, labelOf, useProperties } from './use-klasses.ts'

interface ObjectDialogProps {
  klass: { name: string; displayName: string }
  customerId: string
  /** The object that is changed; nothing: a new one is made. */
  object?: { id: string; title: string; description: string | null; custom: Record<string, AttributeInput> }
  onClose: () => void
}

/** Makes an object of any klass, or changes one: its title, its text, and each attribute by its type. */
export function ObjectDialog({ klass, customerId, object, onClose }: ObjectDialogProps) {
  const properties = useProperties(`kobject.${klass.name}`).data ?? {}
  const { form, submit, isSaving, problem } = useResourceForm<
    { title: string; description: string; custom: Record<string, AttributeInput> },
    unknown
  >({
    initial: {
      title: object?.title ?? '',
      description: object?.description ?? '',
      custom: object?.custom ?? {},
    },
    save: ({ title, description, custom }) => {
      const body = { title, description: description === '' ? null : description, custom }
      return object === undefined
        ? api.call('POST /v1/customers/{id}/klasses/{name}', { params: { id: customerId, name: klass.name }, body })
        : api.call('PUT /v1/klasses/{name}/{id}', { params: { name: klass.name, id: object.id }, body })
    },
    touches: ['timeline', 'search'],
    onSaved: onClose,
  })
  return (
    <EditDialog
      title={object === undefined ? `New ${klass.displayName}` : `Edit ${object.title}`}
      size="lg"
      {...{ onClose, isSaving, problem: problem ?? (form.errors['custom'] as string | undefined) }}
      onSubmit={submit}
    >
      <TextInput label="Title" required data-autofocus {...form.getInputProps('title')} />
      <Textarea label="Text" autosize minRows={2} maxRows={8} {...form.getInputProps('description')} />
      {inOrder(properties).map(([name, property]) => (
        <AttributeField
          key={name}
          name={name}
          label={labelOf(properties, name)}
          choices={property.enumeration}
          value={form.values.custom[name]}
          onChange={(value) => form.setFieldValue('custom', { ...form.values.custom, [name]: value })}
        />
      ))}
    </EditDialog>
  )
}
