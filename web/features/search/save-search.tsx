import { MultiSelect, Switch, TextInput } from '@mantine/core'

import { api } from '../../api.ts'
import { useTeams } from '../people/people.ts'
import type { SearchQuery } from '../searches/run-search.ts'
import { EditDialog } from '../settings/edit-dialog.tsx'
import { useResourceForm } from '../settings/use-resource-form.ts'

interface SaveSearchProps {
  query: SearchQuery
  onClose: () => void
  onSaved: (id: string) => void
}

/** Keeps a search under a name, for oneself or for others as well. */
export function SaveSearch({ query, onClose, onSaved }: SaveSearchProps) {
  const teams = useTeams()
  const { form, submit, isSaving, problem } = useResourceForm({
    initial: { name: '', shared: false, sharedTeams: [] as string[], pinned: false },
    save: async (values) => (await api.call('POST /v1/customers/searches', { body: { ...values, query } })).data.id,
    touches: ['searches'],
    onSaved: (id) => {
      onClose()
      onSaved(id)
    },
  })
  return (
    <EditDialog title="Save this search" {...{ onClose, isSaving, problem }} onSubmit={submit}>
      <TextInput label="Name" required data-autofocus {...form.getInputProps('name')} />
      <Switch
        label="Everybody sees it"
        checked={form.values.shared}
        onChange={(event) => form.setFieldValue('shared', event.currentTarget.checked)}
      />
      {!form.values.shared && (
        <MultiSelect
          label="Teams that see it"
          placeholder={form.values.sharedTeams.length === 0 ? 'Only you' : ''}
          data={Array.from(teams.values(), ({ id, attributes }) => ({ value: id, label: attributes.displayName }))}
          {...form.getInputProps('sharedTeams')}
        />
      )}
    </EditDialog>
  )
}
