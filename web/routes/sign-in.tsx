import { Alert, Button, Center, Paper, PasswordInput, Stack, Text, TextInput, Title } from '@mantine/core'
import { useForm } from '@mantine/form'
import { useDocumentTitle } from '@mantine/hooks'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useLocation, useNavigate } from 'react-router'

import { api, RequestFailed } from '../api.ts'

/** Signs in by password, or by the one-time link whose secret part stands behind the # of the address. */
export function SignInPage() {
  useDocumentTitle('Sign in · Tellback')
  const { hash, state } = useLocation()
  const link = hash.slice(1)
  const hasEnded = (state as { ended?: unknown } | null)?.ended === true
  return (
    <Center mih="100vh" p="md" component="main">
      <Paper withBorder shadow="sm" p="xl" w={400} maw="100%">
        <Stack gap="md">
          <Stack gap={4} align="center">
            <img src="/favicon.svg" width={44} height={44} alt="" />
            <Title order={1}>Sign in to Tellback</Title>
          </Stack>
          {hasEnded && (
            <Alert color="indigo" role="status">
              Your session has ended. What you were writing is kept in this browser; sign in and it is there again.
            </Alert>
          )}
          {link === '' ? <PasswordSignIn /> : <LinkSignIn key={link} token={link} />}
        </Stack>
      </Paper>
    </Center>
  )
}

function useArrive(): () => Promise<void> {
  const navigate = useNavigate()
  const location = useLocation()
  const client = useQueryClient()
  return async () => {
    client.clear()
    await navigate(cameFrom(location.state) ?? '/inbox', { replace: true })
  }
}

/** The page that somebody was on when their session ended. */
function cameFrom(state: unknown): string | undefined {
  const from = (state as { from?: unknown } | null)?.from
  return typeof from === 'string' && from.startsWith('/') && !from.startsWith('//') ? from : undefined
}

function LinkSignIn({ token }: { token: string }) {
  const arrive = useArrive()
  const redeem = useMutation({ mutationFn: () => api.request('POST', '/auth/link', { token }), onSuccess: arrive })
  return (
    <Stack>
      <Text ta="center" c="dimmed" size="sm">
        Your link is good for one sign-in.
      </Text>
      {redeem.error !== null && (
        <Alert color="red" role="alert">
          {redeem.error.message}
        </Alert>
      )}
      <Button size="md" loading={redeem.isPending} onClick={() => redeem.mutate()} data-autofocus autoFocus>
        Sign in
      </Button>
    </Stack>
  )
}

function PasswordSignIn() {
  const arrive = useArrive()
  const form = useForm({ initialValues: { email: '', password: '' } })
  const signIn = useMutation({
    mutationFn: (values: typeof form.values) => api.request('POST', '/auth/sign-in/email', values),
    onSuccess: arrive,
  })
  const refused = signIn.error instanceof RequestFailed && signIn.error.status === 401
  return (
    <form onSubmit={form.onSubmit((values) => signIn.mutate(values))}>
      <Stack>
        {signIn.error !== null && (
          <Alert color="red" role="alert">
            {refused ? 'E-mail address or password is not right.' : signIn.error.message}
          </Alert>
        )}
        <TextInput
          label="E-mail address"
          type="email"
          required
          autoComplete="username"
          autoFocus
          {...form.getInputProps('email')}
        />
        <PasswordInput
          label="Password"
          required
          autoComplete="current-password"
          visibilityToggleButtonProps={{ 'aria-label': 'Show password' }}
          {...form.getInputProps('password')}
        />
        <Button type="submit" loading={signIn.isPending}>
          Sign in
        </Button>
        <Text size="xs" c="dimmed" ta="center">
          No password yet, or forgotten? Whoever runs this desk can print a one-time link:{' '}
          <code>npx tellback sign-in-link --email you@example.com</code>
        </Text>
      </Stack>
    </form>
  )
}
