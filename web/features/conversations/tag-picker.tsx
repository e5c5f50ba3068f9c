import { Combobox, Text } from '@mantine/core'
import { IconCheck, IconPlus } from '@tabler/icons-react'
import { useState } from 'react'

import { Picker } from '../../ui/picker.tsx'
import { useTags } from '../people/people.ts'
import type { Conversation } from '../searches/run-search.ts'
import { useChangeConversation } from './change.ts'

const isNew = 'new:'

/** Puts tags on a conversation and takes them off; a name that is no tag yet becomes one. */
export function TagPicker({ conversation }: { conversation: Conversation }) {
  const [search, setSearch] = useState('')
  const tags = useTags()
  const change = useChangeConversation()
  const chosen = conversation.attributes.tags
  const wanted = search.trim()
  const shown = tags.filter(
    ({ attributes }) => !attributes.deleted && attributes.name.toLowerCase().includes(wanted.toLowerCase()),
  )
  const exists = tags.some(({ attributes }) => attributes.name.toLowerCase() === wanted.toLowerCase())

  function pick(value: string): void {
    const id = value.startsWith(isNew) ? value.slice(isNew.length) : value
    const name = tags.find((tag) => tag.id === id)?.attributes.name ?? id
    const isOn = chosen.includes(id)
    change(
      conversation,
      { tags: isOn ? chosen.filter((it) => it !== id) : [...chosen, id] },
      isOn ? `Removed the tag ${name}.` : `Tagged ${name}.`,
    )
    setSearch('')
  }

  return (
    <Picker label="Tag" placeholder="Tag…" listLabel="Tags" search={search} onSearch={setSearch} onPick={pick}>
      {shown.map(({ id, attributes }) => (
        <Combobox.Option key={id} value={id} active={chosen.includes(id)}>
          <Text size="sm" component="span">
            {attributes.name}{' '}
            {chosen.includes(id) && <IconCheck size={14} role="img" aria-label="on this conversation" />}
          </Text>
        </Combobox.Option>
      ))}
      {wanted !== '' && !exists && (
        <Combobox.Option value={isNew + wanted}>
          <Text size="sm" component="span">
            <IconPlus size={13} aria-hidden /> Make the tag “{wanted}”
          </Text>
        </Combobox.Option>
      )}
      {shown.length === 0 && wanted === '' && <Combobox.Empty>Type the name of a tag</Combobox.Empty>}
    </Picker>
  )
}
