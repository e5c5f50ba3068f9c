import {
  ActionIcon,
  Alert,
  Anchor,
  Badge,
  Breadcrumbs,
  Button,
  Group,
  Menu,
  Stack,
  Switch,
  Text,
  TextInput,
  Tooltip,
  VisuallyHidden,
} from '@mantine/core'
import { notifications } from '@mantine/notifications'
import {
  IconArrowBackUp,
  IconArrowForwardUp,
  IconBraces,
  IconDots,
  IconFileExport,
  IconFlask,
  IconRocket,
  IconTrash,
} from '@tabler/icons-react'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { Link } from 'react-router'

import { triggerStep } from '../../../src/core/workflows/schema.ts'
import { api } from '../../api.ts'
import { saveFile } from '../../ui/save-file.ts'
import { sayFailed } from '../../ui/undo.tsx'
import type { Draft, Workflow } from './use-draft.ts'

const saveWords: Record<Draft['state'], string> = {
  saved: 'Draft saved',
  saving: 'Saving …',
  failed: 'Not saved',
  conflict: 'Not saved',
}

/** Fetches anew what shows whether a workflow is live. */
function useTouched() {
  const client = useQueryClient()
  return () =>
    Promise.all(
      ['workflow', 'workflows', 'workflow-versions'].map((name) => client.invalidateQueries({ queryKey: [name] })),
    )
}

interface EditorHeadProps {
  workflow: Workflow
  draft: Draft
  onOpen: (dialog: 'try' | 'variables' | 'delete') => void
}

/** The name of a workflow, whether it is kept, and what can be done with the whole of it. */
export function EditorHead({ workflow: { id, attributes }, draft, onOpen }: EditorHeadProps) {
  const { document, change } = draft
  const touched = useTouched()
  const publish = useMutation({
    mutationFn: async () => {
      await draft.flush()
      return api.call('POST /v1/workflows/{id}/publications', { params: { id }, body: {} })
    },
    onSuccess: ({ data }) =>
      notifications.show({ message: `Version ${data.attributes.version ?? ''} is live.`, color: 'teal' }),
    onError: (error) => sayFailed('It was not published', error),
    onSettled: touched,
  })
  const discard = useMutation({
    mutationFn: async () => {
      await draft.flush()
      await api.call('DELETE /v1/workflows/{id}/draft', { params: { id } })
      await draft.reload()
    },
    onError: (error) => sayFailed('The draft stays', error),
  })
  return (
    <Group justify="space-between" align="flex-end" gap="sm">
      <Stack gap={2} style={{ flex: '1 1 260px' }}>
        <Breadcrumbs separator="›">
          <Anchor component={Link} to="/settings/workflows" size="sm" py={5}>
            Workflows
          </Anchor>
        </Breadcrumbs>
        <VisuallyHidden component="h1">{document.name}</VisuallyHidden>
        <TextInput
          aria-label="Name of the workflow"
          value={document.name}
          error={document.name.trim() === '' ? 'Give it a name' : undefined}
          onChange={(event) => change({ ...document, name: event.currentTarget.value })}
          className="workflow-name"
          maw={520}
        />
      </Stack>
      <Group gap="xs">
        <Text
          size="xs"
          c={draft.state === 'failed' || draft.state === 'conflict' ? 'var(--mantine-color-error)' : 'dimmed'}
          role="status"
        >
          {saveWords[draft.state]}
        </Text>
        <Tooltip label="Undo (Ctrl Z)">
          <ActionIcon
            variant="default"
            size="lg"
            aria-label="Undo"
            disabled={draft.undo === undefined}
            onClick={() => draft.undo?.()}
          >
            <IconArrowBackUp size={18} />
          </ActionIcon>
        </Tooltip>
        <Tooltip label="Redo (Ctrl Shift Z)">
          <ActionIcon
            variant="default"
            size="lg"
            aria-label="Redo"
            disabled={draft.redo === undefined}
            onClick={() => draft.redo?.()}
          >
            <IconArrowForwardUp size={18} />
          </ActionIcon>
        </Tooltip>
        <Button variant="default" leftSection={<IconFlask size={16} />} onClick={() => onOpen('try')}>
          Try it out
        </Button>
        <Button
          leftSection={<IconRocket size={16} />}
          loading={publish.isPending}
          disabled={
            attributes.problems.length > 0 || (!attributes.isChanged && attributes.enabled && draft.state === 'saved')
          }
          onClick={() => publish.mutate()}
        >
          Publish
        </Button>
        <Menu position="bottom-end">
          <Menu.Target>
            <ActionIcon variant="default" size="lg" aria-label="More">
              <IconDots size={18} />
            </ActionIcon>
          </Menu.Target>
          <Menu.Dropdown>
            <Menu.Item leftSection={<IconBraces size={16} />} onClick={() => onOpen('variables')}>
              Variables and secrets
            </Menu.Item>
            <Menu.Item
              leftSection={<IconFileExport size={16} />}
              onClick={() =>
                saveFile(
                  new Blob([JSON.stringify(document, null, 2)], { type: 'application/json' }),
                  `${document.name}.json`,
                )
              }
            >
              Export as JSON
            </Menu.Item>
            <Menu.Item
              leftSection={<IconArrowBackUp size={16} />}
              disabled={attributes.version === null || !attributes.isChanged}
              onClick={() => discard.mutate()}
            >
              Take the draft back to what is live
            </Menu.Item>
            <Menu.Divider />
            <Menu.Item color="red" leftSection={<IconTrash size={16} />} onClick={() => onOpen('delete')}>
              Delete the workflow
            </Menu.Item>
          </Menu.Dropdown>
        </Menu>
      </Group>
    </Group>
  )
}

