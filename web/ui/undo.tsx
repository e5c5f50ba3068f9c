import { Button, Group, Text } from '@mantine/core'
import { notifications } from '@mantine/notifications'

const offeredMs = 8_000

let last: { id: string; undo: () => void } | undefined

/** Says what was done and offers to take it back, for a while, by a button and by the key of `undo`. */
export function offerUndo(message: string, undo: () => void): void {
  const id = `undo-${Date.now()}`
  const take = () => {
    notifications.hide(id)
    last = undefined
    undo()
  }
  if (last !== undefined) {
    notifications.hide(last.id) // one offer at a time: it is clear what would be taken back
  }
  last = { id, undo: take }
  notifications.show({
    id,
    autoClose: offeredMs,
    withBorder: true,
    onClose: () => {
      last = last?.id === id ? undefined : last
    },
    message: (
      <Group justify="space-between" wrap="nowrap" gap="sm">
        <Text size="sm" lineClamp={2}>
          {message}
        </Text>
        <Button size="compact-sm" variant="light" onClick={take}>
          Undo
        </Button>
      </Group>
    ),
  })
}

/** Takes back what was offered last, if that is still possible. */
export function undoLast(): void {
  last?.undo()
}

/** Says that something went wrong, and what is to be done. */
export function sayFailed(title: string, error: unknown): void {
  notifications.show({
    color: 'red',
    title,
    message: error instanceof Error ? error.message : String(error),
    autoClose: 12_000,
  })
}
