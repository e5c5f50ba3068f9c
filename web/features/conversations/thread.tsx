import { Avatar, Badge, Box, Center, Group, Stack, Text, UnstyledButton } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { IconChevronDown, IconChevronRight, IconLock, IconMessages } from '@tabler/icons-react'
import { useCallback, useEffect, useRef } from 'react'

import { EmptyState, ErrorState, LoadingCards } from '../../ui/states.tsx'
import { formatDateTime, Time } from '../../ui/time.tsx'
import { AttachmentLinks } from '../attachments/attachment-links.tsx'
import { FoldedText } from '../mails/folded-text.tsx'
import { FormattedMail } from '../mails/formatted-mail.tsx'
import { mailDetails } from '../mails/mail-details.ts'
import { SendingProblem } from '../mails/sending-problem.tsx'
import { useTags, useTeams, useUsers } from '../people/people.ts'
import type { Conversation } from '../searches/run-search.ts'
import { sentencesOf } from './change-text.ts'
import type { NameOf } from './change-text.ts'
import { authorIdOf, channelNames } from './names.ts'
import { useThread } from './thread-items.ts'
import type { Message, Note, ThreadItem } from './thread-items.ts'

interface ThreadProps {
  conversation: Conversation
  customerName: string
}

/** Messages, notes and what was changed, oldest first. It opens at its end and stays there while somebody reads there. */
export function Thread({ conversation, customerName }: ThreadProps) {
  const { items, isCut, error } = useThread(conversation.id)
  const nameOf = useNameOf()
  const end = useRef<HTMLDivElement>(null)
  const scroller = useRef<HTMLDivElement>(null)
  const isAtEnd = useRef(true)
  const count = items?.length ?? 0
  useEffect(() => {
    if (count > 0 && isAtEnd.current) {
      end.current?.scrollIntoView({ block: 'end' })
    }
  }, [count])
  // Mails with a layout grow once they are there.
  const followGrowth = useCallback((content: HTMLDivElement) => {
    const observer = new ResizeObserver(() => {
      if (isAtEnd.current) {
        end.current?.scrollIntoView({ block: 'end' })
      }
    })
    observer.observe(content)
    return () => observer.disconnect()
  }, [])
  return (
    <Box
      className="thread"
      ref={scroller}
      tabIndex={0}
      role="log"
      aria-label="Messages and notes"
      onScroll={() => {
        const { scrollTop, scrollHeight, clientHeight } = scroller.current ?? document.documentElement
        isAtEnd.current = scrollHeight - scrollTop - clientHeight < 80
      }}
    >
      {error !== null && <ErrorState error={error} />}
      {items === undefined && error === null && <LoadingCards count={3} height={96} />}
      {items !== undefined && (
        <Stack gap="md" ref={followGrowth}>
          {isCut && (
            <Text size="xs" c="dimmed" ta="center">
              The last 100 messages are shown.
            </Text>
          )}
          {items.every((item) => item.kind === 'changes') && (
            <EmptyState icon={IconMessages} title="Nothing has been written yet">
              A note below is seen by your team alone; a reply goes to {customerName}.
            </EmptyState>
          )}
          {items.map((item) => (
            <Item key={keyOf(item)} item={item} customerName={customerName} nameOf={nameOf} />
          ))}
        </Stack>
      )}
      <div ref={end} />
    </Box>
  )
}

function keyOf(item: ThreadItem): string {
  switch (item.kind) {
    case 'message':
      return item.message.id
    case 'note':
      return item.note.id
    case 'changes':
      return item.events[0]?.id ?? item.at
  }
}

function Item({ item, customerName, nameOf }: { item: ThreadItem; customerName: string; nameOf: NameOf }) {
  switch (item.kind) {
    case 'message':
      return <MessageBubble message={item.message} customerName={customerName} nameOf={nameOf} />
    case 'note':
      return <NoteBubble note={item.note} nameOf={nameOf} />
    case 'changes':
      return <Changes item={item} nameOf={nameOf} />
  }
}

