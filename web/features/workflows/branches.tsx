import { ActionIcon, Button, Card, Group, Select, Stack, Text, TextInput, Tooltip } from '@mantine/core'
import { IconArrowUp, IconPlus, IconTrash } from '@tabler/icons-react'

import type { Catalogue, Transition, WorkflowDocument } from '../../../src/core/workflows/schema.ts'
import { ConditionEditor } from './condition-editor.tsx'
import { nameOfStep } from './sources.ts'
import type { Source } from './sources.ts'

interface BranchesProps {
  title: string
  hint: string
  document: WorkflowDocument
  catalogue: Catalogue
  transitions: readonly Transition[]
  sources: readonly Source[]
  problems: ReadonlyMap<number, string>
  onChange: (transitions: Transition[]) => void
  /** Opens the list of steps that can be added at the end. */
  onAddStep: () => void
}

/** Where a run goes on: the first branch whose condition holds. */
export function Branches({
  title,
  hint,
  document,
  catalogue,
  transitions,
  sources,
  problems,
  onChange,
  onAddStep,
}: BranchesProps) {
  const steps = document.steps.map((it) => ({ value: it.id, label: `${nameOfStep(it, catalogue)} (${it.id})` }))
  const put = (index: number, change: Partial<Transition>) =>
    onChange(transitions.map((it, at) => (at === index ? { ...it, ...change } : it)))
  return (
    <Stack gap="xs">
      <Stack gap={0}>
        <Text fw={600} size="sm" component="h3">
          {title}
        </Text>
        <Text size="xs" c="dimmed">
          {hint}
        </Text>
      </Stack>
      {transitions.map((it, index) => (
        <Card key={index} withBorder p="sm">
          <Stack gap="sm">
            <Group gap={6} wrap="nowrap" align="flex-end">
              <TextInput
                label="Name of the branch"
                size="xs"
                style={{ flex: 1 }}
                value={it.meta?.name ?? ''}
                placeholder={it.condition === undefined ? 'Always' : 'Such as: two stars or fewer'}
                onChange={(event) => put(index, { meta: { ...it.meta, name: event.currentTarget.value || undefined } })}
              />
              {index > 0 && (
                <Tooltip label="Look at it before the one above">
                  <ActionIcon
                    variant="subtle"
                    aria-label={`Move branch ${index + 1} up`}
                    onClick={() => onChange(transitions.with(index, transitions[index - 1] ?? it).with(index - 1, it))}
                  >
                    <IconArrowUp size={16} />
                  </ActionIcon>
                </Tooltip>
              )}
              <Tooltip label="Remove this branch; its steps stay">
                <ActionIcon
                  variant="subtle"
                  color="red"
                  aria-label={`Remove branch ${index + 1}`}
                  onClick={() => onChange(transitions.filter((_, at) => at !== index))}
                >
                  <IconTrash size={16} />
                </ActionIcon>
              </Tooltip>
            </Group>
            <ConditionEditor
              label={`If (branch ${index + 1})`}
              condition={it.condition}
              sources={sources}
              operators={catalogue.operators}
              onChange={(condition) => {
                const { condition: _before, ...rest } = it
                onChange(transitions.with(index, condition === undefined ? rest : { ...rest, condition }))
              }}
            />
            <Select
              label="Then go to"
              size="xs"
              data={steps}
              value={it.target}
              allowDeselect={false}
              searchable
              selectFirstOptionOnChange
              onChange={(target) => put(index, { target: target ?? it.target })}
            />
            {problems.has(index) && (
              <Text size="xs" c="var(--mantine-color-error)">
                {problems.get(index)}
              </Text>
            )}
          </Stack>
        </Card>
      ))}
      <Button
        size="compact-sm"
        variant="subtle"
        w="fit-content"
        leftSection={<IconPlus size={14} />}
        onClick={onAddStep}
      >
        {transitions.length === 0 ? 'Add a step' : 'Add a branch'}
      </Button>
    </Stack>
  )
}
