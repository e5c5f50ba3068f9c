import { Affix, Button, Center, Chip, Group, Loader, Stack, Text, Transition, VisuallyHidden } from '@mantine/core'
import { IconArrowUp, IconMessages } from '@tabler/icons-react'
import { useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { useCallback, useState } from 'react'
import { Link } from 'react-router'

import { api, pagesOf } from '../../api.ts'
import type { ItemOf } from '../../api.ts'
import { useChanges } from '../../live.ts'
import type { Change } from '../../live.ts'
import { EmptyState, ErrorState, LoadingCards } from '../../ui/states.tsx'
import { TimelineCard } from './timeline-card.tsx'

const readingFrom = 120 // pixels scrolled: from here on somebody is reading, and nothing may move

/** A customer's stream, newest first. What is new announces itself and never shifts what is being read. */
export function TimelineStream({ customerId }: { customerId: string }) {
  const [waiting, setWaiting] = useState(false)
  const [only, setOnly] = useState<string[]>([])
  const timeline = useInfiniteQuery({
    queryKey: ['timeline', customerId],
    ...pagesOf('GET /v1/customers/{id}/timeline', () =>
      api.call('GET /v1/customers/{id}/timeline', { params: { id: customerId }, query: { pageSize: 30 } }),
    ),
  })
  const klasses = useQuery({
    queryKey: ['klasses'],
    queryFn: () => api.call('GET /v1/klasses'),
    staleTime: 60_000,
  })
  const { refetch } = timeline
  useChanges(
    useCallback(
      ({ customers }: Change) => {
        if (customers.length > 0 && !customers.includes(customerId)) {
          return
        }
        if (window.scrollY > readingFrom) {
          setWaiting(true)
        } else {
          void refetch()
        }
      },
      [customerId, refetch],
    ),
  )
  if (timeline.error !== null && timeline.data === undefined) {
    return <ErrorState error={timeline.error} onRetry={() => void refetch()} />
  }
  if (timeline.data === undefined) {
    return <LoadingCards count={5} height={110} />
  }
  const items = timeline.data.pages.flatMap((page) => page.data)
  const counts = countByKlass(items)
  const shown = only.length === 0 ? items : items.filter((item) => only.includes(item.attributes.klass))
  const klassOf = (name: string) => klasses.data?.data.find((klass) => klass.attributes.name === name)?.attributes
  if (items.length === 0) {
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
        Reviews, survey answers and other records about this customer appear here as they arrive.
      </EmptyState>
    )
  }
  return (
    <Stack gap="sm">
      <VisuallyHidden aria-live="polite">{`${items.length} items on the timeline`}</VisuallyHidden>
      {counts.size > 1 && (
        <Chip.Group multiple value={only} onChange={setOnly}>
          <Group gap={6} role="group" aria-label="Show only">
            {[...counts].map(([name, count]) => (
              <Chip key={name} value={name} size="xs" variant="light">
                {klassOf(name)?.displayName ?? name} {count}
              </Chip>
            ))}
          </Group>
        </Chip.Group>
      )}
      {shown.map((item) => (
        <TimelineCard key={item.id} item={item.attributes} klass={klassOf(item.attributes.klass)} />
      ))}
      {timeline.hasNextPage ? (
        <Center>
          <Button variant="default" onClick={() => void timeline.fetchNextPage()} loading={timeline.isFetchingNextPage}>
            Show older
          </Button>
        </Center>
      ) : (
        <Text ta="center" size="xs" c="dimmed" py="xs">
          That is everything.
        </Text>
      )}
      {timeline.isRefetching && !timeline.isFetchingNextPage && (
        <Loader size="xs" pos="fixed" bottom={16} left="50%" aria-label="Updating" />
      )}
      <Affix position={{ top: 66, left: '50%' }} style={{ transform: 'translateX(-50%)' }}>
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
                void refetch()
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

function countByKlass(items: ItemOf<'GET /v1/customers/{id}/timeline'>[]): Map<string, number> {
  const counts = new Map<string, number>()
  for (const { attributes } of items) {
    counts.set(attributes.klass, (counts.get(attributes.klass) ?? 0) + 1)
  }
  return counts
}