function MessageBubble({ message, customerName, nameOf }: { message: Message; customerName: string; nameOf: NameOf }) {
  const { attributes } = message
  const isOurs = attributes.direction === 'out'
  const author = authorIdOf(message)
  const name = isOurs ? (author === undefined ? 'Your team' : nameOf(author)) : customerName
  const { from, isHtml, inline, isForged, quotedFrom } = mailDetails(message)
  const text = (
    <Text size="sm" className="said" component="div" fs={attributes.redacted ? 'italic' : 'normal'}>
      {attributes.preview === '' ? (
        attributes.redacted ? (
          'This text was removed.'
        ) : (
          '(no text)'
        )
      ) : (
        <FoldedText text={attributes.preview} quotedFrom={quotedFrom} />
      )}
    </Text>
  )
  return (
    <article
      className="bubble"
      data-side={isOurs ? 'ours' : 'theirs'}
      data-framed={isHtml || undefined}
      aria-label={`Message from ${name}`}
    >
      <Group gap={8} mb={4} wrap="nowrap">
        <Avatar name={name} color={isOurs ? 'indigo' : 'initials'} size={24} radius="xl" aria-hidden />
        <Text fw={600} size="sm" truncate>
          {name}
        </Text>
        <Text size="xs" c="dimmed" style={{ whiteSpace: 'nowrap' }}>
          {channelNames[attributes.channel] ?? attributes.channel} · <Time at={attributes.sentAt} />
        </Text>
        {isForged && (
          <Badge
            size="xs"
            color="red"
            variant="light"
            tt="none"
            title="The domain that this mail says it is from does not stand behind it (DMARC)."
          >
            May be forged
          </Badge>
        )}
        {attributes.auto && (
          <Badge size="xs" variant="default" tt="none">
            Automatic
          </Badge>
        )}
      </Group>
      {from !== undefined && (
        <Text size="xs" c="dimmed" truncate>
          {from}
        </Text>
      )}
      {attributes.subject !== null && (
        <Text size="sm" fw={600} className="said">
          {attributes.subject}
        </Text>
      )}
      {isHtml ? <FormattedMail id={message.id} text={text} /> : text}
      <AttachmentLinks
        attachments={isHtml ? attributes.attachments.filter((it) => !inline.includes(it._id)) : attributes.attachments}
      />
      {attributes.status === 'error' && <SendingProblem id={message.id} error={attributes.error} />}
    </article>
  )
}

function NoteBubble({ note, nameOf }: { note: Note; nameOf: NameOf }) {
  const author = authorIdOf(note)
  const name = author === undefined ? 'Your team' : nameOf(author)
  return (
    <article className="bubble" data-side="note" aria-label={`Note by ${name}`}>
      <Group gap={8} mb={4} wrap="nowrap">
        <Avatar name={name} color="gray" size={24} radius="xl" aria-hidden />
        <Text fw={600} size="sm" truncate>
          {name}
        </Text>
        <Text size="xs" c="dimmed" style={{ whiteSpace: 'nowrap' }}>
          <IconLock size={11} aria-hidden /> Note · <Time at={note.attributes.createdAt} />
        </Text>
      </Group>
      <Text size="sm" className="said" component="div">
        {note.attributes.deleted ? 'This note was deleted.' : note.attributes.body}
      </Text>
      <AttachmentLinks attachments={note.attributes.attachments} />
    </article>
  )
}

function Changes({ item, nameOf }: { item: Extract<ThreadItem, { kind: 'changes' }>; nameOf: NameOf }) {
  const [opened, { toggle }] = useDisclosure(false)
  const lines = item.events.flatMap((event) => {
    const by = authorIdOf(event)
    return sentencesOf(event, nameOf).map((text) => ({
      key: `${event.id}${text}`,
      text: `${by === undefined ? 'Tellback' : nameOf(by)} ${text}`,
      at: event.attributes.createdAt,
    }))
  })
  const [first, ...others] = lines
  if (first === undefined) {
    return null
  }
  if (others.length === 0) {
    return <ChangeLine text={first.text} at={first.at} />
  }
  const Chevron = opened ? IconChevronDown : IconChevronRight
  return (
    <Stack gap={2} align="center">
      <UnstyledButton onClick={toggle} aria-expanded={opened} className="changes-toggle">
        <Chevron size={13} aria-hidden /> {lines.length} changes
      </UnstyledButton>
      {opened && lines.map((line) => <ChangeLine key={line.key} text={line.text} at={line.at} />)}
    </Stack>
  )
}

function ChangeLine({ text, at }: { text: string; at: string }) {
  return (
    <Center>
      <Text size="xs" c="dimmed" ta="center" title={formatDateTime(at)}>
        <span className="said">{text}</span> · <Time at={at} />
      </Text>
    </Center>
  )
}

/** Names for the ids of people, teams and tags. */
function useNameOf(): NameOf {
  const [users, teams, tags] = [useUsers(), useTeams(), useTags()]
  return (id) =>
    users.get(id)?.attributes.displayName ??
    teams.get(id)?.attributes.displayName ??
    tags.find((tag) => tag.id === id)?.attributes.name ??
    'someone'
}
