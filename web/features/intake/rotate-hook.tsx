import { Button, NumberInput, Stack, Text } from '@mantine/core'
import { useState } from 'react'

import { api } from '../../api.ts'
import { Time } from '../../ui/time.tsx'
import { ConfirmDialog } from '../settings/confirm-dialog.tsx'

interface RotateHookProps {
  hook: { id: string; title: string; previousUntil: string | null }
  /** The queries that show its address. */
  touches: string[]
}

/** Gives a hook another address, for when the one that it has leaked. */
export function RotateHook({ hook: { id, title, previousUntil }, touches }: RotateHookProps) {
  const [isAsking, setIsAsking] = useState(false)
  const [overlapDays, setOverlapDays] = useState(7)
  const run = () => api.call('POST /v1/hooks/rotations', { body: { hook: id, overlapDays } })
  return (
    <Text size="xs" c="dimmed" component="div">
      {previousUntil !== null && (
        <>
          The address before this one goes on until <Time at={previousUntil} />.{' '}
        </>
      )}
      <Button
        size="compact-xs"
        variant="subtle"
        aria-label={`New address for ${title}`}
        onClick={() => setIsAsking(true)}
      >
        New address
      </Button>
      {isAsking && (
        <ConfirmDialog
          title="Make a new address?"
          action="Make a new address"
          run={run}
          touches={touches}
          onClose={() => setIsAsking(false)}
        >
          <Stack gap="xs">
            <span>
              Whoever knows an address can send to it. Enter the new one at its provider before the old one ends.
            </span>
            <NumberInput
              label="Days for which the old address goes on"
              description="0: it ends at once."
              min={0}
              max={90}
              allowDecimal={false}
              value={overlapDays}
              onChange={(value) => setOverlapDays(Number(value))}
            />
          </Stack>
        </ConfirmDialog>
      )}
    </Text>
  )
}
