import '@fontsource-variable/inter'
import '@mantine/core/styles.css'
import '@mantine/dates/styles.css'
import '@mantine/notifications/styles.css'
import '../page.css'
import { Box, Button, Card, Group, MantineProvider, SimpleGrid, Stack, Text, Title } from '@mantine/core'
import { IconInbox, IconUsers } from '@tabler/icons-react'
import { QueryClient, QueryClientProvider } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import { createRoot } from 'react-dom/client'
import { MemoryRouter } from 'react-router'

import { deliveryStates, DeliveryStatus } from '../features/intake/delivery-status.tsx'
import { AttributeField } from '../features/objects/attribute-field.tsx'
import { attributeChoices } from '../features/objects/attribute-types.ts'
import { KlassState } from '../features/objects/klass-dialog.tsx'
import { ReplyEditor } from '../features/replies/reply-editor.tsx'
import { ReplyState } from '../features/replies/reply-state.tsx'
import { ResourceTable } from '../features/settings/resource-table.tsx'
import { ConversationCard } from '../features/timeline/conversation-card.tsx'
import { NoteCard } from '../features/timeline/note-card.tsx'
import { ObjectCard } from '../features/timeline/object-card.tsx'
import { SurveyCard } from '../features/timeline/survey-card.tsx'
import { PinnedMark } from '../features/timeline/timeline-item.tsx'
import { cssVariables, theme } from '../theme.ts'
import { AttributeValue } from '../ui/attribute-value.tsx'
import { CopyField } from '../ui/copy-field.tsx'
import { KlassIcon, klassIcons } from '../ui/klass-icon.tsx'
import { SchemaForm } from '../ui/schema-form.tsx'
import { Score } from '../ui/score.tsx'
import { EmptyState, ErrorState, LoadingCards } from '../ui/states.tsx'
import { Trust } from '../ui/trust.tsx'
import { cards, conversationCards, feedbackStates, klass, noteCards, replies, surveys } from './examples.ts'

const metrics = [
  { metric: 'nps', min: 0, max: 10 },
  { metric: 'enps', min: 0, max: 10 },
  { metric: 'csat', min: 1, max: 5 },
  { metric: 'ces', min: 1, max: 7 },
  { metric: 'stars', min: 1, max: 5 },
  { metric: 'smileys', min: 1, max: 5 },
  { metric: 'thumbs', min: 0, max: 1 },
  { metric: 'pmf', min: 1, max: 3 },
  { metric: 'of a new app', min: 0, max: 100 },
]
const nothing = () => undefined

