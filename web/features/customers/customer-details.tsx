import { Anchor, Avatar, Box, Group, Skeleton, Stack, Text, Title } from '@mantine/core'
import { IconArrowRight } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { Link } from 'react-router'

import { api } from '../../api.ts'
import { ErrorState } from '../../ui/states.tsx'
import { ShortTime } from '../../ui/time.tsx'
import { titleOf } from '../conversations/names.ts'
import { Profile } from './profile.tsx'
import { useCustomer } from './use-customer.ts'

/** Who a conversation is with, what they have said lately, and their other conversations. */
export function CustomerDetails({ id, besides }: { id: string; besides: string }) {
  const customer = useCustomer(id)
  const conversations = useQuery({
    queryKey: ['conversations', 'of', id],
    queryFn: () => api.call('GET /v1/customers/{id}/conversations', { params: { id }, query: { pageSize: 6 } }),
  })
  if (customer.error !== null) {
    return <ErrorState error={customer.error} onRetry={() => void customer.refetch()} />
  }
  if (customer.data === undefined) {
    return (
      <Stack p="md">
        <Skeleton height={40} circle />
        <Skeleton height={12} />
        <Skeleton height={12} width="70%" />
      </Stack>
    )
  }
  const { attributes } = customer.data
  const others = (conversations.data?.data ?? []).filter((it) => it.id !== besides).slice(0, 5)
  return (
    <Stack p="md" gap="md">
      <Group wrap="nowrap">
        <Avatar name={attributes.displayName} color="initials" size={40} radius="xl" aria-hidden />
        <Box miw={0}>
          <Title order={2} size="h5" className="said">
            {attributes.displayName}
          </Title>
          <Anchor component={Link} to={`/customers/${id}`} size="xs">
            Whole timeline <IconArrowRight size={11} aria-hidden />
          </Anchor>
        </Box>
      </Group>
      <Profile key={id} customer={customer.data} />
      {others.length > 0 && (
        <Stack gap={4}>
          <Text size="xs" fw={600} c="dimmed">
            Other conversations
          </Text>
          {others.map((other) => (
            <Anchor
              key={other.id}
              component={Link}
              to={`/inbox/${other.attributes.status}/${other.id}`}
              size="sm"
              c="inherit"
              className="other"
            >
              <span className="said other-title">{titleOf(other)}</span>
              <Text span size="xs" c="dimmed">
                <ShortTime at={other.attributes.lastActivityAt} />
              </Text>
            </Anchor>
          ))}
        </Stack>
      )}
    </Stack>
  )
}
