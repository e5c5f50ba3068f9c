import { Alert, Badge, Button, Group, Stack, Text } from '@mantine/core'
import { IconUserCheck, IconUserQuestion } from '@tabler/icons-react'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'

import { api, relatedId } from '../../api.ts'
import { Time } from '../../ui/time.tsx'
import { offerUndo, sayFailed } from '../../ui/undo.tsx'
import type { Feedback } from './use-reply.ts'

/** Whether the author of a review was asked who they are, what they said, and whom that may mean. */
export function Enquiry({ feedback }: { feedback: Feedback }) {
  const client = useQueryClient()
  const params = { id: feedback.id }
  const enquiry = useQuery({
    queryKey: ['reply', feedback.id, 'enquiry'],
    queryFn: async () => (await api.call('GET /v1/feedback/{id}/enquiry', { params })).data.attributes,
  })
  const ask = useMutation({
    mutationFn: () => api.call('POST /v1/feedback/{id}/enquiry', { params }),
    onError: (error) => sayFailed('The reviewer was not asked', error),
    onSettled: () => client.invalidateQueries({ queryKey: ['reply'] }),
  })
  if (enquiry.data === undefined || enquiry.data.name === '') {
    return null
  }
  const { name, problem, mayAsk: isAllowed, state, reason, askedAt, answeredAt } = enquiry.data
  const mayAsk = isAllowed && problem === null && state !== 'asking' && state !== 'waiting' && state !== 'answered'
  return (
    <Stack gap={6}>
      <Group gap="xs">
        {mayAsk && (
          <Button
            size="compact-sm"
            variant="default"
            leftSection={<IconUserQuestion size={14} />}
            loading={ask.isPending}
            onClick={() => ask.mutate()}
          >
            {state === 'none' ? name : `${name} again`}
          </Button>
        )}
        {(state === 'asking' || state === 'waiting') && (
          <Badge variant="light" size="sm" tt="none" fw={500}>
            {name}: asked {askedAt === null ? '' : <Time at={askedAt} />}
          </Badge>
        )}
        {state === 'answered' && (
          <Badge color="teal" variant="light" size="sm" tt="none" fw={500}>
            {name}: answered {answeredAt === null ? '' : <Time at={answeredAt} />}
          </Badge>
        )}
        {reason !== null && (
          <Text size="xs" c="dimmed">
            {reason}
          </Text>
        )}
      </Group>
      {state === 'answered' && <Proposal feedback={feedback} />}
    </Stack>
  )
}

/** Somebody whom the answer fits better than whom the review is from now; one press moves review and conversation. */
function Proposal({ feedback }: { feedback: Feedback }) {
  const client = useQueryClient()
  const owner = relatedId(feedback, 'customer')
  const candidates = useQuery({
    queryKey: ['feedback', 'candidates', feedback.id],
    queryFn: () => api.call('GET /v1/feedback/{id}/candidates', { params: { id: feedback.id } }),
  })
  const likely = candidates.data?.data.find(
    (it) => it.id !== owner && it.attributes.evidence.some(({ kind }) => kind !== 'partOfName' && kind !== 'name'),
  )
  const link = useMutation({
    mutationFn: async (customer: string) => {
      await api.call('PUT /v1/feedback/{id}', { params: { id: feedback.id }, body: { customer } })
      const { conversation } = feedback.attributes
      if (conversation !== null) {
        await api.call('PUT /v1/conversations/{id}', { params: { id: conversation }, body: { customer } })
      }
    },
    onSuccess: (_, customer) => {
      if (owner !== undefined && customer !== owner) {
        offerUndo('Review and conversation are this customer’s now.', () => link.mutate(owner))
      }
    },
    onError: (error) => sayFailed('It was not linked', error),
    onSettled: () => client.invalidateQueries(),
  })
  if (likely === undefined) {
    return null
  }
  const shared = likely.attributes.evidence.map(({ kind, text }) => (kind === 'activityBefore' ? undefined : text))
  return (
    <Alert color="indigo" variant="light" p="xs">
      <Group justify="space-between" gap="xs">
        <Text size="sm">
          This may be <b>{likely.attributes.displayName}</b>: {shared.filter((it) => it !== undefined).join(', ')}
        </Text>
        <Button
          size="compact-sm"
          leftSection={<IconUserCheck size={14} />}
          loading={link.isPending}
          onClick={() => link.mutate(likely.id)}
        >
          It is them
        </Button>
      </Group>
    </Alert>
  )
}
