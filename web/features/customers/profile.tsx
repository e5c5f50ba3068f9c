import { Anchor, Badge, Group, SimpleGrid, Stack, Text } from '@mantine/core'
import { IconCircleCheck } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import type { z } from 'zod'

import type { CustomerAttributes } from '../../../src/core/customers/schema.ts'
import { attributeLabel } from '../../../src/sdk/domain.ts'
import { api } from '../../api.ts'
import { AttributeValue } from '../../ui/attribute-value.tsx'
import { formatDateTime } from '../../ui/time.tsx'
import { latestScores } from './latest-scores.ts'

/** Latest scores, ways to reach the customer, and what else is known; labels come from the metadata. */
export function Profile({ customer }: { customer: z.infer<typeof CustomerAttributes> }) {
  const metadata = useQuery({
    queryKey: ['metadata', 'customer'],
    queryFn: async () => (await api.call('GET /v1/metadata/{resource}', { params: { resource: 'customer' } })).data,
    staleTime: 300_000,
  })
  const properties = metadata.data?.attributes.properties ?? {}
  const labelOf = (name: string) => properties[name]?.displayName ?? attributeLabel(name)
  const scores = latestScores(
    customer.custom,
    Object.fromEntries(Object.keys(properties).map((name) => [name, labelOf(name)])),
  )
  const others = Object.entries(customer.custom).filter(([name]) => !scores.some((score) => score.name === name))
  return (
    <Stack gap="md">
      {scores.length > 0 && (
        <SimpleGrid cols={2} spacing="xs">
          {scores.map(({ name, label, value }) => (
            <Stack
              key={name}
              gap={0}
              p="xs"
              bg="light-dark(var(--mantine-color-gray-1), var(--mantine-color-dark-5))"
              style={{ borderRadius: 8 }}
            >
              <Text size="xs" c="dimmed">
                {label}
              </Text>
              <Text fw={700} size="xl" lh={1.2} data-score={name}>
                {value}
              </Text>
            </Stack>
          ))}
        </SimpleGrid>
      )}
      {customer.emails.map(({ email, verified }) => (
        <Fact key={email} label="E-mail">
          <Group gap={6} wrap="nowrap">
            <Anchor href={`mailto:${email}`} size="sm" style={{ overflowWrap: 'anywhere' }}>
              {email}
            </Anchor>
            {verified && (
              <IconCircleCheck size={15} color="var(--mantine-color-teal-6)" aria-label="verified" role="img" />
            )}
          </Group>
        </Fact>
      ))}
      {customer.phones.map(({ phone }) => (
        <Fact key={phone} label="Phone">
          <Anchor href={`tel:${phone}`} size="sm">
            {phone}
          </Anchor>
        </Fact>
      ))}
      {customer.tags.length > 0 && (
        <Fact label="Tags">
          <Group gap={4}>
            {customer.tags.map((tag) => (
              <Badge key={tag} variant="default" tt="none">
                {tag}
              </Badge>
            ))}
          </Group>
        </Fact>
      )}
      {others.map(([name, value]) => (
        <Fact key={name} label={labelOf(name)}>
          <AttributeValue name={name} value={value} />
        </Fact>
      ))}
      <Fact label="Customer since">
        <Text size="sm">{formatDateTime(customer.createdAt)}</Text>
      </Fact>
    </Stack>
  )
}

function Fact({ label, children }: { label: string; children: ReactNode }) {
  return (
    <Stack gap={1}>
      <Text size="xs" c="dimmed">
        {label}
      </Text>
      {children}
    </Stack>
  )
}
