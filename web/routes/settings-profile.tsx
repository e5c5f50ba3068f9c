import { PasswordInput, TextInput } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { useState } from 'react'

import { api } from '../api.ts'
import { useCurrentUser } from '../features/people/people.ts'
import { FormCard } from '../features/settings/form-card.tsx'
import { useResourceForm } from '../features/settings/use-resource-form.ts'
import { Page } from '../ui/page.tsx'
import { LoadingCards } from '../ui/states.tsx'

/** The name one goes by here, and how one signs in. */
export function ProfilePage() {
  const me = useCurrentUser()
  const [changed, setChanged] = useState(0)
  return (
    <Page title="Profile" description="How the others see you, and how you sign in." width={820}>
      {me === undefined ? (
        <LoadingCards count={2} height={140} />
      ) : (
        <>
          <WhoForm key={me.id} name={me.attributes.name} email={me.attributes.email ?? ''} />
          <PasswordForm key={changed} onChanged={() => setChanged(changed + 1)} />
        </>
      )}
    </Page>
  )
}

function WhoForm(initial: { name: string; email: string }) {
  const { form, submit, isSaving, problem } = useResourceForm({
    initial,
    save: (body) => api.call('PUT /v1/users/current', { body }),
    touches: ['user', 'users'],
    onSaved: () => notifications.show({ message: 'Saved.' }),
  })
  return (
    <FormCard onSubmit={submit} canSave={form.isDirty()} {...{ isSaving, problem }}>
      <TextInput label="Name" required autoComplete="name" {...form.getInputProps('name')} />
      <TextInput label="E-mail address" type="email" required autoComplete="email" {...form.getInputProps('email')} />
    </FormCard>
  )
}

function PasswordForm({ onChanged }: { onChanged: () => void }) {
  const { form, submit, isSaving, problem } = useResourceForm({
    initial: { currentPassword: '', password: '' },
    save: ({ currentPassword, password }) =>
      api.call('POST /v1/users/current/password', {
        body: { password, ...(currentPassword === '' ? {} : { currentPassword }) },
      }),
    touches: [],
    onSaved: () => {
      notifications.show({ message: 'Your password is set. Other browsers that were signed in are not any more.' })
      onChanged()
    },
  })
  return (
    <FormCard
      title="Password"
      submit="Set password"
      onSubmit={submit}
      canSave={form.values.password !== ''}
      {...{ isSaving, problem }}
    >
      <PasswordInput
        label="The one you have"
        description="Leave it empty if you came by a sign-in link and have none yet."
        autoComplete="current-password"
        visibilityToggleButtonProps={{ 'aria-label': 'Show the password you have' }}
        {...form.getInputProps('currentPassword')}
      />
      <PasswordInput
        label="New password"
        description="At least 10 characters."
        required
        autoComplete="new-password"
        visibilityToggleButtonProps={{ 'aria-label': 'Show the new password' }}
        {...form.getInputProps('password')}
      />
    </FormCard>
  )
}
