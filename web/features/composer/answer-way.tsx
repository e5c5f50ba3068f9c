import { SegmentedControl, Stack, Text } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'

import { api } from '../../api.ts'
import type { ItemOf } from '../../api.ts'

export type AnswerWay = ItemOf<'GET /v1/conversations/{id}/answer-ways'>['attributes']

/** The ways by which an answer can leave, where there is more to choose from than one. */
export function useAnswerWays(conversationId: string, isAsked: boolean): AnswerWay[] {
  const ways = useQuery({
    queryKey: ['answer-ways', conversationId],
    enabled: isAsked,
    queryFn: () => api.call('GET /v1/conversations/{id}/answer-ways', { params: { id: conversationId } }),
  })
  const all = ways.data?.data.map((it) => it.attributes) ?? []
  return all.length > 1 ? all : []
}

/** The way that is chosen, else one that is open: nothing becomes public because nobody chose. */
export function chosenWay(ways: AnswerWay[], chosen: AnswerWay['way'] | undefined): AnswerWay | undefined {
  const open = ways.filter((it) => it.problem === null)
  return ways.find((it) => it.way === chosen) ?? open.find((it) => it.way !== 'public') ?? open[0] ?? ways[0]
}

interface AnswerWayChoiceProps {
  ways: AnswerWay[]
  value: AnswerWay
  onChange: (way: AnswerWay['way']) => void
}

/** Says before one sends by which way an answer leaves, and who will read it. */
export function AnswerWayChoice({ ways, value, onChange }: AnswerWayChoiceProps) {
  return (
    <Stack gap={2} mb={6}>
      <SegmentedControl
        size="xs"
        aria-label="How the answer leaves"
        value={value.way}
        onChange={onChange}
        data={ways.map(({ way, title }) => ({ value: way, label: title }))}
        style={{ alignSelf: 'flex-start' }}
      />
      <Text size="xs" c={value.problem === null ? 'dimmed' : 'orange.9'} role="status">
        {value.problem ?? value.hint}
      </Text>
    </Stack>
  )
}
