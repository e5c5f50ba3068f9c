import { setTimeout as sleep } from 'node:timers/promises'

import pg from 'pg'

import type { Log } from '../log.ts'
import { oneAtATime } from './one-at-a-time.ts'
import type { Ask } from './one-at-a-time.ts'

/** What is done about one channel. */
export interface Hearing {
  onMessage: (payload: string) => void
  /** What was announced while the connection was away is gone. */
  onReconnect: () => void
}

/** One connection that hears notifications, of every channel that somebody wants, for as long as the desk runs. */
export interface Listener extends AsyncDisposable {
  /** Asks over the same session, so a session's locks can be held here. Rejects while the database is away. */
  ask: Ask
  /** Hears a channel until disposed of; each has one that hears it. */
  hear: (channel: string, hearing: Hearing) => Promise<Disposable>
}

const reconnectAfterMs = 1_000

/** Opens the connection; after it was lost it comes back by itself, hears the same channels and says so. */
export async function openListener(options: { connectionString: string; log: Log }): Promise<Listener> {
  const closing = new AbortController()
  const channels = new Map<string, Hearing>()
  let client = await connect()
  let ask = oneAtATime(client)

  async function connect(): Promise<pg.Client> {
    const connection = new pg.Client({ connectionString: options.connectionString })
    connection.on('notification', ({ channel, payload }) => channels.get(channel)?.onMessage(payload ?? ''))
    connection.on('error', (error) => void reconnect(error))
    await connection.connect()
    for (const channel of channels.keys()) {
      await connection.query(`listen ${channel}`)
    }
    return connection
  }

  async function reconnect(error: Error): Promise<void> {
    options.log.warn({ reason: error.message }, 'listening connection lost')
    while (!closing.signal.aborted) {
      await sleep(reconnectAfterMs)
      try {
        client = await connect()
        ask = oneAtATime(client)
        channels.forEach((hearing) => hearing.onReconnect())
        return
      } catch {
        // the database is still away
      }
    }
  }

  return {
    ask: (query, values) => ask(query, values),
    hear: async (channel, hearing) => {
      channels.set(channel, hearing)
      await ask(`listen ${channel}`)
      return { [Symbol.dispose]: () => void channels.delete(channel) }
    },
    [Symbol.asyncDispose]: async () => {
      closing.abort()
      await client.end()
    },
  }
}
