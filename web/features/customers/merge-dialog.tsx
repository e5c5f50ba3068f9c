import { Alert, Anchor, Button, Card, Group, Modal, SimpleGrid, Stack, Text } from '@mantine/core'
import { IconArrowsJoin } from '@tabler/icons-react'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'

import { api } from '../../api.ts'
import { ErrorState, LoadingCards } from '../../ui/states.tsx'
import { offerUndo, sayFailed } from '../../ui/undo.tsx'
import type { Customer } from '../searches/run-search.ts'
import { CustomerChoice } from './customer-choice.tsx'
import { useCustomer } from './use-customer.ts'

/** Makes another customer a part of this one: who it is, what will come of it, then the merge, which can be undone. */
export function MergeDialog({ customer, onClose }: { customer: Customer; onClose: () => void }) {
  const [source, setSource] = useState<string>()
  return source === undefined ? (
    <CustomerChoice
      opened
      title={`Who is the same as ${customer.attributes.displayName}?`}
      busy={false}
      onClose={onClose}
      onChoose={setSource}
    />
  ) : (
    <Preview customer={customer} source={source} onClose={onClose} onOther={() => setSource(undefined)} />
  )
}

interface PreviewProps {
  customer: Customer
  source: string
  onClose: () => void
  onOther: () => void
}

function Preview({ customer, source, onClose, onOther }: PreviewProps) {
  const client = useQueryClient()
  const other = useCustomer(source).data
  const input = { source, target: customer.id }
  const preview = useQuery({
    queryKey: ['merge-preview', input],
    queryFn: async () => (await api.call('POST /v1/customers/merges/preview', { body: input })).data,
    retry: false,
  })
  const refresh = () => client.invalidateQueries()
  const undo = useMutation({
    mutationFn: (id: string) => api.call('POST /v1/customers/merges/{id}/undo', { params: { id } }),
    onError: (error) => sayFailed('The merge was not undone', error),
    onSettled: refresh,
  })
  const merge = useMutation({
    mutationFn: () => api.call('POST /v1/customers/merges', { body: input }),
    onSuccess: ({ data }) => {
      onClose()
      offerUndo(`${other?.attributes.displayName ?? 'The other one'} is a part of this customer now.`, () =>
        undo.mutate(data.id),
      )
    },
    onSettled: refresh,
  })
  return (
    <Modal opened onClose={onClose} title="Merge customers" size="xl">
      <Stack>
        {merge.error !== null && (
          <Alert color="red" role="alert">
            {merge.error.message}
          </Alert>
        )}
        <Text size="sm">
          Everything of <b className="said">{other?.attributes.displayName}</b> moves to{' '}
          <b className="said">{customer.attributes.displayName}</b>. Where both know something, what stands here stays.
          It can be undone.
        </Text>
        {preview.error !== null && <ErrorState error={preview.error} />}
        {preview.isPending && <LoadingCards count={1} height={160} />}
        {preview.data !== undefined && other !== undefined && (
          <SimpleGrid cols={{ base: 1, sm: 3 }}>
            <Summary title="This customer" customer={customer} />
            <Summary title="The other one" customer={other} />
            <Summary title="After the merge" customer={preview.data} isResult />
          </SimpleGrid>
        )}
        <Group justify="space-between">
          <Anchor component="button" size="sm" onClick={onOther}>
            Choose another one
          </Anchor>
          <Group gap="xs">
            <Button variant="default" onClick={onClose}>
              Cancel
            </Button>
            <Button
              leftSection={<IconArrowsJoin size={16} />}
              loading={merge.isPending}
              disabled={preview.data === undefined}
              onClick={() => merge.mutate()}
            >
              Merge
            </Button>
          </Group>
        </Group>
      </Stack>
    </Modal>
  )
}

function Summary({ title, customer, isResult = false }: { title: string; customer: Customer; isResult?: boolean }) {
  const { displayName, emails, phones, externalId, conversationCounts, custom } = customer.attributes
  const count = Object.values(custom).filter((value) => value !== null).length
  return (
    <Card withBorder p="sm" bg={isResult ? 'var(--desk-chosen)' : 'transparent'}>
      <Stack gap={4}>
        <Text size="xs" c="dimmed">
          {title}
        </Text>
        <Text fw={600} className="said">
          {displayName}
        </Text>
        {externalId !== null && <Text size="sm">{externalId}</Text>}
        {emails.map(({ email }) => (
          <Text key={email} size="sm" style={{ overflowWrap: 'anywhere' }}>
            {email}
          </Text>
        ))}
        {phones.map(({ phone }) => (
          <Text key={phone} size="sm">
            {phone}
          </Text>
        ))}
        <Text size="xs" c="dimmed">
          {conversationCounts.all} conversations, {count} attributes
        </Text>
      </Stack>
    </Card>
  )
}
