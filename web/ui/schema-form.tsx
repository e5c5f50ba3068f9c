import { Checkbox, NumberInput, PasswordInput, Select, Stack, TextInput } from '@mantine/core'

/** One setting, as JSON schema has it. */
export interface SchemaProperty {
  type?: string
  title?: string
  description?: string
  enum?: string[]
  secret?: boolean
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
}

/** Draws the fields of any settings schema; knows no app. */
export function SchemaForm({ schema, values, onChange, errorOf }: SchemaFormProps) {
  return (
    <Stack gap="md">
      {Object.entries(schema.properties).map(([name, property]) => (
        <Field
          key={name}
          name={name}
          property={property}
          required={schema.required.includes(name)}
          value={values[name]}
          error={errorOf(name)}
          onChange={(value) => onChange({ ...values, [name]: value })}
        />
      ))}
    </Stack>
  )
}

interface FieldProps {
  name: string
  property: SchemaProperty
  required: boolean
  value: unknown
  error: string | undefined
  onChange: (value: unknown) => void
}

function Field({ name, property, required, value, error, onChange }: FieldProps) {
  const common = { label: property.title ?? name, description: property.description, required, error, name }
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
