import { Alert, Button, Center, Paper, PasswordInput, Stack, Text, TextInput, Title } from '@mantine/core'
import { isEmail, isNotEmpty, hasLength, useForm } from '@mantine/form'
import { useDocumentTitle } from '@mantine/hooks'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useNavigate } from 'react-router'

import { api } from '../api.ts'

const shortestPassword = 10

/** The first admin's first minute: who they are, how they sign in from now on, and what the desk is called. */
export function WelcomePage() {
  useDocumentTitle('Welcome · Tellback')
  const navigate = useNavigate()
  const client = useQueryClient()
  const form = useForm({
    initialValues: { org: '', name: '', email: '', password: '' },
    validate: {
      org: isNotEmpty('Enter a name; you can change it later.'),
      name: isNotEmpty('Enter your name.'),
      email: isEmail('Enter an e-mail address.'),
      password: hasLength({ min: shortestPassword }, `Use at least ${shortestPassword} characters.`),
    },
  })
  const save = useMutation({
    mutationFn: async ({ org, name, email, password }: typeof form.values) => {
      await api.call('PUT /v1/orgs/current', { body: { name: org } })
      await api.call('POST /v1/users/current/password', { body: { password } })
      await api.call('PUT /v1/users/current', { body: { name, email } })
    },
    onSuccess: async () => {
      client.clear()
      await navigate('/apps', { replace: true })
    },
  })
  return (
    <Center mih="100vh" p="md" component="main">
      <Paper withBorder shadow="sm" p="xl" w={440} maw="100%">
        <form onSubmit={form.onSubmit((values) => save.mutate(values))}>
          <Stack>
            <Stack gap={4}>
              <Title order={1}>Welcome to Tellback</Title>
              <Text c="dimmed" size="sm">
                Set up your own sign-in. Then connect the first app.
              </Text>
            </Stack>
            {save.error !== null && (
              <Alert color="red" role="alert">
                {save.error.message}
              </Alert>
            )}
            <TextInput
              label="Organisation"
              description="Your team or company"
              withAsterisk
              autoFocus
              autoComplete="organization"
              {...form.getInputProps('org')}
            />
            <TextInput label="Your name" withAsterisk autoComplete="name" {...form.getInputProps('name')} />
            <TextInput
              label="E-mail address"
              description="You sign in with it"
              withAsterisk
              type="email"
              autoComplete="username"
              {...form.getInputProps('email')}
            />
            <PasswordInput
              label="Password"
              withAsterisk
              autoComplete="new-password"
              visibilityToggleButtonProps={{ 'aria-label': 'Show password' }}
              {...form.getInputProps('password')}
            />
            <Button type="submit" loading={save.isPending}>
              Continue
            </Button>
          </Stack>
        </form>
      </Paper>
    </Center>
  )
}
