import { ActionIcon, Button, CloseButton, FileButton, Group, SegmentedControl, Text, Tooltip } from '@mantine/core'
import { IconLock, IconPaperclip, IconSend2, IconWorldShare } from '@tabler/icons-react'
import { useQueryClient } from '@tanstack/react-query'
import { useRef, useState } from 'react'
import type { RefObject } from 'react'

import { api } from '../../api.ts'
import type { ReplyOf, Uploaded } from '../../api.ts'
import { offerUndo, sayFailed } from '../../ui/undo.tsx'
import { sizeOf } from '../attachments/attachment-links.tsx'
import { useChangeConversation } from '../conversations/change.ts'
import type { ConversationChange } from '../conversations/change.ts'
import { channelNames } from '../conversations/names.ts'
import { useTeams, useUsers } from '../people/people.ts'
import { ReplyEditor } from '../replies/reply-editor.tsx'
import { useReply } from '../replies/use-reply.ts'
import type { Feedback } from '../replies/use-reply.ts'
import type { Conversation } from '../searches/run-search.ts'
import { AnswerWayChoice, chosenWay, useAnswerWays } from './answer-way.tsx'
import type { AnswerWay } from './answer-way.tsx'
import { useKeptText } from './kept-text.ts'
import type { ComposerMode } from './kept-text.ts'
import { OthersHere } from './others-here.tsx'
import { replyChannelOf, sendReply, writeNote } from './send.ts'
import type { Written } from './send.ts'
import { SuggestingTextarea } from './suggesting-textarea.tsx'
import type { Asked } from './suggestions.ts'

interface ComposerProps {
  conversation: Conversation
  customerName: string
  /** The review that the conversation is about. */
  review: Feedback | undefined
  mode: ComposerMode
  onMode: (mode: ComposerMode) => void
  field: RefObject<HTMLTextAreaElement | null>
}

type Filled = ReplyOf<'GET /v1/shortcuts/{id}/filled'>['data']

