import { Combobox, useCombobox } from '@mantine/core'
import { useEffect } from 'react'
import type { ReactNode } from 'react'

interface PickerProps {
  /** What it is for; also the name of its field. */
  label: string
  placeholder: string
  /** What its list holds. */
  listLabel: string
  search: string
  onSearch: (search: string) => void
  onPick: (value: string) => void
  /** `Combobox.Option`s that fit the search. */
  children: ReactNode
}

/** A field to search by over a list that is always there; the first that fits is marked, and Enter takes it. */
export function Picker({ label, placeholder, listLabel, search, onSearch, onPick, children }: PickerProps) {
  const combobox = useCombobox({ opened: true })
  useEffect(() => {
    combobox.selectFirstOption()
    // The list is another one with every letter.
    // oxlint-disable-next-line react-hooks/exhaustive-deps -- the store is a new object with every rendering
  }, [search])
  return (
    <Combobox store={combobox} onOptionSubmit={onPick}>
      <Combobox.EventsTarget>
        <Combobox.Search
          value={search}
          onChange={(event) => onSearch(event.currentTarget.value)}
          placeholder={placeholder}
          aria-label={label}
          autoFocus // at once: the next letter belongs to the search already
          data-autofocus // and in a dialog, whose first button would have it otherwise
        />
      </Combobox.EventsTarget>
      <Combobox.Options mah={280} style={{ overflowY: 'auto' }} aria-label={listLabel}>
        {children}
      </Combobox.Options>
    </Combobox>
  )
}
