import { Badge, Button, Card, Group, Stack, Text } from '@mantine/core'
import { IconMoodCheck, IconUserCheck } from '@tabler/icons-react'
import { useInfiniteQuery, useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'

import { api, pagesOf } from '../api.ts'
import type { ItemOf } from '../api.ts'
import { CustomerChoice } from '../features/customers/customer-choice.tsx'
import { Page } from '../ui/page.tsx'
import { Score } from '../ui/score.tsx'
import { ShowMore } from '../ui/show-more.tsx'
import { EmptyState, ErrorState, LoadingCards } from '../ui/states.tsx'
import { Time } from '../ui/time.tsx'
import { Trust } from '../ui/trust.tsx'
import { offerUndo, sayFailed } from '../ui/undo.tsx'

type Feedback = ItemOf<'GET /v1/feedback'>
type Candidate = ItemOf<'GET /v1/feedback/{id}/candidates'>

export function UnmatchedPage() {
  const feedback = useInfiniteQuery({
    queryKey: ['feedback', 'unmatched'],
    ...pagesOf('GET /v1/feedback', () => api.call('GET /v1/feedback', { query: { unmatched: 'true', pageSize: 25 } })),
  })
  const rows = feedback.data?.pages.flatMap((page) => page.data) ?? []
  return (
    <Page
      title="Unmatched feedback"
      description="Answers that name nobody we could be sure of. Say whose they are when you know; it can be undone."
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
          <Unmatched key={row.id} feedback={row} />
        ))}
        <ShowMore list={feedback} />
      </Stack>
    </Page>
  )
}

function Unmatched({ feedback: { id, attributes } }: { feedback: Feedback }) {
  const client = useQueryClient()
  const [choosing, setChoosing] = useState(false)
  const candidates = useQuery({
    queryKey: ['feedback', 'candidates', id],
    queryFn: () => api.call('GET /v1/feedback/{id}/candidates', { params: { id } }),
    staleTime: 60_000,
  })
  const link = useMutation({
    mutationFn: (customer: string | null) => api.call('PUT /v1/feedback/{id}', { params: { id }, body: { customer } }),
    onSuccess: (_, customer) => {
      setChoosing(false)
      if (customer !== null) {
        offerUndo('It is on the customer’s timeline now.', () => link.mutate(null))
      }
    },
    onError: (error) => sayFailed('It was not linked', error),
    onSettled: () => client.invalidateQueries(),
  })
  return (
    <Card withBorder p="md" component="article" aria-label={attributes.text ?? attributes.title ?? 'No comment'}>
      <Stack gap="xs">
        <Group gap="sm">
          {attributes.score !== null && (
            <Score
              metric={attributes.metric}
              score={attributes.score}
              min={attributes.scaleMin}
              max={attributes.scaleMax}
              sentiment={attributes.sentiment}
            />
          )}
          <Text size="xs" c="dimmed">
            {[attributes.respondent.name, orderOf(attributes), attributes.product?.name, attributes.store]
              .filter((part) => part !== undefined)
              .join(' · ')}{' '}
            · <Time at={attributes.respondedAt} />
          </Text>
          <Trust trust={attributes.trust} />
        </Group>
        <Text size="sm" className="said" component="div">
          {attributes.text ?? attributes.title ?? 'No comment'}
        </Text>
        <Text size="xs" c="dimmed">
          {attributes.unmatchedReason}
        </Text>
        {candidates.data?.data.map((candidate) => (
          <CandidateLine
            key={candidate.id}
            candidate={candidate}
            busy={link.isPending}
            onLink={() => link.mutate(candidate.id)}
          />
        ))}
        <Group justify="flex-end">
          <Button variant="light" size="xs" onClick={() => setChoosing(true)}>
            Choose customer
          </Button>
        </Group>
      </Stack>
      <CustomerChoice
        opened={choosing}
        title="Whose feedback is this?"
        busy={link.isPending}
        onClose={() => setChoosing(false)}
        onChoose={(customer) => link.mutate(customer)}
      />
    </Card>
  )
}

function orderOf({ respondent }: Feedback['attributes']): string | undefined {
  return respondent.orderNumber === undefined ? undefined : `Order ${respondent.orderNumber}`
}

const evidenceNames = {
  email: 'Same e-mail address',
  phone: 'Same phone number',
  externalId: 'Same customer id',
  orderNumber: 'Has order',
  name: 'Same name',
  product: 'Has to do with',
  activityBefore: 'Last heard of',
  partOfName: 'Part of the name',
} as const

interface CandidateLineProps {
  candidate: Candidate
  busy: boolean
  onLink: () => void
}

/** Somebody who may have written it, what speaks for that, and one click that says so. */
function CandidateLine({ candidate: { attributes }, busy, onLink }: CandidateLineProps) {
  return (
    <Group className="candidate" justify="space-between" gap="sm">
      <div className="candidate-who">
        <Text size="sm" fw={600} className="said">
          {attributes.displayName}
        </Text>
        <Group gap={6}>
          {attributes.email !== null && (
            <Text size="xs" c="dimmed">
              {attributes.email}
            </Text>
          )}
          {attributes.evidence.map(({ kind, text }) => (
            <Badge key={kind} size="sm" variant="default" tt="none" fw={500}>
              {evidenceNames[kind]}: {kind === 'activityBefore' ? <Time at={text} /> : text}
            </Badge>
          ))}
        </Group>
      </div>
      <Button
        size="xs"
        variant="default"
        leftSection={<IconUserCheck size={15} />}
        disabled={busy}
        aria-label={`It is ${attributes.displayName}`}
        onClick={onLink}
      >
        It is them
      </Button>
    </Group>
  )
}
