import { Badge, Button, Code, Collapse, Group, Stack, Text, Timeline } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'

import type { Catalogue, RunStepAttributes } from '../../../src/core/workflows/schema.ts'
import { pictureOf } from './step-icon.tsx'

export type TakenStep = RunStepAttributes & { effect?: string | null }

const states: Record<TakenStep['status'], { color: string; label: string }> = {
  done: { color: 'teal', label: 'Done' },
  failed: { color: 'red', label: 'Failed' },
  retrying: { color: 'yellow', label: 'Trying again' },
  waiting: { color: 'blue', label: 'Waiting' },
}

/** The steps that were taken, one after the other, each with what it was given and gave. */
export function TakenSteps({
  steps,
  catalogue,
  onRetry,
}: {
  steps: readonly TakenStep[]
  catalogue: Catalogue | undefined
  /** Offered for each step where a run can go on from it. */
  onRetry?: ((step: string) => void) | undefined
}) {
  return (
    <Timeline bulletSize={30} lineWidth={2}>
      {steps.map((it, index) => {
        const { icon: Picture } = pictureOf(it.action ?? undefined)
        const { color, label } = states[it.status]
        const title =
          it.name ?? catalogue?.actions.find((action) => action.name === it.action)?.title ?? it.action ?? 'Decide'
        return (
          <Timeline.Item
            key={index}
            color={color}
            bullet={<Picture size={16} />}
            title={
              <Group gap="xs" justify="space-between" wrap="nowrap">
                <Group gap="xs">
                  <Text size="sm" fw={600}>
                    {title}
                  </Text>
                  <Badge size="sm" variant="light" color={color} tt="none">
                    {label}
                    {it.attempts > 1 && ` · ${it.attempts} attempts`}
                  </Badge>
                </Group>
                {onRetry !== undefined && (
                  <Button
                    size="compact-xs"
                    variant="subtle"
                    onClick={() => onRetry(it.step)}
                    aria-label={`Run again from ${title}`}
                  >
                    Run again from here
                  </Button>
                )}
              </Group>
            }
          >
            <Stack gap={4}>
              {it.effect !== undefined && it.effect !== null && <Text size="sm">{it.effect}</Text>}
              {it.error !== null && (
                <Text size="sm" c="var(--mantine-color-error)">
                  {it.error.message}
                </Text>
              )}
              <Details input={it.input} output={it.output} title={title} />
            </Stack>
          </Timeline.Item>
        )
      })}
    </Timeline>
  )
}

function Details({ input, output, title }: { input: unknown; output: unknown; title: string }) {
  const [opened, { toggle }] = useDisclosure(false)
  if (input === null && output === null) {
    return null
  }
  return (
    <>
      <Button
        size="compact-xs"
        variant="subtle"
        w="fit-content"
        aria-expanded={opened}
        aria-label={`Input and output of ${title}`}
        onClick={toggle}
      >
        {opened ? 'Hide input and output' : 'Input and output'}
      </Button>
      <Collapse expanded={opened}>
        {opened && (
          <Stack gap={4}>
            <Text size="xs" c="dimmed">
              It was given
            </Text>
            <Code block style={{ maxHeight: 240, overflow: 'auto' }} tabIndex={0}>
              {JSON.stringify(input, null, 2)}
            </Code>
            <Text size="xs" c="dimmed">
              It gave
            </Text>
            <Code block style={{ maxHeight: 240, overflow: 'auto' }} tabIndex={0}>
              {JSON.stringify(output, null, 2)}
            </Code>
          </Stack>
        )}
      </Collapse>
    </>
  )
}
