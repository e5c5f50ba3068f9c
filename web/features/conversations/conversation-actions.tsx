import { ActionIcon, Button, Group, Menu, Popover, Text, Tooltip } from '@mantine/core'
import { DateTimePicker } from '@mantine/dates'
import {
  IconCheck,
  IconChevronDown,
  IconClockPause,
  IconFlag3,
  IconFlag3Filled,
  IconMailOff,
  IconRotateClockwise,
  IconTag,
  IconUserPlus,
} from '@tabler/icons-react'
import { useState } from 'react'

import { useKeyMap, useKeys } from '../../ui/keys.ts'
import { formatDateTime } from '../../ui/time.tsx'
import { useCurrentUser } from '../people/people.ts'
import type { Conversation } from '../searches/run-search.ts'
import { AssigneePicker } from './assignee-picker.tsx'
import { useChangeConversation } from './change.ts'
import { priorities } from './names.ts'
import { snoozeTimes } from './snooze-times.ts'
import { TagPicker } from './tag-picker.tsx'

interface ConversationActionsProps {
  conversation: Conversation
  /** Called when a conversation leaves the list that somebody works through. */
  onDone: () => void
}

type Open = 'snooze' | 'assign' | 'tag' | 'priority'

/** What one does to a conversation, by button and by key. */
export function ConversationActions({ conversation, onDone }: ConversationActionsProps) {
  const [open, setOpen] = useState<Open>()
  const change = useChangeConversation()
  const me = useCurrentUser()
  const keys = useKeyMap()
  const { attributes } = conversation
  const isDone = attributes.status === 'done'

  function toggleDone(): void {
    change(conversation, { status: isDone ? 'open' : 'done' }, isDone ? 'Opened again.' : 'Marked done.')
    if (!isDone) {
      onDone()
    }
  }
  function closeUnasked(): void {
    change(conversation, { status: 'done', withoutSurvey: true }, 'Marked done; nobody is asked about it.')
    onDone()
  }
  function assignMe(): void {
    if (me !== undefined) {
      change(conversation, { assignedUsers: [me.id] }, 'Assigned to you.')
    }
  }
  function snooze(at: Date): void {
    setOpen(undefined)
    change(
      conversation,
      { status: 'snoozed', snooze: { time: at.toISOString() } },
      `Snoozed until ${formatDateTime(at.toISOString())}.`,
    )
    onDone()
  }
  const opener = (name: Open) => ({
    opened: open === name,
    onChange: (isOpen: boolean) => setOpen(isOpen ? name : undefined),
  })
  const tip = (label: string, key: string) => (key === '' ? label : `${label} (${key.toUpperCase()})`)
  useKeys({
    done: toggleDone,
    assignMe,
    snooze: () => setOpen('snooze'),
    assign: () => setOpen('assign'),
    tag: () => setOpen('tag'),
    priority: () => setOpen('priority'),
  })

  return (
    <Group gap={4} wrap="nowrap">
      <Popover {...opener('assign')} width={280} position="bottom-end" trapFocus shadow="md" returnFocus {...atOnce}>
        <Popover.Target>
          <Tooltip label={tip('Assign', keys.assign)}>
            <ActionIcon variant="subtle" color="gray" size="lg" aria-label="Assign" onClick={() => setOpen('assign')}>
              <IconUserPlus size={18} />
            </ActionIcon>
          </Tooltip>
        </Popover.Target>
        <Popover.Dropdown p={6}>
          <AssigneePicker conversation={conversation} onPick={() => setOpen(undefined)} />
        </Popover.Dropdown>
      </Popover>
      <Popover {...opener('tag')} width={280} position="bottom-end" trapFocus shadow="md" returnFocus {...atOnce}>
        <Popover.Target>
          <Tooltip label={tip('Tag', keys.tag)}>
            <ActionIcon variant="subtle" color="gray" size="lg" aria-label="Tag" onClick={() => setOpen('tag')}>
              <IconTag size={18} />
            </ActionIcon>
          </Tooltip>
        </Popover.Target>
        <Popover.Dropdown p={6}>
          <TagPicker conversation={conversation} />
        </Popover.Dropdown>
      </Popover>
      <Menu {...opener('priority')} position="bottom-end" shadow="md" returnFocus>
        <Menu.Target>
          <Tooltip label={tip('Priority', keys.priority)}>
            <ActionIcon variant="subtle" color="gray" size="lg" aria-label="Priority">
              {attributes.priority > 3 ? (
                <IconFlag3Filled size={18} color="var(--mantine-color-orange-6)" />
              ) : (
                <IconFlag3 size={18} />
              )}
            </ActionIcon>
          </Tooltip>
        </Menu.Target>
        <Menu.Dropdown>
          {priorities.toReversed().map(({ value, label }) => (
            <Menu.Item
              key={value}
              onClick={() => change(conversation, { priority: value }, `Priority: ${label}.`)}
              rightSection={value === attributes.priority ? <IconCheck size={14} aria-label="now" /> : null}
            >
              {label}
            </Menu.Item>
          ))}
        </Menu.Dropdown>
      </Menu>
      {!isDone && (
        <Menu {...opener('snooze')} position="bottom-end" shadow="md" width={270} returnFocus closeOnItemClick={false}>
          <Menu.Target>
            <Tooltip label={tip('Snooze', keys.snooze)}>
              <ActionIcon variant="subtle" color="gray" size="lg" aria-label="Snooze">
                <IconClockPause size={18} />
              </ActionIcon>
            </Tooltip>
          </Menu.Target>
          <Menu.Dropdown>
            <SnoozeChoices onPick={snooze} />
          </Menu.Dropdown>
        </Menu>
      )}
      <Tooltip label={tip(isDone ? 'Open again' : 'Mark done', keys.done)}>
        <Button
          size="xs"
          ml={4}
          {...(isDone ? {} : { className: 'split-start' })}
          variant={isDone ? 'default' : 'filled'}
          color="teal.9"
          leftSection={isDone ? <IconRotateClockwise size={15} /> : <IconCheck size={15} />}
          onClick={toggleDone}
        >
          {isDone ? 'Open again' : 'Done'}
        </Button>
      </Tooltip>
      {!isDone && (
        <Menu position="bottom-end" shadow="md" returnFocus>
          <Menu.Target>
            <ActionIcon color="teal.9" size={30} className="split-end" aria-label="Other ways to close">
              <IconChevronDown size={15} />
            </ActionIcon>
          </Menu.Target>
          <Menu.Dropdown>
            <Menu.Item leftSection={<IconMailOff size={15} />} onClick={closeUnasked}>
              Done, without a survey
            </Menu.Item>
          </Menu.Dropdown>
        </Menu>
      )}
    </Group>
  )
}

