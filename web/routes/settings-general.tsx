import { TextInput } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { useQuery } from '@tanstack/react-query'

import { api } from '../api.ts'
import { FormCard } from '../features/settings/form-card.tsx'
import { useResourceForm } from '../features/settings/use-resource-form.ts'
import { Page } from '../ui/page.tsx'
import { ErrorState, LoadingCards } from '../ui/states.tsx'

/** What the organisation is called. */
export function GeneralPage() {
  const org = useQuery({
    queryKey: ['org'],
    queryFn: async () => (await api.call('GET /v1/orgs/current')).data,
  })
  return (
    <Page title="Organisation" description="What everybody here and every app sees." width={820}>
      {org.error !== null && <ErrorState error={org.error} onRetry={() => void org.refetch()} />}
      {org.isPending && <LoadingCards count={1} />}
      {org.data !== undefined && <NameForm key={org.data.id} name={org.data.attributes.name} />}
    </Page>
  )
}

function NameForm({ name }: { name: string }) {
  const { form, submit, isSaving, problem } = useResourceForm({
    initial: { name },
    save: (body) => api.call('PUT /v1/orgs/current', { body }),
    touches: ['org'],
    onSaved: () => notifications.show({ message: 'Saved.' }),
  })
  return (
    <FormCard onSubmit={submit} canSave={form.isDirty()} {...{ isSaving, problem }}>
      <TextInput label="Name" required {...form.getInputProps('name')} />
    </FormCard>
  )
}
