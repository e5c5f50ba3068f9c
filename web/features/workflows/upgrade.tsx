import { Alert, Button, Group, Stack, Text } from '@mantine/core'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'

import type { WorkflowDocument } from '../../../src/core/workflows/schema.ts'
import { api } from '../../api.ts'
import { sayFailed } from '../../ui/undo.tsx'
import { Difference } from './difference.tsx'

interface UpgradeAlertProps {
  id: string
  app: string | null
  draft: WorkflowDocument
  onTaken: () => void
}

/** The app brings a newer form of a workflow that was changed here: nothing happens before somebody has compared. */
export function UpgradeAlert({ id, app, draft, onTaken }: UpgradeAlertProps) {
  const client = useQueryClient()
  const [shown, setShown] = useState(false)
  const upgrade = useQuery({
    queryKey: ['workflow-upgrade', id],
    queryFn: async () => (await api.call('GET /v1/workflows/{id}/upgrade', { params: { id } })).data,
  })
  const settle = useMutation({
    mutationFn: (take: boolean) => api.call('POST /v1/workflows/{id}/upgrade', { params: { id }, body: { take } }),
    onSuccess: (_, take) => (take ? onTaken() : undefined),
    onError: (error) => sayFailed('Nothing was changed', error),
    onSettled: () => client.invalidateQueries({ queryKey: ['workflow', id] }),
  })
  return (
    <Alert color="blue" title={`${app ?? 'The app'} brings a newer version of this workflow`}>
      <Stack gap="xs">
        <Text size="sm">
          You have changed it, so yours stays. Compare, then take the app’s as a draft, or keep yours.
        </Text>
        {shown && upgrade.data !== null && upgrade.data !== undefined && (
          <Difference from={draft} to={upgrade.data.document} label="Yours against the app’s" />
        )}
        <Group gap="xs">
          <Button size="xs" variant="default" aria-expanded={shown} onClick={() => setShown(!shown)}>
            {shown ? 'Hide the difference' : 'Show the difference'}
          </Button>
          <Button size="xs" variant="light" loading={settle.isPending} onClick={() => settle.mutate(true)}>
            Take the app’s as a draft
          </Button>
          <Button size="xs" variant="subtle" loading={settle.isPending} onClick={() => settle.mutate(false)}>
            Keep mine
          </Button>
        </Group>
      </Stack>
    </Alert>
  )
}
