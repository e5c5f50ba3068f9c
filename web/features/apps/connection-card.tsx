import { Alert, Badge, Button, Card, Group, Stack, Text, Title } from '@mantine/core'
import { IconPlugConnected, IconPlugConnectedX } from '@tabler/icons-react'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'

import { api } from '../../api.ts'
import { CopyField } from '../../ui/copy-field.tsx'
import { ErrorState, LoadingCards } from '../../ui/states.tsx'
import { Time } from '../../ui/time.tsx'
import { sayFailed } from '../../ui/undo.tsx'
import { useUsers } from '../people/people.ts'

interface ConnectionCardProps {
  installationId: string
  title: string
}

/** Whether an app is signed in at its provider, what to do there first, and the way to it and back. */
export function ConnectionCard({ installationId, title }: ConnectionCardProps) {
  const client = useQueryClient()
  const users = useUsers()
  const params = { id: installationId }
  const connection = useQuery({
    queryKey: ['installation', installationId, 'connection'],
    queryFn: async () => (await api.call('GET /v1/apps/installations/{id}/connection', { params })).data.attributes,
  })
  const begin = useMutation({
    mutationFn: async () => (await api.call('POST /v1/apps/installations/{id}/connection', { params })).data.url,
    onSuccess: (url) => window.location.assign(url),
    onError: (error) => sayFailed('It could not be connected', error),
  })
  const end = useMutation({
    mutationFn: () => api.call('DELETE /v1/apps/installations/{id}/connection', { params }),
    onError: (error) => sayFailed('It could not be disconnected', error),
    onSettled: () => client.invalidateQueries(),
  })
  if (connection.data === undefined) {
    return connection.error === null ? (
      <LoadingCards count={1} height={120} />
    ) : (
      <ErrorState error={connection.error} onRetry={() => void connection.refetch()} />
    )
  }
  const { isConnected, isPossible, redirectUri, instructions, connectedAt, connectedBy, expiresAt } = connection.data
  const who = users.get(connectedBy ?? '')?.attributes.displayName
  return (
    <Card withBorder p="lg">
      <Stack>
        <Group justify="space-between">
          <Title order={2}>Connection</Title>
          <Badge variant="light" color={isConnected ? 'teal' : 'gray'} tt="none">
            {isConnected ? 'Connected' : 'Not connected'}
          </Badge>
        </Group>
        {isConnected ? (
          <Text size="sm">
            Connected{who === undefined ? '' : ` by ${who}`}
            {connectedAt !== null && (
              <>
                {' '}
                <Time at={connectedAt} />
              </>
            )}
            . The access renews itself{expiresAt !== null && <>; unused, it ends </>}
            {expiresAt !== null && <Time at={expiresAt} />}.
          </Text>
        ) : (
          <>
            <Text size="sm">{instructions}</Text>
            <CopyField label="Redirect address" description="Register exactly this one." value={redirectUri} />
            {!isPossible && (
              <Alert color="yellow" variant="light">
                Save the key and the secret below first.
              </Alert>
            )}
          </>
        )}
        <Group>
          <Button
            variant={isConnected ? 'default' : 'filled'}
            leftSection={<IconPlugConnected size={16} />}
            disabled={!isPossible}
            loading={begin.isPending || begin.isSuccess}
            onClick={() => begin.mutate()}
          >
            {isConnected ? 'Connect again' : `Connect to ${title}`}
          </Button>
          {isConnected && (
            <Button
              variant="default"
              leftSection={<IconPlugConnectedX size={16} />}
              loading={end.isPending}
              onClick={() => end.mutate()}
            >
              Disconnect
            </Button>
          )}
        </Group>
      </Stack>
    </Card>
  )
}
