import { Stack } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'

import { api } from '../../api.ts'
import { SurveyLine } from './survey-line.tsx'

/** Whether the customer is asked about the newest close of a conversation, by each app that could. */
export function SurveyStrip({ conversationId }: { conversationId: string }) {
  const surveys = useQuery({
    queryKey: ['surveys', conversationId],
    queryFn: async () =>
      (await api.call('GET /v1/survey-requests', { query: { conversation: conversationId, pageSize: 20 } })).data,
  })
  const newest = surveys.data?.[0]?.attributes.closedAt
  const shown = surveys.data?.filter((it) => it.attributes.closedAt === newest) ?? []
  if (shown.length === 0) {
    return null
  }
  return (
    <section className="review-strip" aria-label="Survey">
      <Stack gap={4}>
        {shown.map(({ id, attributes }) => (
          <SurveyLine key={id} id={id} survey={attributes} />
        ))}
      </Stack>
    </section>
  )
}
