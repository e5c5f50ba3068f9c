import {
  ActionIcon,
  Alert,
  Badge,
  Button,
  Group,
  Modal,
  PasswordInput,
  Select,
  Stack,
  Table,
  Text,
  TextInput,
} from '@mantine/core'
import { IconTrash } from '@tabler/icons-react'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'

import { api } from '../../api.ts'
import { ErrorState, LoadingCards } from '../../ui/states.tsx'
import { sayFailed } from '../../ui/undo.tsx'
import { useResourceForm } from '../settings/use-resource-form.ts'

export function useVariables(id: string) {
  return useQuery({
    queryKey: ['workflow-variables', id],
    queryFn: async () => (await api.call('GET /v1/workflows/{id}/variables', { params: { id } })).data,
  })
}

type Type = 'string' | 'number' | 'boolean' | 'secret'
const types: { value: Type; label: string }[] = [
  { value: 'string', label: 'Text' },
  { value: 'number', label: 'Number' },
  { value: 'boolean', label: 'Yes or no' },
  { value: 'secret', label: 'Secret' },
]

/** Values that stand in several steps, and secrets that no step shows. */
export function VariablesDialog({ id, onClose }: { id: string; onClose: () => void }) {
  const client = useQueryClient()
  const variables = useVariables(id)
  const remove = useMutation({
    mutationFn: (variable: string) => api.call('DELETE /v1/workflow-variables/{id}', { params: { id: variable } }),
    onError: (error) => sayFailed('The variable was not removed', error),
    onSettled: () => client.invalidateQueries({ queryKey: ['workflow-variables', id] }),
  })
  return (
    <Modal opened onClose={onClose} title="Variables and secrets" size="lg">
      <Stack>
        <Text size="sm" c="dimmed">
          A variable stands for a value wherever a step can take one. A secret is kept encrypted, is shown nowhere and
          can be used by “Call an address” alone.
        </Text>
        {variables.error !== null && <ErrorState error={variables.error} onRetry={() => void variables.refetch()} />}
        {variables.isPending && <LoadingCards count={1} />}
        {variables.data !== undefined && variables.data.length > 0 && (
          <Table verticalSpacing="xs">
            <Table.Tbody>
              {variables.data.map(({ id: variable, attributes }) => (
                <Table.Tr key={variable}>
                  <Table.Td>{attributes.name}</Table.Td>
                  <Table.Td>
                    {attributes.type === 'secret' ? (
                      <Badge variant="light" tt="none">
                        Secret
                      </Badge>
                    ) : (
                      String(attributes.value)
                    )}
                  </Table.Td>
                  <Table.Td ta="right">
                    <ActionIcon
                      variant="subtle"
                      color="red"
                      aria-label={`Remove ${attributes.name}`}
                      onClick={() => remove.mutate(variable)}
                    >
                      <IconTrash size={16} />
                    </ActionIcon>
                  </Table.Td>
                </Table.Tr>
              ))}
            </Table.Tbody>
          </Table>
        )}
        <NewVariable id={id} />
      </Stack>
    </Modal>
  )
}

const initialVariable: { name: string; type: Type; value: string } = { name: '', type: 'string', value: '' }

function NewVariable({ id }: { id: string }) {
  const { form, submit, isSaving, problem } = useResourceForm({
    initial: initialVariable,
    touches: ['workflow-variables'],
    save: ({ name, type, value }) =>
      api.call('POST /v1/workflows/{id}/variables', {
        params: { id },
        body: { name, type, value: type === 'number' ? Number(value) : type === 'boolean' ? value === 'true' : value },
      }),
    onSaved: () => form.reset(),
  })
  const { type } = form.values
  return (
    <form onSubmit={submit} noValidate>
      <Stack gap="xs">
        {problem !== undefined && <Alert color="red">{problem}</Alert>}
        <Group align="flex-end" gap="xs" wrap="nowrap">
          <TextInput label="Name" placeholder="shopAddress" style={{ flex: 1 }} {...form.getInputProps('name')} />
          <Select label="Kind" data={types} allowDeselect={false} w={130} {...form.getInputProps('type')} />
          {type === 'secret' ? (
            <PasswordInput
              label="Value"
              style={{ flex: 1 }}
              autoComplete="new-password"
              visibilityToggleButtonProps={{ 'aria-label': 'Show the value' }}
              {...form.getInputProps('value')}
            />
          ) : (
            <TextInput
              label="Value"
              style={{ flex: 1 }}
              placeholder={type === 'boolean' ? 'true or false' : ''}
              {...form.getInputProps('value')}
            />
          )}
          <Button type="submit" loading={isSaving} variant="default">
            Add
          </Button>
        </Group>
      </Stack>
    </form>
  )
}
