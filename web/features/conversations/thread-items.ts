import { useQuery } from '@tanstack/react-query'

import { api } from '../../api.ts'
import type { ItemOf } from '../../api.ts'

export type Message = ItemOf<'GET /v1/conversations/{id}/messages'>
export type Note = ItemOf<'GET /v1/conversations/{id}/notes'>
type HistoryEvent = ItemOf<'GET /v1/conversations/{id}/events'>

/** What stands in a thread, oldest first; changes that follow each other are one line that opens. */
export type ThreadItem =
  | { kind: 'message'; at: string; message: Message }
  | { kind: 'note'; at: string; note: Note }
  | { kind: 'changes'; at: string; events: HistoryEvent[] }

const most = 100

/** Everything of a conversation in its order. Of more than 100 messages the last 100 are there, and `isCut` says so. */
export function useThread(id: string): { items: ThreadItem[] | undefined; isCut: boolean; error: Error | null } {
  const params = { id }
  const thread = useQuery({
    queryKey: ['thread', id],
    queryFn: async () => {
      const query = { pageSize: most }
      const [messages, notes, events] = await Promise.all([
        api.call('GET /v1/conversations/{id}/messages', { params, query }),
        api.call('GET /v1/conversations/{id}/notes', { params, query }),
        api.call('GET /v1/conversations/{id}/events', { params, query }),
      ])
      return { messages: messages.data, notes: notes.data, events: events.data, isCut: messages.links.next !== null }
    },
  })
  const { data } = thread
  return {
    items: data === undefined ? undefined : inOrder(data.messages, data.notes, data.events, data.isCut),
    isCut: data?.isCut ?? false,
    error: data === undefined ? thread.error : null,
  }
}

function inOrder(messages: Message[], notes: Note[], events: HistoryEvent[], isCut: boolean): ThreadItem[] {
  const from = isCut ? (messages.at(-1)?.attributes.sentAt ?? '') : ''
  const items: ThreadItem[] = [
    ...messages.map((message) => ({ kind: 'message' as const, at: message.attributes.sentAt, message })),
    ...notes.map((note) => ({ kind: 'note' as const, at: note.attributes.createdAt, note })),
    ...events
      .filter((event) => event.attributes.changes === null || hasChanges(event))
      .map((event) => ({ kind: 'changes' as const, at: event.attributes.createdAt, events: [event] })),
  ]
  const sorted = items.filter((item) => item.at >= from).toSorted((a, b) => a.at.localeCompare(b.at))
  const folded: ThreadItem[] = []
  for (const item of sorted) {
    const before = folded.at(-1)
    if (item.kind === 'changes' && before?.kind === 'changes') {
      before.events.push(...item.events)
    } else {
      folded.push(item)
    }
  }
  return folded
}

function hasChanges({ attributes: { changes } }: HistoryEvent): boolean {
  const names = [...Object.keys(changes?.attributes ?? {}), ...Object.keys(changes?.relationships ?? {})]
  return names.some((name) => name !== 'direction')
}
