import { ActionIcon, Group, Menu, Text } from '@mantine/core'
import type { ActionIconProps } from '@mantine/core'
import {
  IconArrowMoveRight,
  IconDots,
  IconFold,
  IconFoldDown,
  IconPencil,
  IconPin,
  IconPinnedOff,
} from '@tabler/icons-react'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import type { ComponentProps, ReactNode } from 'react'

import { api } from '../../api.ts'
import type { ItemOf } from '../../api.ts'
import { usePreferences } from '../../ui/preferences.ts'
import { offerUndo, sayFailed } from '../../ui/undo.tsx'
import { CustomerChoice } from '../customers/customer-choice.tsx'
import { ObjectDialog } from '../objects/object-dialog.tsx'

export type TimelineItem = ItemOf<'GET /v1/customers/{id}/timeline'>

interface ItemFrameProps {
  customerId: string
  item: TimelineItem
  title: string
  children: ReactNode
}

/** The frame of every card on a timeline, with what can be done to it. */
export function ItemFrame({ customerId, item, title, children }: ItemFrameProps) {
  // Whoever scrolls past thousands of cards asks few of them what they can do: the rest of the menu comes with the asking.
  const [asked, setAsked] = useState(false)
  return (
    <article aria-label={title} className="timeline-item">
      <div className="timeline-menu">
        {asked ? (
          <ItemMenu customerId={customerId} item={item} title={title} />
        ) : (
          <MenuButton title={title} aria-haspopup="menu" aria-expanded={false} onClick={() => setAsked(true)} />
        )}
      </div>
      {children}
    </article>
  )
}

function MenuButton({
  title,
  ...rest
}: { title: string } & ActionIconProps & Omit<ComponentProps<'button'>, keyof ActionIconProps>) {
  return (
    <ActionIcon variant="subtle" color="gray" aria-label={`What to do with ${title}`} {...rest}>
      <IconDots size={17} />
    </ActionIcon>
  )
}

/** Pins a card, keeps its kind expanded, edits it, moves it to another customer. */
function ItemMenu({ customerId, item, title }: Omit<ItemFrameProps, 'children'>) {
  const client = useQueryClient()
  const [moving, setMoving] = useState(false)
  const [editing, setEditing] = useState(false)
  const [{ expanded }, setPreferences] = usePreferences()
  const { object, klass: klassName } = item.attributes
  const isKeptOpen = klassName !== null && expanded.includes(klassName)
  const isPinned = item.attributes.pinnedAt !== null
  const pin = useMutation({
    mutationFn: (pinned: boolean) =>
      api.call('PUT /v1/customers/{id}/timeline/{item}', {
        params: { id: customerId, item: item.id },
        body: { pinned },
      }),
    onError: (error) => sayFailed('The pin was not changed', error),
    onSettled: () => client.invalidateQueries({ queryKey: ['timeline', customerId] }),
  })
  const move = useMutation({
    mutationFn: (to: string) => moveTo(item, to),
    onSuccess: (_, to) => {
      setMoving(false)
      offerUndo(to === customerId ? 'It is back.' : 'Moved to the other customer.', () => move.mutate(customerId))
    },
    onError: (error) => sayFailed('It was not moved', error),
    onSettled: () => client.invalidateQueries(),
  })
  return (
    <>
      <Menu position="bottom-end" shadow="md" defaultOpened returnFocus>
        <Menu.Target>
          <MenuButton title={title} />
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Item
            leftSection={isPinned ? <IconPinnedOff size={16} /> : <IconPin size={16} />}
            onClick={() => pin.mutate(!isPinned)}
          >
            {isPinned ? 'Take the pin off' : 'Pin to the top'}
          </Menu.Item>
          {klassName !== null && (
            <Menu.Item
              leftSection={isKeptOpen ? <IconFold size={16} /> : <IconFoldDown size={16} />}
              onClick={() =>
                setPreferences({
                  expanded: isKeptOpen ? expanded.filter((it) => it !== klassName) : [...expanded, klassName],
                })
              }
            >
              {isKeptOpen ? 'Show these folded' : 'Keep these expanded'}
            </Menu.Item>
          )}
          {object !== null && (
            <Menu.Item leftSection={<IconPencil size={16} />} onClick={() => setEditing(true)}>
              Edit…
            </Menu.Item>
          )}
          {(item.attributes.kind === 'kobject' || item.attributes.kind === 'conversation') && (
            <Menu.Item leftSection={<IconArrowMoveRight size={16} />} onClick={() => setMoving(true)}>
              Move to another customer…
            </Menu.Item>
          )}
        </Menu.Dropdown>
      </Menu>
      {editing && object !== null && klassName !== null && (
        <ObjectDialog
          klass={{ name: klassName, displayName: klassName }}
          customerId={customerId}
          object={{ ...object, id: item.id }}
          onClose={() => setEditing(false)}
        />
      )}
      {moving && (
        <CustomerChoice
          opened
          title="Whose is it?"
          busy={move.isPending}
          onClose={() => setMoving(false)}
          onChoose={(to) => move.mutate(to)}
        />
      )}
    </>
  )
}

async function moveTo({ id, attributes }: TimelineItem, customer: string): Promise<unknown> {
  return attributes.kind === 'conversation'
    ? api.call('PUT /v1/conversations/{id}', { params: { id }, body: { customer } })
    : api.call('PUT /v1/klasses/{name}/{id}', { params: { name: attributes.klass ?? '', id }, body: { customer } })
}

/** A line that says that a card is pinned. */
export function PinnedMark() {
  return (
    <Group gap={4} c="dimmed" mb={6}>
      <IconPin size={13} aria-hidden />
      <Text size="xs">Pinned</Text>
    </Group>
  )
}
