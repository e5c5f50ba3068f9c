import { Button } from '@mantine/core'
import { IconWorldShare } from '@tabler/icons-react'
import { useState } from 'react'

import { ReplyDialog } from './reply-dialog.tsx'
import type { ShownReview } from './use-reply.ts'

/** Opens the public reply to a review. */
export function ReplyButton({ feedback }: { feedback: ShownReview }) {
  const [opened, setOpened] = useState(false)
  const isOut = ['published', 'outdated'].includes(feedback.attributes.replyState)
  return (
    <>
      <Button
        size="compact-sm"
        variant="subtle"
        leftSection={<IconWorldShare size={14} />}
        onClick={() => setOpened(true)}
      >
        {isOut ? 'See public reply' : 'Reply in public'}
      </Button>
      {opened && <ReplyDialog feedback={feedback} onClose={() => setOpened(false)} />}
    </>
  )
}
