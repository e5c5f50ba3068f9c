import { Button, Group, Indicator, Popover, Stack, Text, Tooltip, UnstyledButton } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { IconBell } from '@tabler/icons-react'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useNavigate } from 'react-router'

import { api } from '../../api.ts'
import type { ItemOf } from '../../api.ts'
import { Time } from '../../ui/time.tsx'

type Notification = ItemOf<'GET /v1/notifications'>

/** What the desk told this person, with the number of what they have not read. */
export function NotificationBell({ hasWords }: { hasWords: boolean }) {
  const [opened, { toggle, close }] = useDisclosure()
  const client = useQueryClient()
  const navigate = useNavigate()
  const notifications = useQuery({
    queryKey: ['notifications'],
    queryFn: () => api.call('GET /v1/notifications', { query: { pageSize: 20 } }),
  })
  const refresh = () => client.invalidateQueries({ queryKey: ['notifications'] })
  const read = useMutation({
    mutationFn: (id: string) => api.call('PUT /v1/notifications/{id}', { params: { id }, body: { read: true } }),
    onSettled: refresh,
  })
  const readAll = useMutation({ mutationFn: () => api.call('POST /v1/notifications/read'), onSettled: refresh })
  const rows = notifications.data?.data ?? []
  const unread = rows.filter((row) => row.attributes.readAt === null).length
  const label = unread === 0 ? 'Notifications' : `Notifications, ${unread} unread`

  function open({ id, attributes }: Notification): void {
    read.mutate(id)
    close()
    const address = addressOf(attributes.objectType, attributes.objectId)
    if (address !== undefined) {
      void navigate(address)
    }
  }

  return (
    <Popover
      opened={opened}
      onChange={(isOpen) => !isOpen && close()}
      position="right-end"
      width={340}
      shadow="md"
      trapFocus
      returnFocus
    >
      <Popover.Target>
        <Tooltip label={label} position="right" disabled={hasWords || opened}>
          <UnstyledButton className="rail-link" aria-label={label} onClick={toggle}>
            <Indicator size={8} offset={2} color="red" disabled={unread === 0} lh={0}>
              <IconBell size={19} stroke={1.7} aria-hidden />
            </Indicator>
            {hasWords && <span>Notifications</span>}
          </UnstyledButton>
        </Tooltip>
      </Popover.Target>
      <Popover.Dropdown p="xs">
        <Group justify="space-between" px={6} pb={6}>
          <Text fw={600} size="sm">
            Notifications
          </Text>
          <Button size="compact-xs" variant="subtle" disabled={unread === 0} onClick={() => readAll.mutate()}>
            Mark all read
          </Button>
        </Group>
        {rows.length === 0 && (
          <Text size="sm" c="dimmed" p="md" ta="center">
            Nothing yet. You are told here when somebody calls you, assigns you a conversation, or a customer writes
            again.
          </Text>
        )}
        <Stack gap={2} mah={380} style={{ overflowY: 'auto' }}>
          {rows.map((row) => (
            <UnstyledButton
              key={row.id}
              className="notification"
              data-unread={row.attributes.readAt === null || undefined}
              onClick={() => open(row)}
            >
              <Text size="sm" fw={row.attributes.readAt === null ? 600 : 400} className="said" lineClamp={2}>
                {row.attributes.title}
              </Text>
              {row.attributes.body !== null && (
                <Text size="xs" c="dimmed" lineClamp={2} className="said">
                  {row.attributes.body}
                </Text>
              )}
              <Text size="xs" c="dimmed">
                <Time at={row.attributes.createdAt} />
              </Text>
            </UnstyledButton>
          ))}
        </Stack>
      </Popover.Dropdown>
    </Popover>
  )
}

function addressOf(objectType: string | null, objectId: string | null): string | undefined {
  if (objectId === null) {
    return undefined
  }
  return objectType === 'conversation'
    ? `/conversations/${objectId}`
    : objectType === 'outbound_webhook'
      ? `/settings/webhooks/${objectId}`
      : undefined
}
