import { Alert, Blockquote, Button, Group, SegmentedControl, Stack, Text, TextInput } from '@mantine/core'
import { IconAlertTriangle, IconLock, IconRefresh, IconWorldShare } from '@tabler/icons-react'
import { useState } from 'react'
import type { RefObject } from 'react'

import { api } from '../../api.ts'
import { Time } from '../../ui/time.tsx'
import { sayFailed } from '../../ui/undo.tsx'
import { useKeptText } from '../composer/kept-text.ts'
import { SuggestingTextarea } from '../composer/suggesting-textarea.tsx'
import type { Asked } from '../composer/suggestions.ts'
import { useUsers } from '../people/people.ts'
import { ReplyHistory } from './reply-history.tsx'
import { ReplyState } from './reply-state.tsx'
import { useReplyChanges } from './use-reply.ts'
import type { Reply } from './use-reply.ts'

interface ReplyEditorProps {
  feedbackId: string
  reply: Reply
  /** The conversation that the review opened: shortcuts take their fields from it. */
  conversationId: string | null
  field?: RefObject<HTMLTextAreaElement | null>
}

/** What is said in public to a review: where that stands, what stands there, and where one writes it. */
export function ReplyEditor({ feedbackId, reply, conversationId, field }: ReplyEditorProps) {
  const [kept, setKept] = useKeptText(feedbackId, 'public')
  const [busy, setBusy] = useState(false)
  const [asksHistory, setAsksHistory] = useState(false)
  const [asksPreview, setAsksPreview] = useState(false)
  const [audience, setAudience] = useState<boolean>()
  const isPrivate = audience ?? reply.isPrivate
  const changes = useReplyChanges(feedbackId)
  const { state, rev, provider, problem, longest, publishedBody, mayWrite } = reply
  const isPending = state === 'publishing' || state === 'awaiting_approval'
  const canWrite = mayWrite && problem === null && !isPending
  const text = kept === '' && (state === 'draft' || state === 'failed') ? (reply.body ?? '') : kept
  const tooLong = longest !== null && text.trim().length > longest
  const isUnchanged =
    text.trim() === (publishedBody ?? '').trim() && state === 'published' && isPrivate === reply.isPrivate

  async function run(change: () => Promise<unknown>, failure: string): Promise<boolean> {
    setBusy(true)
    try {
      await change()
      return true
    } catch (error) {
      sayFailed(failure, error)
      return false
    } finally {
      setBusy(false)
    }
  }

  async function publish(): Promise<void> {
    if (text.trim() === '' || tooLong || busy || !canWrite) {
      return
    }
    if (await run(() => changes.publish(text, rev, isPrivate), 'The reply was not published; your text is kept')) {
      setKept('')
    }
  }

  /** What a shortcut says takes the place of what was typed to find it; fields are filled in where there is a conversation. */
  async function useTemplate(id: string, asked: Asked): Promise<void> {
    try {
      const params = { id }
      const body =
        conversationId === null
          ? (await api.call('GET /v1/shortcuts/{id}', { params })).data.attributes.body
          : (await api.call('GET /v1/shortcuts/{id}/filled', { params, query: { conversation: conversationId } })).data
              .body
      setKept(text.slice(0, asked.from) + body + text.slice(asked.from + asked.word.length + 1))
    } catch (error) {
      sayFailed('The shortcut could not be used', error)
    }
  }

  if (problem !== null && publishedBody === null) {
    return (
      <Alert color="gray" icon={<IconAlertTriangle />} variant="light">
        {problem}
      </Alert>
    )
  }
  return (
    <Stack gap="xs">
      <Group gap="xs" justify="space-between">
        <ReplyState state={state} />
        {rev > 0 && (
          <Button
            size="compact-sm"
            variant="subtle"
            aria-expanded={asksHistory}
            onClick={() => setAsksHistory(!asksHistory)}
          >
            {asksHistory ? 'Hide history' : 'History'}
          </Button>
        )}
      </Group>
      {asksHistory && <ReplyHistory feedbackId={feedbackId} />}
      {reply.reason !== null && (
        <Alert
          color={state === 'failed' ? 'red' : 'orange'}
          variant="light"
          p="xs"
          role={state === 'failed' ? 'alert' : 'status'}
        >
          <Text size="sm">{reply.reason}</Text>
          {reply.nextAttemptAt !== null && (
            <Text size="xs">
              Next attempt: <Time at={reply.nextAttemptAt} />.
            </Text>
          )}
        </Alert>
      )}
      {publishedBody !== null && (
        <Blockquote
          p="xs"
          fz="sm"
          color="teal"
          cite={reply.publishedAt === null ? undefined : <Time at={reply.publishedAt} />}
        >
          <span className="said">{publishedBody}</span>
        </Blockquote>
      )}
      {state === 'awaiting_approval' && <Approval reply={reply} busy={busy} run={run} changes={changes} />}
      {!mayWrite && (
        <Alert color="gray" variant="light" p="xs" icon={<IconLock />}>
          You may read public replies, not write them. An admin of your desk can give you the role.
        </Alert>
      )}
      {canWrite && reply.privateHint !== null && (
        <SegmentedControl
          size="xs"
          aria-label="Who reads it"
          value={isPrivate ? 'customer' : 'everybody'}
          onChange={(value) => setAudience(value === 'customer')}
          data={[
            { value: 'everybody', label: 'Everybody' },
            { value: 'customer', label: 'Only the customer' },
          ]}
          style={{ alignSelf: 'flex-start' }}
        />
      )}
      {canWrite && (
        <SuggestingTextarea
          field={field ?? null}
          onShortcut={(id, asked) => void useTemplate(id, asked)}
          aria-label={isPrivate ? `Reply to the customer on ${provider}` : `Public reply on ${provider}`}
          placeholder={
            publishedBody !== null
              ? 'What is to stand there instead'
              : isPrivate
                ? 'What the customer alone will read. Type / for shortcuts.'
                : 'What everybody will read under the review. Type / for shortcuts.'
          }
          description={isPrivate ? reply.privateHint : reply.hint}
          error={tooLong ? `${text.trim().length} of at most ${longest} characters` : undefined}
          value={text}
          onChange={setKept}
          autosize
          minRows={3}
          maxRows={12}
          onKeyDown={(event) => {
            if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) {
              event.preventDefault()
              void publish()
            } else if (event.key === 'Escape') {
              event.currentTarget.blur()
            }
          }}
        />
      )}
      {asksPreview && text.trim() !== '' && !isPending && (
        <Blockquote
          p="xs"
          fz="sm"
          color="gray"
          cite={isPrivate ? 'As the customer will read it' : `As it will stand on ${provider}`}
        >
          <span className="said">{text.trim()}</span>
        </Blockquote>
      )}
      <Group justify="space-between" gap="xs">
        <Group gap="xs">
          {canWrite && (
            <Button
              size="compact-sm"
              variant="subtle"
              aria-pressed={asksPreview}
              disabled={text.trim() === ''}
              onClick={() => setAsksPreview(!asksPreview)}
            >
              Preview
            </Button>
          )}
          {publishedBody !== null && canWrite && text === '' && (
            <Button size="compact-sm" variant="subtle" onClick={() => setKept(publishedBody)}>
              Edit what stands there
            </Button>
          )}
          {mayWrite && publishedBody !== null && !isPending && (
            <Button
              size="xs"
              variant="subtle"
              color="red"
              disabled={busy || !reply.canWithdraw}
              title={reply.whyNotWithdraw ?? undefined}
              onClick={() => void run(() => changes.withdraw(rev), 'The reply was not withdrawn')}
            >
              Withdraw
            </Button>
          )}
          {mayWrite && !reply.canWithdraw && publishedBody !== null && reply.whyNotWithdraw !== null && (
            <Text size="xs" c="dimmed">
              {reply.whyNotWithdraw}
            </Text>
          )}
        </Group>
        {canWrite && (
          <Group gap="xs">
            {state === 'failed' && (
              <Button
                size="xs"
                variant="default"
                leftSection={<IconRefresh size={14} />}
                loading={busy}
                onClick={() => void run(() => changes.retry(rev), 'It was not tried again')}
              >
                Try again
              </Button>
            )}
            {publishedBody === null && (
              <Button
                size="xs"
                variant="default"
                disabled={busy || text.trim() === '' || tooLong}
                onClick={() =>
                  void run(async () => {
                    await changes.saveDraft(text, rev, isPrivate)
                    setKept('')
                  }, 'The draft was not kept')
                }
              >
                Save draft
              </Button>
            )}
            <Button
              size="xs"
              color="teal.9"
              leftSection={<IconWorldShare size={15} />}
              disabled={text.trim() === '' || tooLong || isUnchanged}
              loading={busy}
              onClick={() => void publish()}
            >
              {reply.needsApproval
                ? 'Ask for approval'
                : isPrivate
                  ? `Send by ${provider}`
                  : `${publishedBody === null ? 'Publish' : 'Replace'} on ${provider}`}
            </Button>
          </Group>
        )}
      </Group>
    </Stack>
  )
}

