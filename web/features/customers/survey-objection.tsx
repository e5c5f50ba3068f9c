import { Button, Group, Stack, Text } from '@mantine/core'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'

import { api } from '../../api.ts'
import { sayFailed } from '../../ui/undo.tsx'

/** Whether a customer may be asked by surveys, and the way to change that. */
export function SurveyObjection({ customerId }: { customerId: string }) {
  const client = useQueryClient()
  const params = { id: customerId }
  const key = ['customer', customerId, 'survey-opt-out']
  const objection = useQuery({
    queryKey: key,
    queryFn: async () => (await api.call('GET /v1/customers/{id}/survey-opt-out', { params })).data,
  })
  const change = useMutation({
    mutationFn: (optedOut: boolean) =>
      optedOut
        ? api.call('PUT /v1/customers/{id}/survey-opt-out', { params, body: {} })
        : api.call('DELETE /v1/customers/{id}/survey-opt-out', { params }),
    onError: (error) => sayFailed('It was not changed', error),
    onSettled: () => client.invalidateQueries({ queryKey: key }),
  })
  if (objection.data === undefined) {
    return null
  }
  const { optedOut, reason } = objection.data
  return (
    <Stack gap={2}>
      <Text size="xs" c="dimmed">
        Surveys
      </Text>
      <Group justify="space-between" gap="xs" wrap="nowrap">
        <Text size="sm">{optedOut ? `Not to be asked: ${reason ?? ''}` : 'May be asked'}</Text>
        <Button size="compact-sm" variant="subtle" loading={change.isPending} onClick={() => change.mutate(!optedOut)}>
          {optedOut ? 'Ask again' : 'Never ask'}
        </Button>
      </Group>
    </Stack>
  )
}
