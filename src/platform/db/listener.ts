import { setTimeout as sleep } from 'node:timers/promises'

import pg from 'pg'

import type { Log } from '../log.ts'
import { oneAtATime } from './one-at-a-time.ts'
import type { Ask } from './one-at-a-time.ts'

/** A connection that hears notifications for as long as the desk runs. */
export interface Listener extends AsyncDisposable {
  /** Asks over the same session, so a session's locks can be held here. Rejects while the database is away. */
  ask: Ask
}

const reconnectAfterMs = 1_000

/** Listens on `channel`; after a lost connection it comes back by itself and says so, as what was announced meanwhile is gone. */
export async function listen(options: {
  connectionString: string
  channel: string
  onMessage: (payload: string) => void
  onReconnect: () => void
  log: Log
}): Promise<Listener> {
  const closing = new AbortController()
  let client = await connect()
  let ask = oneAtATime(client)

  async function connect(): Promise<pg.Client> {
    const connection = new pg.Client({ connectionString: options.connectionString })
    connection.on('notification', ({ payload }) => options.onMessage(payload ?? ''))
    connection.on('error', (error) => void reconnect(error))
    await connection.connect()
    await connection.query(`listen ${options.channel}`)
    return connection
  }

  async function reconnect(error: Error): Promise<void> {
    options.log.warn({ reason: error.message, channel: options.channel }, 'listening connection lost')
    while (!closing.signal.aborted) {
      await sleep(reconnectAfterMs)
      try {
        client = await connect()
        ask = oneAtATime(client)
        options.onReconnect()
        return
      } catch {
        // the database is still away
      }
    }
  }

  return {
    ask: (query, values) => ask(query, values),
    [Symbol.asyncDispose]: async () => {
      closing.abort()
      await client.end()
    },
  }
}
