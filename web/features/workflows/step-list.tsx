import { ActionIcon, Badge, Button, Card, Group, Stack, Text, ThemeIcon, Tooltip } from '@mantine/core'
import { IconAlertTriangle, IconPlayerPlay, IconPlus, IconTrash } from '@tabler/icons-react'

import { triggerStep } from '../../../src/core/workflows/schema.ts'
import type { CanvasProps } from './canvas.tsx'
import { inOrder, linesOf } from './document.ts'
import { nameOfStep, nameOfTrigger } from './sources.ts'
import { pictureOf } from './step-icon.tsx'
import { summaryOf } from './summary.ts'

/** The same as the canvas, as a plain list: each step with where it leads. */
export function StepList({
  document,
  catalogue,
  choices,
  selected,
  problems,
  path,
  onSelect,
  onAddStep,
  onRemove,
}: CanvasProps) {
  const lines = linesOf(document)
  const named = (id: string) => {
    const step = document.steps.find((it) => it.id === id)
    return step === undefined ? nameOfTrigger(document, catalogue) : nameOfStep(step, catalogue)
  }
  return (
    <Stack component="ol" gap="xs" p={0} m={0} style={{ listStyle: 'none' }} aria-label="Steps">
      {inOrder(document).map((id, index) => {
        const step = document.steps.find((it) => it.id === id)
        const { icon: Picture, color } = pictureOf(step?.action)
        const found = problems.filter((it) => it.step === id)
        const ways = lines.filter((it) => it.from === id)
        return (
          <Card
            key={id}
            component="li"
            withBorder
            p="sm"
            style={{
              ...(id === selected ? { borderColor: 'var(--mantine-primary-color-filled)' } : {}),
              ...(path?.has(id) === false ? { opacity: 0.5 } : {}),
            }}
          >
            <Group wrap="nowrap" align="flex-start">
              <ThemeIcon variant="light" color={step === undefined ? 'green' : color} size={34}>
                {step === undefined ? <IconPlayerPlay size={19} /> : <Picture size={19} />}
              </ThemeIcon>
              <Stack gap={2} style={{ flex: 1, minWidth: 0 }}>
                <Group gap="xs">
                  <Button
                    variant="transparent"
                    p={0}
                    h="auto"
                    c="inherit"
                    justify="flex-start"
                    aria-pressed={id === selected}
                    data-step={id}
                    onClick={() => onSelect(id)}
                  >
                    <Text fw={600} size="sm" style={{ whiteSpace: 'normal', textAlign: 'start' }}>
                      {index + 1}. {named(id)}
                    </Text>
                  </Button>
                  {found.length > 0 && (
                    <Badge
                      color="red"
                      variant="light"
                      size="sm"
                      tt="none"
                      leftSection={<IconAlertTriangle size={11} />}
                    >
                      {found.map((it) => it.message).join(' ')}
                    </Badge>
                  )}
                </Group>
                <Text size="xs" c="dimmed">
                  {step === undefined ? 'Starts it' : summaryOf(step, catalogue, choices)}
                </Text>
                {ways.map((it) => (
                  <Text key={`${it.kind}/${it.index}`} size="xs">
                    {it.label === undefined
                      ? 'Then'
                      : it.kind === 'errorCases'
                        ? `If it fails (${it.label})`
                        : it.label}{' '}
                    → {named(it.to)}
                  </Text>
                ))}
                {ways.length === 0 && <Text size="xs">Ends here</Text>}
              </Stack>
              <Group gap={2} wrap="nowrap">
                <Tooltip label="Add a step after this one">
                  <ActionIcon
                    variant="subtle"
                    aria-label={`Add a step after ${named(id)}`}
                    onClick={() => onAddStep({ step: id, kind: 'transitions' })}
                  >
                    <IconPlus size={16} />
                  </ActionIcon>
                </Tooltip>
                {id !== triggerStep && (
                  <Tooltip label="Remove">
                    <ActionIcon
                      variant="subtle"
                      color="red"
                      aria-label={`Remove ${named(id)}`}
                      onClick={() => onRemove(id)}
                    >
                      <IconTrash size={16} />
                    </ActionIcon>
                  </Tooltip>
                )}
              </Group>
            </Group>
          </Card>
        )
      })}
    </Stack>
  )
}
