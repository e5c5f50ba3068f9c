import { Group, Kbd, Modal, SimpleGrid, Stack, Text, Title } from '@mantine/core'
import { Fragment } from 'react'

import { keyActions } from './key-actions.ts'
import type { KeyAction } from './key-actions.ts'
import { useKeyMap } from './keys.ts'

const fixed = [
  { keys: ['Ctrl', 'K'], label: 'Find a page, customer, search or action' },
  { keys: ['Ctrl', 'Enter'], label: 'Send what is written' },
  { keys: ['Esc'], label: 'Close, or leave the composer' },
]

/** Every key on one sheet, as this person has them. */
export function KeysSheet({ opened, onClose }: { opened: boolean; onClose: () => void }) {
  const map = useKeyMap()
  const names = Object.keys(keyActions) as KeyAction[]
  const groups = [...new Set(names.map((name) => keyActions[name].group))]
  return (
    <Modal opened={opened} onClose={onClose} title="Keyboard shortcuts" size="lg">
      <SimpleGrid cols={{ base: 1, xs: 2 }} spacing="xl">
        <KeyGroup title="Always">
          {fixed.map(({ keys, label }) => (
            <KeyLine key={label} keys={keys} label={label} />
          ))}
        </KeyGroup>
        {groups.map((group) => (
          <KeyGroup key={group} title={group}>
            {names
              .filter((name) => keyActions[name].group === group)
              .map((name) => (
                <KeyLine
                  key={name}
                  keys={map[name] === '' ? [] : [map[name].toUpperCase()]}
                  label={keyActions[name].label}
                />
              ))}
          </KeyGroup>
        ))}
      </SimpleGrid>
      <Text size="xs" c="dimmed" mt="lg">
        Keys can be changed or switched off under Settings, Appearance.
      </Text>
    </Modal>
  )
}

function KeyGroup({ title, children }: { title: string; children: React.ReactNode }) {
  return (
    <Stack gap={6}>
      <Title order={3}>{title}</Title>
      {children}
    </Stack>
  )
}

function KeyLine({ keys, label }: { keys: string[]; label: string }) {
  return (
    <Group justify="space-between" wrap="nowrap" gap="sm">
      <Text size="sm">{label}</Text>
      <Group gap={4} wrap="nowrap">
        {keys.length === 0 ? (
          <Text size="xs" c="dimmed">
            none
          </Text>
        ) : (
          keys.map((key) => (
            <Fragment key={key}>
              <Kbd size="xs">{key}</Kbd>
            </Fragment>
          ))
        )}
      </Group>
    </Group>
  )
}
