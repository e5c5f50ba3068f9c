import { Button, Group, Modal, Stack, Text } from '@mantine/core'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import type { ReactNode } from 'react'

import { sayFailed } from '../../ui/undo.tsx'

interface ConfirmDialogProps {
  title: string
  /** What follows from it. */
  children: ReactNode
  action: string
  run: () => Promise<unknown>
  touches: string[]
  onClose: () => void
}

/** Asks before something that cannot be taken back. */
export function ConfirmDialog({ title, children, action, run, touches, onClose }: ConfirmDialogProps) {
  const client = useQueryClient()
  const running = useMutation({
    mutationFn: run,
    onSuccess: onClose,
    onError: (error) => sayFailed(`${action} did not work`, error),
    onSettled: () => Promise.all(touches.map((name) => client.invalidateQueries({ queryKey: [name] }))),
  })
  return (
    <Modal opened onClose={onClose} title={title}>
      <Stack>
        <Text size="sm" component="div">
          {children}
        </Text>
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose} data-autofocus>
            Cancel
          </Button>
          <Button color="red" loading={running.isPending} onClick={() => running.mutate()}>
            {action}
          </Button>
        </Group>
      </Stack>
    </Modal>
  )
}
