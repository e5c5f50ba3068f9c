import {
  Alert,
  Avatar,
  Button,
  Card,
  Center,
  Group,
  Modal,
  Stack,
  Text,
  TextInput,
  UnstyledButton,
} from '@mantine/core'
import { useDebouncedValue } from '@mantine/hooks'
import { notifications } from '@mantine/notifications'
import { IconMoodCheck, IconSearch } from '@tabler/icons-react'
import { useInfiniteQuery, useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'

import { api, pagesOf } from '../api.ts'
import type { ItemOf } from '../api.ts'
import { Page } from '../ui/page.tsx'
import { Score } from '../ui/score.tsx'
import { EmptyState, ErrorState, LoadingCards } from '../ui/states.tsx'
import { Time } from '../ui/time.tsx'
import { Trust } from '../ui/trust.tsx'

export function UnmatchedPage() {
  const [choosing, setChoosing] = useState<ItemOf<'GET /v1/feedback'>>()
  const feedback = useInfiniteQuery({
    queryKey: ['feedback', 'unmatched'],
    ...pagesOf('GET /v1/feedback', () => api.call('GET /v1/feedback', { query: { unmatched: 'true', pageSize: 25 } })),
  })
  const rows = feedback.data?.pages.flatMap((page) => page.data) ?? []
  return (
    <Page
      title="Unmatched feedback"
      description="Answers that name nobody we could be sure of. Say whose they are when you know."
    >
      {feedback.error !== null && <ErrorState error={feedback.error} onRetry={() => void feedback.refetch()} />}
      {feedback.isPending && <LoadingCards />}
      {feedback.isSuccess && rows.length === 0 && (
        <EmptyState icon={IconMoodCheck} title="Everything is matched">
          Feedback without an e-mail address, phone number or customer id would wait here.
        </EmptyState>
      )}
      <Stack gap="sm">
        {rows.map((row) => (
          <Card key={row.id} withBorder p="md" component="article">
            <Group justify="space-between" wrap="nowrap" align="flex-start">
              <Stack gap={4}>
                <Group gap="sm">
                  {row.attributes.score !== null && (
                    <Score
                      metric={row.attributes.metric}
                      score={row.attributes.score}
                      min={row.attributes.scaleMin}
                      max={row.attributes.scaleMax}
                      sentiment={row.attributes.sentiment}
                    />
                  )}
                  <Text size="xs" c="dimmed">
                    {row.attributes.store} · <Time at={row.attributes.respondedAt} />
                  </Text>
                  <Trust trust={row.attributes.trust} />
                </Group>
                <Text size="sm" className="said" component="div">
                  {row.attributes.text ?? row.attributes.title ?? 'No comment'}
                </Text>
                <Text size="xs" c="dimmed">
                  {row.attributes.unmatchedReason}
                </Text>
              </Stack>
              <Button variant="light" size="xs" onClick={() => setChoosing(row)} style={{ flexShrink: 0 }}>
                Choose customer
              </Button>
            </Group>
          </Card>
        ))}
        {feedback.hasNextPage && (
          <Center>
            <Button
              variant="default"
              onClick={() => void feedback.fetchNextPage()}
              loading={feedback.isFetchingNextPage}
            >
              Show more
            </Button>
          </Center>
        )}
      </Stack>
      <Modal
        opened={choosing !== undefined}
        onClose={() => setChoosing(undefined)}
        title="Whose feedback is this?"
        closeButtonProps={{ 'aria-label': 'Close' }}
      >
        {choosing !== undefined && <CustomerChoice feedbackId={choosing.id} onDone={() => setChoosing(undefined)} />}
      </Modal>
    </Page>
  )
}

function CustomerChoice({ feedbackId, onDone }: { feedbackId: string; onDone: () => void }) {
  const client = useQueryClient()
  const [text, setText] = useState('')
  const [search] = useDebouncedValue(text.trim(), 200)
  const found = useQuery({
    queryKey: ['customers', 'choice', search],
    enabled: search !== '',
    queryFn: () => api.call('GET /v1/customers', { query: { q: search, pageSize: 6 } }),
  })
  const assign = useMutation({
    mutationFn: (customer: string) =>
      api.call('PUT /v1/feedback/{id}', { params: { id: feedbackId }, body: { customer } }),
    onSuccess: async () => {
      notifications.show({ color: 'teal', message: 'It is on the customer’s timeline now.' })
      onDone()
      await client.invalidateQueries()
    },
  })
  return (
    <Stack>
      {assign.error !== null && (
        <Alert color="red" role="alert">
          {assign.error.message}
        </Alert>
      )}
      <TextInput
        aria-label="Search customers"
        placeholder="Name or e-mail address"
        leftSection={<IconSearch size={16} />}
        value={text}
        onChange={(event) => setText(event.currentTarget.value)}
        data-autofocus
      />
      {found.data?.data.length === 0 && (
        <Text size="sm" c="dimmed">
          Nobody found for “{search}”.
        </Text>
      )}
      <Stack gap={2}>
        {found.data?.data.map(({ id, attributes }) => (
          <UnstyledButton
            key={id}
            p="xs"
            className="row-link"
            style={{ borderRadius: 8 }}
            onClick={() => assign.mutate(id)}
            disabled={assign.isPending}
          >
            <Group gap="sm" wrap="nowrap">
              <Avatar name={attributes.displayName} color="initials" radius="xl" size={32} aria-hidden />
              <Stack gap={0}>
                <Text size="sm" fw={600} className="said">
                  {attributes.displayName}
                </Text>
                <Text size="xs" c="dimmed">
                  {attributes.emails[0]?.email}
                </Text>
              </Stack>
            </Group>
          </UnstyledButton>
        ))}
      </Stack>
    </Stack>
  )
}
