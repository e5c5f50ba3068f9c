import { Avatar, Group, Modal, Stack, Text, TextInput, UnstyledButton } from '@mantine/core'
import { useDebouncedValue } from '@mantine/hooks'
import { IconSearch } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'

import { api } from '../../api.ts'

interface CustomerChoiceProps {
  opened: boolean
  title: string
  busy: boolean
  onClose: () => void
  onChoose: (id: string) => void
}

/** Finds a customer by a few letters and says which one is meant. */
export function CustomerChoice({ opened, title, ...others }: CustomerChoiceProps) {
  return (
    <Modal opened={opened} onClose={others.onClose} title={title}>
      {opened && <Choices {...others} />}
    </Modal>
  )
}

function Choices({ busy, onChoose }: Omit<CustomerChoiceProps, 'opened' | 'title'>) {
  const [text, setText] = useState('')
  const [search] = useDebouncedValue(text.trim(), 200)
  const found = useQuery({
    queryKey: ['customers', 'choice', search],
    enabled: search !== '',
    queryFn: () => api.call('GET /v1/customers', { query: { q: search, pageSize: 6 } }),
  })
  const rows = found.data?.data ?? []
  return (
    <Stack>
      <TextInput
        data-autofocus
        value={text}
        onChange={(event) => setText(event.currentTarget.value)}
        leftSection={<IconSearch size={16} />}
        placeholder="Name, e-mail address or phone number"
        aria-label="Find the customer"
      />
      {found.isSuccess && rows.length === 0 && (
        <Text size="sm" c="dimmed">
          Nobody is found by that.
        </Text>
      )}
      {rows.map(({ id, attributes }) => (
        <UnstyledButton
          key={id}
          className="row-link"
          p={8}
          style={{ borderRadius: 8 }}
          disabled={busy}
          onClick={() => onChoose(id)}
        >
          <Group gap="sm" wrap="nowrap">
            <Avatar name={attributes.displayName} color="initials" radius="xl" size={32} aria-hidden />
            <div>
              <Text size="sm" fw={600} className="said">
                {attributes.displayName}
              </Text>
              <Text size="xs" c="dimmed">
                {attributes.emails[0]?.email ?? attributes.phones[0]?.phone ?? attributes.externalId ?? ''}
              </Text>
            </div>
          </Group>
        </UnstyledButton>
      ))}
    </Stack>
  )
}
