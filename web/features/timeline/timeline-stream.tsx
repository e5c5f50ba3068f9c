import { Affix, Button, Center, Chip, Group, Loader, Stack, Text, Transition, VisuallyHidden } from '@mantine/core'
import { useIntersection } from '@mantine/hooks'
import { IconArrowUp, IconMessages } from '@tabler/icons-react'
import { keepPreviousData, useInfiniteQuery, useQuery, useQueryClient } from '@tanstack/react-query'
import type { InfiniteData } from '@tanstack/react-query'
import { useCallback, useEffect, useMemo, useState } from 'react'
import { Link } from 'react-router'

import { useChanges } from '../../live.ts'
import type { Change } from '../../live.ts'
import { EmptyState, ErrorState, LoadingCards } from '../../ui/states.tsx'
import { useKlasses } from '../objects/use-klasses.ts'
import { CardList } from './card-list.tsx'
import type { TimelineItem } from './timeline-item.tsx'
import { timelineCountsQuery, timelinePinnedQuery, timelineQuery } from './timeline-queries.ts'

const readingFrom = 120 // pixels scrolled: from here on somebody is reading, and nothing may move
const ownKinds: Record<string, string> = { conversation: 'Conversations', note: 'Notes', survey: 'Surveys' }

/** A customer's stream, newest first. What is new announces itself and never shifts what is being read. */
export function TimelineStream({ customerId }: { customerId: string }) {
  const [waiting, setWaiting] = useState(false)
  const [only, setOnly] = useState<string[]>([])
  const timeline = useInfiniteQuery({ ...timelineQuery(customerId, only), placeholderData: keepPreviousData })
  const counts = useQuery(timelineCountsQuery(customerId))
  const pinned = useQuery(timelinePinnedQuery(customerId))
  const klasses = useKlasses()
  const cards = useMemo(
    () => cardsOf(timeline.data?.pages ?? [], only.length === 0 ? (pinned.data?.data ?? []) : []),
    [timeline.data, pinned.data, only],
  )
  const { refetch, fetchNextPage } = timeline
  const { refetch: recount } = counts
  const { refetch: repin } = pinned
  const client = useQueryClient()
  const refresh = useCallback(() => {
    // Whoever asks for what is new is at the top: what was read further down is asked for again when they come there.
    client.setQueriesData<InfiniteData<unknown>>({ queryKey: ['timeline', customerId, 'page'] }, firstPageOf)
    void Promise.all([refetch(), recount(), repin()])
  }, [client, customerId, refetch, recount, repin])
  const more = useCallback(() => void fetchNextPage(), [fetchNextPage])
  useChanges(
    useCallback(
      ({ customers }: Change) => {
        if (customers.length > 0 && !customers.includes(customerId)) {
          return
        }
        if (window.scrollY > readingFrom) {
          setWaiting(true)
        } else {
          refresh()
        }
      },
      [customerId, refresh],
    ),
  )
  if (timeline.error !== null && timeline.data === undefined) {
    return <ErrorState error={timeline.error} onRetry={refresh} />
  }
  if (timeline.data === undefined) {
    return <LoadingCards count={5} height={110} />
  }
  const kindsThere = counts.data?.data ?? []
  const nameOf = (kind: string) =>
    ownKinds[kind] ?? klasses.data?.find((klass) => klass.attributes.name === kind)?.attributes.displayName ?? kind
  if (cards.length === 0 && only.length === 0) {
    return (
      <EmptyState
        icon={IconMessages}
        title="Nothing on this timeline yet"
        action={
          <Button component={Link} to="/apps" variant="light">
            See apps
          </Button>
        }
      >
        Conversations, reviews, survey answers and other records about this customer appear here as they arrive.
      </EmptyState>
    )
  }
  return (
    <Stack gap="sm">
      <VisuallyHidden aria-live="polite">{`${cards.length} items on the timeline`}</VisuallyHidden>
      {kindsThere.length > 1 && (
        <Chip.Group multiple value={only} onChange={setOnly}>
          <Group gap={6} role="group" aria-label="Show only">
            {kindsThere.map(({ kind, count }) => (
              <Chip key={kind} value={kind} size="xs" variant="light">
                {nameOf(kind)} {new Intl.NumberFormat().format(count)}
              </Chip>
            ))}
          </Group>
        </Chip.Group>
      )}
      <CardList customerId={customerId} items={cards} klasses={klasses.data} />
      {timeline.hasNextPage ? (
        <Older key={cards.length} onSeen={more} busy={timeline.isFetchingNextPage} />
      ) : (
        <Text ta="center" size="xs" c="dimmed" py="xs">
          That is everything.
        </Text>
      )}
      <Affix position={{ top: 14, left: '50%' }} style={{ transform: 'translateX(-50%)' }}>
        <Transition mounted={waiting} transition="slide-down">
          {(style) => (
            <Button
              style={style}
              radius="xl"
              size="xs"
              leftSection={<IconArrowUp size={14} />}
              onClick={() => {
                setWaiting(false)
                window.scrollTo({ top: 0 })
                refresh()
              }}
            >
              Show what is new
            </Button>
          )}
        </Transition>
      </Affix>
    </Stack>
  )
}

/** The cards in their order: what is pinned first, and once. */
function cardsOf(pages: { data: TimelineItem[] }[], pins: TimelineItem[]): TimelineItem[] {
  const pinnedIds = new Set(pins.map((pin) => pin.id))
  return [...pins, ...pages.flatMap((page) => page.data).filter((item) => !pinnedIds.has(item.id))]
}

function firstPageOf(data: InfiniteData<unknown> | undefined): InfiniteData<unknown> | undefined {
  return data === undefined ? undefined : { pages: data.pages.slice(0, 1), pageParams: data.pageParams.slice(0, 1) }
}

/** Asks for older cards when somebody comes near the end; the button is for those who do not scroll. */
function Older({ onSeen, busy }: { onSeen: () => void; busy: boolean }) {
  const { ref, entry } = useIntersection({ rootMargin: '600px' })
  const isNear = entry?.isIntersecting === true
  useEffect(() => {
    if (isNear) {
      onSeen()
    }
  }, [isNear, onSeen])
  return (
    <Center ref={ref}>
      {busy ? (
        <Loader size="xs" role="status" aria-label="Loading older items" />
      ) : (
        <Button variant="default" onClick={onSeen}>
          Show older
        </Button>
      )}
    </Center>
  )
}
