import { Anchor, Badge, Button, Group, NumberInput, Pill, Select, Stack, Text } from '@mantine/core'
import { IconStar } from '@tabler/icons-react'
import { keepPreviousData, useInfiniteQuery } from '@tanstack/react-query'
import { Link, useSearchParams } from 'react-router'

import { trustLevels } from '../../src/sdk/domain.ts'
import { api, pagesOf } from '../api.ts'
import type { InputOf, ItemOf } from '../api.ts'
import { useInstallations } from '../features/apps/use-installations.ts'
import { customerIdOf } from '../features/conversations/names.ts'
import { useCustomer } from '../features/customers/use-customer.ts'
import { useTeams, useUsers } from '../features/people/people.ts'
import { ReplyButton } from '../features/replies/reply-button.tsx'
import { ReplyState, replyStateNames } from '../features/replies/reply-state.tsx'
import { ExportButton } from '../ui/export-button.tsx'
import { Page } from '../ui/page.tsx'
import { Score } from '../ui/score.tsx'
import { ShowMore } from '../ui/show-more.tsx'
import { EmptyState, ErrorState, LoadingCards } from '../ui/states.tsx'
import { Time } from '../ui/time.tsx'
import { Trust, trustName } from '../ui/trust.tsx'

type Query = NonNullable<InputOf<'GET /v1/feedback'>['query']>
type Feedback = ItemOf<'GET /v1/feedback'>

const filters = [
  'kind',
  'sentiment',
  'replyState',
  'app',
  'installation',
  'trust',
  'scoreFrom',
  'scoreTo',
  'metric',
  'from',
  'to',
  'team',
  'agent',
  'channel',
  'brand',
] as const
/** Filters that come from the scores; they are shown, and taken off one by one. */
const fromScores = ['metric', 'from', 'to', 'team', 'agent', 'channel', 'brand'] as const

const kinds = [
  { value: 'review', label: 'Reviews' },
  { value: 'survey', label: 'Survey answers' },
]
const sentiments = [
  { value: 'negative', label: 'Negative' },
  { value: 'neutral', label: 'Neutral' },
  { value: 'positive', label: 'Positive' },
]
const replyStates = Object.entries(replyStateNames).map(([value, label]) => ({ value, label }))

/** All feedback of the organisation, whoever gave it and wherever; the filters are in the address. */
export function ReviewsPage() {
  const [parameters, setParameters] = useSearchParams()
  const given = Object.fromEntries(
    filters.flatMap((name) => (parameters.has(name) ? [[name, parameters.get(name)]] : [])),
  )
  const feedback = useInfiniteQuery({
    queryKey: ['feedback', 'list', given],
    ...pagesOf('GET /v1/feedback', () =>
      api.call('GET /v1/feedback', { query: { ...(given as Query), pageSize: 25 } }),
    ),
    placeholderData: keepPreviousData,
  })
  const installations = useInstallations()
  const [users, teams] = [useUsers(), useTeams()]
  const rows = feedback.data?.pages.flatMap((page) => page.data) ?? []
  const isFiltered = Object.keys(given).length > 0
  const choose = (name: (typeof filters)[number]) => (value: string | null) =>
    setParameters((before) => {
      if (value === null) {
        before.delete(name)
      } else {
        before.set(name, value)
      }
      return before
    })
  const choice = (name: (typeof filters)[number], label: string, data: { value: string; label: string }[]) => (
    <Select
      key={name}
      size="xs"
      w={170}
      clearable
      placeholder={label}
      aria-label={label}
      data={data}
      value={parameters.get(name)}
      onChange={choose(name)}
    />
  )
  const score = (name: 'scoreFrom' | 'scoreTo', label: string) => (
    <NumberInput
      key={name}
      size="xs"
      w={110}
      placeholder={label}
      aria-label={label}
      value={parameters.get(name) ?? ''}
      onChange={(value) => choose(name)(value === '' ? null : String(value))}
    />
  )
  const scoreFilterText = (name: (typeof fromScores)[number], value: string) =>
    `${{ metric: 'Score', from: 'From', to: 'To', team: 'Team', agent: 'Agent', channel: 'Channel', brand: 'Brand' }[name]}: ${
      users.get(value)?.attributes.displayName ?? teams.get(value)?.attributes.displayName ?? value
    }`
  // One app may be installed for several stores.
  const apps = [...new Map(installations.data?.map((it) => [it.attributes.app, it])).values()]
  return (
    <Page title="Reviews and answers" description="Everything customers have said about you, the newest first.">
      <Group gap="xs" role="group" aria-label="Filters">
        {choice('kind', 'Kind', kinds)}
        {choice('sentiment', 'Sentiment', sentiments)}
        {choice('replyState', 'Reply', replyStates)}
        {choice(
          'app',
          'App',
          apps.map(({ attributes }) => ({ value: attributes.app, label: attributes.title })),
        )}
        {choice(
          'installation',
          'Store',
          (installations.data ?? []).map(({ id, attributes }) => ({ value: id, label: attributes.name })),
        )}
        {choice(
          'trust',
          'Trust',
          trustLevels.map((level) => ({ value: level, label: trustName(level) })),
        )}
        {score('scoreFrom', 'Score from')}
        {score('scoreTo', 'Score to')}
        {fromScores.map(
          (name) =>
            parameters.get(name) !== null && (
              <Pill key={name} size="md" withRemoveButton onRemove={() => choose(name)(null)}>
                {scoreFilterText(name, parameters.get(name) ?? '')}
              </Pill>
            ),
        )}
        {isFiltered && (
          <Button size="xs" variant="subtle" onClick={() => setParameters({})}>
            Clear
          </Button>
        )}
      </Group>
      {feedback.error !== null && <ErrorState error={feedback.error} onRetry={() => void feedback.refetch()} />}
      {feedback.isPending && <LoadingCards />}
      {feedback.isSuccess && rows.length === 0 && (
        <EmptyState icon={IconStar} title={isFiltered ? 'Nothing fits these filters' : 'No feedback yet'}>
          {isFiltered
            ? 'Take one of them away.'
            : 'Reviews and survey answers appear here as the connected apps send them.'}
        </EmptyState>
      )}
      <Stack gap="sm">
        {rows.map((row) => (
          <FeedbackCard key={row.id} feedback={row} />
        ))}
        <ShowMore list={feedback} />
        {rows.length > 0 && (
          <Group justify="flex-end">
            <ExportButton
              fileName="reviews-and-answers.csv"
              table={() => ({ heads: exported, rows: exportedRows(given) })}
            />
          </Group>
        )}
      </Stack>
    </Page>
  )
}

