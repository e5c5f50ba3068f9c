import { ActionIcon, Combobox, Popover, Tooltip } from '@mantine/core'
import { IconBraces } from '@tabler/icons-react'
import { useState } from 'react'

import { Picker } from '../../ui/picker.tsx'
import { focusSoon } from './focus-soon.ts'
import type { Source } from './sources.ts'

const takeButtons = () => [...document.querySelectorAll<HTMLElement>('[data-take]')]

/** A button beside a field that offers what the field can take its value from. */
export function ReferencePicker({
  label,
  sources,
  onPick,
}: {
  label: string
  sources: readonly Source[]
  onPick: (path: string) => void
}) {
  const [opened, setOpened] = useState(false)
  const [search, setSearch] = useState('')
  const wanted = search.trim().toLowerCase()
  const fitting = sources.filter((it) => `${it.group} ${it.label} ${it.path}`.toLowerCase().includes(wanted))
  const groups = Map.groupBy(fitting, (it) => it.group)
  return (
    <Popover opened={opened} onChange={setOpened} width={340} position="bottom-end" shadow="md" withinPortal trapFocus>
      <Popover.Target>
        <Tooltip label="Take the value from an earlier step">
          <ActionIcon
            variant="subtle"
            aria-label={`Take ${label} from an earlier step`}
            data-take={label}
            onClick={() => {
              setSearch('')
              setOpened(!opened)
            }}
          >
            <IconBraces size={16} />
          </ActionIcon>
        </Tooltip>
      </Popover.Target>
      <Popover.Dropdown p="xs">
        <Picker
          label="Look for a value"
          placeholder="Look for a value …"
          listLabel="Values"
          search={search}
          onSearch={setSearch}
          onPick={(path) => {
            onPick(path)
            setOpened(false)
            // The field is drawn anew, as the name of a value: whoever chose by the keyboard goes on there.
            focusSoon(() => takeButtons().find((it) => it.dataset['take'] === label))
          }}
        >
          {[...groups].map(([group, items]) => (
            <Combobox.Group key={group} label={group}>
              {items.map((it) => (
                <Combobox.Option key={it.path} value={it.path}>
                  {it.label}
                </Combobox.Option>
              ))}
            </Combobox.Group>
          ))}
          {fitting.length === 0 && <Combobox.Empty>No earlier step gives this</Combobox.Empty>}
        </Picker>
      </Popover.Dropdown>
    </Popover>
  )
}