/** Whether it is live, and what keeps it from that. */
export function EditorState({
  workflow: { id, attributes },
  onSelect,
}: {
  workflow: Workflow
  onSelect: (step: string) => void
}) {
  const touched = useTouched()
  const turn = useMutation({
    mutationFn: (enabled: boolean) => api.call('PUT /v1/workflows/{id}', { params: { id }, body: { enabled } }),
    onError: (error) => sayFailed('It was not changed', error),
    onSettled: touched,
  })
  const { problems } = attributes
  return (
    <Group gap="sm">
      {attributes.version === null ? (
        <Badge color="gray" variant="light" tt="none">
          Draft, nothing is live
        </Badge>
      ) : (
        <Switch
          label={`Version ${attributes.version} is ${attributes.enabled ? 'on' : 'off'}`}
          checked={turn.isPending ? turn.variables : attributes.enabled}
          onChange={(event) => turn.mutate(event.currentTarget.checked)}
        />
      )}
      {attributes.version !== null && attributes.isChanged && (
        <Badge color="yellow" variant="light" tt="none">
          Changes are not published yet
        </Badge>
      )}
      {attributes.systemDisabled && (
        <Badge color="red" variant="light" tt="none">
          {attributes.disabledReason}
        </Badge>
      )}
      {problems.length > 0 && (
        <Button
          size="compact-sm"
          color="red"
          variant="light"
          onClick={() => onSelect(problems[0]?.step ?? triggerStep)}
        >
          {problems.length === 1 ? 'One thing' : `${problems.length} things`} to mend before publishing
        </Button>
      )}
    </Group>
  )
}

/** Said while what is on screen is not kept, with what to do about it. */
export function DraftAlerts({ draft }: { draft: Draft }) {
  return (
    <>
      {draft.state === 'conflict' && (
        <Alert color="red" title="Somebody else has changed this workflow meanwhile">
          <Group justify="space-between">
            <Text size="sm">
              What you see is not kept. Export it if you want to compare, then load what is there now.
            </Text>
            <Button size="xs" onClick={() => void draft.reload()}>
              Load what is there now
            </Button>
          </Group>
        </Alert>
      )}
      {draft.state === 'failed' && (
        <Alert color="red" title="What you changed is not kept yet">
          <Group justify="space-between">
            <Text size="sm">It stays on this page; try again.</Text>
            <Button size="xs" onClick={() => void draft.flush().catch(() => undefined)}>
              Try again
            </Button>
          </Group>
        </Alert>
      )}
    </>
  )
}
