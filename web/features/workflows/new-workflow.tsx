import {
  Alert,
  Button,
  Card,
  Code,
  FileButton,
  Group,
  List,
  Modal,
  SimpleGrid,
  Stack,
  Text,
  UnstyledButton,
} from '@mantine/core'
import { IconFileImport, IconPlus } from '@tabler/icons-react'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import { useNavigate } from 'react-router'

import type { WorkflowDocument } from '../../../src/core/workflows/schema.ts'
import { api, RequestFailed } from '../../api.ts'
import { LoadingCards } from '../../ui/states.tsx'
import { ownTimeZone } from '../../ui/time-zones.ts'
import { useCatalogue } from './use-catalogue.ts'

/** From nothing, from a ready template, or from a file. */
export function NewWorkflowDialog({ onClose }: { onClose: () => void }) {
  const client = useQueryClient()
  const navigate = useNavigate()
  const catalogue = useCatalogue()
  const making = useMutation({
    mutationFn: async (document: object | File) => {
      const body = document instanceof File ? readDocument(await document.text()) : document
      return (await api.call('POST /v1/workflows', { body: { ...body, enabled: false } as never })).data
    },
    onSuccess: async ({ id }) => {
      await client.invalidateQueries({ queryKey: ['workflows'] })
      await navigate(`/workflows/${id}`)
    },
  })
  return (
    <Modal opened onClose={onClose} title="New workflow" size="xl">
      <Stack>
        {making.error !== null && (
          <Alert color="red" role="alert" title="This is no workflow that can be read">
            {whatIsWrong(making.error)}
          </Alert>
        )}
        <Group>
          <Button
            leftSection={<IconPlus size={16} />}
            loading={making.isPending}
            onClick={() => making.mutate({ name: 'New workflow' })}
          >
            Start from nothing
          </Button>
          <FileButton
            accept="application/json,.json"
            // A file that was mended is chosen again under its name: the browser must not take that for no change.
            inputProps={{ onClick: (event) => (event.currentTarget.value = '') }}
            onChange={(file) => file !== null && making.mutate(file)}
          >
            {(props) => (
              <Button {...props} variant="default" leftSection={<IconFileImport size={16} />}>
                Import a file
              </Button>
            )}
          </FileButton>
        </Group>
        <Text fw={600} size="sm" component="h3">
          Or from a template
        </Text>
        {catalogue.data === undefined && <LoadingCards count={4} />}
        <SimpleGrid cols={{ base: 1, sm: 2 }}>
          {catalogue.data?.readyMade.map((it) => (
            <UnstyledButton
              key={it.id}
              onClick={() => making.mutate(inOwnTimeZone(it.document))}
              disabled={making.isPending}
            >
              <Card withBorder h="100%" p="sm" className="workflow-template">
                <Text size="sm" fw={600}>
                  {it.title}
                </Text>
                <Text size="xs" c="dimmed">
                  {it.description}
                </Text>
              </Card>
            </UnstyledButton>
          ))}
        </SimpleGrid>
      </Stack>
    </Modal>
  )
}

/** A template’s times are those of whoever takes it. */
function inOwnTimeZone({ trigger, ...document }: WorkflowDocument): WorkflowDocument {
  const { schedule } = trigger
  return {
    ...document,
    trigger: schedule === undefined ? trigger : { ...trigger, schedule: { ...schedule, timeZone: ownTimeZone() } },
  }
}

/** Each problem with the place in the file that it is about. */
function whatIsWrong(error: Error): ReactNode {
  if (!(error instanceof RequestFailed) || !error.problems.some((it) => it.source?.pointer)) {
    return error.message
  }
  return (
    <List size="sm">
      {error.problems.map(({ title, source }) => (
        <List.Item key={`${source?.pointer}${title}`}>
          {source?.pointer !== undefined && <Code>{source.pointer.slice(1)}</Code>} {title}
        </List.Item>
      ))}
    </List>
  )
}

/** A file may hold a workflow as it is exported here, or as the platform’s API shows one. */
function readDocument(text: string): object {
  let read: unknown
  try {
    read = JSON.parse(text)
  } catch {
    throw new Error('The file holds no JSON.')
  }
  if (typeof read !== 'object' || read === null || Array.isArray(read)) {
    throw new Error('The file holds JSON, but no workflow: a workflow is an object with a trigger and steps.')
  }
  const shown = read as { data?: { attributes?: object } | null }
  const document = shown.data?.attributes ?? shown
  const { name, description, trigger, steps, response, meta } = document as Record<string, unknown>
  return Object.fromEntries(
    Object.entries({ name, description, trigger, steps, response, meta }).filter(
      ([, it]) => it !== undefined && it !== null,
    ),
  )
}
