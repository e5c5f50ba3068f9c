import { ActionIcon, Button, Drawer, Group, Menu, Text, Title, Tooltip } from '@mantine/core'
import { useDisclosure, useDocumentTitle, useMediaQuery } from '@mantine/hooks'
import { IconCheck, IconMenu2, IconMessages, IconUserPlus, IconX } from '@tabler/icons-react'
import { useInfiniteQuery, useMutation, useQueryClient } from '@tanstack/react-query'
import { useCallback, useState } from 'react'
import { Navigate, useNavigate, useParams } from 'react-router'

import { api } from '../api.ts'
import { ConversationList, LoadingRows, NoConversations } from '../features/conversations/conversation-list.tsx'
import { ConversationPane, useConversation } from '../features/conversations/conversation-pane.tsx'
import { customerIdOf } from '../features/conversations/names.ts'
import { CustomerDetails } from '../features/customers/customer-details.tsx'
import { useCurrentUser } from '../features/people/people.ts'
import { InboxViews } from '../features/searches/inbox-views-nav.tsx'
import { useInboxViews } from '../features/searches/inbox-views.ts'
import type { InboxView } from '../features/searches/inbox-views.ts'
import { runSearch } from '../features/searches/run-search.ts'
import type { Conversation, Customer } from '../features/searches/run-search.ts'
import { useKeys } from '../ui/keys.ts'
import { usePreferences } from '../ui/preferences.ts'
import { EmptyState, ErrorState } from '../ui/states.tsx'
import { sayFailed } from '../ui/undo.tsx'

const pageSize = 40

/** Where an agent works: views, the conversations of one, the one that is open, and whose it is. */
export function InboxPage() {
  const { view: viewId = 'mine', id } = useParams()
  const { views, isReady } = useInboxViews()
  const view = views.find((it) => it.id === viewId)
  if (view === undefined) {
    return isReady ? <Navigate to="/inbox/open" replace /> : <LoadingRows />
  }
  return <Inbox key={view.id} view={view} openId={id} />
}

function Inbox({ view, openId }: { view: InboxView; openId: string | undefined }) {
  const navigate = useNavigate()
  const client = useQueryClient()
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set())
  const [viewsOpen, viewsDrawer] = useDisclosure(false)
  const hasViews = useMediaQuery('(min-width: 87.5em)') // narrower, they open over the page
  const [{ detailsOpen }] = usePreferences()
  const list = useInfiniteQuery({
    queryKey: ['conversations', view.id, view.query],
    queryFn: ({ pageParam }) => runSearch<Conversation>(view.query, { after: pageParam, pageSize }),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next,
  })
  useDocumentTitle(`${view.name} · Tellback`)
  const items = list.data?.pages.flatMap((page) => page.items) ?? []
  const customers = new Map<string, Customer>(list.data?.pages.flatMap((page) => [...page.customers]))
  const hrefOf = (id: string) => `/inbox/${view.id}/${id}`
  const at = items.findIndex((item) => item.id === openId)

  function open(index: number): void {
    const item = items[index]
    if (item !== undefined) {
      void navigate(hrefOf(item.id))
      requestAnimationFrame(() =>
        document.querySelector(`[data-conversation="${item.id}"]`)?.scrollIntoView({ block: 'nearest' }),
      )
    }
  }
  /** Goes on with the one below, or above where there is none; what has changed since the list was read may have left it. */
  function openNext(): void {
    const isStill = ({ id, attributes }: Conversation) =>
      (client.getQueryData<Conversation>(['conversation', id]) ?? { attributes }).attributes.status ===
      attributes.status
    const below = items.findIndex((item, index) => index > at && isStill(item))
    open(below === -1 ? items.findLastIndex((item, index) => index < at && isStill(item)) : below)
  }
  function choose(id: string): void {
    setChosen((before) => {
      const next = new Set(before)
      if (!next.delete(id)) {
        next.add(id)
      }
      return next
    })
  }
  useKeys({
    next: () => open(at + 1),
    previous: () => open(Math.max(at - 1, 0)),
    select: () => openId !== undefined && choose(openId),
  })
  const { fetchNextPage, hasNextPage, isFetchingNextPage } = list
  const more = useCallback(() => void fetchNextPage(), [fetchNextPage])
  return (
    <div className="desk" data-open={openId !== undefined || undefined}>
      {hasViews && (
        <div className="desk-views">
          <InboxViews current={view.id} />
        </div>
      )}
      <Drawer opened={viewsOpen} onClose={viewsDrawer.close} title="Inbox" size={260}>
        <InboxViews current={view.id} onPick={viewsDrawer.close} />
      </Drawer>
      <section className="desk-list" aria-label={view.name}>
        <Group className="pane-head" justify="space-between" wrap="nowrap">
          <Group gap={6} wrap="nowrap" miw={0}>
            <ActionIcon
              className="views-opener"
              variant="subtle"
              color="gray"
              aria-label="Other views"
              onClick={viewsDrawer.open}
            >
              <IconMenu2 size={17} />
            </ActionIcon>
            <Title order={2} size="h4" className="said" lineClamp={1}>
              {view.name}
            </Title>
          </Group>
          {list.data !== undefined && (
            <Text size="xs" c="dimmed" style={{ whiteSpace: 'nowrap' }}>
              {countText(list.data.pages[0]?.total ?? 0, list.data.pages[0]?.totalIsEstimated ?? false)}
            </Text>
          )}
        </Group>
        {chosen.size > 0 && <BulkBar ids={[...chosen]} onClear={() => setChosen(new Set())} />}
        <div className="desk-scroll">
          {list.error !== null && list.data === undefined && (
            <ErrorState error={list.error} onRetry={() => void list.refetch()} />
          )}
          {list.isPending && <LoadingRows />}
          {list.isSuccess && items.length === 0 && (
            <NoConversations view={view.name} allHref={view.id === 'open' ? undefined : '/inbox/open'} />
          )}
          {items.length > 0 && (
            <ConversationList
              items={items}
              customers={customers}
              selectedId={openId}
              hrefOf={hrefOf}
              chosen={chosen}
              onChoose={choose}
              more={hasNextPage && !isFetchingNextPage ? more : undefined}
            />
          )}
        </div>
      </section>
      <main className="desk-main" id="content">
        {openId === undefined ? (
          <EmptyState icon={IconMessages} title="No conversation is open">
            Choose one from the list, or press J for the first.
          </EmptyState>
        ) : (
          <ConversationPane id={openId} backTo={`/inbox/${view.id}`} onDone={openNext} />
        )}
      </main>
      {openId !== undefined && detailsOpen && <Details conversationId={openId} />}
    </div>
  )
}

