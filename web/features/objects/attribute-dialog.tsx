import { Select, TagsInput, TextInput } from '@mantine/core'

import type { AttributeSuffix } from '../../../src/sdk/domain.ts'
import { api } from '../../api.ts'
import { EditDialog } from '../settings/edit-dialog.tsx'
import { useResourceForm } from '../settings/use-resource-form.ts'
import { attributeChoices, attributeNameOf } from './attribute-types.ts'
import { labelOf } from './use-klasses.ts'
import type { Properties } from './use-klasses.ts'

interface AttributeDialogProps {
  resource: string
  properties: Properties
  name: string | undefined
  onClose: () => void
}

/** Adds an attribute, or changes what one is called and what it may hold; its type stays, as its name does. */
export function AttributeDialog({ resource, properties, name, onClose }: AttributeDialogProps) {
  const known = name === undefined ? undefined : properties[name]
  const { form, submit, isSaving, problem } = useResourceForm<
    { displayName: string; suffix: AttributeSuffix; enumeration: string[] },
    unknown
  >({
    initial: {
      displayName: name === undefined ? '' : labelOf(properties, name),
      suffix: 'Str',
      enumeration: known?.enumeration ?? [],
    },
    save: ({ displayName, suffix, enumeration }) => {
      const attribute = name ?? attributeNameOf(displayName, suffix)
      const position = known?.position ?? Object.keys(properties).length
      const property = { displayName, position, enumeration, deletedAt: null }
      return api.call('PUT /v1/metadata/{resource}', {
        params: { resource },
        body: { properties: { [attribute]: property } },
      })
    },
    touches: ['metadata'],
    onSaved: onClose,
  })
  const { displayName, suffix } = form.values
  const made = name ?? attributeNameOf(displayName, suffix)
  const clashes = name === undefined && Object.hasOwn(properties, made)
  const about = attributeChoices.find((choice) => choice.suffix === suffix)?.about
  const canChoose = /(Str|Tree)$/.test(made)
  return (
    <EditDialog
      title={name === undefined ? 'New attribute' : `Edit ${labelOf(properties, name)}`}
      {...{ onClose, isSaving, problem }}
      onSubmit={(event) => {
        if (made === '' || clashes) {
          event.preventDefault()
          form.setFieldError('displayName', made === '' ? 'needs letters or digits' : `${made} exists already`)
          return
        }
        submit(event)
      }}
    >
      <TextInput
        label="What people call it"
        required
        data-autofocus
        description={made === '' ? 'Programs get a name made of it.' : `Programs call it ${made}.`}
        {...form.getInputProps('displayName')}
      />
      {name === undefined && (
        <Select
          label="Type"
          description={about}
          allowDeselect={false}
          data={attributeChoices.map((choice) => ({ value: choice.suffix, label: choice.label }))}
          {...form.getInputProps('suffix')}
        />
      )}
      {canChoose && (
        <TagsInput
          label="Values to choose from"
          description="Leave it empty for any text."
          {...form.getInputProps('enumeration')}
        />
      )}
    </EditDialog>
  )
}
