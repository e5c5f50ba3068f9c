import { Anchor, Button, Group, NumberInput, PasswordInput, Select, Text, TextInput } from '@mantine/core'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'

import { api, RequestFailed } from '../../api.ts'
import type { ReplyOf } from '../../api.ts'
import { Time } from '../../ui/time.tsx'
import { sayFailed } from '../../ui/undo.tsx'
import { ConfirmDialog } from '../settings/confirm-dialog.tsx'
import { EditDialog } from '../settings/edit-dialog.tsx'
import { useResourceForm } from '../settings/use-resource-form.ts'

type Mailbox = ReplyOf<'GET /v1/hooks/email/{id}/mailbox'>['data']['attributes']

const everyMs = 10_000
const notFound = 404

/** Where mail for an address is fetched from, for those to whom it cannot be brought. */
export function MailboxLine({ hookId }: { hookId: string }) {
  const client = useQueryClient()
  const [open, setOpen] = useState<'edit' | 'remove'>()
  const params = { id: hookId }
  const mailbox = useQuery({
    queryKey: ['mailbox', hookId],
    queryFn: async () => {
      try {
        return (await api.call('GET /v1/hooks/email/{id}/mailbox', { params })).data.attributes
      } catch (error) {
        if (error instanceof RequestFailed && error.status === notFound) {
          return null
        }
        throw error
      }
    },
    retry: false,
    refetchInterval: ({ state }) => (state.data === null || state.data === undefined ? false : everyMs),
  })
  const look = useMutation({
    mutationFn: () => api.call('POST /v1/hooks/email/{id}/mailbox/looks', { params }),
    onError: (error) => sayFailed('The mailbox was not looked into', error),
    onSettled: () => client.invalidateQueries({ queryKey: ['mailbox'] }),
  })
  if (mailbox.data === undefined) {
    return null // still asked for, or not this person's to set up
  }
  const close = () => setOpen(undefined)
  return (
    <>
      {mailbox.data === null ? (
        <Text size="sm" c="dimmed">
          No mail can be brought here?{' '}
          <Anchor component="button" type="button" size="sm" onClick={() => setOpen('edit')}>
            Fetch it from a mailbox
          </Anchor>
        </Text>
      ) : (
        <Group justify="space-between" gap="xs">
          <Text size="sm" c={mailbox.data.reason === null ? 'dimmed' : 'var(--mantine-color-error)'} role="status">
            {mailbox.data.reason === null
              ? `Fetched from ${mailbox.data.username} at ${mailbox.data.host}, ${mailbox.data.taken === 1 ? '1 mail' : `${mailbox.data.taken} mails`} so far`
              : `${mailbox.data.username} at ${mailbox.data.host}: ${mailbox.data.reason}`}
            {mailbox.data.polledAt !== null && (
              <>
                {' '}
                · looked into <Time at={mailbox.data.polledAt} />
              </>
            )}
          </Text>
          <Group gap={6}>
            <Button size="compact-xs" variant="default" loading={look.isPending} onClick={() => look.mutate()}>
              Look now
            </Button>
            <Button size="compact-xs" variant="default" onClick={() => setOpen('edit')}>
              Change
            </Button>
            <Button size="compact-xs" variant="default" onClick={() => setOpen('remove')}>
              Remove
            </Button>
          </Group>
        </Group>
      )}
      {open === 'edit' && <MailboxDialog hookId={hookId} mailbox={mailbox.data ?? undefined} onClose={close} />}
      {open === 'remove' && (
        <ConfirmDialog
          title="Fetch nothing more?"
          action="Remove"
          run={() => api.call('DELETE /v1/hooks/email/{id}/mailbox', { params })}
          touches={['mailbox']}
          onClose={close}
        >
          What was fetched stays, here and in the mailbox.
        </ConfirmDialog>
      )}
    </>
  )
}

const securities = [
  { value: 'tls', label: 'TLS (port 993)' },
  { value: 'starttls', label: 'STARTTLS (port 143)' },
  { value: 'none', label: 'None, in the desk’s own network only' },
]

function MailboxDialog({
  hookId,
  mailbox,
  onClose,
}: {
  hookId: string
  mailbox: Mailbox | undefined
  onClose: () => void
}) {
  const { form, submit, isSaving, problem } = useResourceForm({
    initial: {
      host: mailbox?.host ?? '',
      port: mailbox?.port ?? 993,
      security: mailbox?.security ?? 'tls',
      username: mailbox?.username ?? '',
      password: '',
      folder: mailbox?.folder ?? 'INBOX',
    },
    save: ({ password, ...rest }) =>
      api.call('PUT /v1/hooks/email/{id}/mailbox', {
        params: { id: hookId },
        body: { ...rest, ...(password === '' ? {} : { password }) },
      }),
    touches: ['mailbox'],
    onSaved: onClose,
  })
  return (
    <EditDialog title="Fetch mail from a mailbox" {...{ onClose, isSaving, problem }} onSubmit={submit}>
      <Text size="sm" c="dimmed">
        New mails are fetched every minute, from now on; nothing in the mailbox changes.
      </Text>
      <TextInput
        label="IMAP server"
        placeholder="imap.example.com"
        required
        data-autofocus
        {...form.getInputProps('host')}
      />
      <Group grow align="flex-start">
        <Select label="Encryption" allowDeselect={false} data={securities} {...form.getInputProps('security')} />
        <NumberInput label="Port" min={1} max={65_535} allowDecimal={false} {...form.getInputProps('port')} />
      </Group>
      <TextInput label="User name" autoComplete="off" required {...form.getInputProps('username')} />
      <PasswordInput
        label="Password"
        autoComplete="new-password"
        description={
          mailbox === undefined
            ? 'Where your provider has app passwords, make one for this desk.'
            : 'Leave it empty to keep the one that is there.'
        }
        required={mailbox === undefined}
        {...form.getInputProps('password')}
      />
      <TextInput label="Folder" required {...form.getInputProps('folder')} />
    </EditDialog>
  )
}
