import { Text, Timeline } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'

import { api } from '../../api.ts'
import { ErrorState, LoadingCards } from '../../ui/states.tsx'
import { Time } from '../../ui/time.tsx'
import { useUsers } from '../people/people.ts'
import { replyStateNames } from './reply-state.tsx'

/** Every state that a reply was in, with who brought it there and why, the newest first. */
export function ReplyHistory({ feedbackId }: { feedbackId: string }) {
  const users = useUsers()
  const history = useQuery({
    queryKey: ['reply', feedbackId, 'history'],
    queryFn: async () => (await api.call('GET /v1/feedback/{id}/reply/history', { params: { id: feedbackId } })).data,
  })
  if (history.data === undefined) {
    return history.error === null ? <LoadingCards count={1} /> : <ErrorState error={history.error} />
  }
  return (
    <Timeline bulletSize={10} lineWidth={2} active={history.data.length}>
      {history.data.map(({ id, attributes }) => (
        <Timeline.Item key={id} title={<Text size="sm">{replyStateNames[attributes.state]}</Text>}>
          <Text size="xs" c="dimmed">
            {attributes.by === null ? 'By itself' : (users.get(attributes.by)?.attributes.displayName ?? 'Somebody')} ·{' '}
            <Time at={attributes.at} />
          </Text>
          <Text size="xs" className="said" lineClamp={3} component="div">
            {attributes.body}
          </Text>
          {attributes.reason !== null && <Text size="xs">{attributes.reason}</Text>}
        </Timeline.Item>
      ))}
    </Timeline>
  )
}
