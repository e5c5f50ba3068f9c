import { Checkbox, NumberInput, PasswordInput, Select, Stack, TextInput } from '@mantine/core'
import type { ReactNode } from 'react'

/** One setting, as JSON schema has it. */
export interface SchemaProperty {
  type?: string
  title?: string
  description?: string
  enum?: string[]
  secret?: boolean
  default?: unknown
  minimum?: number
  maximum?: number
  /** Picked from a list that the provider has. */
  choices?: boolean
}

/** A field whose value is picked from what a provider has. */
export interface ChoiceProps {
  name: string
  label: string
  description: string | undefined
  required: boolean
  error: string | undefined
  value: string | null
  onChange: (value: string | null) => void
}

export interface Schema {
  properties: Record<string, SchemaProperty>
  required: string[]
}

export type Values = Record<string, unknown>

interface SchemaFormProps {
  schema: Schema
  values: Values
  onChange: (values: Values) => void
  errorOf: (name: string) => string | undefined
  /** Draws what is picked from the provider's list; without it such a setting comes later, once the app is there. */
  renderChoice?: (props: ChoiceProps) => ReactNode
}

/** Draws the fields of any settings schema; knows no app. */
export function SchemaForm({ schema, values, onChange, errorOf, renderChoice }: SchemaFormProps) {
  const shown = Object.entries(schema.properties).filter(
    ([, property]) => property.choices !== true || renderChoice !== undefined,
  )
  return (
    <Stack gap="md">
      {shown.map(([name, property]) => (
        <Field
          key={name}
          name={name}
          property={property}
          renderChoice={renderChoice}
          required={schema.required.includes(name)}
          value={values[name] ?? property.default}
          error={errorOf(name)}
          onChange={(value) => onChange({ ...values, [name]: value })}
        />
      ))}
    </Stack>
  )
}

interface FieldProps {
  renderChoice: SchemaFormProps['renderChoice']
  name: string
  property: SchemaProperty
  required: boolean
  value: unknown
  error: string | undefined
  onChange: (value: unknown) => void
}

function Field({ renderChoice, name, property, required, value, error, onChange }: FieldProps) {
  const common = { label: property.title ?? name, description: property.description, required, error, name }
  if (property.choices === true) {
    return renderChoice?.({ ...common, value: typeof value === 'string' ? value : null, onChange })
  }
  if (property.enum !== undefined) {
    return (
      <Select
        {...common}
        data={property.enum}
        value={typeof value === 'string' ? value : null}
        onChange={onChange}
        clearable={!required}
      />
    )
  }
  switch (property.type) {
    case 'boolean':
      return (
        <Checkbox {...common} checked={value === true} onChange={(event) => onChange(event.currentTarget.checked)} />
      )
    case 'integer':
    case 'number':
      return (
        <NumberInput
          {...common}
          {...(property.minimum === undefined ? {} : { min: property.minimum })}
          {...(property.maximum === undefined ? {} : { max: property.maximum })}
          value={typeof value === 'number' ? value : ''}
          onChange={(next) => onChange(next === '' ? null : Number(next))}
        />
      )
    default: {
      const text = typeof value === 'string' ? value : ''
      return property.secret === true ? (
        <PasswordInput
          {...common}
          value={text}
          onChange={(event) => onChange(event.currentTarget.value)}
          autoComplete="new-password"
          visibilityToggleButtonProps={{ 'aria-label': `Show ${common.label}` }}
        />
      ) : (
        <TextInput {...common} value={text} onChange={(event) => onChange(event.currentTarget.value)} />
      )
    }
  }
}
