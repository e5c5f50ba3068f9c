import { Badge } from '@mantine/core'
import type { z } from 'zod'

import type { DeliveryStatusWord } from '../../../src/core/intake/schema.ts'

const states: Record<z.infer<typeof DeliveryStatusWord>, { color: string; label: string }> = {
  received: { color: 'blue', label: 'Received' },
  applied: { color: 'teal', label: 'Applied' },
  retrying: { color: 'yellow', label: 'Retrying' },
  waiting: { color: 'yellow', label: 'Waiting' },
  rejected: { color: 'red', label: 'Rejected' },
  refused: { color: 'red', label: 'Refused' },
}

/** Every state that a delivery can be in. */
export const deliveryStates = Object.keys(states) as (keyof typeof states)[]

export function DeliveryStatus({ status }: { status: z.infer<typeof DeliveryStatusWord> }) {
  return (
    <Badge color={states[status].color} variant="light" tt="none" style={{ flexShrink: 0 }}>
      {states[status].label}
    </Badge>
  )
}
