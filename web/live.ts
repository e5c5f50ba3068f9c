import { useQueryClient } from '@tanstack/react-query'
import type { QueryClient } from '@tanstack/react-query'
import { useEffect, useState } from 'react'

export interface Change {
  names: string[]
  /** Empty when too many changed to name them. */
  customers: string[]
}

/** Somebody else is at a conversation; told again every few seconds while it is so. */
export interface Presence {
  conversation: string
  user: string
  typing: boolean
}

const changeListeners = new Set<(change: Change) => void>()
const presenceListeners = new Set<(presence: Presence) => void>()

/** Calls back with each change that the server announces. */
export function useChanges(onChange: (change: Change) => void): void {
  useEffect(() => {
    changeListeners.add(onChange)
    return () => void changeListeners.delete(onChange)
  }, [onChange])
}

/** Calls back when somebody of the organisation is at a conversation. */
export function usePresence(onPresence: (presence: Presence) => void): void {
  useEffect(() => {
    presenceListeners.add(onPresence)
    return () => void presenceListeners.delete(onPresence)
  }, [onPresence])
}

export type Connection = 'connecting' | 'live' | 'lost'

/** What came in shows what it wrote; there is no event of its own for it. */
const intake = ['deliveries', 'delivery', 'installations', 'installation']

/** What is on screen about each kind of thing, by the first word of its query; a kind that is not here touches everything. */
const shownBy: Record<string, string[]> = {
  customer: ['customers', 'customer', 'conversations', 'conversation', 'search', 'counts', ...intake],
  conversation: ['conversations', 'conversation', 'customer', 'customers', 'thread', 'search', 'counts'],
  message: ['thread', 'conversations', 'conversation', 'search', 'counts'],
  note: ['thread', 'conversations', 'conversation', 'search', 'counts'],
  survey: ['surveys', 'thread', 'feedback'],
  survey_policy: ['survey-policy'],
  survey_feed: ['installation'],
  draft: ['thread', 'drafts'],
  import: ['installation'],
  enquiry: ['reply', 'feedback', 'thread'],
  reply: ['reply', 'feedback', 'thread'],
  kobject: ['feedback', 'reply', 'search', 'counts', 'customer', ...intake],
  notification: ['notifications'],
  tag: ['tags'],
  team: ['teams'],
  user: ['users', 'user'],
  search: ['searches', 'counts'],
  workflow: ['workflows', 'workflow'],
  workflow_run: ['workflow-runs', 'workflows'],
}
const gatheredMs = 250 // a burst of changes is fetched once
const countedMs = 3_000 // each count is a search

/**
 * Keeps one stream open for the whole page. What is on screen is fetched anew when something changes, except timelines,
 * which decide for themselves so that nothing shifts under a reader. After a lost connection everything is fetched.
 */
export function useLiveConnection(): Connection {
  const client = useQueryClient()
  const [connection, setConnection] = useState<Connection>('connecting')
  useEffect(() => {
    const source = new EventSource('/v1/live')
    const refresh = gathering(client)
    source.addEventListener('ready', () => {
      setConnection('live')
      void client.invalidateQueries()
    })
    source.addEventListener('change', (event: MessageEvent<string>) => {
      const change = JSON.parse(event.data) as Change
      for (const listener of changeListeners) {
        listener(change)
      }
      refresh.add(change.names)
    })
    source.addEventListener('presence', (event: MessageEvent<string>) => {
      const presence = JSON.parse(event.data) as Presence
      for (const listener of presenceListeners) {
        listener(presence)
      }
    })
    source.addEventListener('error', () => setConnection('lost'))
    return () => {
      source.close()
      refresh.stop()
    }
  }, [client])
  return connection
}

/** Collects the names of changes and fetches what they touch together; how many there are of something may lag behind. */
function gathering(client: QueryClient): { add: (names: string[]) => void; stop: () => void } {
  const soon = fetching(client, gatheredMs, (key) => key !== 'timeline' && key !== 'counts')
  const later = fetching(client, countedMs, (key) => key === 'counts')
  return {
    add: (names) => {
      const keys = names.map((name) => shownBy[name.split('.')[1] ?? ''])
      const touched = names.length === 0 || keys.includes(undefined) ? 'everything' : keys.flatMap((it) => it ?? [])
      soon.touch(touched)
      later.touch(touched)
    },
    stop: () => {
      soon.stop()
      later.stop()
    },
  }
}

type Touched = string[] | 'everything'

/** Fetches anew, at most once in `ms`, those queries that were touched and whose first word is accepted. */
function fetching(client: QueryClient, ms: number, accepts: (key: string) => boolean) {
  let timer: ReturnType<typeof setTimeout> | undefined
  let everything = false
  const touched = new Set<string>()
  function fetchAnew(): void {
    timer = undefined
    const [keys, all] = [new Set(touched), everything]
    touched.clear()
    everything = false
    void client.invalidateQueries({
      predicate: ({ queryKey: [first] }) => accepts(String(first)) && (all || keys.has(String(first))),
    })
  }
  return {
    touch: (keys: Touched) => {
      if (keys === 'everything') {
        everything = true
      } else {
        keys.filter(accepts).forEach((key) => touched.add(key))
      }
      if (everything || touched.size > 0) {
        timer ??= setTimeout(fetchAnew, ms)
      }
    },
    stop: () => clearTimeout(timer),
  }
}
