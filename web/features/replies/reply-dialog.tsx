import { Modal, Stack, Text } from '@mantine/core'

import { ErrorState, LoadingCards } from '../../ui/states.tsx'
import { ReplyEditor } from './reply-editor.tsx'
import { ReviewChanges } from './review-changes.tsx'
import { useReply } from './use-reply.ts'
import type { ShownReview } from './use-reply.ts'

interface ReplyDialogProps {
  feedback: ShownReview
  onClose: () => void
}

/** A review and its public reply, wherever the review is shown. */
export function ReplyDialog({ feedback, onClose }: ReplyDialogProps) {
  const reply = useReply(feedback.id)
  const { attributes } = feedback
  return (
    <Modal
      opened
      size="lg"
      onClose={onClose}
      title={reply.data === undefined ? 'Public reply' : `Public reply on ${reply.data.provider}`}
      closeButtonProps={{ 'aria-label': 'Close' }}
    >
      <Stack>
        {attributes.editedAt === null ? (
          <Text size="sm" className="said" component="div">
            {[attributes.title, attributes.text].filter((it) => it !== null).join('\n') || 'No comment'}
          </Text>
        ) : (
          <ReviewChanges feedback={feedback} />
        )}
        {reply.error !== null && <ErrorState error={reply.error} onRetry={() => void reply.refetch()} />}
        {reply.isPending && <LoadingCards count={1} />}
        {reply.data !== undefined && (
          <ReplyEditor feedbackId={feedback.id} reply={reply.data} conversationId={attributes.conversation} />
        )}
      </Stack>
    </Modal>
  )
}
