import { ActionIcon, Button, Group, JsonInput, SegmentedControl, Select, Stack, Text } from '@mantine/core'
import { IconPlus, IconX } from '@tabler/icons-react'

import { isReference } from '../../../src/core/workflows/schema.ts'
import type { Condition } from '../../../src/core/workflows/schema.ts'
import type { Source } from './sources.ts'
import { ValueInput } from './value-input.tsx'

interface ConditionEditorProps {
  label: string
  condition: Condition | undefined
  sources: readonly Source[]
  operators: { op: string; title: string; values: number }[]
  onChange: (condition: Condition | undefined) => void
}

const joins = ['and', 'or']

/** A condition as rows that are joined by one word; undefined for one that is nested deeper. */
function rowsOf(condition: Condition | undefined): { join: string; rows: Condition[] } | undefined {
  if (condition === undefined || condition.op === 'true') {
    return { join: 'and', rows: [] }
  }
  if (!joins.includes(condition.op)) {
    return condition.op === 'not' ? undefined : { join: 'and', rows: [condition] }
  }
  const rows = condition.values as Condition[]
  const areSimple = rows.every(
    (it) => typeof it === 'object' && it !== null && 'op' in it && ![...joins, 'not'].includes(it.op),
  )
  return areSimple ? { join: condition.op, rows } : undefined
}

function conditionOf(join: string, rows: Condition[]): Condition | undefined {
  const [first] = rows
  return first === undefined ? undefined : rows.length === 1 ? first : { op: join, values: rows }
}

/** Lists are compared with by their commas; numbers are numbers. */
function valueOf(op: string, text: string): unknown {
  if (op === 'in' || op === 'nin') {
    return isReference(text) ? text : text.split(',').map((it) => scalarOf(it.trim()))
  }
  return scalarOf(text)
}

function scalarOf(text: string): unknown {
  if (text === 'true' || text === 'false') {
    return text === 'true'
  }
  return text.trim() !== '' && Number.isFinite(Number(text)) ? Number(text) : text
}

/** What has to be true, row by row. */
export function ConditionEditor({ label, condition, sources, operators, onChange }: ConditionEditorProps) {
  const parts = rowsOf(condition)
  if (parts === undefined) {
    return (
      <JsonInput
        label={label}
        description="This condition is nested; it is written as JSON."
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
  const { join, rows } = parts
  const put = (next: Condition[], by = join) => onChange(conditionOf(by, next))
  const change = (index: number, row: Partial<Condition>) =>
    put(rows.map((it, at) => (at === index ? { ...it, ...row } : it)))
  const known = operators.filter((it) => it.values > 0 && it.op !== 'true')
  return (
    <Stack gap={8} role="group" aria-label={label}>
      <Group justify="space-between">
        <Text size="sm" fw={500}>
          {label}
        </Text>
        {rows.length > 1 && (
          <SegmentedControl
            size="xs"
            aria-label={`How the conditions of ${label} are joined`}
            data={[
              { value: 'and', label: 'all are true' },
              { value: 'or', label: 'any is true' },
            ]}
            value={join}
            onChange={(by) => put(rows, by)}
          />
        )}
      </Group>
      {rows.length === 0 && (
        <Text size="xs" c="dimmed">
          Always
        </Text>
      )}
      {rows.map((row, index) => {
        const operator = known.find((it) => it.op === row.op)
        const right = row.values[1]
        return (
          <Group key={index} gap={6} align="flex-start" wrap="nowrap" className="workflow-condition">
            <Stack gap={6} style={{ flex: 1, minWidth: 0 }}>
              <ValueInput
                label={`What condition ${index + 1} looks at`}
                hideLabel
                placeholder="Choose what to look at →"
                value={row.values[0]}
                sources={sources}
                onChange={(next) => change(index, { values: [next, ...row.values.slice(1)] })}
              />
              <Group gap={6} wrap="nowrap" align="flex-start">
                <Select
                  aria-label={`How condition ${index + 1} compares`}
                  data={known.map((it) => ({ value: it.op, label: it.title }))}
                  value={row.op}
                  allowDeselect={false}
                  w={150}
                  onChange={(op) => change(index, { op: op ?? 'eq' })}
                />
                {(operator?.values ?? 2) > 1 && (
                  <div style={{ flex: 1 }}>
                    <ValueInput
                      label={`What condition ${index + 1} compares with`}
                      hideLabel
                      placeholder={row.op === 'in' || row.op === 'nin' ? 'one, two, three' : 'Value'}
                      value={Array.isArray(right) ? right.join(', ') : right}
                      sources={sources}
                      onChange={(next) => change(index, { values: [row.values[0], valueOf(row.op, next)] })}
                    />
                  </div>
                )}
              </Group>
            </Stack>
            <ActionIcon
              variant="subtle"
              color="gray"
              mt={4}
              aria-label={`Remove condition ${index + 1}`}
              onClick={() => put(rows.filter((_, at) => at !== index))}
            >
              <IconX size={16} />
            </ActionIcon>
          </Group>
        )
      })}
      <Button
        size="compact-sm"
        variant="subtle"
        w="fit-content"
        leftSection={<IconPlus size={14} />}
        onClick={() => put([...rows, { op: 'eq', values: ['', ''] }])}
      >
        Add a condition
      </Button>
    </Stack>
  )
}
