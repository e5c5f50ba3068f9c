import { Group, Text } from '@mantine/core'
import { IconEye, IconPencil } from '@tabler/icons-react'
import { useQueryClient } from '@tanstack/react-query'
import { useCallback, useEffect, useState } from 'react'

import { api } from '../../api.ts'
import { usePresence } from '../../live.ts'
import type { Presence } from '../../live.ts'
import { useCurrentUser, useUsers } from '../people/people.ts'
import type { Conversation } from '../searches/run-search.ts'

const toldEveryMs = 10_000
const goneAfterMs = 25_000

interface Other {
  typing: boolean
  at: number
}

/** Says who else is at this conversation and whether they are writing, and tells them of us. */
export function OthersHere({ conversation, isTyping }: { conversation: Conversation; isTyping: boolean }) {
  const { id } = conversation
  const me = useCurrentUser()
  const users = useUsers()
  const client = useQueryClient()
  const [others, setOthers] = useState<ReadonlyMap<string, Other>>(new Map())
  usePresence(
    useCallback(
      (presence: Presence) => {
        if (presence.conversation === id && presence.user !== me?.id) {
          setOthers((before) => new Map(before).set(presence.user, { typing: presence.typing, at: Date.now() }))
        }
      },
      [id, me?.id],
    ),
  )
  useEffect(() => {
    const tell = () => {
      if (document.visibilityState === 'visible') {
        const params = { id }
        api.call('POST /v1/conversations/{id}/presence', { params, body: { typing: isTyping } }).catch(() => {
          // Nobody misses it: it is told again, and the connection's state is shown elsewhere.
        })
      }
    }
    tell()
    const telling = setInterval(tell, toldEveryMs)
    const forgetting = setInterval(() => {
      const oldest = Date.now() - goneAfterMs
      setOthers((before) =>
        [...before.values()].every((other) => other.at >= oldest)
          ? before
          : new Map([...before].filter(([, other]) => other.at >= oldest)),
      )
    }, 1000)
    return () => {
      clearInterval(telling)
      clearInterval(forgetting)
    }
  }, [id, isTyping])
  const hasStranger = users.size > 0 && [...others.keys()].some((user) => !users.has(user))
  useEffect(() => {
    if (hasStranger) {
      void client.invalidateQueries({ queryKey: ['users'] }) // somebody who has just been added
    }
  }, [hasStranger, client])
  const named = [...others].map(([user, other]) => ({
    ...other,
    name: users.get(user)?.attributes.displayName ?? 'Somebody',
  }))
  const typing = named.filter((other) => other.typing).map((other) => other.name)
  const shown = typing.length > 0 ? typing : named.map((other) => other.name)
  return (
    <Text component="div" size="xs" c={typing.length > 0 ? 'orange.9' : 'dimmed'} role="status" truncate>
      {shown.length > 0 && (
        <Group gap={4} wrap="nowrap" className={typing.length > 0 ? 'typing' : undefined}>
          {typing.length > 0 ? <IconPencil size={13} aria-hidden /> : <IconEye size={13} aria-hidden />}
          {shown.join(', ')} {shown.length === 1 ? 'is' : 'are'} {typing.length > 0 ? 'writing here' : 'here too'}
        </Group>
      )}
    </Text>
  )
}
