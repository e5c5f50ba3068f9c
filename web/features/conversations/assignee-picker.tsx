import { Combobox, Text } from '@mantine/core'
import { IconCheck } from '@tabler/icons-react'
import { useState } from 'react'

import { Picker } from '../../ui/picker.tsx'
import { useCurrentUser, useTeams, useUsers } from '../people/people.ts'
import type { Conversation } from '../searches/run-search.ts'
import { useChangeConversation } from './change.ts'
import type { ConversationChange } from './change.ts'

const nobody = 'nobody'

/** Assigns a conversation to a person or a team, found by typing. */
export function AssigneePicker({ conversation, onPick }: { conversation: Conversation; onPick: () => void }) {
  const [search, setSearch] = useState('')
  const [users, teams, me] = [useUsers(), useTeams(), useCurrentUser()]
  const change = useChangeConversation()
  const { assignedUsers, assignedTeams } = conversation.attributes
  const fits = (name: string) => name.toLowerCase().includes(search.trim().toLowerCase())
  const people = [...users.values()]
    .filter(({ attributes }) => attributes.userType === 'user' && fits(attributes.displayName))
    .toSorted((a, b) => Number(b.id === me?.id) - Number(a.id === me?.id))
  const shownTeams = [...teams.values()].filter(({ attributes }) => fits(attributes.displayName))

  function pick(id: string): void {
    const [next, said]: [ConversationChange, string] =
      id === nobody
        ? [{ assignedUsers: [], assignedTeams: [] }, 'Assigned to nobody.']
        : teams.has(id)
          ? [{ assignedTeams: [id] }, `Assigned to ${teams.get(id)?.attributes.displayName ?? 'the team'}.`]
          : [{ assignedUsers: [id] }, `Assigned to ${users.get(id)?.attributes.displayName ?? 'them'}.`]
    change(conversation, next, said)
    onPick()
  }

  return (
    <Picker
      label="Assign to"
      placeholder="Assign to…"
      listLabel="People and teams"
      search={search}
      onSearch={setSearch}
      onPick={pick}
    >
      {(assignedUsers.length > 0 || assignedTeams.length > 0) && search === '' && (
        <Combobox.Option value={nobody}>
          <Text size="sm" c="dimmed">
            Nobody
          </Text>
        </Combobox.Option>
      )}
      {people.map(({ id, attributes }) => (
        <Choice
          key={id}
          id={id}
          name={id === me?.id ? `${attributes.displayName} (you)` : attributes.displayName}
          isChosen={assignedUsers.includes(id)}
        />
      ))}
      {shownTeams.length > 0 && (
        <Combobox.Group label="Teams">
          {shownTeams.map(({ id, attributes }) => (
            <Choice key={id} id={id} name={attributes.displayName} isChosen={assignedTeams.includes(id)} />
          ))}
        </Combobox.Group>
      )}
      {people.length + shownTeams.length === 0 && <Combobox.Empty>Nobody is called that</Combobox.Empty>}
    </Picker>
  )
}

function Choice({ id, name, isChosen }: { id: string; name: string; isChosen: boolean }) {
  return (
    <Combobox.Option value={id} active={isChosen}>
      <Text size="sm" component="span">
        {name} {isChosen && <IconCheck size={14} role="img" aria-label="assigned now" />}
      </Text>
    </Combobox.Option>
  )
}