interface ApprovalProps {
  reply: Reply
  busy: boolean
  run: (change: () => Promise<unknown>, failure: string) => Promise<boolean>
  changes: ReturnType<typeof useReplyChanges>
}

/** What waits, and what a second person decides of it. */
function Approval({ reply, busy, run, changes }: ApprovalProps) {
  const users = useUsers()
  const [reason, setReason] = useState('')
  const author = users.get(reply.writtenBy ?? '')?.attributes.displayName ?? 'Somebody'
  return (
    <Stack gap="xs">
      <Text size="xs" c="dimmed">
        {author} wrote this; it waits for somebody who may approve it.
      </Text>
      <Blockquote p="xs" fz="sm" color="grape">
        <span className="said">{reply.body}</span>
      </Blockquote>
      {reply.mayApprove && (
        <Group gap="xs" align="flex-end">
          <TextInput
            size="xs"
            flex={1}
            label="What should change (when you send it back)"
            value={reason}
            onChange={(event) => setReason(event.currentTarget.value)}
          />
          <Button
            size="xs"
            variant="default"
            disabled={busy}
            onClick={() => void run(() => changes.sendBack(reply.rev, reason), 'It was not sent back')}
          >
            Send back
          </Button>
          <Button
            size="xs"
            color="teal.9"
            loading={busy}
            onClick={() => void run(() => changes.approve(reply.rev), 'It was not approved')}
          >
            Approve and publish
          </Button>
        </Group>
      )}
    </Stack>
  )
}
