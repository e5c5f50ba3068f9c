import { Button, Combobox, ScrollArea, Text, useCombobox } from '@mantine/core'
import { IconFilterPlus } from '@tabler/icons-react'
import { useState } from 'react'

import { objectNames } from './use-search-attributes.ts'
import type { SearchAttribute } from './use-search-attributes.ts'

const mostShown = 80

interface AddFilterProps {
  /** The klass whose objects are shown; its name need not be said. */
  shownKlass: string | undefined
  attributes: SearchAttribute[]
  onAdd: (attribute: SearchAttribute) => void
}

/** Chooses the attribute that a new filter is about, among all there are. */
export function AddFilter({ shownKlass, attributes, onAdd }: AddFilterProps) {
  const [search, setSearch] = useState('')
  const combobox = useCombobox({
    onDropdownClose: () => {
      combobox.resetSelectedOption()
      combobox.focusTarget()
      setSearch('')
    },
    onDropdownOpen: () => combobox.focusSearchInput(),
  })
  const words = search.toLowerCase().split(' ')
  const fits = ({ id, attributes: { label, object } }: SearchAttribute) => {
    const text = `${id} ${label} ${objectNames[object] ?? ''}`.toLowerCase()
    return words.every((word) => text.includes(word))
  }
  const shown = attributes.filter(fits).slice(0, mostShown)
  const groups = Map.groupBy(shown, (it) => it.attributes.object)
  return (
    <Combobox
      store={combobox}
      width={300}
      position="bottom-start"
      shadow="md"
      onOptionSubmit={(id) => {
        const attribute = attributes.find((it) => it.id === id)
        combobox.closeDropdown()
        if (attribute !== undefined) {
          onAdd(attribute)
        }
      }}
    >
      <Combobox.Target withAriaAttributes={false}>
        <Button
          size="compact-sm"
          variant="light"
          leftSection={<IconFilterPlus size={15} />}
          onClick={() => combobox.toggleDropdown()}
        >
          Add filter
        </Button>
      </Combobox.Target>
      <Combobox.Dropdown>
        <Combobox.Search
          value={search}
          onChange={(event) => {
            setSearch(event.currentTarget.value)
            combobox.updateSelectedOptionIndex()
            combobox.selectFirstOption()
          }}
          placeholder="Which attribute?"
          aria-label="Find an attribute"
        />
        <Combobox.Options aria-label="Attributes">
          <ScrollArea.Autosize mah={320} type="scroll">
            {[...groups].map(([object, list]) => (
              <Combobox.Group key={object} label={objectNames[object] ?? object}>
                {list.map(({ id, attributes: { label, klass } }) => (
                  <Combobox.Option key={id} value={id}>
                    <Text size="sm" component="span" className="said">
                      {label}
                    </Text>
                    {klass !== null && klass !== shownKlass && (
                      <Text size="xs" c="dimmed" component="span">
                        {' '}
                        {klass}
                      </Text>
                    )}
                  </Combobox.Option>
                ))}
              </Combobox.Group>
            ))}
            {shown.length === 0 && <Combobox.Empty>No attribute is called that</Combobox.Empty>}
          </ScrollArea.Autosize>
        </Combobox.Options>
      </Combobox.Dropdown>
    </Combobox>
  )
}
