import { ActionIcon, Button, Group, JsonInput, SegmentedControl, Select, Stack, Text } from '@mantine/core'
import { IconPlus, IconX } from '@tabler/icons-react'

import type { Condition } from '../../../src/core/workflows/schema.ts'
import { conditionIn, groupIn, isGroup, newComparison, valueFrom } from './condition-tree.ts'
import type { ConditionGroup, Join } from './condition-tree.ts'
import type { Source } from './sources.ts'
import { ValueInput } from './value-input.tsx'

interface ConditionEditorProps {
  label: string
  condition: Condition | undefined
  sources: readonly Source[]
  operators: { op: string; title: string; values: number }[]
  onChange: (condition: Condition | undefined) => void
}

const deepestGroup = 3
const joinings: { value: Join; label: string }[] = [
  { value: 'and', label: 'all are true' },
  { value: 'or', label: 'any is true' },
  { value: 'not', label: 'not all are true' },
]

/** What has to be true: comparisons, and groups of them. */
export function ConditionEditor({ label, condition, onChange, ...rest }: ConditionEditorProps) {
  const group = groupIn(condition)
  if (group === undefined) {
    return (
      <JsonInput
        label={label}
        description="This condition holds something that is no comparison; it is written as JSON."
        defaultValue={JSON.stringify(condition, null, 2)}
        formatOnBlur
        autosize
        minRows={4}
        maxRows={16}
        onChange={(text) => {
          try {
            onChange(JSON.parse(text) as Condition)
          } catch {
            // it is still being written
          }
        }}
      />
    )
  }
  return <Conditions {...rest} label={label} number="" group={group} onChange={(next) => onChange(conditionIn(next))} />
}

interface ConditionsProps extends Pick<ConditionEditorProps, 'label' | 'sources' | 'operators'> {
  /** Where the group stands among the others, such as `2.`; nothing for the outermost. */
  number: string
  group: ConditionGroup
  onChange: (group: ConditionGroup) => void
}

function Conditions({ label, number, group, sources, operators, onChange }: ConditionsProps) {
  const { op: join, values: rows } = group
  const put = (next: Condition[]) => onChange({ op: join, values: next })
  const isInner = number !== ''
  return (
    <Stack gap={8} role="group" aria-label={label}>
      <Group justify="space-between" gap={6}>
        <Text size="sm" fw={500}>
          {label}
        </Text>
        {(rows.length > 1 || join === 'not' || isInner) && (
          <SegmentedControl
            size="xs"
            aria-label={`How the conditions of ${label} are joined`}
            data={joinings}
            value={join}
            onChange={(by) => onChange({ op: by, values: rows })}
          />
        )}
      </Group>
      {rows.length === 0 && (
        <Text size="xs" c="dimmed">
          Always
        </Text>
      )}
      {rows.map((row, index) => {
        const name = `${isGroup(row) ? 'group' : 'condition'} ${number}${index + 1}`
        return (
          <Group key={index} gap={6} align="flex-start" wrap="nowrap" className="workflow-condition">
            <div style={{ flex: 1, minWidth: 0 }}>
              {isGroup(row) ? (
                <Conditions
                  label={`Group ${number}${index + 1}`}
                  number={`${number}${index + 1}.`}
                  group={row}
                  sources={sources}
                  operators={operators}
                  onChange={(next) =>
                    put(next.values.length === 0 ? rows.toSpliced(index, 1) : rows.with(index, { ...row, ...next }))
                  }
                />
              ) : (
                <Comparison
                  name={name}
                  comparison={row}
                  sources={sources}
                  operators={operators}
                  onChange={(next) => put(rows.with(index, next))}
                />
              )}
            </div>
            <ActionIcon
              variant="subtle"
              color="gray"
              mt={4}
              aria-label={`Remove ${name}`}
              onClick={() => put(rows.toSpliced(index, 1))}
            >
              <IconX size={16} />
            </ActionIcon>
          </Group>
        )
      })}
      <Group gap={4}>
        <Button
          size="compact-sm"
          variant="subtle"
          leftSection={<IconPlus size={14} />}
          onClick={() => put([...rows, newComparison])}
        >
          {isInner ? `Add a condition to group ${number.slice(0, -1)}` : 'Add a condition'}
        </Button>
        {rows.length > 0 && number.split('.').length < deepestGroup && (
          <Button
            size="compact-sm"
            variant="subtle"
            leftSection={<IconPlus size={14} />}
            onClick={() => put([...rows, { op: join === 'or' ? 'and' : 'or', values: [newComparison, newComparison] }])}
          >
            {isInner ? `Add a group to group ${number.slice(0, -1)}` : 'Add a group'}
          </Button>
        )}
      </Group>
    </Stack>
  )
}

interface ComparisonProps extends Pick<ConditionEditorProps, 'sources' | 'operators'> {
  /** Such as `condition 2`. */
  name: string
  comparison: Condition
  onChange: (comparison: Condition) => void
}

function Comparison({ name, comparison, sources, operators, onChange }: ComparisonProps) {
  const { op, values } = comparison
  const [left, right] = values
  const known = operators.filter((it) => it.values > 0 && it.op !== 'true')
  const operator = known.find((it) => it.op === op)
  return (
    <Stack gap={6}>
      <ValueInput
        label={`What ${name} looks at`}
        hideLabel
        placeholder="Choose what to look at →"
        value={left}
        sources={sources}
        onChange={(next) => onChange({ ...comparison, values: [next, ...values.slice(1)] })}
      />
      <Group gap={6} align="flex-start">
        <Select
          aria-label={`How ${name} compares`}
          data={known.map((it) => ({ value: it.op, label: it.title }))}
          value={op}
          allowDeselect={false}
          w={150}
          onChange={(next) => onChange({ ...comparison, op: next ?? 'eq' })}
        />
        {(operator?.values ?? 2) > 1 && (
          <div style={{ flex: '1 1 110px', minWidth: 0 }}>
            <ValueInput
              label={`What ${name} compares with`}
              hideLabel
              placeholder={op === 'in' || op === 'nin' ? 'one, two, three' : 'Value'}
              value={Array.isArray(right) ? right.join(', ') : right}
              sources={sources}
              onChange={(next) => onChange({ ...comparison, values: [left, valueFrom(op, next)] })}
            />
          </div>
        )}
      </Group>
    </Stack>
  )
}
