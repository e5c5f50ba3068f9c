import { Badge, Group, Text } from '@mantine/core'
import type { z } from 'zod'

import type { InstallationAttributes } from '../../../src/core/apps/schema.ts'
import { Time } from '../../ui/time.tsx'

const states = {
  active: { color: 'teal', label: 'On' },
  disabled: { color: 'gray', label: 'Off' },
  needs_reconnect: { color: 'red', label: 'Needs reconnecting' },
} as const

/** Whether an installation works, in a few words. */
export function HealthLine({ installation }: { installation: z.infer<typeof InstallationAttributes> }) {
  const { status, health } = installation
  const { failed, received } = health.day
  return (
    <Group gap="sm" wrap="nowrap">
      <Text size="sm" c={failed > 0 ? 'var(--mantine-color-error)' : 'dimmed'} visibleFrom="sm">
        {health.lastDeliveryAt === null ? (
          'Nothing received yet'
        ) : (
          <>
            {failed > 0 ? `${failed} of ${received} failed today · last delivery ` : 'Last delivery '}
            <Time at={health.lastDeliveryAt} />
          </>
        )}
      </Text>
      <Badge color={states[status].color} variant="light" tt="none" style={{ flexShrink: 0 }}>
        {states[status].label}
      </Badge>
    </Group>
  )
}
