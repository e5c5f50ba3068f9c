import { MultiSelect, NumberInput, Select, TagsInput, TextInput } from '@mantine/core'
import { DatePickerInput } from '@mantine/dates'

import type { OperatorChoice, SearchAttribute } from './use-search-attributes.ts'
import type { ValueChoice } from './value-choices.ts'

interface ValueFieldProps {
  attribute: SearchAttribute
  takes: OperatorChoice['takes']
  choices: ValueChoice[] | undefined
  value: unknown
  onChange: (value: unknown) => void
}

export const spans = [
  { value: '1h', label: 'the last hour' },
  { value: '24h', label: 'the last 24 hours' },
  { value: '7d', label: 'the last 7 days' },
  { value: '30d', label: 'the last 30 days' },
  { value: '90d', label: 'the last 90 days' },
  { value: '365d', label: 'the last year' },
]

const inPopover = { comboboxProps: { withinPortal: false } } // its list belongs to the dialog it opens in

/** Where one writes, or chooses, what an attribute is compared with. */
export function ValueField({ attribute, takes, choices, value, onChange }: ValueFieldProps) {
  const label = 'Value'
  const { kind } = attribute.attributes
  if (takes === 'nothing') {
    return null
  }
  if (takes === 'span') {
    return (
      <Select
        {...inPopover}
        label={label}
        data={spans}
        value={typeof value === 'string' ? value : null}
        onChange={onChange}
        allowDeselect={false}
      />
    )
  }
  if (takes === 'several') {
    const several = Array.isArray(value) ? value.map(String) : []
    return choices === undefined ? (
      <TagsInput label={label} description="Press Enter after each" value={several} onChange={onChange} />
    ) : (
      <MultiSelect {...inPopover} label={label} searchable data={choices} value={several} onChange={onChange} />
    )
  }
  switch (kind) {
    case 'number':
      return (
        <NumberInput
          label={label}
          value={typeof value === 'number' ? value : ''}
          onChange={(next) => onChange(next === '' ? undefined : Number(next))}
        />
      )
    case 'datetime':
      return (
        <DatePickerInput
          label={label}
          popoverProps={{ withinPortal: false }}
          value={typeof value === 'string' ? value.slice(0, 10) : null}
          onChange={(day) => onChange(day ?? undefined)}
        />
      )
    case 'boolean':
      return (
        <Select
          {...inPopover}
          label={label}
          allowDeselect={false}
          data={[
            { value: 'true', label: 'Yes' },
            { value: 'false', label: 'No' },
          ]}
          value={typeof value === 'boolean' ? String(value) : null}
          onChange={(next) => onChange(next === 'true')}
        />
      )
    default:
      return choices === undefined ? (
        <TextInput
          label={label}
          value={typeof value === 'string' ? value : ''}
          onChange={(event) => onChange(event.currentTarget.value)}
        />
      ) : (
        <Select
          {...inPopover}
          label={label}
          searchable
          data={choices}
          value={typeof value === 'string' ? value : null}
          onChange={(next) => onChange(next ?? undefined)}
        />
      )
  }
}

/** Whether enough was written to ask the desk. */
export function isComplete(takes: OperatorChoice['takes'], value: unknown): boolean {
  return takes === 'nothing' || (value !== undefined && value !== '' && !(Array.isArray(value) && value.length === 0))
}
