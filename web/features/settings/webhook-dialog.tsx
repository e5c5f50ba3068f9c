import { Badge, MultiSelect, TextInput } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'

import { api } from '../../api.ts'
import { EditDialog } from './edit-dialog.tsx'
import type { OutboundWebhook } from './resources.ts'
import { useResourceForm } from './use-resource-form.ts'

/** Whether a webhook posts, and whether what it posts is taken. */
export function WebhookState({ webhook }: { webhook: OutboundWebhook['attributes'] }) {
  if (webhook.status === 'disabled') {
    return (
      <Badge color="gray" tt="none" variant="light">
        Off
      </Badge>
    )
  }
  return webhook.failingSince === null ? (
    <Badge color="teal" tt="none" variant="light">
      Working
    </Badge>
  ) : (
    <Badge color="red" tt="none" variant="light">
      Failing
    </Badge>
  )
}

interface WebhookDialogProps {
  webhook: OutboundWebhook | undefined
  onClose: () => void
  onSaved: (webhook: OutboundWebhook) => void
}

/** Where a webhook posts, and what it hears. */
export function WebhookDialog({ webhook, onClose, onSaved }: WebhookDialogProps) {
  const known = useQuery({
    queryKey: ['webhook-events'],
    queryFn: async () => (await api.call('GET /v1/outbound-webhooks/events')).data.map(({ id }) => id),
    staleTime: 60_000,
  })
  const { form, submit, isSaving, problem } = useResourceForm({
    initial: {
      name: webhook?.attributes.name ?? '',
      url: webhook?.attributes.url ?? '',
      events: webhook?.attributes.events ?? [],
    },
    save: async (body) =>
      webhook === undefined
        ? (await api.call('POST /v1/outbound-webhooks', { body })).data
        : (await api.call('PUT /v1/outbound-webhooks/{id}', { params: { id: webhook.id }, body })).data,
    touches: ['webhooks', 'webhook'],
    onSaved: (saved) => {
      onClose()
      onSaved(saved)
    },
  })
  return (
    <EditDialog
      title={webhook === undefined ? 'New webhook' : `Edit ${webhook.attributes.name}`}
      size="lg"
      {...{ onClose, isSaving, problem }}
      onSubmit={submit}
    >
      <TextInput label="Name" required data-autofocus {...form.getInputProps('name')} />
      <TextInput
        label="Address"
        description="An https address on the internet; addresses of this machine and its network are refused."
        placeholder="https://example.com/tellback"
        required
        {...form.getInputProps('url')}
      />
      <MultiSelect
        label="Events"
        required
        searchable
        clearable
        hidePickedOptions
        data={[...new Set([...(known.data ?? []), ...form.values.events])]}
        {...form.getInputProps('events')}
      />
    </EditDialog>
  )
}