function Details({ conversationId }: { conversationId: string }) {
  const conversation = useConversation(conversationId)
  return (
    <aside className="desk-details" aria-label="Customer">
      {conversation.data !== undefined && (
        <CustomerDetails id={customerIdOf(conversation.data)} besides={conversationId} />
      )}
    </aside>
  )
}

function countText(total: number, isEstimated: boolean): string {
  return `${new Intl.NumberFormat().format(total)}${isEstimated ? '+' : ''}`
}

/** Changes several conversations at once; the desk does it one by one and says what it could not do. */
function BulkBar({ ids, onClear }: { ids: string[]; onClear: () => void }) {
  const client = useQueryClient()
  const me = useCurrentUser()
  const bulk = useMutation({
    mutationFn: (change: Record<string, unknown>) =>
      api.call('PUT /v1/conversations/bulk', { body: ids.map((id) => ({ id, ...change })) }),
    onSuccess: onClear,
    onError: (error) => sayFailed('Nothing was changed', error),
    onSettled: () => client.invalidateQueries({ queryKey: ['conversations'] }),
  })
  return (
    <Group className="bulk-bar" gap={4} wrap="nowrap" role="toolbar" aria-label="Selected conversations">
      <Text size="xs" fw={600} mr="auto">
        {ids.length} selected
      </Text>
      <Tooltip label="Mark done">
        <ActionIcon variant="subtle" aria-label="Mark selected done" onClick={() => bulk.mutate({ status: 'done' })}>
          <IconCheck size={16} />
        </ActionIcon>
      </Tooltip>
      <Tooltip label="Assign to me">
        <ActionIcon
          variant="subtle"
          aria-label="Assign selected to me"
          onClick={() => me !== undefined && bulk.mutate({ assignedUsers: [me.id] })}
        >
          <IconUserPlus size={16} />
        </ActionIcon>
      </Tooltip>
      <Menu position="bottom-end">
        <Menu.Target>
          <Button size="compact-xs" variant="subtle">
            Priority
          </Button>
        </Menu.Target>
        <Menu.Dropdown>
          {[
            [5, 'Urgent'],
            [4, 'High'],
            [3, 'Normal'],
            [2, 'Low'],
          ].map(([priority, label]) => (
            <Menu.Item key={label} onClick={() => bulk.mutate({ priority })}>
              {label}
            </Menu.Item>
          ))}
        </Menu.Dropdown>
      </Menu>
      <ActionIcon variant="subtle" color="gray" aria-label="Select none" onClick={onClear}>
        <IconX size={16} />
      </ActionIcon>
    </Group>
  )
}