/** Where a note or a reply is written. What is written stays until it is sent, over reloads and restarts of the desk. */
export function Composer({ conversation, customerName, review, mode, onMode, field }: ComposerProps) {
  const client = useQueryClient()
  const [text, setText] = useKeptText(conversation.id, mode)
  const [, keepPublic] = useKeptText(review?.id ?? '', 'public')
  const [files, setFiles] = useState<Uploaded[]>([])
  const [changes, setChanges] = useState<ConversationChange>()
  const [busy, setBusy] = useState<'sending' | 'uploading'>()
  const [users, teams] = [useUsers(), useTeams()]
  const changeConversation = useChangeConversation()
  const isReply = mode === 'reply'
  const resetFiles = useRef<() => void>(null)
  const channel = replyChannelOf(conversation)
  const isEmpty = text.trim() === '' && files.length === 0
  const [wantedWay, setWantedWay] = useState<AnswerWay['way']>()
  const ways = useAnswerWays(conversation.id, isReply && channel === 'email')
  const way = chosenWay(ways, wantedWay)
  const isClosed = isReply && way !== undefined && way.problem !== null

  async function send(): Promise<void> {
    if (isEmpty || isClosed || busy !== undefined) {
      return
    }
    setBusy('sending')
    const written = { body: text, attachments: files }
    try {
      const id = isReply
        ? await sendReply(conversation, written, way?.way)
        : await writeNote(conversation, written, { users: users.values(), teams: teams.values() })
      setText('')
      setFiles([])
      if (changes !== undefined) {
        changeConversation(conversation, changes)
        setChanges(undefined)
      }
      offerUndo(isReply ? 'Your reply is on its way.' : 'Note written.', () => {
        void takeBack(id, written)
      })
      await client.invalidateQueries({ queryKey: ['thread', conversation.id] })
    } catch (error) {
      sayFailed(
        isReply ? 'The reply was not sent; your text is kept' : 'The note was not written; your text is kept',
        error,
      )
    } finally {
      setBusy(undefined)
    }
  }

  async function takeBack(id: string, written: Written): Promise<void> {
    try {
      await api.call(isReply ? 'DELETE /v1/drafts/{id}' : 'DELETE /v1/notes/{id}', { params: { id } })
      setText(written.body)
      setFiles(written.attachments)
      field.current?.focus()
    } catch (error) {
      sayFailed('It could not be taken back', error)
    }
    await client.invalidateQueries({ queryKey: ['thread', conversation.id] })
  }

  async function attach(chosen: File[]): Promise<void> {
    setBusy('uploading')
    for (const file of chosen) {
      try {
        const uploaded = await api.upload(file)
        setFiles((before) => [...before, uploaded])
      } catch (error) {
        sayFailed(`${file.name} was not attached`, error)
      }
    }
    resetFiles.current?.()
    setBusy(undefined)
  }

  async function useShortcut(id: string, asked: Asked): Promise<void> {
    try {
      const query = { conversation: conversation.id }
      const { data } = await api.call('GET /v1/shortcuts/{id}/filled', { params: { id }, query })
      setText(text.slice(0, asked.from) + data.body + text.slice(asked.from + asked.word.length + 1))
      setChanges(changesOf(data))
      if (data.missing.length > 0) {
        sayFailed('Some fields have no value', new Error(`Fill in by hand: ${data.missing.join(', ')}.`))
      }
      field.current?.focus()
    } catch (error) {
      sayFailed('The shortcut could not be used', error)
    }
  }

  const reply = useReply(review?.id)
  const command = reply.data?.command ?? null
  const isCommand = mode === 'note' && command !== null && reply.data?.mayWrite === true && text.includes(command)
  const modes = [
    { value: 'reply', label: 'Reply to customer' } as const,
    { value: 'note', label: 'Note' } as const,
    ...(review === undefined || reply.data === undefined
      ? []
      : [{ value: 'public', label: `Public reply on ${reply.data.provider}` } as const]),
  ]
  return (
    <div className="composer" data-mode={isCommand ? 'public' : mode}>
      <Group justify="space-between" gap="xs" mb={6} wrap="nowrap">
        <SegmentedControl
          size="xs"
          value={mode}
          onChange={(value) => onMode(value)}
          aria-label="What you write"
          data={modes}
        />
        <OthersHere conversation={conversation} isTyping={text !== ''} />
      </Group>
      {mode === 'public' && review !== undefined && reply.data !== undefined ? (
        <ReplyEditor feedbackId={review.id} reply={reply.data} conversationId={conversation.id} field={field} />
      ) : (
        <>
          {isReply && way !== undefined && <AnswerWayChoice ways={ways} value={way} onChange={setWantedWay} />}
          <SuggestingTextarea
            field={field}
            value={text}
            onChange={setText}
            onShortcut={(id, asked) => void useShortcut(id, asked)}
            aria-label={isReply ? `Reply to ${customerName}` : 'Note for your team'}
            placeholder={
              isReply
                ? way?.way === 'public'
                  ? 'What everybody will read. Type / for shortcuts.'
                  : `Reply to ${customerName} by ${channelNames[channel] ?? channel}. Type / for shortcuts.`
                : 'A note that only your team sees. Type @ to call somebody.'
            }
            autosize
            minRows={2}
            maxRows={12}
            variant="unstyled"
            onKeyDown={(event) => {
              if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) {
                event.preventDefault()
                void send()
              } else if (event.key === 'Escape') {
                event.currentTarget.blur()
              }
            }}
            onPaste={(event) => {
              const pasted = [...event.clipboardData.files]
              if (pasted.length > 0) {
                event.preventDefault()
                void attach(pasted)
              }
            }}
          />
          {isCommand && (
            <Group gap="xs" mb={6} role="status">
              <IconWorldShare size={15} aria-hidden />
              <Text size="xs">
                With {command} this note becomes the public reply on {reply.data?.provider}.
              </Text>
              <Button
                size="compact-sm"
                variant="subtle"
                onClick={() => {
                  keepPublic(text.replaceAll(command, '').trim())
                  setText('')
                  onMode('public')
                }}
              >
                Write it as a public reply
              </Button>
            </Group>
          )}
          {files.length > 0 && (
            <Group gap={6} mb={6}>
              {files.map((file) => (
                <Group key={file._id} gap={2} className="attachment" wrap="nowrap">
                  <IconPaperclip size={13} aria-hidden />
                  <Text size="xs">{file.name}</Text>
                  <Text size="xs" c="dimmed">
                    {sizeOf(file.contentLength)}
                  </Text>
                  <CloseButton
                    size="xs"
                    aria-label={`Remove ${file.name}`}
                    onClick={() => setFiles((before) => before.filter((it) => it !== file))}
                  />
                </Group>
              ))}
            </Group>
          )}
          <Group justify="space-between" gap="xs" wrap="nowrap">
            <Group gap={6} wrap="nowrap" miw={0}>
              <FileButton multiple resetRef={resetFiles} onChange={(chosen) => void attach(chosen)}>
                {(props) => (
                  <Tooltip label="Attach files (25 MB each at most)">
                    <ActionIcon
                      {...props}
                      variant="subtle"
                      color="gray"
                      aria-label="Attach files"
                      loading={busy === 'uploading'}
                    >
                      <IconPaperclip size={17} />
                    </ActionIcon>
                  </Tooltip>
                )}
              </FileButton>
              {changes !== undefined && (
                <Group gap={2} wrap="nowrap">
                  <Text size="xs" c="dimmed">
                    Then {describe(changes)}
                  </Text>
                  <CloseButton
                    size="xs"
                    aria-label="Leave the conversation as it is"
                    onClick={() => setChanges(undefined)}
                  />
                </Group>
              )}
            </Group>
            <Tooltip label="Ctrl + Enter">
              <Button
                size="xs"
                color={isReply ? 'indigo' : isCommand ? 'teal.9' : '#8a5a00'}
                leftSection={isReply ? <IconSend2 size={15} /> : <IconLock size={14} />}
                disabled={isEmpty || isClosed}
                loading={busy === 'sending'}
                onClick={() => void send()}
              >
                {isReply
                  ? way?.way === 'public'
                    ? 'Publish reply'
                    : 'Send reply'
                  : isCommand
                    ? `Add note and publish on ${reply.data?.provider ?? ''}`
                    : 'Add note'}
              </Button>
            </Tooltip>
          </Group>
        </>
      )}
    </div>
  )
}

function changesOf({ changes }: Filled): ConversationChange | undefined {
  return Object.keys(changes).length === 0 ? undefined : changes
}

function describe({ status, priority, tags }: ConversationChange): string {
  return [
    ...(status === undefined ? [] : [status === 'done' ? 'mark it done' : 'open it']),
    ...(priority === undefined ? [] : [`priority ${priority}`]),
    ...(tags === undefined ? [] : [`tag ${tags.join(', ')}`]),
  ].join(', ')
}
