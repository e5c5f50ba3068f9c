import { Alert, Anchor, Button, Card, Group, Stack, Table, Text, Title } from '@mantine/core'
import { IconTestPipe } from '@tabler/icons-react'
import { useMutation } from '@tanstack/react-query'
import { Link } from 'react-router'

import { api } from '../../api.ts'
import type { ReplyOf } from '../../api.ts'
import { ExportButton } from '../../ui/export-button.tsx'
import { ErrorState } from '../../ui/states.tsx'
import type { Policy } from './policy-form.tsx'
import { ruleNames } from './rule-names.ts'

const days = 30

/** What the policy on the page would have made of the closes of the last days. Nothing is sent. */
export function DryRun({ policy }: { policy: () => Policy }) {
  const run = useMutation({
    mutationFn: async () =>
      (await api.call('POST /v1/survey-policy/dry-run', { body: { policy: policy(), days } })).data,
  })
  return (
    <Card withBorder p="lg">
      <Stack>
        <Group justify="space-between" align="flex-start">
          <div>
            <Title order={2}>Try it</Title>
            <Text size="sm" c="dimmed">
              What the rules above would have made of the last {days} days, saved or not. Nobody is asked.
            </Text>
          </div>
          <Button
            variant="default"
            leftSection={<IconTestPipe size={16} />}
            loading={run.isPending}
            onClick={() => run.mutate()}
          >
            Dry run
          </Button>
        </Group>
        {run.error !== null && <ErrorState error={run.error} />}
        {run.data !== undefined && <Result result={run.data} />}
      </Stack>
    </Card>
  )
}

function Result({ result }: { result: ReplyOf<'POST /v1/survey-policy/dry-run'>['data'] }) {
  const count = new Intl.NumberFormat()
  if (result.installations.length === 0) {
    return (
      <Alert color="gray" variant="light" role="status">
        {result.closes === 0
          ? `No conversation was closed in the last ${days} days.`
          : 'No survey app is installed and switched on.'}
      </Alert>
    )
  }
  return (
    <Stack role="status">
      <Text size="sm">
        {count.format(result.closes)} closes were looked at{result.isCut && ', the newest there are'}.
      </Text>
      {result.installations.map(({ name, asked, skipped, examples }) => (
        <Stack key={name} gap="xs">
          <Group justify="space-between">
            <Text fw={600}>
              {name}: {count.format(asked)} would have been asked
            </Text>
            <ExportButton
              fileName={`dry-run-${name}.csv`}
              table={() => ({
                heads: ['Verdict', 'Rule', 'Reason', 'Closes', 'For example'],
                rows: [
                  ['Asked', '', '', String(asked), namesOf(examples)],
                  ...skipped.map((it) => [
                    'Not asked',
                    ruleNames[it.rule],
                    it.reason,
                    String(it.count),
                    namesOf(it.examples),
                  ]),
                ],
              })}
            />
          </Group>
          <Table.ScrollContainer minWidth={480}>
            <Table>
              <Table.Thead>
                <Table.Tr>
                  <Table.Th>Verdict</Table.Th>
                  <Table.Th>Closes</Table.Th>
                  <Table.Th>For example</Table.Th>
                </Table.Tr>
              </Table.Thead>
              <Table.Tbody>
                {asked > 0 && (
                  <Table.Tr>
                    <Table.Td>Asked</Table.Td>
                    <Table.Td>{count.format(asked)}</Table.Td>
                    <Table.Td>
                      <Examples examples={examples} />
                    </Table.Td>
                  </Table.Tr>
                )}
                {skipped.map((it) => (
                  <Table.Tr key={it.rule}>
                    <Table.Td>
                      Not asked: {ruleNames[it.rule]}
                      <Text size="xs" c="dimmed">
                        {it.reason}
                      </Text>
                    </Table.Td>
                    <Table.Td>{count.format(it.count)}</Table.Td>
                    <Table.Td>
                      <Examples examples={it.examples} />
                    </Table.Td>
                  </Table.Tr>
                ))}
              </Table.Tbody>
            </Table>
          </Table.ScrollContainer>
        </Stack>
      ))}
    </Stack>
  )
}

type Example = { conversation: string; name: string; closedAt: string }

function namesOf(examples: Example[]): string {
  return examples.map((it) => it.name).join('; ')
}

function Examples({ examples }: { examples: Example[] }) {
  return (
    <Stack gap={2}>
      {examples.slice(0, 3).map(({ conversation, name, closedAt }) => (
        <Anchor
          key={`${conversation}${closedAt}`}
          component={Link}
          to={`/conversations/${conversation}`}
          size="sm"
          lh="24px"
          className="said"
          lineClamp={1}
        >
          {name}
        </Anchor>
      ))}
    </Stack>
  )
}
