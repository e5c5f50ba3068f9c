import { Group, Input, Pill, Textarea, TextInput } from '@mantine/core'
import type { ReactNode } from 'react'

import { isReference, referenceMark } from '../../../src/core/workflows/schema.ts'
import { useNames } from './names.ts'
import { ReferencePicker } from './reference-picker.tsx'
import { inWords } from './sources.ts'
import type { Source } from './sources.ts'

interface ValueInputProps {
  label: string
  description?: ReactNode
  required?: boolean
  error?: string | undefined
  value: unknown
  sources: readonly Source[]
  isLong?: boolean
  placeholder?: string
  hideLabel?: boolean
  onChange: (value: string) => void
}

/** A text, or a value of an earlier step, which is shown by its name; inside a longer text it stands in braces. */
export function ValueInput({
  label,
  description,
  required = false,
  error,
  value,
  sources,
  isLong = false,
  placeholder,
  hideLabel = false,
  onChange,
}: ValueInputProps) {
  const text = typeof value === 'string' ? value : value === undefined || value === null ? '' : JSON.stringify(value)
  const name = useNames().get(text)
  const path = isReference(text) ? text.slice(referenceMark.length) : undefined
  const picker = (
    <ReferencePicker
      label={label}
      sources={sources}
      onPick={(picked) =>
        onChange(text === '' || path !== undefined ? `${referenceMark}${picked}` : `${text}{{{${picked}}}}`)
      }
    />
  )
  const named = hideLabel ? { 'aria-label': label } : { label, description, required }
  if (path !== undefined || name !== undefined) {
    return (
      <Input.Wrapper {...(hideLabel ? {} : { label, description, required })} error={error} labelElement="div">
        <Group gap={4} wrap="nowrap">
          <Pill
            size="md"
            withRemoveButton
            onRemove={() => onChange('')}
            removeButtonProps={{ 'aria-label': `Take the value of ${label} away`, tabIndex: 0, 'aria-hidden': false }}
            title={text}
            className="workflow-reference"
          >
            {name ?? inWords(path ?? '', sources)}
          </Pill>
          {picker}
        </Group>
      </Input.Wrapper>
    )
  }
  const common = {
    ...named,
    error,
    placeholder,
    value: text,
    rightSection: picker,
    onChange: (event: { currentTarget: { value: string } }) => onChange(event.currentTarget.value),
  }
  return isLong ? <Textarea {...common} autosize minRows={3} maxRows={12} /> : <TextInput {...common} />
}
