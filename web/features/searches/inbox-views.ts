import {
  IconCircleCheck,
  IconClockPause,
  IconInbox,
  IconMessageQuestion,
  IconSearch,
  IconUserCheck,
} from '@tabler/icons-react'
import type { Icon } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'

import { api } from '../../api.ts'
import type { ItemOf } from '../../api.ts'
import { useCurrentUser } from '../people/people.ts'
import { runSearch } from './run-search.ts'
import type { SearchQuery } from './run-search.ts'

/** A list of conversations that has a place in the inbox. */
export interface InboxView {
  id: string
  name: string
  icon: Icon
  query: SearchQuery
  /** Whether it is one of the desk's own, and no saved search. */
  isBuiltIn: boolean
}

const newestFirst = [{ conversation_activity_at: 'desc' as const }]
const statusIs = (status: string) => ({ conversation_status: { equals: status } })

function builtIn(me: string): InboxView[] {
  const view = (id: string, name: string, icon: Icon, and: Record<string, unknown>): InboxView => ({
    id,
    name,
    icon,
    query: { queryContext: 'conversation', and, sort: newestFirst },
    isBuiltIn: true,
  })
  return [
    view('mine', 'Assigned to me', IconUserCheck, {
      ...statusIs('open'),
      conversation_assigned_users: { equals: me },
    }),
    view('unassigned', 'Unassigned', IconMessageQuestion, {
      ...statusIs('open'),
      conversation_assigned_users: { is_not_set: true },
    }),
    view('open', 'All open', IconInbox, statusIs('open')),
    view('snoozed', 'Snoozed', IconClockPause, statusIs('snoozed')),
    view('done', 'Done', IconCircleCheck, statusIs('done')),
  ]
}

export function viewOf({ id, attributes }: ItemOf<'GET /v1/customers/searches'>): InboxView {
  return { id, name: attributes.name, icon: IconSearch, query: attributes.query, isBuiltIn: false }
}

/** The desk's own views and the saved searches for conversations, in their order. */
export function useInboxViews(): { views: InboxView[]; isReady: boolean } {
  const me = useCurrentUser()
  const searches = useSavedSearches()
  const saved = (searches.data?.data ?? []).filter((it) => it.attributes.queryContext === 'conversation')
  return {
    views: me === undefined ? [] : [...builtIn(me.id), ...saved.map(viewOf)],
    isReady: me !== undefined && searches.data !== undefined,
  }
}

export function useSavedSearches() {
  return useQuery({
    queryKey: ['searches'],
    queryFn: () => api.call('GET /v1/customers/searches', { query: { pageSize: 100 } }),
    staleTime: 60_000,
  })
}

/** How many conversations a view has now; a plus stands for “and more” where there are too many to count. */
export function useViewCount(view: InboxView): string | undefined {
  const count = useQuery({
    queryKey: ['counts', view.id, view.query],
    queryFn: () => runSearch(view.query, { pageSize: 0 }),
    staleTime: 10_000,
  })
  return count.data === undefined
    ? undefined
    : `${new Intl.NumberFormat().format(count.data.total)}${count.data.totalIsEstimated ? '+' : ''}`
}
