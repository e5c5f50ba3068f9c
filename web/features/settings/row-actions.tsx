import { ActionIcon, Group, Tooltip } from '@mantine/core'
import type { Icon } from '@tabler/icons-react'

export interface RowAction {
  /** Names the row as well: “Edit Returns”. */
  label: string
  icon: Icon
  run: () => void
  isDangerous?: boolean
}

/** What one does with one row. */
export function RowActions({ actions }: { actions: RowAction[] }) {
  return (
    <Group gap={2} justify="flex-end" wrap="nowrap">
      {actions.map(({ label, icon: Picture, run, isDangerous }) => (
        <Tooltip key={label} label={label}>
          <ActionIcon variant="subtle" color={isDangerous ? 'red' : 'gray'} size="md" aria-label={label} onClick={run}>
            <Picture size={16} />
          </ActionIcon>
        </Tooltip>
      ))}
    </Group>
  )
}