/** The times on offer are counted from when they are shown. */
function SnoozeChoices({ onPick }: { onPick: (at: Date) => void }) {
  const [now] = useState(() => new Date())
  return (
    <>
      <Menu.Label>Open again by itself</Menu.Label>
      {snoozeTimes(now).map(({ label, at }) => (
        <Menu.Item key={label} onClick={() => onPick(at)}>
          <Group justify="space-between" wrap="nowrap">
            <Text size="sm">{label}</Text>
            <Text size="xs" c="dimmed">
              {shortDay(at)}
            </Text>
          </Group>
        </Menu.Item>
      ))}
      <Menu.Divider />
      <DateTimePicker
        size="xs"
        px="xs"
        py={4}
        aria-label="Another time"
        placeholder="Another time…"
        minDate={now}
        onChange={(value) => {
          const at = value === null ? undefined : new Date(value)
          if (at !== undefined && at > new Date()) {
            onPick(at)
          }
        }}
      />
    </>
  )
}

/** What a key opens takes the letters that follow it. */
const atOnce = { transitionProps: { duration: 0 } }

const weekday = new Intl.DateTimeFormat(undefined, { weekday: 'short', hour: 'numeric', minute: '2-digit' })

function shortDay(at: Date): string {
  return weekday.format(at)
}
