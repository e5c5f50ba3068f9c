import { Combobox, Modal, Stack, Text } from '@mantine/core'
import { useState } from 'react'

import type { Catalogue } from '../../../src/core/workflows/schema.ts'
import { Picker } from '../../ui/picker.tsx'

const branch = 'branch'

/** Everything that a step can do, to choose from. */
export function AddStepDialog({
  catalogue,
  onPick,
  onClose,
}: {
  catalogue: Catalogue
  /** Without an action the step only decides. */
  onPick: (action: string | undefined) => void
  onClose: () => void
}) {
  const [search, setSearch] = useState('')
  const wanted = search.trim().toLowerCase()
  const says = (text: string) => text.toLowerCase().includes(wanted)
  const titled = catalogue.actions.filter((it) => says(it.title) || says(it.name))
  // What is called so comes alone; only when nothing is, what speaks of it.
  const fitting = titled.length > 0 ? titled : catalogue.actions.filter((it) => says(`${it.group} ${it.description}`))
  const groups = Map.groupBy(fitting, (it) => it.group)
  return (
    <Modal opened onClose={onClose} returnFocus={false} title="What happens next?" size="lg">
      <Picker
        label="Look for an action"
        placeholder="Open, assign, notify, wait, call …"
        listLabel="Actions"
        search={search}
        onSearch={setSearch}
        onPick={(name) => onPick(name === branch ? undefined : name)}
      >
        {[...groups].map(([group, actions]) => (
          <Combobox.Group key={group} label={group}>
            {actions.map((it) => (
              <Combobox.Option key={it.name} value={it.name}>
                <Stack gap={0}>
                  <Text size="sm">{it.title}</Text>
                  <Text size="xs" c="dimmed">
                    {it.description}
                  </Text>
                </Stack>
              </Combobox.Option>
            ))}
          </Combobox.Group>
        ))}
        {'decide branch condition'.includes(wanted) && (
          <Combobox.Group label="Deciding">
            <Combobox.Option value={branch}>
              <Stack gap={0}>
                <Text size="sm">Decide</Text>
                <Text size="xs" c="dimmed">
                  Does nothing but go one way or another.
                </Text>
              </Stack>
            </Combobox.Option>
          </Combobox.Group>
        )}
        {fitting.length === 0 && (
          <Combobox.Empty>Nothing like that. “Call an address” reaches other systems.</Combobox.Empty>
        )}
      </Picker>
    </Modal>
  )
}
