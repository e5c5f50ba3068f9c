import { Alert, Button, Group, Text } from '@mantine/core'
import { IconAlertCircle } from '@tabler/icons-react'

import { useMailRetry } from './use-mail-retry.ts'

interface SendingProblemProps {
  /** Of the message. */
  id: string
  error: Record<string, unknown> | null
}

/** Why a message has not left: it is on its way, or somebody has to do something. */
export function SendingProblem({ id, error }: SendingProblemProps) {
  const retry = useMailRetry()
  const reason = typeof error?.['title'] === 'string' ? error['title'] : 'It could not be delivered.'
  if (error?.['code'] === 'waiting') {
    return (
      <Text size="xs" c="dimmed" mt={4} role="status">
        {reason}
      </Text>
    )
  }
  return (
    <Alert color="red" variant="light" icon={<IconAlertCircle />} mt="xs" py={6} title="Not sent">
      <Group justify="space-between" gap="xs">
        <span>{reason}</span>
        {error?.['code'] === 'not_sent' && (
          <Button size="compact-xs" variant="default" loading={retry.isPending} onClick={() => retry.mutate(id)}>
            Try again
          </Button>
        )}
      </Group>
    </Alert>
  )
}
