import { useQueryClient } from '@tanstack/react-query'
import { useEffect, useState } from 'react'

export interface Change {
  names: string[]
  /** Empty when too many changed to name them. */
  customers: string[]
}

const listeners = new Set<(change: Change) => void>()

/** Calls back with each change that the server announces. */
export function useChanges(onChange: (change: Change) => void): void {
  useEffect(() => {
    listeners.add(onChange)
    return () => void listeners.delete(onChange)
  }, [onChange])
}

export type Connection = 'connecting' | 'live' | 'lost'

/**
 * Keeps one stream open for the whole page. What is on screen is fetched anew when something changes, except timelines,
 * which decide for themselves so that nothing shifts under a reader. After a lost connection everything is fetched.
 */
export function useLiveConnection(): Connection {
  const client = useQueryClient()
  const [connection, setConnection] = useState<Connection>('connecting')
  useEffect(() => {
    const source = new EventSource('/v1/live')
    source.addEventListener('ready', () => {
      setConnection('live')
      void client.invalidateQueries()
    })
    source.addEventListener('change', (event: MessageEvent<string>) => {
      const change = JSON.parse(event.data) as Change
      for (const listener of listeners) {
        listener(change)
      }
      void client.invalidateQueries({ predicate: (query) => query.queryKey[0] !== 'timeline' })
    })
    source.addEventListener('error', () => setConnection('lost'))
    return () => source.close()
  }, [client])
  return connection
}
