import { Badge } from '@mantine/core'

import type { Feedback } from './use-reply.ts'

export const replyStateNames = {
  none: 'Not replied',
  draft: 'Draft reply',
  awaiting_approval: 'Reply awaits approval',
  publishing: 'Reply on its way',
  published: 'Replied',
  outdated: 'Reply outdated',
  failed: 'Reply failed',
  withdrawn: 'Reply withdrawn',
} as const

const colors = {
  none: 'gray',
  draft: 'gray',
  awaiting_approval: 'grape',
  publishing: 'indigo',
  published: 'teal',
  outdated: 'orange',
  failed: 'red',
  withdrawn: 'gray',
} as const

/** Where the public reply to a review stands, in words and a color. */
export function ReplyState({ state }: { state: Feedback['attributes']['replyState'] }) {
  return (
    <Badge variant={state === 'none' ? 'default' : 'light'} color={colors[state]} size="sm" tt="none" fw={500}>
      {replyStateNames[state]}
    </Badge>
  )
}