/** Every part of the page in each of its states, for looking at: `npm run screenshots` does so in light and dark. */
function Gallery() {
  return (
    <Stack p="xl" maw={1100} mx="auto" gap="xl" component="main">
      <Title order={1}>Every part of the page</Title>
      <Section title="Scores">
        <Group>
          {metrics.flatMap(({ metric, min, max }) =>
            (
              [
                ['negative', min],
                ['neutral', Math.round((min + max) / 2)],
                ['positive', max],
              ] as const
            ).map(([sentiment, score]) => (
              <Score key={metric + sentiment} metric={metric} score={score} min={min} max={max} sentiment={sentiment} />
            )),
          )}
          <Score metric="nps" score={5} min={0} max={10} sentiment={null} />
        </Group>
      </Section>
      <Section title="Trust">
        <Group>
          {(['signed', 'secret', 'refetched', 'imported', 'none'] as const).map((trust) => (
            <Trust key={trust} trust={trust} />
          ))}
        </Group>
      </Section>
      <Section title="Deliveries">
        <Group>
          {deliveryStates.map((status) => (
            <DeliveryStatus key={status} status={status} />
          ))}
          {['enabled', 'existing_only', 'disabled'].map((status) => (
            <KlassState key={status} status={status} />
          ))}
        </Group>
      </Section>
      <Section title="Public replies">
        <Group>
          {feedbackStates.map((state) => (
            <ReplyState key={state} state={state} />
          ))}
        </Group>
        {replies.map(({ name, reply }) => (
          <Example key={name} name={name}>
            <Card withBorder p="md">
              <ReplyEditor feedbackId={name} reply={reply} conversationId={null} />
            </Card>
          </Example>
        ))}
      </Section>
      <Section title="Icons of objects">
        <Group>
          {[...Object.keys(klassIcons), null].map((icon) => (
            <KlassIcon key={icon} icon={icon} color="#4263eb" />
          ))}
          <KlassIcon icon="star" color={null} />
        </Group>
      </Section>
      <Section title="Cards of objects and feedback">
        {cards.map(({ name, item }) => (
          <Example key={name} name={name}>
            <article className="timeline-item" aria-label={name}>
              {item.attributes.pinnedAt !== null && <PinnedMark />}
              {item.attributes.object !== null && (
                <ObjectCard
                  item={item.attributes}
                  object={item.attributes.object}
                  klass={item.attributes.klass === klass.name ? klass : undefined}
                />
              )}
            </article>
          </Example>
        ))}
      </Section>
      <Section title="Cards of conversations">
        {conversationCards.map(({ name, conversation }) => (
          <Example key={name} name={name}>
            <article className="timeline-item" aria-label={name}>
              <ConversationCard id="0" conversation={conversation} />
            </article>
          </Example>
        ))}
      </Section>
      <Section title="Cards of notes">
        {noteCards.map(({ name, note, author }) => (
          <Example key={name} name={name}>
            <article className="timeline-item" aria-label={name}>
              <NoteCard note={note} author={author} conversationId="0" />
            </article>
          </Example>
        ))}
      </Section>
      <Section title="Cards of surveys">
        {surveys.map(({ name, survey }) => (
          <Example key={name} name={name}>
            <article className="timeline-item" aria-label={name}>
              <SurveyCard id="0" survey={survey} at={survey.closedAt} conversationId="0" />
            </article>
          </Example>
        ))}
      </Section>
      <Section title="Values of attributes">
        <SimpleGrid cols={3}>
          <AttributeValue name="aStr" value="One line" />
          <AttributeValue name="aTxt" value={'Two\nlines'} />
          <AttributeValue name="aNum" value={1234.5} />
          <AttributeValue name="anAt" value="2026-03-02T10:15:00.000Z" />
          <AttributeValue name="aBool" value={false} />
          <AttributeValue
            name="aUrl"
            value="https://example.com/a/very/long/address/that/does/not/fit/into/one/line/of/this"
          />
        </SimpleGrid>
      </Section>
      <Section title="Fields of attributes">
        <SimpleGrid cols={2}>
          {attributeChoices.map(({ suffix, label }) => (
            <AttributeField
              key={suffix}
              name={`example${suffix}`}
              label={label}
              choices={suffix === 'Tree' ? ['a.b', 'a.c'] : undefined}
              value={null}
              onChange={nothing}
            />
          ))}
          <AttributeField
            name="wrongStr"
            label="With an error"
            choices={undefined}
            value="x"
            error="must have at least 2 letters"
            onChange={nothing}
          />
        </SimpleGrid>
      </Section>
      <Section title="A form from a schema">
        <SchemaForm
          schema={{
            properties: {
              name: { title: 'Name', description: 'What you call it', type: 'string' },
              key: { title: 'Key', type: 'string', secret: true },
              region: { title: 'Region', enum: ['Europe', 'America'] },
              on: { title: 'Switched on', type: 'boolean' },
              days: { title: 'Days', type: 'integer' },
            },
            required: ['name'],
          }}
          values={{ name: '', region: 'Europe', on: true, days: 3 }}
          onChange={nothing}
          errorOf={(name) => (name === 'name' ? 'must not be empty' : undefined)}
        />
        <CopyField
          label="Address"
          description="Copy it"
          value="https://desk.example.com/v1/hooks/form/0123456789abcdef"
        />
      </Section>
      <Section title="Lists">
        <Example name="with rows">
          <ResourceTable
            query={{
              data: [
                'First',
                'مريم الفاسي',
                'A name that is so long that it has to be cut or wrapped somewhere, whatever the width',
              ],
              error: null,
              refetch: nothing,
            }}
            columns={['Name', 'What it is', '']}
            empty={null}
            renderRow={(name) => ({
              key: name,
              cells: [
                <span key="n" className="said">
                  {name}
                </span>,
                'Something',
                <Button key="b" size="xs" variant="subtle">
                  Edit
                </Button>,
              ],
            })}
          />
        </Example>
        <Example name="empty">
          <ResourceTable
            query={{ data: [], error: null, refetch: nothing }}
            columns={['Name']}
            empty={
              <EmptyState icon={IconUsers} title="Nobody yet" action={<Button>Invite</Button>}>
                Invite the people you work with.
              </EmptyState>
            }
            renderRow={() => ({ key: '', cells: [] })}
          />
        </Example>
        <Example name="failed">
          <ResourceTable
            query={{
              data: undefined,
              error: new Error('The desk cannot be reached. Check that it is running and try again.'),
              refetch: nothing,
            }}
            columns={['Name']}
            empty={null}
            renderRow={() => ({ key: '', cells: [] })}
          />
        </Example>
        <Example name="loading">
          <ResourceTable
            query={{ data: undefined, error: null, refetch: nothing }}
            columns={['Name']}
            empty={null}
            renderRow={() => ({ key: '', cells: [] })}
          />
        </Example>
      </Section>
      <Section title="States">
        <EmptyState icon={IconInbox} title="Nothing here">
          Says why, and what to do.
        </EmptyState>
        <ErrorState error={new Error('This needs one of the roles org.admin.')} onRetry={nothing} />
        <LoadingCards count={2} />
      </Section>
    </Stack>
  )
}

function Section({ title, children }: { title: string; children: ReactNode }) {
  return (
    <Stack gap="sm" component="section">
      <Title order={2}>{title}</Title>
      {children}
    </Stack>
  )
}

function Example({ name, children }: { name: string; children: ReactNode }) {
  return (
    <Box>
      <Text size="xs" c="dimmed" mb={4}>
        {name}
      </Text>
      {children}
    </Box>
  )
}

const root = document.getElementById('root')
if (root !== null) {
  createRoot(root).render(
    <MantineProvider theme={theme} cssVariablesResolver={cssVariables} defaultColorScheme="auto">
      <QueryClientProvider client={new QueryClient()}>
        <MemoryRouter>
          <Gallery />
        </MemoryRouter>
      </QueryClientProvider>
    </MantineProvider>,
  )
}