function FeedbackCard({ feedback }: { feedback: Feedback }) {
  const { attributes } = feedback
  const customerId = customerIdOf(feedback)
  const said = attributes.text ?? attributes.title ?? 'No comment'
  return (
    <article aria-label={said} className="timeline-item">
      <Stack gap={6}>
        <Group justify="space-between" wrap="nowrap" gap="xs">
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
            {customerId === '' ? (
              <Anchor component={Link} to="/unmatched" size="sm">
                {attributes.respondent.name ?? 'Nobody known'} (unmatched)
              </Anchor>
            ) : (
              <CustomerLink id={customerId} />
            )}
          </Group>
          <Text size="xs" c="dimmed" style={{ whiteSpace: 'nowrap' }}>
            <Time at={attributes.respondedAt} />
          </Text>
        </Group>
        {attributes.title !== null && attributes.title !== said && (
          <Text fw={600} size="sm" className="said">
            {attributes.title}
          </Text>
        )}
        <Text size="sm" className="said" component="div" lineClamp={4}>
          {said}
        </Text>
        <Group gap="sm">
          <Text size="xs" c="dimmed">
            {[attributes.store, attributes.product?.name].filter((part) => part !== undefined).join(' · ')}
          </Text>
          <Trust trust={attributes.trust} />
          {attributes.kind === 'review' && (
            <>
              <ReplyState state={attributes.replyState} />
              <ReplyButton feedback={feedback} />
            </>
          )}
          {attributes.removedAt !== null && (
            <Badge color="red" variant="light" size="sm" tt="none" fw={500}>
              Removed there
            </Badge>
          )}
          {attributes.conversation !== null && (
            <Anchor component={Link} to={`/conversations/${attributes.conversation}`} size="xs">
              Open the conversation
            </Anchor>
          )}
        </Group>
      </Stack>
    </article>
  )
}

function CustomerLink({ id }: { id: string }) {
  const customer = useCustomer(id)
  return (
    <Anchor component={Link} to={`/customers/${id}`} size="sm" fw={600} className="said">
      {customer.data?.attributes.displayName ?? '…'}
    </Anchor>
  )
}

const exported = [
  'Id',
  'When',
  'Kind',
  'Score',
  'Of',
  'Sentiment',
  'Title',
  'Text',
  'From',
  'Store',
  'Trust',
  'Reply',
  'Link',
]

async function* exportedRows(query: Query): AsyncGenerator<string[], void> {
  for await (const { id, attributes: it } of api.all('GET /v1/feedback', { query: { ...query, pageSize: 100 } })) {
    yield [
      id,
      it.respondedAt,
      it.kind,
      String(it.score ?? ''),
      String(it.scaleMax),
      it.sentiment ?? '',
      it.title ?? '',
      it.text ?? '',
      it.respondent.name ?? '',
      it.store,
      it.trust,
      it.replyText ?? '',
      it.permalink ?? '',
    ]
  }
}
