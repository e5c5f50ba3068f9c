import { Badge, Button, Group, Text } from '@mantine/core'
import { useState } from 'react'

import { Score } from '../../ui/score.tsx'
import { Time } from '../../ui/time.tsx'
import { Trust } from '../../ui/trust.tsx'
import { Enquiry } from './enquiry.tsx'
import { ReplyState } from './reply-state.tsx'
import { ReviewChanges } from './review-changes.tsx'
import type { Feedback } from './use-reply.ts'

/** Above the thread of a conversation about a review: what it says now, and where its public reply stands. */
export function ReviewStrip({ feedback }: { feedback: Feedback }) {
  const { attributes } = feedback
  const [asks, setAsks] = useState(false)
  return (
    <section className="review-strip" aria-label="The review">
      <Group gap="sm">
        {attributes.score !== null && (
          <Score
            metric={attributes.metric}
            score={attributes.score}
            min={attributes.scaleMin}
            max={attributes.scaleMax}
            sentiment={attributes.sentiment}
          />
        )}
        <Text size="xs" c="dimmed">
          {attributes.store} · <Time at={attributes.respondedAt} />
        </Text>
        <Trust trust={attributes.trust} />
        <ReplyState state={attributes.replyState} />
        {attributes.removedAt !== null && (
          <Badge color="red" variant="light" size="sm" tt="none" fw={500}>
            Removed there
          </Badge>
        )}
        {attributes.editedAt !== null && (
          <Button size="compact-sm" variant="subtle" aria-expanded={asks} onClick={() => setAsks(!asks)}>
            {asks ? 'Hide edits' : 'Edited: see what changed'}
          </Button>
        )}
      </Group>
      {attributes.kind === 'review' && <Enquiry feedback={feedback} />}
      {asks && <ReviewChanges feedback={feedback} />}
    </section>
  )
}
