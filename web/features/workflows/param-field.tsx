import {
  ActionIcon,
  Autocomplete,
  Button,
  Checkbox,
  Group,
  JsonInput,
  MultiSelect,
  Select,
  Stack,
  TagsInput,
  Text,
} from '@mantine/core'
import { IconPlus, IconX } from '@tabler/icons-react'
import type { ReactNode } from 'react'

import { isReference, referenceMark } from '../../../src/core/workflows/schema.ts'
import { ConditionEditor } from './condition-editor.tsx'
import { numberFrom } from './condition-tree.ts'
import { ReferencePicker } from './reference-picker.tsx'
import type { Source } from './sources.ts'
import type { Choices } from './use-catalogue.ts'
import { ValueInput } from './value-input.tsx'

/** One field of a step, as JSON schema has it. */
export interface FieldSchema {
  type?: string | string[]
  title?: string
  description?: string
  enum?: unknown[]
  default?: unknown
  multiline?: boolean
  condition?: boolean
  /** The list that its value is chosen from. */
  choices?: string
  items?: FieldSchema
  anyOf?: FieldSchema[]
  properties?: Record<string, FieldSchema>
  additionalProperties?: unknown
}

interface ParamFieldProps {
  name: string
  schema: FieldSchema
  required: boolean
  value: unknown
  error: string | undefined
  sources: readonly Source[]
  choices: Choices
  /** Custom attributes of what the step is about. */
  attributes: readonly string[]
  operators: { op: string; title: string; values: number }[]
  onChange: (value: unknown) => void
}

const typesOf = ({ type, anyOf }: FieldSchema): string[] =>
  type === undefined ? (anyOf ?? []).flatMap(typesOf) : Array.isArray(type) ? type : [type]

/** What a field is called where its schema does not say: `assignedUsers` becomes “Assigned users”. */
function titleOf(name: string, { title }: FieldSchema): string {
  const spoken = name.replaceAll(/([a-z])([A-Z])/g, '$1 $2').toLowerCase()
  return title ?? spoken.charAt(0).toUpperCase() + spoken.slice(1)
}

/** Draws one field from its schema; knows no action. */
export function ParamField({
  name,
  schema,
  required,
  value,
  error,
  sources,
  choices,
  attributes,
  operators,
  onChange,
}: ParamFieldProps) {
  const label = titleOf(name, schema)
  const types = typesOf(schema)
  const common = { label, description: schema.description, required, error }
  if (schema.condition === true) {
    return (
      <ConditionEditor
        label={label}
        condition={value as never}
        sources={sources}
        operators={operators}
        onChange={onChange}
      />
    )
  }
  const list = choices[schema.choices ?? ''] ?? (schema.choices === undefined ? undefined : [])
  /** A list of things to choose or to type, all of which may as well come from an earlier step. */
  const orTaken = (field: ReactNode) => (
    <Group gap={4} wrap="nowrap" align="flex-end">
      <div style={{ flex: 1, minWidth: 0 }}>{field}</div>
      <ReferencePicker label={label} sources={sources} onPick={(path) => onChange(`${referenceMark}${path}`)} />
    </Group>
  )
  if (list !== undefined && types.includes('array') && !isReference(value)) {
    const chosen = Array.isArray(value) ? (value as string[]) : []
    return orTaken(
      <MultiSelect
        {...common}
        data={withUnknown(list, chosen)}
        value={chosen}
        onChange={onChange}
        searchable
        selectFirstOptionOnChange
        clearable
        hidePickedOptions
        placeholder={chosen.length === 0 ? 'Nobody yet' : ''}
        nothingFoundMessage="Nothing like that"
      />,
    )
  }
  if (list !== undefined && !isReference(value)) {
    const chosen = typeof value === 'string' ? value : ''
    return (
      <Select
        {...common}
        data={withUnknown(list, chosen === '' ? [] : [chosen])}
        value={chosen === '' ? null : chosen}
        onChange={(next) => onChange(next ?? undefined)}
        searchable
        selectFirstOptionOnChange
        clearable={!required}
        nothingFoundMessage="Nothing like that"
      />
    )
  }
  if (schema.enum !== undefined && !isReference(value)) {
    const options = [...new Set(schema.enum.map((it) => String(it)))].filter(
      (it, _index, all) => it !== it.toLowerCase() || !all.includes(it.toUpperCase()),
    )
    const shown = typeof value === 'string' ? value : typeof schema.default === 'string' ? schema.default : null
    return (
      <Select
        {...common}
        data={options}
        value={shown}
        onChange={(next) => onChange(next ?? undefined)}
        clearable={!required}
      />
    )
  }
  if (types.includes('boolean') && !types.includes('string')) {
    return (
      <Checkbox
        label={label}
        description={schema.description}
        error={error}
        checked={(value ?? schema.default) === true}
        onChange={(event) => onChange(event.currentTarget.checked)}
      />
    )
  }
  if (types.includes('array') && !isReference(value)) {
    const items = schema.items ?? schema.anyOf?.find((it) => it.items !== undefined)?.items
    if (items === undefined || typesOf(items).includes('string')) {
      return orTaken(
        <TagsInput
          {...common}
          value={Array.isArray(value) ? value.map(String) : []}
          onChange={onChange}
          placeholder="Type and press Enter"
        />,
      )
    }
    return <JsonField {...common} value={value} onChange={onChange} />
  }
  if (types.includes('object') && schema.properties === undefined && !isReference(value)) {
    return (
      <RecordField
        {...common}
        value={value}
        sources={sources}
        onChange={onChange}
        names={name === 'custom' ? attributes : []}
      />
    )
  }
  if ((types.includes('object') || types.length === 0) && !isReference(value) && typeof value !== 'string') {
    return <JsonField {...common} value={value} onChange={onChange} />
  }
  const isNumber = types.includes('number') || types.includes('integer')
  return (
    <ValueInput
      {...common}
      value={value ?? (isNumber ? schema.default : undefined)}
      sources={sources}
      isLong={schema.multiline === true}
      onChange={(next) => onChange(next === '' ? undefined : isNumber ? numberFrom(next) : next)}
    />
  )
}

