import { Modal, Stack, Table, Text, Timeline, Title } from '@mantine/core'
import { IconCheck, IconX } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'

import { api } from '../../api.ts'
import { ErrorState, LoadingCards } from '../../ui/states.tsx'
import { Time } from '../../ui/time.tsx'
import { useUsers } from '../people/people.ts'
import { ruleNames } from './rule-names.ts'
import { surveyStateNames } from './survey-state.tsx'
import type { Survey } from './survey-state.tsx'

interface SurveyWhyProps {
  id: string
  survey: Survey['attributes']
  onClose: () => void
}

/** Why somebody was asked, or was not: every rule with what it saw, and every state that the request was in. */
export function SurveyWhy({ id, survey, onClose }: SurveyWhyProps) {
  const { decision, state } = survey
  const asked = decision.verdict === 'ask'
  return (
    <Modal
      opened
      onClose={onClose}
      size="lg"
      title={`Why ${asked && state !== 'canceled' ? 'the customer is asked' : 'the customer is not asked'}`}
      closeButtonProps={{ 'aria-label': 'Close' }}
    >
      <Stack>
        <Text size="sm">{survey.reason ?? decision.reason}</Text>
        <Title order={3} size="h5">
          What was looked at
        </Title>
        <Table>
          <Table.Thead>
            <Table.Tr>
              <Table.Th>Rule</Table.Th>
              <Table.Th>What it saw</Table.Th>
              <Table.Th>Verdict</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {decision.rules.map(({ rule, fact, allows, reason }) => (
              <Table.Tr key={rule}>
                <Table.Td>{ruleNames[rule]}</Table.Td>
                <Table.Td className="said">{fact}</Table.Td>
                <Table.Td>
                  <Text size="sm" c={allows ? 'teal.9' : 'red'} component="span">
                    {allows ? <IconCheck size={14} aria-hidden /> : <IconX size={14} aria-hidden />}{' '}
                    {allows ? 'Allows it' : (reason ?? 'Says no')}
                  </Text>
                </Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
        <Title order={3} size="h5">
          What happened
        </Title>
        <SurveyHistory id={id} />
      </Stack>
    </Modal>
  )
}

function SurveyHistory({ id }: { id: string }) {
  const users = useUsers()
  const history = useQuery({
    queryKey: ['surveys', id, 'history'],
    queryFn: async () => (await api.call('GET /v1/survey-requests/{id}/history', { params: { id } })).data,
  })
  if (history.data === undefined) {
    return history.error === null ? <LoadingCards count={1} /> : <ErrorState error={history.error} />
  }
  return (
    <Timeline bulletSize={10} lineWidth={2} active={history.data.length}>
      {history.data.map(({ id: move, attributes }) => (
        <Timeline.Item key={move} title={<Text size="sm">{surveyStateNames[attributes.state]}</Text>}>
          <Text size="xs" c="dimmed">
            {attributes.by === null ? 'By itself' : (users.get(attributes.by)?.attributes.displayName ?? 'Somebody')} ·{' '}
            <Time at={attributes.at} />
          </Text>
          {attributes.reason !== null && <Text size="xs">{attributes.reason}</Text>}
        </Timeline.Item>
      ))}
    </Timeline>
  )
}
