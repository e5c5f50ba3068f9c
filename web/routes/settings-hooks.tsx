import { Button, CopyButton, Drawer, SegmentedControl, Stack, Switch, Table, Text, TextInput } from '@mantine/core'
import { IconCopy, IconList, IconPencil, IconPlus, IconTrash, IconWebhook } from '@tabler/icons-react'
import { useInfiniteQuery, useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { Link } from 'react-router'

import { api, pagesOf } from '../api.ts'
import { DeliveryStatus } from '../features/intake/delivery-status.tsx'
import { RotateHook } from '../features/intake/rotate-hook.tsx'
import { ConfirmDialog } from '../features/settings/confirm-dialog.tsx'
import { EditDialog } from '../features/settings/edit-dialog.tsx'
import { ResourceTable } from '../features/settings/resource-table.tsx'
import { useHooks } from '../features/settings/resources.ts'
import type { Hook } from '../features/settings/resources.ts'
import { RowActions } from '../features/settings/row-actions.tsx'
import { useResourceForm } from '../features/settings/use-resource-form.ts'
import { Page } from '../ui/page.tsx'
import { ShowMore } from '../ui/show-more.tsx'
import { EmptyState, ErrorState, LoadingCards } from '../ui/states.tsx'
import { Time } from '../ui/time.tsx'
import { sayFailed } from '../ui/undo.tsx'

type Kind = 'web' | 'form' | 'email'
interface Kinded {
  kind: Kind
  hook: Hook
}

const kinds: Record<Kind, { label: string; about: string }> = {
  web: { label: 'JSON', about: 'Takes any JSON from a program that sends an API key with the role org.hooks.' },
  form: { label: 'Form', about: 'Takes forms and JSON from everybody who knows the address.' },
  email: {
    label: 'E-mail',
    about: 'Takes mail from everybody who knows the address, where the desk takes mail (TELLBACK_SMTP_PORT).',
  },
}

/** Addresses that other programs post to. */
export function HooksPage() {
  const hooks = useHooks()
  const [editing, setEditing] = useState<Kinded | 'new'>()
  const [deleting, setDeleting] = useState<Kinded>()
  const [watching, setWatching] = useState<Kinded>()
  return (
    <Page
      title="Inbound hooks"
      description="What is sent to one of these becomes an event that your programs hear. Apps bring their own."
      width={1080}
      actions={
        <Button leftSection={<IconPlus size={16} />} onClick={() => setEditing('new')}>
          New hook
        </Button>
      }
    >
      <ResourceTable
        query={hooks}
        columns={['Hook', 'Takes', 'Address', 'Keeps what comes', '']}
        empty={
          <EmptyState icon={IconWebhook} title="No hooks yet">
            Make one and copy its address into the program that is to send here.
          </EmptyState>
        }
        renderRow={({ kind, hook }) => {
          const { title, description, eventName, url, app, previousUntil } = hook.attributes
          const own = { kind, hook }
          return {
            key: hook.id,
            cells: [
              <Stack key="title" gap={0}>
                <Text size="sm" fw={600} className="said">
                  {title}
                </Text>
                <Text size="xs" c="dimmed">
                  {description === '' ? eventName : description}
                </Text>
              </Stack>,
              <Text key="kind" size="sm" c="dimmed">
                {kinds[kind].label}
              </Text>,
              <Stack key="copy" gap={2} align="flex-start">
                <CopyButton value={url}>
                  {({ copied, copy }) => (
                    <Button size="compact-sm" variant="default" leftSection={<IconCopy size={14} />} onClick={copy}>
                      {copied ? 'Copied' : 'Copy Hook Address'}
                    </Button>
                  )}
                </CopyButton>
                <RotateHook hook={{ id: hook.id, title, previousUntil }} touches={['hooks']} />
              </Stack>,
              <DebugSwitch key="debug" {...own} />,
              <RowActions
                key="actions"
                actions={[
                  { label: `What came to ${title}`, icon: IconList, run: () => setWatching(own) },
                  ...(app === null
                    ? [
                        { label: `Edit ${title}`, icon: IconPencil, run: () => setEditing(own) },
                        { label: `Delete ${title}`, icon: IconTrash, run: () => setDeleting(own), isDangerous: true },
                      ]
                    : []),
                ]}
              />,
            ],
          }
        }}
      />
      {editing !== undefined && (
        <HookDialog editing={editing === 'new' ? undefined : editing} onClose={() => setEditing(undefined)} />
      )}
      {deleting !== undefined && (
        <ConfirmDialog
          title={`Delete ${deleting.hook.attributes.title}?`}
          action="Delete hook"
          run={() => api.call(`DELETE /v1/hooks/${deleting.kind}/{id}`, { params: { id: deleting.hook.id } })}
          touches={['hooks']}
          onClose={() => setDeleting(undefined)}
        >
          Whoever still sends to its address is refused from then on. A new hook has a new address.
        </ConfirmDialog>
      )}
      <Drawer
        opened={watching !== undefined}
        onClose={() => setWatching(undefined)}
        position="right"
        size="lg"
        title={`What came to ${watching?.hook.attributes.title ?? ''}`}
      >
        {watching !== undefined && <Transactions {...watching} />}
      </Drawer>
    </Page>
  )
}

function DebugSwitch({ kind, hook }: Kinded) {
  const client = useQueryClient()
  const change = useMutation({
    mutationFn: (debug: boolean) => {
      return api.call(`PUT /v1/hooks/${kind}/{id}`, { params: { id: hook.id }, body: { debug } })
    },
    onError: (error) => sayFailed('The hook was not changed', error),
    onSettled: () => client.invalidateQueries({ queryKey: ['hooks'] }),
  })
  return (
    <Switch
      aria-label={`Debug ${hook.attributes.title}`}
      label="Debug"
      checked={change.isPending ? change.variables : hook.attributes.debug}
      onChange={(event) => change.mutate(event.currentTarget.checked)}
    />
  )
}

function Transactions({ kind, hook }: Kinded) {
  const input = { params: { id: hook.id }, query: { pageSize: 25 } }
  const name = `GET /v1/hooks/${kind}/{id}/transactions` as const
  const came = useInfiniteQuery({
    queryKey: ['deliveries', 'of-hook', hook.id],
    ...pagesOf(name, () => api.call(name, input)),
  })
  if (came.data === undefined) {
    return came.error === null ? <LoadingCards count={3} height={48} /> : <ErrorState error={came.error} />
  }
  const rows = came.data.pages.flatMap((page) => page.data)
  if (rows.length === 0) {
    return (
      <EmptyState icon={IconWebhook} title="Nothing came yet">
        Send something to its address; it appears here at once.
      </EmptyState>
    )
  }
  return (
    <Stack>
      <Table>
        <Table.Thead>
          <Table.Tr>
            <Table.Th>Received</Table.Th>
            <Table.Th>Size</Table.Th>
            <Table.Th>Result</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {rows.map(({ id, attributes }) => (
            <Table.Tr key={id}>
              <Table.Td>
                <Link to={`/deliveries/${id}`}>
                  <Time at={attributes.receivedAt} />
                </Link>
              </Table.Td>
              <Table.Td>{attributes.bytes} bytes</Table.Td>
              <Table.Td>
                <DeliveryStatus status={attributes.status} />
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
      <ShowMore list={came} />
    </Stack>
  )
}

function HookDialog({ editing, onClose }: { editing: Kinded | undefined; onClose: () => void }) {
  const [kind, setKind] = useState<Kind>(editing?.kind ?? 'form')
  const { form, submit, isSaving, problem } = useResourceForm({
    initial: {
      title: editing?.hook.attributes.title ?? '',
      description: editing?.hook.attributes.description ?? '',
    },
    save: (body) => {
      return editing === undefined
        ? api.call(`POST /v1/hooks/${kind}`, { body })
        : api.call(`PUT /v1/hooks/${kind}/{id}`, { params: { id: editing.hook.id }, body })
    },
    touches: ['hooks'],
    onSaved: onClose,
  })
  return (
    <EditDialog
      title={editing === undefined ? 'New hook' : `Edit ${editing.hook.attributes.title}`}
      {...{ onClose, isSaving, problem }}
      onSubmit={submit}
    >
      {editing === undefined && (
        <Stack gap={4}>
          <SegmentedControl
            aria-label="What it takes"
            value={kind}
            onChange={(value) => setKind(value)}
            data={[
              { value: 'form', label: kinds.form.label },
              { value: 'web', label: kinds.web.label },
              { value: 'email', label: kinds.email.label },
            ]}
          />
          <Text size="xs" c="dimmed">
            {kinds[kind].about}
          </Text>
        </Stack>
      )}
      <TextInput label="Title" required data-autofocus {...form.getInputProps('title')} />
      <TextInput label="Description" {...form.getInputProps('description')} />
    </EditDialog>
  )
}
