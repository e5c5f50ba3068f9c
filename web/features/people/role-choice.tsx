import { MultiSelect, Select, Stack } from '@mantine/core'
import { useState } from 'react'

import { useRoles } from '../settings/resources.ts'
import { presetOf, rolePresets } from './roles.ts'
import type { RolePreset } from './roles.ts'

interface RoleChoiceProps {
  value: string[]
  onChange: (roles: string[]) => void
  error?: string | undefined
}

/** What somebody, or a key, may do: one of two usual sets, or role by role. */
export function RoleChoice({ value, onChange, error }: RoleChoiceProps) {
  const roles = useRoles()
  const [preset, setPreset] = useState<RolePreset>(presetOf(value))
  const chosen = rolePresets.find((it) => it.value === preset)
  return (
    <Stack gap="xs">
      <Select
        label="May do"
        allowDeselect={false}
        value={preset}
        description={chosen?.about ?? 'Exactly these roles'}
        data={[
          ...rolePresets.map(({ value: name, label }) => ({ value: name, label })),
          { value: 'custom', label: 'Chosen roles' },
        ]}
        onChange={(next) => {
          setPreset(next ?? 'custom')
          const named = rolePresets.find((it) => it.value === next)
          if (named !== undefined) {
            onChange([...named.roles])
          }
        }}
        error={preset === 'custom' ? undefined : error}
      />
      {preset === 'custom' && (
        <MultiSelect
          label="Roles"
          data={[...new Set([...roles, ...value])]}
          value={value}
          onChange={onChange}
          searchable
          clearable
          placeholder={value.length === 0 ? 'org.user.customer.read' : ''}
          description="A shorter role holds all that begin with it."
          error={error}
          limit={60}
        />
      )}
    </Stack>
  )
}
