import {
  Button,
  Card,
  Group,
  Kbd,
  SegmentedControl,
  Stack,
  Switch,
  Table,
  Text,
  Title,
  useMantineColorScheme,
} from '@mantine/core'
import type { MantineColorScheme } from '@mantine/core'
import { useState } from 'react'

import { keyActions } from '../ui/key-actions.ts'
import type { KeyAction } from '../ui/key-actions.ts'
import { useKeyMap } from '../ui/keys.ts'
import { Page } from '../ui/page.tsx'
import { usePreferences } from '../ui/preferences.ts'

const names = Object.keys(keyActions) as KeyAction[]

/** How the desk looks and which keys it listens to, in this browser. */
export function AppearancePage() {
  const { colorScheme, setColorScheme } = useMantineColorScheme()
  const [preferences, setPreferences] = usePreferences()
  const [listening, setListening] = useState<KeyAction>()
  const map = useKeyMap()

  function give(action: KeyAction, key: string): void {
    const taken = names.filter((name) => name !== action && map[name] === key)
    const freed = Object.fromEntries(taken.map((name) => [name, '']))
    setPreferences({ keys: { ...preferences.keys, ...freed, [action]: key } })
    setListening(undefined)
  }

  return (
    <Page title="Appearance" description="These belong to this browser; nobody else sees them." width={820}>
      <Card withBorder p="lg">
        <Stack>
          <Choice
            label="Colors"
            value={colorScheme}
            onChange={(value) => setColorScheme(value as MantineColorScheme)}
            choices={[
              { value: 'light', label: 'Light' },
              { value: 'dark', label: 'Dark' },
              { value: 'auto', label: 'As the system' },
            ]}
          />
          <Choice
            label="Lists"
            value={preferences.density}
            onChange={(value) => setPreferences({ density: value as typeof preferences.density })}
            choices={[
              { value: 'comfortable', label: 'Comfortable' },
              { value: 'compact', label: 'Compact' },
            ]}
          />
        </Stack>
      </Card>
      <Card withBorder p="lg">
        <Stack>
          <Group justify="space-between">
            <Title order={2}>Keys</Title>
            <Group>
              <Switch
                label="Single keys do something"
                checked={preferences.keysOn}
                onChange={(event) => setPreferences({ keysOn: event.currentTarget.checked })}
              />
              <Button size="xs" variant="default" onClick={() => setPreferences({ keys: {} })}>
                As they were
              </Button>
            </Group>
          </Group>
          <Table verticalSpacing={6}>
            <Table.Thead>
              <Table.Tr>
                <Table.Th>What it does</Table.Th>
                <Table.Th>Key</Table.Th>
                <Table.Th />
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {names.map((name) => (
                <Table.Tr key={name}>
                  <Table.Td>{keyActions[name].label}</Table.Td>
                  <Table.Td>
                    {map[name] === '' ? (
                      <Text size="xs" c="dimmed">
                        none
                      </Text>
                    ) : (
                      <Kbd>{map[name].toUpperCase()}</Kbd>
                    )}
                  </Table.Td>
                  <Table.Td ta="right">
                    <Button
                      size="compact-xs"
                      variant={listening === name ? 'filled' : 'subtle'}
                      disabled={!preferences.keysOn}
                      aria-label={`Change the key for: ${keyActions[name].label}`}
                      onClick={() => setListening(listening === name ? undefined : name)}
                      onBlur={() => setListening(undefined)}
                      onKeyDown={(event) => {
                        if (listening !== name || event.key === 'Tab') {
                          return
                        }
                        event.preventDefault()
                        event.stopPropagation()
                        if (event.key === 'Escape') {
                          setListening(undefined)
                        } else if (event.key === 'Backspace' || event.key === 'Delete') {
                          give(name, '')
                        } else if (event.key.length === 1 && event.key !== ' ') {
                          give(name, event.key.toLowerCase())
                        }
                      }}
                    >
                      {listening === name ? 'Press a key, or Delete for none' : 'Change'}
                    </Button>
                  </Table.Td>
                </Table.Tr>
              ))}
            </Table.Tbody>
          </Table>
        </Stack>
      </Card>
    </Page>
  )
}

interface ChoiceProps {
  label: string
  value: string
  onChange: (value: string) => void
  choices: { value: string; label: string }[]
}

function Choice({ label, value, onChange, choices }: ChoiceProps) {
  return (
    <Group justify="space-between">
      <Text fw={500} size="sm">
        {label}
      </Text>
      <SegmentedControl aria-label={label} value={value} onChange={onChange} data={choices} size="xs" />
    </Group>
  )
}
