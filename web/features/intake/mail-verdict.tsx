import { Badge, Card, Group, Stack, Text, Title } from '@mantine/core'
import type { z } from 'zod'

import type { DeliveryAttributes } from '../../../src/core/intake/schema.ts'

type Verdict = NonNullable<z.infer<typeof DeliveryAttributes>['mail']>

const results = {
  pass: { label: 'pass', color: 'teal' },
  fail: { label: 'fail', color: 'red' },
  none: { label: 'says nothing', color: 'gray' },
  error: { label: 'could not be asked', color: 'yellow' },
} as const

/** What the domain that a mail says it is from says of it: how sure it is who sent it. */
export function MailVerdict({ verdict: { spf, dkim, dmarc, signedBy } }: { verdict: Verdict }) {
  const checks = [
    { name: 'DMARC', result: dmarc, means: 'the domain that it is from stands behind it' },
    { name: 'DKIM', result: dkim, means: signedBy.length === 0 ? 'a signature' : `signed by ${signedBy.join(', ')}` },
    { name: 'SPF', result: spf, means: 'the server may send for that domain' },
  ]
  return (
    <Card withBorder p="lg">
      <Stack gap="sm">
        <Title order={2}>Who sent it</Title>
        {checks.map(({ name, result, means }) => (
          <Group key={name} justify="space-between" wrap="nowrap" gap="xs">
            <Text size="sm">
              {name}{' '}
              <Text span size="xs" c="dimmed">
                {means}
              </Text>
            </Text>
            <Badge variant="light" color={results[result].color} tt="none" style={{ flexShrink: 0 }}>
              {results[result].label}
            </Badge>
          </Group>
        ))}
      </Stack>
    </Card>
  )
}
