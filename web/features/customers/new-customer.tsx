import { TextInput } from '@mantine/core'

import { api } from '../../api.ts'
import { EditDialog } from '../settings/edit-dialog.tsx'
import { useResourceForm } from '../settings/use-resource-form.ts'

interface NewCustomerProps {
  onClose: () => void
  onMade: (id: string) => void
}

/** Writes down somebody who has not written or answered yet. */
export function NewCustomer({ onClose, onMade }: NewCustomerProps) {
  const { form, submit, isSaving, problem } = useResourceForm({
    initial: { name: '', emails: '', phones: '' },
    save: async ({ name, emails: email, phones: phone }) => {
      const body = {
        ...(name === '' ? {} : { name }),
        ...(email === '' ? {} : { emails: [{ email }] }),
        ...(phone === '' ? {} : { phones: [{ phone }] }),
      }
      return (await api.call('POST /v1/customers', { body })).data.id
    },
    touches: ['customers'],
    onSaved: (id) => {
      onClose()
      onMade(id)
    },
  })
  return (
    <EditDialog title="New customer" {...{ onClose, isSaving, problem }} onSubmit={submit}>
      <TextInput label="Name" data-autofocus {...form.getInputProps('name')} />
      <TextInput label="E-mail address" type="email" {...form.getInputProps('emails')} />
      <TextInput label="Phone number" type="tel" {...form.getInputProps('phones')} />
    </EditDialog>
  )
}
