import { NumberInput, Select, Textarea, TextInput } from '@mantine/core'
import { DateTimePicker } from '@mantine/dates'

import { attributeTypeOf } from '../../../src/sdk/domain.ts'

/** What a custom attribute may hold. */
export type AttributeInput = string | number | boolean | null | string[]

interface AttributeFieldProps {
  name: string
  label: string
  /** The only values to choose from; none: any. */
  choices: string[] | undefined
  value: AttributeInput | undefined
  onChange: (value: AttributeInput) => void
  error?: string | undefined
  autoFocus?: boolean
}

/** The field for a custom attribute, by the type that its name ends in. Emptied, it clears the attribute. */
export function AttributeField({
  name,
  label,
  choices,
  value,
  onChange,
  error,
  autoFocus = false,
}: AttributeFieldProps) {
  const common = { label, error, ...(autoFocus ? { 'data-autofocus': true } : {}) }
  const type = attributeTypeOf(name)
  const text = typeof value === 'string' ? value : Array.isArray(value) ? value.join(', ') : ''
  const give = (next: string) => onChange(next === '' ? null : next)
  switch (type) {
    case 'number':
      return (
        <NumberInput
          {...common}
          value={typeof value === 'number' ? value : ''}
          onChange={(next) => onChange(next === '' ? null : Number(next))}
        />
      )
    case 'boolean':
      return (
        <Select
          {...common}
          clearable
          data={[
            { value: 'true', label: 'Yes' },
            { value: 'false', label: 'No' },
          ]}
          value={typeof value === 'boolean' ? String(value) : null}
          onChange={(next) => onChange(next === null ? null : next === 'true')}
        />
      )
    case 'date':
      return (
        <DateTimePicker
          {...common}
          clearable
          valueFormat="MMM D, YYYY HH:mm"
          value={text === '' ? null : new Date(text)}
          onChange={(next) => onChange(next === null ? null : new Date(next).toISOString())}
        />
      )
    case 'text':
      return (
        <Textarea
          {...common}
          autosize
          minRows={2}
          maxRows={8}
          value={text}
          onChange={(event) => give(event.currentTarget.value)}
        />
      )
    default:
      if (choices !== undefined && choices.length > 0) {
        const data = text === '' || choices.includes(text) ? choices : [text, ...choices]
        return (
          <Select {...common} clearable searchable data={data} value={text === '' ? null : text} onChange={onChange} />
        )
      }
      return (
        <TextInput
          {...common}
          type={type === 'url' ? 'url' : 'text'}
          placeholder={type === 'url' ? 'https://' : ''}
          value={text}
          onChange={(event) => give(event.currentTarget.value)}
        />
      )
  }
}
