import { sql } from 'kysely'

import { qb } from './db/database.ts'
import type { Tx } from './db/database.ts'
import type { Listener } from './db/listener.ts'
import type { Id } from './ids.ts'

/** What open browsers are told: what kind of thing changed, and whose. They fetch the rest themselves. */
export interface LiveMessage {
  orgId: Id
  /** Names of events, such as `kustomer.customer.update`. */
  names: string[]
  /** Customers whose timelines changed; empty when there are too many to name. */
  customers: Id[]
  /** Set when nothing changed, but somebody is somewhere. */
  presence?: Presence
}

/** Somebody has a conversation open, and may be writing there. */
export interface Presence {
  conversation: Id
  user: Id
  typing: boolean
}

/** Hears what any process of the desk announces, and passes it to the listeners of that organisation. */
export interface LiveHub extends Disposable {
  subscribe: (orgId: Id, listener: (message: LiveMessage) => void) => () => void
}

const channel = 'tellback_live'
const mostNamedCustomers = 100 // a notification holds 8,000 bytes

/** Tells every process when the transaction commits, and nobody when it does not. */
export async function announce(tx: Tx, message: Pick<LiveMessage, 'names' | 'customers'>): Promise<void> {
  const customers = message.customers.length > mostNamedCustomers ? [] : message.customers
  await send(tx, { orgId: tx.orgId, names: message.names, customers })
}

/** Tells every process where somebody is; it is kept nowhere. */
export async function announcePresence(tx: Tx, presence: Presence): Promise<void> {
  await send(tx, { orgId: tx.orgId, names: [], customers: [], presence })
}

async function send(tx: Tx, message: LiveMessage): Promise<void> {
  await tx.all(qb.selectNoFrom(sql`pg_notify(${channel}, ${JSON.stringify(message)})`.as('announced')))
}

export async function openLiveHub(listener: Listener): Promise<LiveHub> {
  const listeners = new Map<Id, Set<(message: LiveMessage) => void>>()
  const hearing = await listener.hear(channel, {
    onMessage: (payload) => {
      const message = JSON.parse(payload) as LiveMessage
      listeners.get(message.orgId)?.forEach((tell) => tell(message))
    },
    // A message without names makes every open page fetch what it shows.
    onReconnect: () => {
      for (const [orgId, group] of listeners) {
        group.forEach((tell) => tell({ orgId, names: [], customers: [] }))
      }
    },
  })
  return {
    subscribe: (orgId, tell) => {
      const group = listeners.get(orgId) ?? new Set()
      listeners.set(orgId, group.add(tell))
      return () => {
        group.delete(tell)
        if (group.size === 0) {
          listeners.delete(orgId)
        }
      }
    },
    [Symbol.dispose]: () => hearing[Symbol.dispose](),
  }
}
