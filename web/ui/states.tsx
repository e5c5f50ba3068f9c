import { Alert, Button, Card, Center, Skeleton, Stack, Text, ThemeIcon } from '@mantine/core'
import { IconAlertCircle } from '@tabler/icons-react'
import type { Icon } from '@tabler/icons-react'
import type { ReactNode } from 'react'

import { RequestFailed } from '../api.ts'

/** Nothing here yet: says why and what to do. */
export function EmptyState({
  icon: Picture,
  title,
  children,
  action,
}: {
  icon: Icon
  title: string
  children: ReactNode
  action?: ReactNode
}) {
  return (
    <Center py={56} px="md">
      <Stack align="center" gap="xs" maw={440}>
        <ThemeIcon size={52} radius="xl" variant="light" aria-hidden>
          <Picture size={26} stroke={1.6} />
        </ThemeIcon>
        <Text fw={600} size="lg" ta="center">
          {title}
        </Text>
        <Text c="dimmed" ta="center" size="sm">
          {children}
        </Text>
        {action}
      </Stack>
    </Center>
  )
}

export function ErrorState({ error, onRetry }: { error: Error; onRetry?: () => void }) {
  const isForbidden = error instanceof RequestFailed && error.status === 403
  return (
    <Alert icon={<IconAlertCircle />} color="red" variant="light" title="This could not be loaded" m="md" role="alert">
      <Stack gap="xs" align="flex-start">
        <Text size="sm">{error.message}</Text>
        {isForbidden && <Text size="sm">Ask somebody who administers this desk to give it to you.</Text>}
        {onRetry !== undefined && !isForbidden && (
          <Button size="xs" variant="default" onClick={onRetry}>
            Try again
          </Button>
        )}
      </Stack>
    </Alert>
  )
}

export function LoadingCards({ count = 4, height = 76 }: { count?: number; height?: number }) {
  return (
    <Stack gap="sm" role="status" aria-busy="true" aria-label="Loading">
      {Array.from({ length: count }, (_, index) => (
        <Card key={index} withBorder p="md">
          <Skeleton height={height - 32} />
        </Card>
      ))}
    </Stack>
  )
}