/** A value that the list has not, or not any more, is still shown. */
function withUnknown(list: { value: string; label: string }[], chosen: string[]) {
  const unknown = chosen.filter((it) => !list.some((known) => known.value === it))
  return [...list, ...unknown.map((it) => ({ value: it, label: it }))]
}

interface WholeFieldProps {
  label: string
  description: string | undefined
  required: boolean
  error: string | undefined
  value: unknown
  onChange: (value: unknown) => void
}

/** What has no form of its own is written as JSON. */
function JsonField({ value, onChange, ...common }: WholeFieldProps) {
  return (
    <JsonInput
      {...common}
      key={common.label}
      defaultValue={value === undefined ? '' : JSON.stringify(value, null, 2)}
      validationError="This is not JSON yet."
      formatOnBlur
      autosize
      minRows={3}
      maxRows={14}
      onChange={(text) => {
        if (text.trim() === '') {
          onChange(undefined)
          return
        }
        try {
          onChange(JSON.parse(text) as unknown)
        } catch {
          // it is still being written
        }
      }}
    />
  )
}

/** Names with a value each: attributes, headers, inputs. */
function RecordField({
  label,
  description,
  required,
  error,
  value,
  sources,
  names,
  onChange,
}: WholeFieldProps & { sources: readonly Source[]; names: readonly string[] }) {
  const rows = Object.entries((value ?? {}) as Record<string, unknown>)
  const put = (next: [string, unknown][]) => onChange(next.length === 0 ? undefined : Object.fromEntries(next))
  return (
    <Stack gap={6} role="group" aria-label={label}>
      <Stack gap={0}>
        <Text size="sm" fw={500}>
          {label}
          {required && ' *'}
        </Text>
        {description !== undefined && (
          <Text size="xs" c="dimmed">
            {description}
          </Text>
        )}
      </Stack>
      {rows.map(([name, it], index) => (
        <Group key={index} gap={6} wrap="nowrap" align="flex-start">
          <Autocomplete
            aria-label={`Name ${index + 1} of ${label}`}
            placeholder="Name"
            data={[...names]}
            value={name}
            w={150}
            onChange={(next) => put(rows.map((row, at) => (at === index ? [next, row[1]] : row)))}
          />
          <div style={{ flex: 1 }}>
            <ValueInput
              label={`Value ${index + 1} of ${label}`}
              hideLabel
              placeholder="Value"
              value={it}
              sources={sources}
              onChange={(next) => put(rows.map((row, at) => (at === index ? [row[0], next] : row)))}
            />
          </div>
          <ActionIcon
            variant="subtle"
            color="gray"
            mt={4}
            aria-label={`Remove ${name || `row ${index + 1}`}`}
            onClick={() => put(rows.filter((_, at) => at !== index))}
          >
            <IconX size={16} />
          </ActionIcon>
        </Group>
      ))}
      {error !== undefined && (
        <Text size="xs" c="var(--mantine-color-error)">
          {error}
        </Text>
      )}
      <Button
        size="compact-sm"
        variant="subtle"
        w="fit-content"
        leftSection={<IconPlus size={14} />}
        disabled={rows.some(([name]) => name === '')}
        onClick={() => put([...rows, ['', '']])}
      >
        Add {label.toLowerCase()}
      </Button>
    </Stack>
  )
}
